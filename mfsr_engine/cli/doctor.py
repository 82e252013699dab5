"""`mfsr doctor`: the hardware of this computer, and how each installed model would run on it. Computes nothing large."""

from __future__ import annotations

import sys

import typer

from mfsr_engine import __version__
from mfsr_engine.cli import models as cli_models
from mfsr_engine.errors import MfsrError
from mfsr_engine.files import paths
from mfsr_engine.hub.parts import caption_problem, encoders_dir
from mfsr_engine.hub.store import InstalledModel, ModelStore
from mfsr_engine.models.families import all_text_encoders


def print_report(store: ModelStore) -> None:
    """Print devices, precisions, memory, models, and what each model would use on the device that "auto" takes."""
    from mfsr_engine.compute import devices

    typer.echo(f"mfsr {__version__}, Python {sys.version.split()[0]}")
    for report in devices.describe_devices():
        free = "unknown" if report.free_mib is None else f"{report.free_mib} of {report.memory_mib} MiB free"
        typer.echo(f"{report.device}: {report.title}; memory {free}")
        typer.echo(f"  precisions {', '.join(report.dtypes)}; auto takes {report.preferred}")
    typer.echo(f"models in {paths.bundled_models_dir()} and {paths.user_models_dir()}:")
    cli_models.print_models(store)
    for text in all_text_encoders():
        problem = caption_problem(text)
        typer.echo(f"captions and prompts: {problem or f'the text encoders are in {encoders_dir(text)}'}")
    models = store.installed()
    if models:
        typer.echo("how they would run here now:")
    for model in models:
        _print_plan(model)


def _print_plan(model: InstalledModel) -> None:
    from mfsr_engine.compute import devices
    from mfsr_engine.upscale import placement

    compute = devices.choose()
    try:
        plan = placement.plan_for(model, compute.device, compute.dtype)
    except MfsrError as error:
        typer.echo(f"mfsr: {model.card.name}: {error}", err=True)
        return
    tiles = f"{plan.batch} tile{'s' if plan.batch > 1 else ''} of {plan.tile_px} pixels at once"
    typer.echo(
        f"{model.card.name}: {compute.device.type} in {compute.dtype_name}, weights {plan.weights}, {tiles}, "
        f"about {plan.needed_mib} MiB"
    )
    for reason in plan.reasons:
        typer.echo(f"  {reason}")
