"""Named tensors, in memory or in safetensors files, one at a time; and how large a part of a model is, from its configuration and the
headers of these files. Knows no model.
"""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import MAX_INDEX_BYTES, DocumentError, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import torch
    from torch import Tensor

_LISTED = 10
_FLOATING = {"F64", "F32", "F16", "BF16"}
FILE_NAME = "diffusion_pytorch_model.safetensors"
"""Name of the weights in a diffusers folder; with `.index.json` behind it, the list of their parts."""
MAX_HEAD_BYTES = 16 * 2**20
"""Largest head of a safetensors file, which names its tensors; the largest published one has 0.2 MiB."""


@dataclass(frozen=True)
class WeightSource:
    """Where weights come from; nothing is read before it is asked for."""

    shapes: Mapping[str, tuple[int, ...]]
    """Shape of each tensor, by name."""
    read: Callable[[str], Tensor]
    """The whole tensor of a name; may be a view of the file or of the caller's memory, so copy it."""
    read_row: Callable[[str, int], Tensor]
    """Element `[0, i]` of a tensor of a name, for looking into one that is too big to read."""

    def all(self, dtype: torch.dtype) -> dict[str, Tensor]:
        """Every tensor in one precision; for networks that are small."""
        return {name: self.read(name).to(dtype) for name in self.shapes}

    def renamed(self, new_name: Callable[[str], str]) -> WeightSource:
        """The same weights under other names."""
        old = {new_name(name): name for name in self.shapes}
        shapes = {name: self.shapes[old[name]] for name in old}
        return WeightSource(shapes, lambda name: self.read(old[name]), lambda name, row: self.read_row(old[name], row))


def from_mapping(tensors: Mapping[str, Tensor]) -> WeightSource:
    """Weights that are in memory already."""
    return WeightSource(
        {name: tuple(tensor.shape) for name, tensor in tensors.items()},
        lambda name: tensors[name].detach(),
        lambda name, row: tensors[name][0, row],
    )


@contextmanager
def open_weights(path: Path) -> Iterator[WeightSource]:
    """Weights of a safetensors file, or of a diffusers folder of one file or several parts.

    Raises:
        ModelError: the file or a part is missing, is no safetensors file, or is cut off.
    """
    with ExitStack() as stack:
        homes, shapes = {}, {}
        for part in weight_files(path):
            try:
                _check_head(part)
                opened = stack.enter_context(safe_open(part, framework="pt"))
                names = list(opened.keys())
                for name in names:
                    tensor = opened.get_slice(name)
                    shapes[name] = tuple(tensor.get_shape())
                    if tensor.get_dtype() not in _FLOATING:
                        raise ValueError(f"{name} holds {tensor.get_dtype()} and not floating-point numbers")
            except (OSError, SafetensorError, ValueError) as error:
                raise ModelError(
                    f"The weights in {part.name} cannot be read ({error}). Get the model again."
                ) from error
            homes.update(dict.fromkeys(names, opened))
        yield WeightSource(
            shapes,
            lambda name: homes[name].get_tensor(name),
            lambda name, row: homes[name].get_slice(name)[0:1, row : row + 1][0, 0],
        )


def weight_files(path: Path) -> list[Path]:
    """The safetensors files that a file or diffusers folder stands for.

    Raises:
        ModelError: there are none, or the list of parts is damaged or names a file outside the folder.
    """
    if not path.is_dir():
        return [_existing(path)]
    index = path / f"{FILE_NAME}.index.json"
    if not index.is_file():
        return [_existing(path / FILE_NAME)]
    try:
        names = sorted(set(read_json(index, MAX_INDEX_BYTES)["weight_map"].values()))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"The list of weight files, {index.name}, is damaged. Get the model again.") from error
    if any(not isinstance(name, str) or Path(name).name != name for name in names):
        raise ModelError(
            f"The list of weight files, {index.name}, names files outside its folder. Do not use this model."
        )
    return [_existing(path / name) for name in names]


def differences(found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]]) -> str:
    """Which weights are missing, unexpected or of another shape, the first ten of each; empty if there are none."""
    misshapen = [
        f"{name} {found[name]} instead of {shape}"
        for name, shape in expected.items()
        if found.get(name, shape) != shape
    ]
    kinds = (
        ("missing", sorted(expected.keys() - found.keys())),
        ("unexpected", sorted(found.keys() - expected.keys())),
        ("of another shape", misshapen),
    )
    return "; ".join(_listed(kind, names) for kind, names in kinds if names)


def _listed(problem: str, names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{len(names)} {problem} ({', '.join(names[:_LISTED])}{more})"


def check_finite(source: WeightSource) -> None:
    """Read all weights, one by one.

    Raises:
        ModelError: one of them holds a value that is not a finite number.
    """
    for name in source.shapes:
        if not source.read(name).isfinite().all():
            raise ModelError(f"The weights {name} hold values that are not finite numbers. Get the model again.")


def check_part_finite(part: Path) -> None:
    """Read all weights of a file or folder once.

    Raises:
        ModelError: as `check_finite`, or they cannot be read.
    """
    with open_weights(part) as weights:
        check_finite(weights)


def _check_head(path: Path) -> None:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > MAX_HEAD_BYTES:
        raise ValueError(f"its head has {length} bytes")


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ModelError(f"The weights {path.name} are missing from {path.parent}. Get the model again.")
    return path


AUTOENCODER_TENSORS = 3
"""Tensors of the second widest picture alive at the autoencoder's peak, while it decodes; counted, see `benchmarks.counting`."""


def parameter_counts(part: Path) -> dict[str, int]:
    """Elements of each tensor of a file or folder of weights, by name."""
    with open_weights(part) as weights:
        return {name: math.prod(shape) for name, shape in weights.shapes.items()}


def autoencoder_values(part: Path) -> float:
    """Values alive at an autoencoder's peak, per pixel of the result.

    Raises:
        ModelError: its configuration is missing or damaged.
    """
    with damaged_config(part.parent):
        channels = config_of(part)["block_out_channels"]
        return float(AUTOENCODER_TENSORS * channels[min(1, len(channels) - 1)])


def config_of(part: Path) -> dict[str, Any]:
    """The `config.json` of a part of a model.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        data = read_json(part / "config.json")
    except (OSError, DocumentError) as error:
        raise ModelError(f"config.json is missing from {part} or damaged. Get the model again.") from error
    if not isinstance(data, dict):
        raise ModelError(f"config.json in {part} is damaged. Get the model again.")
    return data


@contextmanager
def damaged_config(folder: Path) -> Iterator[None]:
    """Raises:
    ModelError: what is read of a configuration in the block is not there, or of another kind.
    """
    try:
        yield
    except (KeyError, TypeError, IndexError) as error:
        raise ModelError(f"A config.json in {folder} is damaged: {error}. Get the model again.") from error
