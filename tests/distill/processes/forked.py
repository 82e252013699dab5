"""Training processes forked from a driver, so that the libraries are loaded only once, and what became of each."""

import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import torch.distributed

TOLD = 3000
"""Characters of a failed process's last words that are passed on."""


def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def run(work: Callable[[Path, int, int], None], count: int, folder: Path) -> int:
    """Run `work(folder, rank, port)` in `count` processes and wait for all.

    Returns:
        0 if all went well; else 1, and the last words of each that did not, and how it ended, stand on stderr.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as said:
        children = [_started(work, folder, rank, port, Path(said, str(rank))) for rank in range(count)]
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        for rank, code in enumerate(ended):
            if code:
                words = Path(said, str(rank)).read_text(encoding="utf-8", errors="replace")
                sys.stderr.write(f"--- rank {rank} ended with {code}:\n{words[-TOLD:]}\n")
    return int(any(ended))


def _started(work: Callable[[Path, int, int], None], folder: Path, rank: int, port: int, said: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    try:
        work(folder, rank, port)
        torch.distributed.destroy_process_group()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
