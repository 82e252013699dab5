"""`mfsr upscale`: one line per outcome, and an exit code. Loads torch only when something is computed."""

# No `from __future__ import annotations`: typer reads the annotations of the commands when the program runs.
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from mfsr_engine import __version__
from mfsr_engine.api import (
    Acceleration,
    AreasFile,
    ColorCorrection,
    DeviceChoice,
    DtypeChoice,
    Upscaler,
    UpscaleSettings,
    UpscaleStream,
)
from mfsr_engine.batch import batch, planning
from mfsr_engine.batch.naming import Conflict, Naming, OutputSettings, RunFacts, Template, size_suffix
from mfsr_engine.cli import models as cli_models
from mfsr_engine.cli import settings as cli_settings
from mfsr_engine.cli import signals, terminal
from mfsr_engine.errors import Cancelled, MfsrError, RequestError
from mfsr_engine.geometry import TargetSize
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.images import ImageFormat, WriteOptions
from mfsr_engine.images.areas import check_areas
from mfsr_engine.images.reading import header_size
from mfsr_engine.models.card import ModelCard
from mfsr_engine.models.families import family_of
from mfsr_engine.settings.settings import check_threads
from mfsr_engine.upscale.captions import CAPTIONS_AHEAD

EXIT_FAILED, EXIT_USAGE = 1, 2
AUTO = "auto"
"""In place of a number: chosen for each picture."""

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="Makes photographs larger."
)
app.add_typer(cli_models.models_app, name="models")
app.add_typer(cli_models.prompts_app, name="prompts")
app.add_typer(cli_settings.settings_app, name="settings")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: words after the program's name; None takes the process's own.

    Returns:
        Exit code: 0 all done, 1 something failed (even if only to print the results' names), 2 wrong use, 130 interrupted, 143 or
        129 asked to end by the system or a terminal that was closed.
    """
    terminal.prepare_streams()
    try:
        with signals.heeded():
            app(args=None if arguments is None else list(arguments), prog_name="mfsr")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else EXIT_FAILED
    except RequestError as error:
        code = _complain(error, EXIT_USAGE)
    except (Cancelled, KeyboardInterrupt) as stop:
        code = _complain(Cancelled(), signals.exit_code(stop))
    except MfsrError as error:
        code = _complain(error, EXIT_FAILED)
    except OSError as error:  # of the commands, only printing lets one through
        code = _complain(error, EXIT_FAILED)
    return code if terminal.settle_streams() else code or EXIT_FAILED


def command_names() -> set[str]:
    """The words that begin a command."""
    groups = {group.name for group in app.registered_groups if group.name}
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    return groups | commands


def _complain(error: Exception, code: int) -> int:
    terminal.complain(f"mfsr: {error}")
    return code


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"mfsr {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Makes small or damaged photographs larger in one step."""


@app.command()
def upscale(
    inputs: Annotated[list[Path], typer.Argument(metavar="INPUT...", help="Pictures, or folders of pictures.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File or folder to write to.")] = None,
    scale: Annotated[
        float | None,
        typer.Option(help="Factor of both sides; the model's own if not given, or what its passes come to."),
    ] = None,
    percent: Annotated[float | None, typer.Option(help="The same factor in percent, for example 250.")] = None,
    width: Annotated[int | None, typer.Option(help="Width of the result in pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="Height of the result in pixels.")] = None,
    long_side: Annotated[int | None, typer.Option(help="Longer side of the result in pixels.")] = None,
    short_side: Annotated[int | None, typer.Option(help="Shorter side of the result in pixels.")] = None,
    passes: Annotated[
        int,
        typer.Option(help="How often the model is run: 2 runs it over its own result, for up to 16 times the size."),
    ] = 1,
    steps: Annotated[int | None, typer.Option(help="Sampling steps; what the model was made for if not given.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of an installed model, or a model folder.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the noise; the same seed gives the same picture.")] = 0,
    fidelity: Annotated[
        str,
        typer.Option(
            metavar="NUMBER|auto",
            help='0 most detail ... 1 closest to the input; "auto" chooses by the noise and JPEG blocks of each picture.',
        ),
    ] = "0",
    device: Annotated[DeviceChoice | None, typer.Option(help="Where to compute.")] = None,
    dtype: Annotated[DtypeChoice | None, typer.Option(help="Precision of the arithmetic.")] = None,
    tile: Annotated[int | None, typer.Option(help="Side of a tile in input pixels.")] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads to compute with on the processor; 0 is one for each core.")
    ] = None,
    acceleration: Annotated[
        Acceleration, typer.Option("--accelerate", help="What is done for speed after the first picture.")
    ] = Acceleration.NONE,
    is_fast: Annotated[bool, typer.Option("--fast", help="A teacher's fast setting: fewer steps.")] = False,
    guidance: Annotated[float | None, typer.Option(help="Guidance scale of a teacher; its own if not given.")] = None,
    color: Annotated[ColorCorrection, typer.Option(help="How colours are tied to the input's.")] = ColorCorrection.AUTO,
    is_tileable: Annotated[
        bool,
        typer.Option("--tileable", help="For textures: opposite edges of the result meet as those of the picture do."),
    ] = False,
    caption: Annotated[
        str | None,
        typer.Option(help="What the pictures show, instead of the .txt files beside them; full-size models only."),
    ] = None,
    areas: Annotated[
        Path | None,
        typer.Option(
            help="Picture of the same size: where it is white the photograph is left alone and only enlarged. For one picture."
        ),
    ] = None,
    areas_fidelity: Annotated[
        float | None, typer.Option(help="Fidelity where --areas is white, 0 to 1, instead of leaving it alone.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    conflict: Annotated[
        Conflict | None,
        typer.Option(
            "--if-exists",
            help="What to do with files that exist; if not given, refuse for a picture named itself, skip in a folder.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of results, for example {name}_{size}; that of the settings if not given.")
    ] = None,
    file_format: Annotated[
        ImageFormat | None, typer.Option("--format", help="Format of the result; by its name if not given.")
    ] = None,
    quality: Annotated[int | None, typer.Option(help="1 to 100, for JPEG, WebP and AVIF.")] = None,
    include_results: Annotated[
        bool, typer.Option("--include-results", help="Take pictures that this program made from folders too.")
    ] = False,
    has_all_pages: Annotated[
        bool, typer.Option("--all-pages", help="Upscale every page or frame of a file, each into a file of its own.")
    ] = False,
    is_json: Annotated[bool, typer.Option("--json", help="One JSON object per picture on stdout.")] = False,
) -> None:
    """Upscale pictures, and folders of pictures with everything below them.

    Several processes that are given the same folder at the same time share its pictures; torchrun and accelerate launch start them.

    Model, device, precision, format, quality, folder and name are taken from `mfsr settings` if not given.
    """
    remembered = cli_settings.remembered()
    threads = remembered.threads if threads is None else threads
    check_threads(threads)
    store = ModelStore.default()
    found = store.find(model or remembered.model)
    card, info = found.card, found.info
    steps = _fast_steps(card) if is_fast and steps is None else steps
    settings = UpscaleSettings(
        model=model or remembered.model,
        size=TargetSize(_factor(scale, percent), width, height, long_side, short_side),
        passes=passes,
        steps=steps,
        seed=seed,
        fidelity=0.0 if fidelity == AUTO else _number(fidelity),
        is_fidelity_auto=fidelity == AUTO,
        guidance=guidance,
        color=color,
        prompt=caption or "",
        is_tileable=is_tileable,
        tile_px=tile,
        device=device or remembered.device,
        dtype=dtype or remembered.dtype,
    )
    family_of(card).check_asked_guidance(card, guidance)
    takes_caption = info.takes_text and not info.caption_problem
    facts = RunFacts(
        card.name,
        steps or card.sampling.default_steps,
        seed,
        settings.size,
        card.image.scale,
        takes_caption,
        passes,
    )
    naming = _naming(facts, remembered.output, output, file_format, name)
    items = planning.plan_items(
        inputs,
        naming,
        overwrite=overwrite,
        conflict=conflict,
        facts=facts,
        include_results=include_results or remembered.output.include_results,
        has_all_pages=has_all_pages,
        tell=lambda words: terminal.complain(f"mfsr: {words}"),
    )
    items = [replace(item, format=file_format) for item in _with_areas(items, areas, areas_fidelity)]
    if info.takes_text and caption is None:
        items = planning.with_captions(items)
    written_as = WriteOptions(
        format=file_format,
        quality=remembered.output.quality if quality is None else quality,
        keep_location=remembered.output.keep_location,
        keep_date=remembered.output.keep_date,
    )
    try:
        engine = _engine(store, remembered.memory_limit_mib, threads, acceleration)
        are_well = _run(items, settings, engine, written_as, is_json)
    except KeyboardInterrupt as stop:  # else typer would answer it, with another exit code
        raise Cancelled from stop
    if not are_well:
        raise typer.Exit(EXIT_FAILED)


def _naming(
    facts: RunFacts, remembered: OutputSettings, output: Path | None, file_format: ImageFormat | None, name: str | None
) -> Naming:
    """How results are called: by the template given, else that of the settings, as in the window."""
    place = output or remembered.folder_path
    ending = file_format.suffix if file_format else None
    return Naming(
        suffix=size_suffix(facts.size, facts.factor),
        output=place,
        ending=ending or remembered.format.suffix,
        template=Template(name or remembered.naming, facts),
    )


def _fast_steps(card: ModelCard) -> int:
    if card.sampling.fast_steps is None:
        raise RequestError(f"{card.title} has no fast setting. Say how many steps with --steps.")
    return card.sampling.fast_steps


def _with_areas(items: list[planning.BatchItem], mask: Path | None, fidelity: float | None) -> list[planning.BatchItem]:
    """The one picture with its areas; all as they are without a mask."""
    if mask is None and fidelity is not None:
        raise RequestError("--areas-fidelity says what happens in areas. Give them with --areas.")
    if mask is None:
        return items
    if len(items) != 1:
        raise RequestError("--areas is for one picture at a time. Name one picture, not a folder or several.")
    found = AreasFile(mask, fidelity)
    check_areas(found, items[0].source.name, header_size(items[0].source, items[0].page or 0))
    return [replace(items[0], areas=found)]


def _factor(scale: float | None, percent: float | None) -> float | None:
    if scale is not None and percent is not None:
        raise RequestError("Give the factor or the percent, not both.")
    return scale if percent is None else percent / 100


def _number(fidelity: str) -> float:
    try:
        return float(fidelity)
    except ValueError as error:
        raise RequestError(f"Fidelity must be 0 to 1 or {AUTO}, not {fidelity}.") from error


def _engine(store: ModelStore, memory_limit_mib: int, threads: int, acceleration: Acceleration) -> Upscaler:
    """The real engine; this loads torch."""
    try:
        from mfsr_engine.compute.devices import take_own_card
        from mfsr_engine.upscale.engine import Engine
    except (
        Exception
    ) as error:  # torch where memory is short or a library is missing: there is no list of what it raises
        words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise MfsrError(
            f"PyTorch cannot be loaded ({words}). If memory is short, close other programs; otherwise install the program anew."
        ) from error
    take_own_card()
    return Engine(store, memory_limit_mib=memory_limit_mib, threads=threads, acceleration=acceleration)


def _run(
    items: list[planning.BatchItem],
    settings: UpscaleSettings,
    engine: Upscaler,
    written_as: WriteOptions,
    is_json: bool,
) -> bool:
    """Whether everything went well."""

    def options(result: UpscaleStream) -> WriteOptions:
        return replace(written_as, provenance=batch.default_options(result).provenance)

    are_well = True
    with terminal.TerminalBars() as bars:
        ready = _with_captions_ready(items, settings.model, engine, bars)

        def wait() -> None:
            bars.progress("...").report("Waiting for other processes")

        outcomes = batch.run_batch(ready, settings, engine, lambda item: bars.progress(item.source.name), options, wait)
        for outcome in outcomes:
            are_well &= not isinstance(outcome, batch.Failed)
            are_well &= terminal.say(json.dumps(_as_json(outcome))) if is_json else _print(outcome)
    return are_well


def _with_captions_ready(
    items: Sequence[planning.BatchItem], model: str, engine: Upscaler, bars: terminal.TerminalBars
) -> Iterator[planning.BatchItem]:
    """The same pictures; captions are encoded some pictures ahead, so that the text encoders are loaded only now and then."""
    for first in range(0, len(items), CAPTIONS_AHEAD):
        some = items[first : first + CAPTIONS_AHEAD]
        captions = [item.caption.text for item in some if item.caption.text]
        if captions:
            _prepare_captions(captions, model, engine, bars)
        yield from some


def _prepare_captions(captions: Sequence[str], model: str, engine: Upscaler, bars: terminal.TerminalBars) -> None:
    try:
        engine.prepare_captions(model, captions, bars.progress("captions"))
    except Cancelled:
        raise
    except Exception:  # what is wrong with a caption is told by the picture that it belongs to
        pass


def _print(outcome: batch.Outcome) -> bool:
    """Whether it could be told where the result is."""
    match outcome:
        case batch.Done(path=path, notes=notes):
            is_told = terminal.say(path)
            for note in notes:
                terminal.complain(f"mfsr: {outcome.item.source}: {note}")
            return is_told
        case batch.Skipped(item=item):
            terminal.complain(f"mfsr: {item.source}: skipped, {item.target} exists already.")
        case batch.Failed(item=item, error=error):
            terminal.complain(f"mfsr: {_with_path(error, item.source)}")
    return True


def _with_path(error: MfsrError, source: Path) -> str:
    """An error's words with the picture's whole path, once: in place of its name where they hold that alone."""
    words = str(error)
    if _named_in(str(source)).search(words):
        return words
    replaced, count = _named_in(source.name).subn(lambda _: str(source), words, count=1)
    return replaced if count else f"{source}: {words}"


def _named_in(name: str) -> re.Pattern[str]:
    """Finds a name that stands for itself: neither the end of a longer path nor a part of another word."""
    return re.compile(rf"(?<![\w/\\.-]){re.escape(name)}(?![\w/\\-]|\.\w)")


def _as_json(outcome: batch.Outcome) -> dict[str, Any]:
    source = str(outcome.item.source)
    match outcome:
        case batch.Done():
            facts = ("model", "steps", "seed", "device", "dtype", "notes")
            return {
                "status": "done",
                "input": source,
                "output": str(outcome.path),
                "width": outcome.size.width,
                "height": outcome.size.height,
                **{name: getattr(outcome, name) for name in facts},
                "seconds": round(outcome.seconds, 3),
            }
        case batch.Skipped(item=item):
            return {"status": "skipped", "input": source, "output": str(item.target)}
        case batch.Failed(error=error):
            return {"status": "failed", "input": source, "error": str(error)}


@app.command()
def doctor() -> None:
    """Print what this computer can compute with, which models are installed, and how each would run here."""
    from mfsr_engine.cli import doctor as cli_doctor

    cli_doctor.print_report(ModelStore.default())
