"""Training pictures: packs of crops with their damaged versions, latents of patches, and the endless, resumable streams of batches."""

from distill.data.crops import PackConfig
from distill.data.latents import LatentConfig, LatentStream, build_latents
from distill.data.pack import Pack, build_pack
from distill.data.stream import Batch, Batches, BatchStream

__all__ = [
    "Batch",
    "BatchStream",
    "Batches",
    "LatentConfig",
    "LatentStream",
    "Pack",
    "PackConfig",
    "build_latents",
    "build_pack",
]
