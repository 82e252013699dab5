"""The bundled velocity model: a convolutional network at low resolution, conditioned on time, interval and prompt; and its files,
`transformer/config.json` beside half-precision safetensors.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic
from mfsr_engine.models.compact.network_config import CONFIG_FILE, NETWORK_FOLDER, CompactConfig, read_config
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.models.weights import differences, open_weights

if TYPE_CHECKING:
    from pathlib import Path

MIN_TIME = 0.05
"""Floor of t in a plain model's u = (z - x) / t, so that the velocity stays bounded near the data end."""
MAX_LOG_DEVIATION = 3.0
"""Bound of a prior's log deviation, on both sides."""


class ModulatedBlock(nn.Module):
    """x + gate * conv(silu(scale * conv(x) + shift)), scale, shift and gate from the embedding. No norm: tiles equal the whole."""

    def __init__(self, width: int, embedding: int) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(width, width, 3, padding=1)
        self.conv_out = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(embedding, 3 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)
        with torch.no_grad():
            self.conv_out.weight.mul_(0.3)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """(B, width, h, w) and (B, embedding) to (B, width, h, w)."""
        scale, shift, gate = self.modulation(embedding).to(x.dtype)[:, :, None, None].chunk(3, dim=1)
        hidden = F.silu(torch.addcmul(shift, self.conv_in(x), 1 + scale))
        return torch.addcmul(x, self.conv_out(hidden), 1 + gate)


class CompactVelocity(nn.Module):
    """u(z, r, t | lr, prompt) = (z - x) / t, x being the data point the network believes in.

    x is either

    - plain: its output, with t no less than 0.05 in the division. Predicting x rather than u learns several times faster in pixel
      space, where the noise fills all dimensions and the data do not (Li and He 2025, arXiv 2511.13720);
    - or with a prior: its output is mean m and deviation s of a normal distribution for every value, and x is the mean of what is left
      of it once z = (1 - t) x + t e was seen. With p = (1 - t)^2 s^2 + t^2 that is x = ((1 - t) s^2 z + t^2 m) / p, so
      u = ((t - (1 - t) s^2) z - t m) / p: exact near the data, where a plain network would have to copy z, and nothing is divided
      by t. The network decides by s how much of z is kept, which a fixed preconditioning (Karras et al. 2022, arXiv 2206.00364,
      section 5: s = 1) does for it.

    From pure noise, t = 1, both are z minus the output.
    """

    def __init__(self, config: CompactConfig) -> None:
        super().__init__()
        self.config = config
        width, embedding = config.width, config.embedding
        self.conv_first = nn.Conv2d(config.input_channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(ModulatedBlock(width, embedding) for _ in range(config.blocks))
        self.conv_last = nn.Conv2d(width, config.channels * (2 if config.has_prior else 1), 3, padding=1)
        self.time_embedder = _scalar_embedder(embedding)
        self.interval_embedder = _scalar_embedder(embedding) if config.has_interval else None
        self.embedding_out = nn.Sequential(nn.SiLU(), nn.Linear(embedding, embedding), nn.SiLU())
        nn.init.zeros_(self.conv_last.weight)
        if self.conv_last.bias is not None:
            nn.init.zeros_(self.conv_last.bias)
        if self.interval_embedder is not None:  # a student starts as its teacher (FACM)
            last = self.interval_embedder[-1]
            assert isinstance(last, nn.Linear)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """See `VelocityModel.__call__`."""
        embedding = self.embedding(prompt, t, r)
        hidden = self.conv_first(torch.cat([z, lr], dim=1).contiguous(memory_format=torch.channels_last))
        for block in self.blocks:
            hidden = block(hidden, embedding)
        return self.velocity(self.conv_last(F.silu(hidden)).float(), z, t)

    def velocity(self, output: Tensor, z: Tensor, t: Tensor) -> Tensor:
        """u(z, r, t) from what the last layer gives.

        Args:
            output: (B, C or 2 C, h, w) float32.
            z: (B, C, h, w) float state at time t.
            t: (B,) fp32 time of `z`, 0..1.

        Returns:
            (B, C, h, w), same dtype as `z`.
        """
        time, state = t.float()[:, None, None, None], z.float()
        if not self.config.has_prior:
            return ((state - output) / time.clamp(min=MIN_TIME)).to(z.dtype)
        mean, log_deviation = output.chunk(2, dim=1)
        variance = torch.exp(2 * MAX_LOG_DEVIATION * torch.tanh(log_deviation / MAX_LOG_DEVIATION))
        kept = (1 - time) * variance
        return (((time - kept) * state - time * mean) / ((1 - time) * kept + time.square())).to(z.dtype)

    def embedding(self, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """(B, embedding) what modulates the blocks."""
        embedding = self.time_embedder(fourier_features(t).to(self.conv_first.weight.dtype))
        if self.interval_embedder is not None:
            embedding = embedding + self.interval_embedder(fourier_features(t - r).to(embedding.dtype))
        return self.embedding_out(embedding + prompt.pooled.to(embedding.dtype))  # type: ignore[no-any-return]

    @property
    def receptive_radius(self) -> int:
        """Cells of z and lr on each side that one output cell depends on."""
        return 2 + 2 * self.config.blocks


def fourier_features(t: Tensor, count: int = 64, max_frequency: float = 64.0) -> Tensor:
    """(B, 2 count) fp32 cosines and sines of times (B,) in 0..1, frequencies from 0.25 to `max_frequency`, even in the log."""
    frequencies = torch.exp(torch.linspace(math.log(0.25), math.log(max_frequency), count, device=t.device))
    angles = t.float()[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def _scalar_embedder(embedding: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(128, embedding), nn.SiLU(), nn.Linear(embedding, embedding))


WEIGHTS_FILE = "diffusion_pytorch_model.safetensors"


def load_compact(folder: Path, device: torch.device, dtype: torch.dtype) -> CompactVelocity:
    """Load the network of a model folder, ready to run: on `device`, in `dtype`, channels-last, without gradients.

    Raises:
        ModelError: a file is missing or damaged, or weights and configuration do not fit; the message names the
        entries.
    """
    config = read_config(folder / NETWORK_FOLDER / CONFIG_FILE)
    path = folder / NETWORK_FOLDER / WEIGHTS_FILE
    with torch.device("meta"):  # nothing is allocated before the shapes are known to be those of the file
        model = CompactVelocity(config)
    with open_weights(path) as source:
        wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
        if wanted != source.shapes:
            raise ModelError(f"The weights {path} do not fit {CONFIG_FILE}: {differences(source.shapes, wanted)}.")
        weights = source.all(torch.float32)
    model.load_state_dict(weights, assign=True)
    model.requires_grad_(False).eval().to(device=device, dtype=dtype)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def save_compact(model: CompactVelocity, folder: Path, dtype: torch.dtype = torch.float16) -> None:
    """Write the network of a model folder; `dtype` is what the weights are stored in."""
    network = folder / NETWORK_FOLDER
    atomic.write_text(network / CONFIG_FILE, json.dumps(asdict(model.config), indent=2) + "\n")
    weights = {name: value.detach().to("cpu", dtype).contiguous() for name, value in model.state_dict().items()}
    with atomic.replaced(network / WEIGHTS_FILE) as temporary:
        save_file(weights, temporary)
