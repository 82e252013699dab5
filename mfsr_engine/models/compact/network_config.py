"""The shape of a compact network, as its `config.json` says it. Knows no tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import DocumentError, read_json

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.models.card import ModelCard

NETWORK_FOLDER = "transformer"
CONFIG_FILE = "config.json"

MAX_WIDTH = 4096
"""Most channels of a network, and the widest embedding."""
MAX_BLOCKS = 512
"""Most residual blocks."""


@dataclass(frozen=True)
class CompactConfig:
    """Shape of a compact velocity model."""

    channels: int = 48
    """Channels of the state z."""
    width: int = 96
    """Channels inside."""
    blocks: int = 12
    """Residual blocks, two 3x3 convolutions each."""
    embedding: int = 256
    """Width of the time, interval and prompt embeddings."""
    has_interval: bool = False
    """Whether it is conditioned on t - r, as students are; a teacher only knows r = t."""
    has_prior: bool = False
    """Whether the network predicts a Gaussian prior of the data point rather than the point itself, see `CompactVelocity`."""
    condition_channels: int | None = None
    """Channels of the condition; None is as many as the state has."""

    @property
    def input_channels(self) -> int:
        """Channels of state and condition together."""
        return self.channels + (self.channels if self.condition_channels is None else self.condition_channels)

    def __post_init__(self) -> None:
        """Refuse sizes that no network of this family has.

        Raises:
            ValueError: a size is no whole number within its bounds, or a switch is neither true nor false.
        """
        for name, most in (
            ("channels", MAX_WIDTH),
            ("width", MAX_WIDTH),
            ("blocks", MAX_BLOCKS),
            ("embedding", MAX_WIDTH),
            ("condition_channels", MAX_WIDTH),
        ):
            value = getattr(self, name)
            if name == "condition_channels" and value is None:
                continue
            if type(value) is not int or not 1 <= value <= most:
                raise ValueError(f"{name} must be a whole number from 1 to {most}, not {value!r}")
        for name in ("has_interval", "has_prior"):
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name} must be true or false, not {getattr(self, name)!r}")


def read_config(path: Path) -> CompactConfig:
    """The `config.json` of a compact network.

    Raises:
        ModelError: it is missing, damaged, or describes no network of this family.
    """
    try:
        return CompactConfig(**read_json(path))
    except (OSError, DocumentError, TypeError, ValueError) as error:
        raise ModelError(f"The configuration {path} cannot be used: {_one_line(error)}") from error


def check_channels(config: CompactConfig, card: ModelCard) -> None:
    """Whether a network and the codec of a card fit each other.

    Raises:
        ModelError: they do not.
    """
    from mfsr_engine.models.card import ConditionalLatent  # configurations alone need no cards

    condition = 3 * card.codec_factor**2
    channels = card.codec.channels if isinstance(card.codec, ConditionalLatent) else condition
    if config.channels != channels or config.input_channels != channels + condition:
        raise ModelError(
            f"The card of {card.name} has a codec of factor {card.codec_factor}, which needs {channels} channels and "
            f"{condition} of the condition, but its network has {config.channels} and {config.input_channels - config.channels}. "
            "They do not belong together."
        )


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 400 else text[:400] + " ..."
