"""Picture files in memory, without codecs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mfsr_app.compare.files import PictureToSave
from mfsr_engine.errors import ImageReadError
from mfsr_engine.images import KeptMetadata, Picture
from mfsr_engine.upscale.captions import NO_CAPTION, Caption


@dataclass
class ScriptedFiles:
    """Files in memory."""

    pictures: dict[str, Picture] = field(default_factory=dict)
    written: dict[str, PictureToSave] = field(default_factory=dict)
    captions: dict[str, Caption] = field(default_factory=dict)
    failure: Exception | None = None

    def caption(self, path: Path) -> Caption:
        return self.captions.get(path.name, NO_CAPTION)

    def read(self, path: Path) -> Picture:
        if path.name not in self.pictures:
            raise ImageReadError(f"{path.name} is not a picture. Choose another file.")
        return self.pictures[path.name]

    def write(self, path: Path, picture: PictureToSave) -> tuple[str, ...]:
        if self.failure is not None:
            raise self.failure
        self.written[path.name] = picture
        return ()


KEPT = KeptMetadata(exif=b"of the source")


def picture(width: int, height: int, level: float = 0.5) -> Picture:
    return Picture(np.full((height, width, 3), level, np.float32), kept=KEPT)
