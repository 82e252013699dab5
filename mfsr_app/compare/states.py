"""The states of the compare page, bundled for those who show or change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.consistency import ConsistencyState
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.exporting import ExportState
    from mfsr_app.compare.file_comparison import FileComparison
    from mfsr_app.compare.folder import FolderState
    from mfsr_app.compare.model_sweep import ModelSweepState
    from mfsr_app.compare.result_drag import ResultDrag
    from mfsr_app.compare.saving import SavingState
    from mfsr_app.compare.seed_variance import SeedVarianceState
    from mfsr_app.compare.sweep import SweepState
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel


@dataclass(frozen=True)
class CompareStates:
    """Everything the page shows."""

    document: DocumentState
    """The open picture."""
    choices: Choices
    """The settings in use."""
    view: ViewModel
    """Where the panes look."""
    upscaling: UpscalingState
    """The results."""
    comparison: Comparison
    """What is compared."""
    saving: SavingState
    """The way to a file."""
    consistency: ConsistencyState
    """The overlay of what the input does not support."""
    seed_variance: SeedVarianceState
    """The overlay of what other seeds make otherwise."""
    sweep: SweepState
    """The strip of all numbers of steps."""
    beside: FileComparison
    """Files to compare with."""
    exporting: ExportState
    """The way of a comparison to a file."""
    folder: FolderState
    """The other photographs of the folder."""
    drag: ResultDrag
    """The way of a result to another program."""
    model_sweep: ModelSweepState
    """The strip of all models."""
