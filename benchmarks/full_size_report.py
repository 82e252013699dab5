"""What the full-size benchmark found: rows, as a short table and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement."""

    case: str
    """What was upscaled, or what else was done."""
    variant: str
    """How."""
    stage: str
    """Which part of it."""
    seconds: float | None
    """Median time; None if it failed, see `note`."""
    tflop: float | None = None
    """Operations counted, in 10^12."""
    floor_s: float | None = None
    """Least time for these operations at the measured rate of matrix products."""
    live_mib: float | None = None
    """Live tensors at the peak, counted."""
    allocated_mib: float | None = None
    """Most memory while it ran, weights included, measured: of the device's allocator, or on the CPU of the process."""
    per_megapixel_s: float | None = None
    """Time per megapixel of the result."""
    note: str = ""
    """Anything else."""

    @property
    def ratio(self) -> float | None:
        """Time over floor."""
        return self.seconds / self.floor_s if self.seconds is not None and self.floor_s else None


@dataclass
class Report:
    """All rows so far; written again after each, so that a cut run keeps what it had."""

    folder: Path
    """Where `full_size.json` is written."""
    facts: dict[str, Any] = field(default_factory=dict)
    """About the device and the program."""
    rows: list[Row] = field(default_factory=list)
    """In the order they were measured."""

    def add(self, row: Row) -> None:
        """Keep, print and write a row."""
        self.rows.append(row)
        took = f"failed: {row.note}" if row.seconds is None else f"{row.seconds * 1e3:.1f} ms"
        print(f"{row.case} | {row.variant} | {row.stage}: {took}", flush=True)
        self.write()

    def write(self) -> None:
        """Write `full_size.json`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        text = json.dumps({**self.facts, "rows": rows}, indent=1)
        (self.folder / "full_size.json").write_text(text, encoding="utf-8")

    def print_table(self) -> None:
        """A short table of everything."""
        table = Table(title=str(self.facts.get("device", "")))
        for title in ("case", "variant", "stage", "ms", "floor ms", "ratio", "live MiB", "peak MiB", "s/Mpx"):
            table.add_column(title, justify="left" if title in ("case", "variant", "stage") else "right")
        for row in self.rows:
            table.add_row(row.case, row.variant, row.stage, *_cells(row))
        Console(width=130).print(table)


def _cells(row: Row) -> list[str]:
    values = [
        (None if row.seconds is None else row.seconds * 1e3, ".1f"),
        (None if row.floor_s is None else row.floor_s * 1e3, ".1f"),
        (row.ratio, ".2f"),
        (row.live_mib, ".0f"),
        (row.allocated_mib, ".0f"),
        (row.per_megapixel_s, ".3f"),
    ]
    return ["" if value is None else format(value, form) for value, form in values]
