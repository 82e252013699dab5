"""`python -m distill.metrics fetch` is the same as `mfsr distill fetch`."""

from __future__ import annotations

import typer

from distill.metrics import weights

app = typer.Typer(help="Weights of the quality metrics.", add_completion=False)


@app.callback()
def _metrics() -> None:
    """Weights of the quality metrics."""


@app.command()
def fetch() -> None:
    """Download the AlexNet and VGG16 weights (64 MB) and convert them once."""
    try:
        typer.echo(f"The weights are in {weights.fetch()}")
    except weights.WeightsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
