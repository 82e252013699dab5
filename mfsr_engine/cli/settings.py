"""`mfsr settings ...`: shows and changes settings, in the same file as the window."""

# No `from __future__ import annotations`: typer reads the annotations of the commands when the program runs.
from typing import Annotated, Any

import typer

from mfsr_engine.batch.naming import OutputSettings
from mfsr_engine.files.tables import as_table
from mfsr_engine.settings.settings import Settings, SettingsFile, field_texts, plain_keys, with_text

settings_app = typer.Typer(no_args_is_help=True, help="Settings: what window and command line remember.")


def remembered() -> Settings:
    """The user's settings; what is wrong with their file is told on stderr."""
    loaded = SettingsFile.default().load()
    for note in loaded.notes:
        typer.echo(f"mfsr: {note}", err=True)
    return loaded.settings


@settings_app.command("show")
def show_settings(
    is_bare: Annotated[bool, typer.Option("--bare", help="Only keys and values.")] = False,
) -> None:
    """Print every setting with its value."""
    settings = remembered()
    table = as_table(settings)
    for key in plain_keys():
        first, _, rest = key.partition(".")
        if not is_bare:
            texts = field_texts(OutputSettings) if rest else field_texts(Settings)
            typer.echo(f"# {texts.get(rest or first, '')}")
        typer.echo(f"{key} = {_as_text(table[first][rest] if rest else table[first])}")
    if settings.presets:
        typer.echo(f"# presets: {', '.join(preset.name for preset in settings.presets)}")


@settings_app.command("set")
def set_setting(
    key: Annotated[str, typer.Argument(help="Name of a setting; see `mfsr settings show`.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
) -> None:
    """Change one setting for the window and the command line."""
    SettingsFile.default().save(with_text(remembered(), key, value))


@settings_app.command("path")
def settings_path() -> None:
    """Print where the settings lie."""
    typer.echo(SettingsFile.default().path)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
