"""Distillation that only pretends: answers at once, and lets a test say how a run goes on."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from distill.runs.status import Phase, StopRequest
from distill.wizard.draft import ChosenTeacher, Computer
from distill.wizard.estimate import Estimate, Probe
from mfsr_app.distill.work import Comparison, Curve, EncodingTerms, Pictures, RunView, TeacherRow
from mfsr_app.models.hub import ModelRow
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import FamilyName, ModelCard, Role, SamplingTable
from mfsr_engine.models.prompt_files import ALL_PROMPTS, StoredPrompts

ENCODERS = ModelRow("encoders", "Text encoders", False, "A licence", notices=("Read it.",), is_part=True)
PROBE = Probe("cpu", 0.5, 700, 4000, 1)
ESTIMATE = Estimate("cpu", 5.0, 900, 7200, 700, 4000, 60, 9000, probe=PROBE, photos=24)


def teacher_card(name="teacher", family=FamilyName.COMPACT):
    return ModelCard(
        name=name,
        title="A teacher",
        family=family,
        role=Role.TEACHER,
        licence="CC0-1.0",
        sampling=SamplingTable(default_steps=40, max_steps=40, guidance=2.0),
    )


def tinted(hue, side=64):
    image = QImage(side, side, QImage.Format.Format_RGB888)
    gradient = QLinearGradient(0, 0, side, side)
    gradient.setColorAt(0, QColor.fromHsv(hue % 360, 160, 230))
    gradient.setColorAt(1, QColor.fromHsv((hue + 60) % 360, 180, 90))
    painter = QPainter(image)
    painter.fillRect(image.rect(), gradient)
    painter.end()
    return image


def pictures(columns, rows=3):
    return Pictures(
        tuple(columns), tuple(tuple(tinted(40 * r + 15 * c) for c in range(len(columns))) for r in range(rows))
    )


@dataclass(frozen=True)
class Report:
    """A scan's report; the real one comes with torch."""

    folder: Path
    usable: tuple
    rejected: tuple

    def summary(self):
        return f"{len(self.usable)} photographs can be used; left out: {len(self.rejected)} too small."


PREVIEW_COLUMNS = ("bicubic", "teacher, 40 guided steps", "student, 1 step", "student, 4 steps", "original")


@dataclass
class ScriptedDistilling:
    """See `DistillWork`. `view` is how the run is; tests replace it."""

    folder: Path = Path("photos")
    estimated: Estimate = ESTIMATE
    fault: str = ""
    usable: int = 24
    waits: list = field(default_factory=list)
    found_runs: list = field(default_factory=list)
    teachers_prompts: StoredPrompts = ALL_PROMPTS
    encoders: ModelRow = ENCODERS
    view: RunView | None = None
    has_perceptual: bool = True
    calls: list = field(default_factory=list)

    def teachers(self):
        card = teacher_card(family=FamilyName.COMPACT if self.teachers_prompts.has_negative else FamilyName.DIT4SR)
        chosen = ChosenTeacher(Path("models/teacher"), card, self.teachers_prompts)
        summary = "Restores photographs in 40 guided steps."
        return [
            TeacherRow(ModelRow("teacher", "A teacher", True, "CC0-1.0", summary=summary, is_teacher=True), chosen),
            TeacherRow(
                ModelRow("large", "A large teacher", False, "Pi-Lab", notices=("Read it.",), summary="2.7 billion."),
                None,
            ),
        ]

    def teacher_in(self, folder):
        self._call("teacher_in", folder)
        return ChosenTeacher(folder, teacher_card("own"))

    def fetch(self, name, progress):
        self._call("fetch", name)
        return ChosenTeacher(Path("models") / name, teacher_card(name))

    def encoding_terms(self):
        return EncodingTerms(self.encoders, ("The text encoders run once.",))

    def encode(self, teacher, progress):
        self._call("encode", teacher.card.name)
        return replace(teacher, prompts=ALL_PROMPTS)

    def scan(self, folder, draft, progress):
        self._call("scan", folder)
        progress.report("Looking at the photographs", 3, 24)
        for wait in self.waits:
            wait.wait(600)
            progress.check()
        rejected = (SimpleNamespace(path=folder / "tiny.png", detail="120 x 90 pixels; 256 are needed on both sides"),)
        return Report(folder, tuple(folder / f"{n}.png" for n in range(self.usable)), rejected)

    def samples(self, report, degradation, draft, progress):
        self._call("samples", degradation)
        return pictures(("Before: what the student is given", "After: what it shall make"))

    def computer(self):
        return Computer(has_perceptual=self.has_perceptual)

    def fetch_metrics(self, progress):
        self._call("fetch_metrics", None)
        self.has_perceptual = True
        return self.computer()

    def taken_names(self):
        return ("taken",)

    def estimate(self, recipe, photos, progress):
        self._call("estimate", recipe)
        return self.estimated

    def runs(self):
        return self.found_runs

    def start(self, recipe):
        self._call("start", recipe)
        self.view = RunView(Path("runs") / recipe.name, Phase.PREPARING, "Preparing crops", 0.2, is_alive=True)
        return self.view.folder

    def go_on(self, folder):
        self._call("go_on", folder)
        self.view = replace(self.view, phase=Phase.TRAINING, is_alive=True, message="")

    def ask_to_stop(self, folder, request):
        self._call("ask_to_stop", request)
        phase = Phase.PAUSED if request is StopRequest.PAUSE else Phase.STOPPED
        self.view = replace(self.view, phase=phase, is_alive=False, has_checkpoint=True)

    def look(self, folder):
        return self.view

    def pictures(self, preview):
        return pictures(PREVIEW_COLUMNS, 4)

    def compare(self, folder, progress):
        self._call("compare", folder)
        score = SimpleNamespace(psnr_y=24.1, ssim_y=0.71, lpips=0.31, dists=0.19, niqe=None)
        methods = (("bicubic", 0), ("teacher", 40), *(("student", steps) for steps in (1, 2, 4, 8)))
        rows = tuple(
            SimpleNamespace(name=name, steps=steps, seconds=0.1 * (steps + 1), scores=score) for name, steps in methods
        )
        columns = (
            "bicubic",
            "teacher, 40 steps",
            *(f"student, {n} step{'s' * (n > 1)}" for n in (1, 2, 4, 8)),
            "original",
        )
        evaluation = SimpleNamespace(rows=rows, pictures=3, crop_px=256, notes=())
        return Comparison(evaluation, pictures(columns))

    def install(self, folder, title):
        self._call("install", title)
        return Path("models") / folder.name

    def train(self, step, share, **changes):
        """Let the run go on to a step."""
        curve = tuple((s, 0.2 + 1 / (s + 3) + 0.02 * ((s * 7919) % 5)) for s in range(5, step + 1, 5))
        validation = tuple((s, 0.6 - s / (step * 4)) for s in range(50, step + 1, 50))
        self.view = replace(
            self.view,
            phase=Phase.TRAINING,
            fraction=share,
            step=step,
            trained_images=8 * step,
            elapsed_s=0.5 * step,
            remaining_s=0.5 * step * (1 - share) / share,
            curves=(Curve("meanflow", curve), Curve("pixel", curve), Curve("gradient_norm", curve)),
            validation=(Curve("PSNR", tuple((s, 22 + s / 100) for s, _ in validation)), Curve("LPIPS", validation)),
            preview=Path(f"step-{step}.png"),
            has_checkpoint=True,
            **changes,
        )

    def _call(self, name, argument):
        self.calls.append((name, argument))
        if self.fault:
            raise RequestError(self.fault)
