"""Codecs: the residual pixel space of the bundled model, and the autoencoder of full-size ones."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from mfsr_engine.errors import ModelError
from mfsr_engine.files.documents import check_sizes, read_json
from mfsr_engine.models.upcast import widened
from mfsr_engine.models.weights import differences, open_weights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan
    from mfsr_engine.models.card import ModelCard


_RENAMED = {
    ".attentions.0.query.": ".attentions.0.to_q.",
    ".attentions.0.key.": ".attentions.0.to_k.",
    ".attentions.0.value.": ".attentions.0.to_v.",
    ".attentions.0.proj_attn.": ".attentions.0.to_out.0.",
}


class Codec(Protocol):
    """Maps pictures to the flow's space and back. A picture is (B, 3, H, W) float -1..1, sRGB, H and W multiples of `factor`."""

    @property
    def factor(self) -> int:
        """Pixels of the enlarged picture per cell of the latent, along one side."""

    @property
    def channels(self) -> int:
        """Channels of the flow's state z."""

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """The model's condition from the enlarged low-resolution picture."""

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The flow's data point x for a wanted picture, given the condition that goes with it.

        A codec that knows a distribution of such points draws one of them with a `generator` on the CPU, and gives its mean without.
        """

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """The picture for a data point, given the condition it was made with. May leave -1..1 slightly."""

    def in_fp32(self) -> Codec:
        """The same codec with fp32 arithmetic, from its own weights."""


class ResidualPixelCodec:
    """z is the difference from the enlarged input in pixels, folded to the input's own grid; parameter-free and exact.

    The condition is the enlarged picture folded the same way (pixel-unshuffle), so both have 3 factor^2 channels.
    """

    def __init__(self, factor: int = 4, residual_scale: float = 0.1) -> None:
        """`residual_scale` divides the difference (in -1..1 units) so that z is of the size of the unit noise."""
        self.factor = factor
        self.channels = 3 * factor * factor
        self.residual_scale = residual_scale

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, 3 factor^2, H / factor, W / factor)."""
        return F.pixel_unshuffle(enlarged, self.factor)

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The scaled difference of picture and enlarged input, folded."""
        return (F.pixel_unshuffle(picture, self.factor) - condition) / self.residual_scale

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1, the enlarged input plus the unfolded difference."""
        return F.pixel_shuffle(condition + z * self.residual_scale, self.factor)

    def in_fp32(self) -> ResidualPixelCodec:
        """Itself: it has no weights and keeps the precision it is given."""
        return self


