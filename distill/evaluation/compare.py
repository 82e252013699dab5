"""`mfsr compare RESULT REFERENCE`: how close a picture is to another, in numbers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from mfsr_engine.errors import RequestError


def compare(
    result: Annotated[Path, typer.Argument(help="Picture to judge.")],
    reference: Annotated[Path, typer.Argument(help="What it should look like, of the same size.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """Print PSNR and SSIM (on luma), LPIPS and DISTS of RESULT against REFERENCE.

    LPIPS and DISTS need weights that `mfsr distill fetch` gets once; without them they are left out.
    """
    from distill.evaluation.scores import Scorer
    from distill.metrics.weights import FETCH_COMMAND
    from mfsr_engine import images

    first, second = images.read(result), images.read(reference)
    if first.pixels.shape != second.pixels.shape:
        sizes = " and ".join(f"{p.size.width} x {p.size.height}" for p in (first, second))
        raise RequestError(f"The pictures have {sizes} pixels; only pictures of the same size can be compared.")
    scorer = Scorer()
    scores = asdict(scorer.score(first.pixels, second.pixels))
    if as_json:
        typer.echo(json.dumps({"result": str(result), "reference": str(reference), **scores}))
        return
    for name, unit in (("psnr_y", " dB"), ("ssim_y", ""), ("lpips", ""), ("dists", "")):
        value = scores[name]
        typer.echo(f"{name.upper().replace('_', '-')}: " + ("not measured" if value is None else f"{value:.4f}{unit}"))
    if not scorer.has_perceptual:
        typer.echo(f"LPIPS and DISTS need their weights. Get them: {FETCH_COMMAND}", err=True)
