"""Logs curves and previews to TensorBoard, where it is installed, and to Weights & Biases, where the recipe asks for it. Nothing else
depends on them.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mfsr_engine.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from distill.runs.events import StepEvent

CHARTS_FOLDER = "tensorboard"
"""In a run folder: what `tensorboard --logdir` reads."""
PREVIEW = "preview"
_LOG = logging.getLogger(__name__)


class Charts:
    """Writes each event's numbers under their names. Training goes on where they cannot be written."""

    def __init__(self, folder: Path, wandb_project: str = "") -> None:
        """Nothing is written before the first event, or sent anywhere unless a project of Weights & Biases is named.

        Raises:
            RequestError: a project is named, and its library is not installed or refuses.
        """
        self._folder = folder / CHARTS_FOLDER
        self._writer: Any = None
        self._is_on = True
        self._run = _wandb_run(folder, wandb_project) if wandb_project else None

    def append(self, event: StepEvent) -> None:
        """Draw a point of every curve."""
        values = {f"loss/{name}": value for name, value in event.losses.items()}
        values |= {"learning_rate": event.learning_rate, "trained_images": event.trained_images}
        if self._run is not None:
            self._run.log(values, step=event.step)
        self._draw(event.step, lambda writer: [writer.add_scalar(name, values[name], event.step) for name in values])

    def picture(self, step: int, file: Path) -> None:
        """Show the preview of a step, an 8-bit picture."""
        if self._run is not None:
            import wandb

            self._run.log({PREVIEW: wandb.Image(str(file))}, step=step)
        self._draw(step, lambda writer: writer.add_image(PREVIEW, _pixels(file), step, dataformats="HWC"))

    def close(self) -> None:
        """Write what is left, as far as it can be written."""
        if self._writer is not None:
            with suppress(OSError):  # told of when it first happened; TensorBoard raises it again
                self._writer.close()
            self._writer = None
        if self._run is not None:
            self._run.finish()
            self._run = None

    def _draw(self, step: int, draw: Callable[[Any], object]) -> None:
        """Let `draw` write with TensorBoard's writer, as long as that goes well."""
        if not self._is_on:
            return
        try:
            if self._writer is None:
                from torch.utils.tensorboard import SummaryWriter

                # points that an earlier process drew after its last checkpoint are dropped
                self._writer = SummaryWriter(str(self._folder), purge_step=step)
            draw(self._writer)
            self._writer.flush()
        except ImportError:  # not installed
            self._is_on = False
        except OSError as error:
            self._is_on = False
            _LOG.warning("The charts for TensorBoard are left out from step %d on: %s.", step, error)


def _pixels(file: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of a picture's file."""
    import numpy as np
    from PIL import Image

    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def _wandb_run(folder: Path, project: str) -> Any:
    """The run of that project which this folder's training is; the same one when it goes on."""
    try:
        import wandb
    except ImportError as error:
        raise RequestError(
            "Weights & Biases is not installed: pip install wandb, or leave run.wandb_project empty."
        ) from error
    try:
        return wandb.init(project=project, name=folder.name, id=_identity(folder), dir=str(folder), resume="allow")
    except Exception as error:
        raise RequestError(f"Weights & Biases cannot be used: {error} Leave run.wandb_project empty.") from error


def _identity(folder: Path) -> str:
    """A name for a run folder that stays the same, of what such names may hold."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
