"""Upscales one picture of a queue and records the outcome in the journal. Knows no thread and no window."""

from __future__ import annotations

import sqlite3
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from mfsr_engine import images
from mfsr_engine.batch import batch
from mfsr_engine.batch.journal import ItemState, Journal, QueueItem
from mfsr_engine.batch.naming import Conflict, target_of
from mfsr_engine.batch.planning import BatchItem, size_or_none
from mfsr_engine.errors import Cancelled, ImageReadError, MfsrError, ModelError
from mfsr_engine.images.reading import header_size
from mfsr_engine.upscale.captions import CAPTIONS_AHEAD, NO_CAPTION, read_caption

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.api import ModelInfo, Upscaler, UpscaleStream
    from mfsr_engine.batch.run_plan import RunPlan
    from mfsr_engine.geometry import Size
    from mfsr_engine.progress import Progress


def run_item(item: QueueItem, plan: RunPlan, journal: Journal, upscaler: Upscaler, progress: Progress) -> QueueItem:
    """Upscale a picture of the queue.

    Args:
        item: which; whatever the journal said of it before is replaced.
        plan: how, and where the result goes.
        journal: told the result's name before work begins, and the outcome.
        upscaler: the engine, or a scripted one.
        progress: told how far it is.

    Returns:
        The item as it is now noted: done, skipped, or failed with its reason.

    Raises:
        Cancelled: asked to stop; the picture waits again and no file was left.
    """
    fresh = QueueItem(item.number, item.source, size=_size_of(item.source.path), own_plan=item.own_plan)
    try:
        finished = _finished(fresh, plan, journal, upscaler, progress)
    except Cancelled:
        journal.reset([item.number])
        raise
    except sqlite3.Error:  # the journal's, and of all pictures
        raise
    except Exception as error:  # the border of a run, as in `batch.upscale_file`
        reason = batch.reason_of(error, BatchItem(item.source.path, item.source.path))
        finished = _failed(fresh, reason)
    journal.finish(finished)
    return finished


def _finished(item: QueueItem, plan: RunPlan, journal: Journal, upscaler: Upscaler, progress: Progress) -> QueueItem:
    model = _model(plan, upscaler)
    target = target_of(item.source, plan.naming(model), size_or_none)
    caption = read_caption(item.source.path) if model.takes_text else NO_CAPTION
    if caption.text and not model.caption_problem:
        upscaler.prepare_captions(model.name, [caption.text, *_captions_ahead(journal, item.number)], progress)
    conflict = Conflict.UNIQUE if journal.is_spoken_for(target, item) else plan.output.conflict
    outcome = batch.upscale_file(
        BatchItem(item.source.path, target, conflict, plan.facts(model), caption, areas=plan.areas),
        plan.settings,
        upscaler,
        progress,
        lambda result: _write_options(plan, result),
        lambda path: journal.claim(item.number, path),
    )
    match outcome:
        case batch.Done():
            return replace(
                item,
                state=ItemState.DONE,
                target=outcome.path,
                result_size=outcome.size,
                seconds=outcome.seconds,
                words=" ".join(outcome.notes),
            )
        case batch.Skipped():
            return replace(item, state=ItemState.SKIPPED, target=target)
        case batch.Failed():
            return _failed(item, outcome.error)


def _failed(item: QueueItem, error: MfsrError) -> QueueItem:
    """The item as failed; what was not foreseen has its traceback in the details, for a report."""
    is_foreseen = error.__cause__ is None or isinstance(error.__cause__, MfsrError | OSError | MemoryError)
    details = "" if is_foreseen else "".join(traceback.format_exception(error.__cause__))
    return replace(item, state=ItemState.FAILED, words=str(error), details=details)


def _model(plan: RunPlan, upscaler: Upscaler) -> ModelInfo:
    for model in upscaler.models():
        if model.name == plan.settings.model:
            return model
    raise ModelError(f'The model "{plan.settings.model}" is no longer installed. Choose another one and start again.')


def _captions_ahead(journal: Journal, number: int) -> list[str]:
    """Captions of the next pictures that wait, without the one in hand."""
    waiting = [item for item in journal.items() if item.state is ItemState.WAITING and item.number != number]
    return [read_caption(item.source.path).text for item in waiting[:CAPTIONS_AHEAD]]


def _write_options(plan: RunPlan, result: UpscaleStream) -> images.WriteOptions:
    output = plan.output
    return replace(
        batch.default_options(result),
        quality=output.quality,
        keep_location=output.keep_location,
        keep_date=output.keep_date,
    )


def _size_of(path: Path) -> Size | None:
    try:
        return header_size(path)
    except ImageReadError:
        return None
