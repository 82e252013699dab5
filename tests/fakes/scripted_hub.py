"""A hub that does what a script tells it, without network and weights."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mfsr_app.models.hub import Fit, ModelRow, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.progress import Progress

BUNDLED = ModelRow(
    "mfsr-small", "MFSR small", True, "Apache-2.0", summary="Comes with the program.", size_bytes=5_000_000
)
OWN = replace(BUNDLED, name="own", title="My own", is_removable=True)
BROKEN = ModelRow("broken", "broken", True, "", is_removable=True, fault="model.toml cannot be read.")
LARGE = ModelRow(
    "large",
    "Large teacher",
    False,
    "Research only",
    "https://example.org/licence",
    notices=("Large teacher: for research only.", "Autoencoder: ask its makers."),
    gates=("https://example.org/base",),
    size_bytes=7_000_000_000,
    is_teacher=True,
    steps=40,
)


@dataclass
class ScriptedHub:
    models: list[ModelRow] = field(default_factory=lambda: [BUNDLED, OWN, BROKEN, LARGE])
    calls: list[tuple[str, str]] = field(default_factory=list)
    gate: threading.Event | None = None
    failure: Exception | None = None
    outcome: Outcome | None = None
    has_token: bool = False
    found: dict[str, Fit] = field(
        default_factory=lambda: {
            "mfsr-small": Fit(True, "Runs on this computer: yes."),
            "large": Fit(False, "Runs: no."),
        }
    )

    def rows(self) -> list[ModelRow]:
        self.calls.append(("rows", ""))
        return list(self.models)

    def fits(self, *, measures_again: bool = False) -> dict[str, Fit]:
        if measures_again:
            self.calls.append(("measure", ""))
            self.found = {name: replace(fit, photo_s=(fit.photo_s or 0) * 2) for name, fit in self.found.items()}
        return self.found

    def is_signed_in(self) -> bool:
        return self.has_token

    def sign_in(self, token: str) -> Outcome:
        self.calls.append(("sign_in", token))
        if self.failure is not None:
            raise self.failure
        self.has_token = True
        return Outcome("Signed in to the hub as someone.")

    def pull(self, name: str, progress: Progress) -> Outcome:
        self.calls.append(("pull", name))
        progress.report("Asking the hub", 0, 2)
        progress.report("Downloading", 0, 4_000_000)
        while self.gate is not None and not self.gate.is_set():
            progress.report("Downloading", 1_000_000, 4_000_000)
            time.sleep(0.005)
        if self.failure is not None:
            raise self.failure
        self.models = [replace(row, is_installed=True) if row.name == name else row for row in self.models]
        return self.outcome or Outcome(f"{name} is installed.")

    def variants(self, folder: Path) -> tuple[str, ...]:
        return ()

    def import_folder(self, folder: Path, variant: str | None, progress: Progress) -> Outcome:
        self.calls.append(("import", folder.name))
        progress.report("Copying")
        self.models = [*self.models, replace(OWN, name=folder.name, title=folder.name)]
        return Outcome(f"{folder.name} is installed.")

    def verify(self, name: str, progress: Progress) -> Outcome:
        self.calls.append(("verify", name))
        progress.report("Verifying", 1, 2)
        return self.outcome or Outcome(f"{name} is sound.")

    def remove(self, name: str) -> Outcome:
        self.calls.append(("remove", name))
        self.models = [row for row in self.models if row.name != name]
        return Outcome(f"{name} was deleted.")
