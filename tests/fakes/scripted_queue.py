"""Works through a journal with the scripted engine, in a process of its own that can be killed.

Usage: python -m tests.fakes.scripted_queue JOURNAL SECONDS_PER_TILE [PICTURE ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from mfsr_engine.batch.journal import ItemState, Journal
from mfsr_engine.batch.naming import Source
from mfsr_engine.batch.queue_run import run_item
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.progress import Progress
from tests.fakes.scripted_engine import ScriptedUpscaler


def main() -> None:
    journal = Journal(Path(sys.argv[1]))
    journal.open()
    journal.recover()
    journal.add([Source(Path(name)) for name in sys.argv[3:]])
    upscaler = ScriptedUpscaler(seconds_per_tile=float(sys.argv[2]))
    print("ready", flush=True)
    for item in journal.items():
        if item.state is ItemState.WAITING:
            progress = Progress(lambda report: print(report.stage, report.done, flush=True))
            print(run_item(item, RunPlan(), journal, upscaler, progress).state.value, flush=True)


if __name__ == "__main__":
    main()
