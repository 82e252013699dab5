"""The settings of a run of the queue, as one object that survives a restart. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from mfsr_engine.api import AreasFile, ModelInfo, UpscaleSettings
from mfsr_engine.batch.naming import Naming, OutputSettings, RunFacts, Template, size_suffix


@dataclass(frozen=True)
class RunPlan:
    """Everything that decides what becomes of the pictures of a queue."""

    settings: UpscaleSettings = field(default_factory=UpscaleSettings)
    """How they are upscaled; the same object as for a single picture."""
    output: OutputSettings = field(default_factory=OutputSettings)
    """Where results go and in which form."""
    areas: AreasFile | None = None
    """Parts that are made in another way, for a plan of one picture; None if there are none."""

    def facts(self, model: ModelInfo) -> RunFacts:
        """What names can say of this plan."""
        steps = self.settings.steps or model.default_steps
        takes_caption = model.takes_text and not model.caption_problem
        settings = self.settings
        return RunFacts(model.name, steps, settings.seed, settings.size, model.scale, takes_caption, settings.passes)

    def naming(self, model: ModelInfo) -> Naming:
        """How results are called.

        Raises:
            RequestError: the template cannot give names.
        """
        facts, output = self.facts(model), self.output
        suffix = size_suffix(facts.size, facts.factor)
        return Naming(suffix, output.folder_path, output.format.suffix, Template(output.naming, facts))
