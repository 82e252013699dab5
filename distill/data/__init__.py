"""Training pictures: packs of crops with their damaged versions, and the endless, resumable stream of batches cut from them."""

from distill.data.pack import Pack, PackConfig, build_pack
from distill.data.stream import Batch, BatchStream

__all__ = ["Batch", "BatchStream", "Pack", "PackConfig", "build_pack"]
