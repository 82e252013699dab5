"""The learning curve for TensorBoard, beside the metrics, where TensorBoard is installed. Nothing else depends on it."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from distill.runs.events import StepEvent

CHARTS_FOLDER = "tensorboard"
"""In a run folder: what `tensorboard --logdir` reads."""
_LOG = logging.getLogger(__name__)


class Charts:
    """Writes each event's numbers under their names. Training goes on where they cannot be written."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written before the first event."""
        self._folder = folder / CHARTS_FOLDER
        self._writer: Any = None
        self._is_on = True

    def append(self, event: StepEvent) -> None:
        """Draw a point of every curve."""
        if not self._is_on:
            return
        try:
            self._draw(event)
        except ImportError:  # not installed
            self._is_on = False
        except OSError as error:
            self._is_on = False
            _LOG.warning("The charts for TensorBoard are left out from step %d on: %s.", event.step, error)

    def close(self) -> None:
        """Write what is left, as far as it can be written."""
        if self._writer is not None:
            with suppress(OSError):  # told of when it first happened; TensorBoard raises it again
                self._writer.close()
            self._writer = None

    def _draw(self, event: StepEvent) -> None:
        if self._writer is None:
            from torch.utils.tensorboard import SummaryWriter

            # points that an earlier process drew after its last checkpoint are dropped
            self._writer = SummaryWriter(str(self._folder), purge_step=event.step)
        for name, value in event.losses.items():
            self._writer.add_scalar(f"loss/{name}", value, event.step)
        self._writer.add_scalar("learning_rate", event.learning_rate, event.step)
        self._writer.add_scalar("trained_images", event.trained_images, event.step)
        self._writer.flush()
