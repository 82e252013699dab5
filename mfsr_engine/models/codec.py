"""Codecs: the residual pixel space of the bundled model and the autoencoder of the full-size ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from mfsr_engine.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path


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

    def encode_target(self, picture: Tensor, condition: Tensor) -> Tensor:
        """The scaled difference of picture and enlarged input, folded."""
        return (F.pixel_unshuffle(picture, self.factor) - condition) / self.residual_scale

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1, the enlarged input plus the unfolded difference."""
        return F.pixel_shuffle(condition + z * self.residual_scale, self.factor)


class AutoencoderKlCodec:
    """z is the latent of a variational autoencoder, shifted and scaled to unit size; the condition is the enlarged
    input's latent.

    A picture's latent is the posterior's mean, not a sample of it: the same picture always gives the same latent,
    tile by tile.
    Feed it tiles; it neither slices nor tiles by itself.
    """

    def __init__(self, autoencoder: Any, device: torch.device, dtype: torch.dtype) -> None:
        """`autoencoder` is a diffusers AutoencoderKL that lies on `device` in `dtype`."""
        self._autoencoder = autoencoder
        self._device, self._dtype = device, dtype
        config = autoencoder.config
        self.factor = 2 ** (len(config.block_out_channels) - 1)
        self.channels = int(config.latent_channels)
        self._scale = float(config.scaling_factor)
        self._shift = float(config.shift_factor or 0.0)

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, C, H / factor, W / factor) float32."""
        posterior = self._autoencoder.encode(enlarged.to(self._device, self._dtype)).latent_dist
        latent: Tensor = (posterior.mean.float() - self._shift) * self._scale
        return latent

    def encode_target(self, picture: Tensor, condition: Tensor) -> Tensor:
        """The picture's own latent; the condition plays no part."""
        return self.encode_condition(picture)

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B, 3, H, W) float32, about -1..1, decoded from the latent alone."""
        latent = z.float() / self._scale + self._shift
        picture: Tensor = self._autoencoder.decode(latent.to(self._device, self._dtype)).sample
        return picture.float()


def load_autoencoder_codec(folder: Path, device: torch.device, dtype: torch.dtype) -> AutoencoderKlCodec:
    """Load the autoencoder in a model folder's `vae/` (diffusers layout: config.json and safetensors).

    Raises:
        ModelError: it is missing, incomplete, or its weights do not fit its configuration.
    """
    from diffusers import AutoencoderKL

    vae = folder / "vae"
    if not (vae / "config.json").is_file():
        raise ModelError(f"{folder} has no autoencoder: {vae / 'config.json'} is missing.")
    try:
        autoencoder = AutoencoderKL.from_pretrained(vae, torch_dtype=dtype, use_safetensors=True, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"The autoencoder in {vae} cannot be loaded: {str(error).splitlines()[0]}") from error
    autoencoder.requires_grad_(False)
    return AutoencoderKlCodec(autoencoder.eval().to(device, memory_format=torch.channels_last), device, dtype)
