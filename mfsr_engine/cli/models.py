"""`mfsr models ...` and `mfsr prompts ...`. Only `pull` opens connections."""

# No `from __future__ import annotations`: typer reads the annotations of the commands when the program runs.
from pathlib import Path
from typing import Annotated

import typer

from mfsr_engine.cli import terminal
from mfsr_engine.errors import Cancelled, HubError
from mfsr_engine.files import paths
from mfsr_engine.hub import importing, install, parts
from mfsr_engine.hub.catalogue import GATED, Catalogue, CatalogueEntry
from mfsr_engine.hub.download import in_gb
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.hub.pull import pull
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.families import all_variants, family_of

models_app = typer.Typer(
    no_args_is_help=True, help="Models: what is installed, what can be had; fetch, import, check, remove."
)
prompts_app = typer.Typer(no_args_is_help=True, help="Prompts stored with a model.")

Name = Annotated[str, typer.Argument(help="Name of an installed model, or a model folder.")]


@models_app.command("list")
def list_models() -> None:
    """Print the installed models, and those that can be fetched. Opens no connection."""
    store = ModelStore.default()
    print_models(store)
    print_available(Catalogue.default(), store)


def print_models(store: ModelStore) -> None:
    """One line for each installed model, and on stderr one for each broken one."""
    models = store.installed()
    for model in models:
        card = model.card
        typer.echo(f"{card.name}\t{card.title}\t{card.role}, {card.image.scale}x\t{card.licence}")
    for folder, error in store.broken():
        typer.echo(f"mfsr: {folder.name}: {error}", err=True)
    if not models:
        typer.echo("No model is installed.", err=True)


def print_available(catalogue: Catalogue, store: ModelStore) -> None:
    """One line for each part that was fetched, and for each catalogue entry that is not installed."""
    there = parts.parts_there(catalogue, paths.user_models_dir())
    if there:
        typer.echo("\nParts that models share:")
    for entry in there:
        size = in_gb(parts.fetched_bytes(entry, paths.user_models_dir()))
        state = "" if parts.is_fetched(entry, paths.user_models_dir()) else " so far; pull it again to continue"
        typer.echo(f"{entry.name}\t{entry.title}\t{size}{state}\t{entry.licence}")
    names = {model.card.name for model in store.installed()} | {entry.name for entry in there}
    missing = [entry for entry in catalogue.entries if entry.name not in names]
    if missing:
        typer.echo("\nTo be had with `mfsr models pull NAME`:")
    for entry in missing:
        gate = f"; {GATED}" if catalogue.is_gated(entry) else ""
        typer.echo(f"{entry.name}\t{entry.title}\t{_size(entry)}\t{entry.licence}{gate}")


def _size(entry: CatalogueEntry) -> str:
    known = entry.known_bytes
    fetch = f"at least {in_gb(entry.least_bytes)} to fetch" if known is None else f"{in_gb(known)} to fetch"
    return f"{fetch}, {entry.weights_mib} MiB of weights in 16 bits (computed)"


@models_app.command("show")
def show_model(
    model: Annotated[str, typer.Argument(help="Name of a model, installed or not, or a model folder.")],
) -> None:
    """Print a model's folder and its whole card, or what the catalogue says of one that can be fetched."""
    import tomli_w

    catalogue, store = Catalogue.default(), ModelStore.default()
    is_installed = model in {found.card.name for found in store.installed()}
    if not is_installed and model in {entry.name for entry in catalogue.entries}:
        typer.echo(f"# not installed; `mfsr models pull {model}` fetches it")
        typer.echo(tomli_w.dumps(catalogue.find(model).model_dump(mode="json", exclude_none=True)))
        return
    found = store.find(model)
    typer.echo(f"# {found.folder}")
    typer.echo(tomli_w.dumps(found.card.model_dump(mode="json", exclude_none=True)))


