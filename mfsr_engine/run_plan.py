"""How a queue of pictures is worked through, as one object that survives a restart. Opens nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mfsr_engine.api import ColorCorrection, DeviceChoice, DtypeChoice, ModelInfo, UpscaleSettings
from mfsr_engine.geometry import TargetSize
from mfsr_engine.naming import DEFAULT_TEMPLATE, Conflict, Naming, RunFacts, Template, size_suffix


@dataclass(frozen=True)
class OutputPlan:
    """Where results go and in which form."""

    template: str = DEFAULT_TEMPLATE
    """Name of a result without its ending; see `mfsr_engine.naming.FIELDS`."""
    folder: Path | None = None
    """Folder for results; None is beside the source, and for the tree of a folder a new folder beside that."""
    conflict: Conflict = Conflict.UNIQUE
    """What to do where a file of the result's name exists."""
    ending: str = ".png"
    """Ending of results with its dot, which decides the format."""
    quality: int = 95
    """1 (small) to 100 (best) for JPEG, WebP and AVIF."""
    keep_location: bool = True
    """Whether results keep the place where a photograph was taken."""


@dataclass(frozen=True)
class RunPlan:
    """Everything that decides what becomes of the pictures of a queue."""

    settings: UpscaleSettings = field(default_factory=UpscaleSettings)
    """How they are upscaled; the same object as for a single picture."""
    output: OutputPlan = field(default_factory=OutputPlan)
    """Where results go."""

    def facts(self, model: ModelInfo) -> RunFacts:
        """What names can say of this plan."""
        steps = self.settings.steps or model.default_steps
        takes_caption = model.takes_text and not model.caption_problem
        return RunFacts(model.name, steps, self.settings.seed, self.settings.size, model.scale, takes_caption)

    def naming(self, model: ModelInfo) -> Naming:
        """How results are called.

        Raises:
            RequestError: the template cannot give names.
        """
        facts, output = self.facts(model), self.output
        suffix = size_suffix(facts.size, facts.scale)
        return Naming(suffix, output.folder, output.ending, Template(output.template, facts))

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=str)


def plan_from_text(text: str) -> RunPlan:
    """The plan that `RunPlan.to_text` wrote.

    Raises:
        ValueError, KeyError, TypeError, MfsrError: it is none, or from another version.
    """
    table = json.loads(text)
    return RunPlan(_settings_from(table["settings"]), _output_from(table["output"]))


def _settings_from(table: dict[str, Any]) -> UpscaleSettings:
    typed = {
        "size": TargetSize(**table["size"]),
        "color": ColorCorrection(table["color"]),
        "device": DeviceChoice(table["device"]),
        "dtype": DtypeChoice(table["dtype"]),
    }
    return UpscaleSettings(**(table | typed))


def _output_from(table: dict[str, Any]) -> OutputPlan:
    folder = table["folder"]
    typed = {"folder": None if folder is None else Path(folder), "conflict": Conflict(table["conflict"])}
    return OutputPlan(**(table | typed))
