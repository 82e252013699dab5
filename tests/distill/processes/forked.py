"""Training processes forked from a driver, so that the libraries are loaded only once: what each saw, and what became of it."""

import os
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed

TOLD = 3000
"""Characters of a failed process's last words that are passed on."""
_PATIENCE_S = 600
Work = Callable[[Path, int], dict[str, object]]


def drive(driver: str, folder: Path, count: int) -> list[dict[str, object]]:
    """Run a driver of this folder, a script that calls `run`, and give back what each of its processes saw."""
    place = Path(__file__).resolve()
    done = subprocess.run(
        [sys.executable, str(place.parent / driver), str(folder)],
        env={**os.environ, "PYTHONPATH": str(place.parents[3]), "OMP_NUM_THREADS": "1"},
        timeout=_PATIENCE_S,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2 * TOLD :]
    return [torch.load(_seen(folder, rank), weights_only=True) for rank in range(count)]


def run(work: Work, count: int, folder: Path, on_node: int | None = None) -> int:
    """Run `work(folder, rank)` in `count` processes on nodes of `on_node`, wait for all, and keep what each gives back.

    Returns:
        0 if all went well; else 1, and the last words of each that did not, and how it ended, stand on stderr.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    shared |= {"WORLD_SIZE": str(count), "ACCELERATE_USE_CPU": "true"}
    if on_node is not None:
        shared["LOCAL_WORLD_SIZE"] = str(on_node)
    with tempfile.TemporaryDirectory() as said:
        children = []
        for rank in range(count):
            own = {"RANK": str(rank), "LOCAL_RANK": str(rank % (on_node or count))}
            children.append(_started(work, folder, rank, shared | own, Path(said, str(rank))))
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        for rank, code in enumerate(ended):
            if code:
                words = Path(said, str(rank)).read_text(encoding="utf-8", errors="replace")
                sys.stderr.write(f"--- rank {rank} ended with {code}:\n{words[-TOLD:]}\n")
    return int(any(ended))


def _started(work: Work, folder: Path, rank: int, environment: dict[str, str], said: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    os.environ |= environment
    try:
        torch.set_num_threads(1)
        torch.save(work(folder, rank), _seen(folder, rank))
        torch.distributed.destroy_process_group()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _seen(folder: Path, rank: int) -> Path:
    return folder / f"rank-{rank}.pt"