@models_app.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(help="Name in the catalogue; see `mfsr models list`.")],
    is_accepted: Annotated[
        bool, typer.Option("--accept-licence", help="Agree to the licences without being asked, for scripts.")
    ] = False,
) -> None:
    """Fetch a model from the hub, check it and install it. A pull that was cut off continues."""
    catalogue = Catalogue.default()
    for entry in catalogue.with_needs(catalogue.find(name)):
        typer.echo(f"{entry.title}: {entry.licence_notice} {entry.licence_url}", err=True)
    if not is_accepted:
        is_accepted = typer.confirm("Do you accept?", err=True)
    try:
        with terminal.TerminalBars(unit="bytes") as bars:
            pulled = pull(
                name, catalogue, paths.user_models_dir(), bars.progress(name), is_licence_accepted=is_accepted
            )
    except KeyboardInterrupt as stop:  # else typer would answer it, with another exit code
        raise Cancelled from stop
    _print_outcome(pulled.folder, pulled.notes)


@models_app.command("import")
def import_model(
    folder: Annotated[Path, typer.Argument(help="A model folder, or one with transformer/ and vae/ as published.")],
    name: Annotated[str | None, typer.Option(help="Name it shall have; the card's or folder's if not given.")] = None,
    variant: Annotated[str | None, typer.Option(help=f"For published folders: {', '.join(all_variants())}.")] = None,
    vae: Annotated[Path | None, typer.Option(help="Folder of the autoencoder, if it lies elsewhere.")] = None,
) -> None:
    """Install a model folder from this computer. The folder stays as it is."""
    choices = importing.ImportChoices(name, variant, vae)
    with terminal.TerminalBars(unit="bytes") as bars:
        progress = bars.progress(folder.name)
        done = importing.import_folder(folder, paths.user_models_dir(), Catalogue.default(), progress, choices)
    _print_outcome(done.folder, done.notes)


@models_app.command("verify")
def verify_model(model: Name) -> None:
    """Compare a model's files with what was installed, and its weights with its configuration."""
    with terminal.TerminalBars(unit="bytes") as bars:
        verdict = install.verify(ModelStore.default().find(model), bars.progress(model))
    for fault in verdict.faults:
        typer.echo(f"mfsr: {model}: {fault}", err=True)
    if verdict.faults:
        raise typer.Exit(1)
    how = (
        f"{verdict.checked_files} files are as installed"
        if verdict.checked_files
        else "its weights fit its configuration, and it came without checksums"
    )
    typer.echo(f"{model} is sound; {how}.")


@models_app.command("remove")
def remove_model(model: Name, is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete one of your own models, or a part that models share."""
    part = next((p for p in parts.parts_there(Catalogue.default(), paths.user_models_dir()) if p.name == model), None)
    if part is not None:
        _remove_part(part, is_sure)
        return
    found = ModelStore.default().find(model)
    if not is_sure and not typer.confirm(f"Delete {found.folder}?", err=True):
        raise HubError("Nothing was deleted.")
    install.remove(found, paths.user_models_dir())
    typer.echo(f"{model} was deleted.")


def _remove_part(part: CatalogueEntry, is_sure: bool) -> None:
    if not is_sure and not typer.confirm(f"Delete {part.title}?", err=True):
        raise HubError("Nothing was deleted.")
    freed = parts.remove_part(part, paths.user_models_dir())
    typer.echo(f"{part.name} was deleted; this freed {in_gb(freed)} unless models still use it.")


@prompts_app.command("encode")
def encode_prompts(
    model: Annotated[str, typer.Option(help="Name of an installed model, or a model folder.")],
    text: Annotated[str | None, typer.Option(help="What is wanted; what the model was made with if not given.")] = None,
    negative: Annotated[str | None, typer.Option(help="What guidance leads away from.")] = None,
    encoders: Annotated[Path | None, typer.Option(help="Folder with text_encoder/, tokenizer/ and so on.")] = None,
) -> None:
    """Encode prompts with the text encoders and store them with a model."""
    from mfsr_engine.hub import prompt_encoding

    found, catalogue = ModelStore.default().find(model), Catalogue.default()
    texts = prompt_encoding.settle_texts(found.card, catalogue, text, negative)
    encoding = family_of(found.card).text
    place = encoders or (found.folder if encoding is None else encoders_dir(encoding, catalogue))
    with terminal.TerminalBars() as bars:
        prompt_encoding.encode_into(found.folder, texts, place, bars.progress(model))
    typer.echo(f"{found.folder / 'prompts.safetensors'}")


def _print_outcome(folder: Path, notes: tuple[str, ...]) -> None:
    typer.echo(folder)
    for note in notes:
        typer.echo(f"mfsr: {note}", err=True)
