"""The conditional latent: a few values for each pixel of the input that say what the picture has beyond it. An encoder gives their
distribution for a good picture and its input, a decoder the picture for any of them and the input. Flows in this space learn by squared
errors alone, and what they get wrong is still decoded to a natural picture.

Its files lie in `codec/` of a model folder: `config.json` beside half-precision safetensors.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.files.documents import DocumentError, read_json
from mfsr_engine.models.compact.folded import Convolution, FoldedNetwork
from mfsr_engine.models.compact.network_config import CONFIG_FILE, MAX_BLOCKS, MAX_WIDTH
from mfsr_engine.models.upcast import widened
from mfsr_engine.models.weights import FILE_NAME, differences, open_weights

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.models.card import ConditionalLatent
    from mfsr_engine.models.compact.folded import Run, Start

CODEC_FOLDER = "codec"
LOG_VARIANCE_RANGE = (-8.0, 4.0)
"""Bounds of the logarithm of the posterior's variance."""


@dataclass(frozen=True)
class ConditionalLatentConfig:
    """Shapes of the encoder and the decoder."""

    channels: int = 8
    """Values of the latent per cell."""
    factor: int = 4
    """Pixels of the picture per cell, along one side."""
    width: int = 96
    """Channels inside of the decoder."""
    blocks: int = 12
    """Residual blocks of the decoder, two 3x3 convolutions each."""
    encoder_width: int = 64
    """Channels inside of the encoder."""
    encoder_blocks: int = 4
    """Residual blocks of the encoder."""
    residual_scale: float = 0.1
    """What the decoder's output is multiplied with, in units where black is -1 and white is 1."""

    def __post_init__(self) -> None:
        """Refuse sizes that no network of this kind has.

        Raises:
            ValueError: a size is no whole number within its bounds, or the scale no number within its own.
        """
        most = {"factor": 64, "blocks": MAX_BLOCKS, "encoder_blocks": MAX_BLOCKS}
        for name, value in asdict(self).items():
            if name == "residual_scale":
                continue
            if type(value) is not int or not 1 <= value <= most.get(name, MAX_WIDTH):
                raise ValueError(f"{name} must be a whole number from 1 to {most.get(name, MAX_WIDTH)}, not {value!r}")
        if type(self.residual_scale) is not float or not 0 < self.residual_scale <= 100:
            raise ValueError(f"residual_scale must be a number above 0 and at most 100, not {self.residual_scale!r}")

    @property
    def condition_channels(self) -> int:
        """Channels of the folded picture."""
        return 3 * self.factor**2


class ResidualBlock(nn.Module):
    """x + conv(silu(conv(x))). No norm: tiles equal the whole."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(width, width, 3, padding=1)
        self.conv_out = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.conv_out.weight.mul_(0.3)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, h, w) to the same shape."""
        return x + self.conv_out(F.silu(self.conv_in(x)))  # type: ignore[no-any-return]


class ResidualNetwork(nn.Module):
    """Residual blocks between two 3x3 convolutions, at one resolution."""

    def __init__(self, inputs: int, width: int, blocks: int, outputs: int) -> None:
        super().__init__()
        self.conv_first = nn.Conv2d(inputs, width, 3, padding=1)
        self.blocks = nn.ModuleList(ResidualBlock(width) for _ in range(blocks))
        self.conv_last = nn.Conv2d(width, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, h, w) to (B, outputs, h, w)."""
        hidden = self.conv_first(x.contiguous(memory_format=torch.channels_last))
        for block in self.blocks:
            hidden = block(hidden)
        return self.conv_last(F.silu(hidden))  # type: ignore[no-any-return]

    def folded(self) -> FoldedNetwork:
        """The same for a runtime; shares the weights, which must be float32 on the CPU."""
        blocks = []
        for block in self.blocks:
            assert isinstance(block, ResidualBlock)
            blocks.append((_convolution(block.conv_in), _convolution(block.conv_out)))
        return FoldedNetwork(_convolution(self.conv_first), tuple(blocks), _convolution(self.conv_last))


def _convolution(layer: nn.Conv2d) -> Convolution:
    assert layer.bias is not None
    return Convolution(layer.weight.detach().contiguous(memory_format=torch.channels_last), layer.bias.detach())


class LatentNetworks(nn.Module):
    """Encoder and decoder. Both see the folded input beside what they work on."""

    def __init__(self, config: ConditionalLatentConfig) -> None:
        super().__init__()
        self.config = config
        condition = config.condition_channels
        self.encoder = ResidualNetwork(2 * condition, config.encoder_width, config.encoder_blocks, 2 * config.channels)
        self.decoder = ResidualNetwork(config.channels + condition, config.width, config.blocks, condition)

    def posterior(self, difference: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of the latent.

        Args:
            difference: (B, 3 factor^2, h, w) float folded difference of the good picture from the enlarged input, about unit size.
            condition: (B, 3 factor^2, h, w) float folded enlarged input, -1..1.

        Returns:
            Two of (B, channels, h, w) float32.
        """
        mean, log_variance = self.encoder(torch.cat([difference, condition], dim=1)).float().chunk(2, dim=1)
        return mean, log_variance.clamp(*LOG_VARIANCE_RANGE)