class AutoencoderKlCodec:
    """z is the latent of a variational autoencoder, shifted and scaled to unit size; the condition is the enlarged
    input's latent.

    A picture's latent is the posterior's mean, not a sample of it: the same picture always gives the same latent,
    tile by tile.
    Of a batch it works on one picture at a time, because its largest layers fill a device with one.
    """

    def __init__(
        self, autoencoder: Any, device: torch.device, dtype: torch.dtype, *, is_sequential: bool = False
    ) -> None:
        """Wrap a diffusers AutoencoderKL in `dtype`.

        Args:
            autoencoder: on `device`, or, if `is_sequential`, on the CPU.
            device: where it works.
            dtype: its precision.
            is_sequential: whether it is on `device` only while it works.
        """
        self.autoencoder = autoencoder
        self._device, self._dtype, self._is_sequential = device, dtype, is_sequential
        config = autoencoder.config
        self.factor = 2 ** (len(config.block_out_channels) - 1)
        self.channels = int(config.latent_channels)
        self._scale = float(config.scaling_factor)
        self._shift = float(config.shift_factor or 0.0)

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, C, H / factor, W / factor) float32."""
        with self._present() as autoencoder:
            means = [autoencoder.encode(self._placed(one)).latent_dist.mean for one in enlarged.chunk(len(enlarged))]
        return (torch.cat(means).float() - self._shift) * self._scale

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The picture's own latent; the condition plays no part."""
        return self.encode_condition(picture)

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) float32, about -1..1, decoded from the latent alone."""
        latent = z.float() / self._scale + self._shift
        with self._present() as autoencoder:
            return torch.cat([self._decoded(autoencoder, one) for one in latent.chunk(len(latent))])

    def in_fp32(self) -> Fp32AutoencoderCodec:
        """The same with each layer widened while it works."""
        return Fp32AutoencoderCodec(self)

    def _decoded(self, autoencoder: Any, latent: Tensor) -> Tensor:
        picture: Tensor = autoencoder.decode(self._placed(latent)).sample
        return picture.float()

    def _placed(self, x: Tensor) -> Tensor:
        return x.to(self._device, self._dtype, memory_format=torch.channels_last)

    @contextmanager
    def _present(self) -> Iterator[Any]:
        if not self._is_sequential:
            yield self.autoencoder
            return
        try:
            yield self.autoencoder.to(self._device)
        finally:
            self.autoencoder.to("cpu")


class Fp32AutoencoderCodec:
    """An autoencoder that computes in fp32 from its own weights."""

    def __init__(self, codec: AutoencoderKlCodec) -> None:
        self._codec = codec
        self.factor, self.channels = codec.factor, codec.channels

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """See `AutoencoderKlCodec`."""
        with widened(self._codec.autoencoder):
            return self._codec.encode_condition(enlarged)

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """See `AutoencoderKlCodec`."""
        return self.encode_condition(picture)

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """See `AutoencoderKlCodec`."""
        with widened(self._codec.autoencoder):
            return self._codec.decode(z, condition)

    def in_fp32(self) -> Fp32AutoencoderCodec:
        """Itself."""
        return self


def check_autoencoder_shapes(folder: Path) -> None:
    """Compare an autoencoder's configuration with the head of its weights; allocates nothing.

    Args:
        folder: diffusers layout, `config.json` and safetensors.

    Raises:
        ModelError: a file is missing or damaged, or they do not belong together.
    """
    from diffusers import AutoencoderKL

    try:
        config = read_json(folder / "config.json")
        check_sizes(config)
        with torch.device("meta"):
            expected = AutoencoderKL.from_config(config).state_dict()
    except (OSError, ValueError, TypeError, AttributeError, RuntimeError, KeyError, IndexError) as error:
        reason = (str(error).splitlines() or ["unknown"])[0]
        raise ModelError(f"The configuration of the autoencoder in {folder} cannot be used: {reason}") from error
    try:
        with open_weights(folder) as source:
            stored = dict(source.shapes)
    except ModelError as error:
        raise ModelError(f"The autoencoder in {folder.name}/ cannot be loaded. {error}") from error
    shapes = {name: tuple(value.shape) for name, value in expected.items()}
    found = {_present_name(name): shape for name, shape in stored.items()}
    known = {name: shape for name, shape in found.items() if name in shapes}  # diffusers passes over the rest
    problems = differences(known, shapes)
    if problems:
        raise ModelError(f"The weights of the autoencoder in {folder} do not fit its configuration: {problems}.")


def _present_name(name: str) -> str:
    """The present name of an attention weight in files of before diffusers 0.15, which diffusers renames as it loads."""
    for old, new in _RENAMED.items():
        name = name.replace(old, new)
    return name


def load_autoencoder_codec(
    folder: Path,
    device: torch.device,
    dtype: torch.dtype,
    *,
    is_sequential: bool = False,
    tile_px: int | None = None,
) -> AutoencoderKlCodec:
    """Load the autoencoder in a model folder's `vae/` (diffusers layout: config.json and safetensors).

    Args:
        folder: of the model.
        device: where it works.
        dtype: its precision.
        is_sequential: whether it is on `device` only while it works.
        tile_px: side of the blended pieces, in pixels of the result, that it works on; None takes a picture whole.

    Raises:
        ModelError: it is missing, incomplete, or its weights do not fit its configuration.
    """
    from diffusers import AutoencoderKL

    vae = folder / "vae"
    if not (vae / "config.json").is_file():
        raise ModelError(f"{folder} has no autoencoder: {vae / 'config.json'} is missing.")
    check_autoencoder_shapes(vae)
    try:
        autoencoder = AutoencoderKL.from_pretrained(vae, torch_dtype=dtype, use_safetensors=True, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"The autoencoder in {vae} cannot be loaded: {str(error).splitlines()[0]}") from error
    autoencoder.requires_grad_(False)
    home = torch.device("cpu") if is_sequential else device
    autoencoder.eval().to(home, memory_format=torch.channels_last)
    if tile_px is not None:
        autoencoder.enable_tiling()
        autoencoder.tile_sample_min_size = tile_px
        autoencoder.tile_latent_min_size = tile_px // 2 ** (len(autoencoder.config.block_out_channels) - 1)
    return AutoencoderKlCodec(autoencoder, device, dtype, is_sequential=is_sequential)


def load_codec(folder: Path, card: ModelCard, compute: Compute, plan: MemoryPlan | None = None) -> Codec:
    """The codec that a model's card names.

    Args:
        folder: of the model.
        card: its card.
        compute: where it works, and in which precision.
        plan: how it is fitted into memory; None puts it on the device whole.

    Raises:
        ModelError: it has none, or its files are missing or damaged.
    """
    from mfsr_engine.models.card import AutoencoderKl, ResidualPixels  # codecs alone need no cards

    match card.codec:
        case ResidualPixels(factor=factor, residual_scale=residual_scale):
            return ResidualPixelCodec(factor, residual_scale)
        case AutoencoderKl():
            return load_autoencoder_codec(
                folder,
                compute.device,
                compute.dtype,
                is_sequential=plan is not None and plan.has_sequential_autoencoder,
                tile_px=None if plan is None else plan.autoencoder_tile_px,
            )
        case _:
            raise ModelError(
                f"The card of {card.name} has no codec, which a model of its family needs. Correct the card."
            )