@dataclass(frozen=True)
class ConditionalLatentCodec:
    """See `Codec`. The condition is the enlarged picture folded to the input's own grid (pixel-unshuffle)."""

    networks: LatentNetworks
    """On their device in their precision."""
    dtype: torch.dtype
    """Precision of its arithmetic."""
    run: Run | None = None
    """A faster way to run the decoder where nothing is differentiated; None is the network itself."""

    @property
    def factor(self) -> int:
        """See `Codec`."""
        return self.networks.config.factor

    @property
    def channels(self) -> int:
        """See `Codec`."""
        return self.networks.config.channels

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, 3 factor^2, H / factor, W / factor)."""
        return F.pixel_unshuffle(enlarged, self.factor)

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """(B, channels, H / factor, W / factor) float32: a draw from the posterior, or its mean."""
        difference = (F.pixel_unshuffle(picture, self.factor) - condition) / self.networks.config.residual_scale
        mean, log_variance = self.networks.posterior(self._placed(difference), self._placed(condition))
        if generator is None:
            return mean
        noise = torch.randn(mean.shape, generator=generator).to(mean.device)
        return mean + (log_variance / 2).exp() * noise

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) float32, about -1..1: the enlarged input plus what the decoder adds."""
        values = torch.cat([self._placed(z), self._placed(condition)], dim=1)
        decode = self.networks.decoder if self.run is None or values.requires_grad else self.run
        return F.pixel_shuffle(
            condition.float() + decode(values).float() * self.networks.config.residual_scale, self.factor
        )

    def in_fp32(self) -> Fp32LatentCodec | ConditionalLatentCodec:
        """See `Codec`."""
        return self if self.dtype == torch.float32 else Fp32LatentCodec(self)

    def _placed(self, x: Tensor) -> Tensor:
        return x.to(self.dtype)


class Fp32LatentCodec:
    """A conditional latent that computes in fp32 from its own weights."""

    def __init__(self, codec: ConditionalLatentCodec) -> None:
        self._codec = replace(codec, dtype=torch.float32, run=None)
        self.factor, self.channels = codec.factor, codec.channels

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """See `ConditionalLatentCodec`."""
        return self._codec.encode_condition(enlarged)

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `ConditionalLatentCodec`."""
        with widened(self._codec.networks):
            return self._codec.encode_target(picture, condition, generator)

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """See `ConditionalLatentCodec`."""
        with widened(self._codec.networks):
            return self._codec.decode(z, condition)

    def in_fp32(self) -> Fp32LatentCodec:
        """Itself."""
        return self


def load_latent_codec(
    folder: Path, table: ConditionalLatent, compute: Compute, start: Start | None = None
) -> ConditionalLatentCodec:
    """The codec of a model folder, frozen.

    Args:
        folder: of the model.
        table: what its card says of the codec.
        compute: where it works, and in which precision.
        start: what runs the decoder where nothing is differentiated; None is torch.

    Raises:
        ModelError: a file is missing or damaged, or weights, configuration and card do not fit.
    """
    networks = load_latent_networks(folder, compute)
    config = networks.config
    if (config.channels, config.factor) != (table.channels, table.factor):
        raise ModelError(
            f"The codec in {folder / CODEC_FOLDER} has {config.channels} channels and factor {config.factor}, but the card says "
            f"{table.channels} and {table.factor}. They do not belong together."
        )
    is_folded = start is not None and compute.device.type == "cpu" and compute.dtype == torch.float32
    run = start(networks.decoder.folded()) if start is not None and is_folded else None
    return ConditionalLatentCodec(networks, compute.dtype, run)


def load_latent_networks(folder: Path, compute: Compute) -> LatentNetworks:
    """Encoder and decoder of a model folder, frozen, channels-last, in evaluation mode.

    Raises:
        ModelError: a file is missing or damaged, or weights and configuration do not fit.
    """
    config, path = read_latent_config(folder), folder / CODEC_FOLDER / FILE_NAME
    with torch.device("meta"):  # nothing is allocated before the shapes are known to be those of the file
        networks = LatentNetworks(config)
    with open_weights(path) as source:
        wanted = {name: tuple(value.shape) for name, value in networks.state_dict().items()}
        if wanted != source.shapes:
            raise ModelError(f"The weights {path} do not fit {CONFIG_FILE}: {differences(source.shapes, wanted)}.")
        weights = source.all(torch.float32)
    networks.load_state_dict(weights, assign=True)
    networks.requires_grad_(False).eval().to(device=compute.device, dtype=compute.dtype)
    networks.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return networks


def read_latent_config(folder: Path) -> ConditionalLatentConfig:
    """The `config.json` of a model folder's codec.

    Raises:
        ModelError: it is missing, damaged, or describes no such codec.
    """
    path = folder / CODEC_FOLDER / CONFIG_FILE
    try:
        return ConditionalLatentConfig(**read_json(path))
    except (OSError, DocumentError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"The configuration {path} cannot be used: {reason[:400]}") from error


def save_latent_networks(networks: LatentNetworks, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write encoder and decoder into a model folder; `dtype` is what the weights are stored in."""
    codec = folder / CODEC_FOLDER
    atomic.write_text(codec / CONFIG_FILE, json.dumps(asdict(networks.config), indent=2) + "\n")
    weights = {name: value.detach().to("cpu", dtype).contiguous() for name, value in networks.state_dict().items()}
    with atomic.replaced(codec / FILE_NAME) as temporary:
        save_file(weights, temporary)
