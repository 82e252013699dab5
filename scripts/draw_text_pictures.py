"""Draws pictures of words for training, so that letters survive: pages and signs in many fonts and scripts, some over photographs.

    python -m scripts.draw_text_pictures OUT --photos PHOTOS [--count 220] [--seed 0]

Fonts are those fontconfig knows on this computer; each is used only for what it can draw. The same fonts, photographs and seed
give the same pictures.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont

from distill.data.sources import find_photos
from mfsr_engine.errors import RequestError

SIDE = 384
SUPERSAMPLE = 2
PAGE_SHARE = 0.4
"""Share of pages of lines; the rest are photographs with signs."""
TEXTS = {
    "en": "Open daily 9 to 18 Bakery Hotel Station Exit Coffee 1984 Library Museum please keep left of the white line",
    "de": "Bäckerei Straße Öffnungszeiten Brücke über große Bäume Ausgang Zürich 25 km Fußgänger frei",
    "fr": "Boulangerie Crêperie fenêtre ouverte où naît le garçon près de l'hôtel Défense d'afficher 1881",
    "pl": "Dziękuję żółty źródło łąka świeży chleb ulica Główna 17 wejście wyjście",
    "ru": "Аптека Библиотека улица Мира вход выход свежий хлеб каждый день Москва 2015",
    "el": "Φαρμακείο Αθήνα έξοδος καλημέρα θάλασσα βιβλίο οδός Ερμού 42",
    "zh-cn": "出口 入口 图书馆 小心地滑 北京大学 咖啡 面包 欢迎光临 今日特价 上海 花园路 停车场",
    "ja": "いらっしゃいませ 東京駅 出口 コーヒー ラーメン 本日休業 駐車場 おみやげ 写真館",
}
"""Words by the language that a font must cover, as fontconfig names languages."""


@dataclass(frozen=True)
class Face:
    """A font file and what it can write."""

    path: str
    languages: tuple[str, ...]


def draw(out: Path, photos: Path, count: int, seed: int = 0) -> int:
    """Draw the pictures as PNG files of 384x384 pixels, unless they are all there.

    Args:
        out: folder they are written to; made if missing.
        photos: folder of photographs, searched with its subfolders; with none in it all text stands on paper.
        count: number of pictures.
        seed: seed of words, fonts, colours and places.

    Returns:
        The number of fonts they are drawn with.

    Raises:
        RequestError: fontconfig is missing, or knows no font for any of the languages.
    """
    faces, backgrounds = _faces(), find_photos(photos)
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        file = out / f"text-{number:04d}.png"
        if file.exists():
            continue
        generator = np.random.default_rng([seed, number])
        is_page = generator.random() < PAGE_SHARE or not backgrounds
        picture = _paper(generator) if is_page else _photograph(backgrounds, generator)
        _write(picture, faces, generator, is_page=is_page)
        picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(file)
    return len(faces)


def main(
    out: Annotated[Path, typer.Argument(help="Folder the pictures are written to.")],
    photos: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Photographs to write on.")],
    count: Annotated[int, typer.Option(min=1, help="Number of pictures.")] = 220,
    seed: Annotated[int, typer.Option(help="Seed of words, fonts, colours and places.")] = 0,
) -> None:
    """Draw pictures of words for training."""
    try:
        fonts = draw(out, photos, count, seed)
    except RequestError as error:
        raise SystemExit(str(error)) from error
    typer.echo(f"{count} pictures in {out}, drawn with {fonts} fonts.")


def _faces() -> list[Face]:
    """Scalable fonts in order of path, with the languages of `TEXTS` they cover; at least one.

    Raises:
        RequestError: there is none.
    """
    if (lister := shutil.which("fc-list")) is None:
        raise RequestError("Fonts are found with fontconfig's fc-list, which is not installed.")
    listing = subprocess.run(
        [lister, ":scalable=true", "file", "lang"], capture_output=True, text=True, check=True
    ).stdout
    faces = []
    for line in sorted(set(listing.splitlines())):
        path, _, languages = line.partition(": :lang=")
        known = tuple(name for name in TEXTS if name in languages.split("|"))
        if known and Path(path).suffix.lower() in {".ttf", ".otf", ".ttc"}:
            faces.append(Face(path, known))
    if not faces:
        raise RequestError("fontconfig knows no font for any of the languages; install some fonts.")
    return faces


def _paper(generator: np.random.Generator) -> Image.Image:
    """An even light or dark ground with a slight fall of light."""
    light = generator.random() < 0.75
    base = generator.uniform(200, 255, 3) if light else generator.uniform(5, 70, 3)
    fall = np.linspace(0, generator.uniform(-25, 25), SIDE * SUPERSAMPLE)
    ground = np.clip(base + np.add.outer(fall, fall * generator.uniform(-1, 1))[..., None], 0, 255)
    return Image.fromarray(ground.astype(np.uint8))


def _photograph(paths: list[Path], generator: np.random.Generator) -> Image.Image:
    with Image.open(paths[int(generator.integers(len(paths)))]) as file:
        photograph = file.convert("RGB")
    scale = max(1.0, SIDE / min(photograph.size))
    photograph = photograph.resize((round(photograph.width * scale), round(photograph.height * scale)))
    left = int(generator.integers(photograph.width - SIDE + 1))
    top = int(generator.integers(photograph.height - SIDE + 1))
    crop = photograph.crop((left, top, left + SIDE, top + SIDE))
    return crop.resize((SIDE * SUPERSAMPLE, SIDE * SUPERSAMPLE), Image.Resampling.BICUBIC)


def _write(picture: Image.Image, faces: list[Face], generator: np.random.Generator, *, is_page: bool) -> None:
    """A page of lines, or one to three signs."""
    top, whole = 0.0, picture.height
    for _ in range(40 if is_page else int(generator.integers(1, 4))):
        layer = _line(picture, faces, generator)
        if is_page:
            place = int(generator.integers(-40, 60)), round(top)
            top += layer.height * generator.uniform(1.0, 1.3)
        else:
            layer = layer.rotate(generator.uniform(-25, 25), Image.Resampling.BICUBIC, expand=True)
            place = int(generator.integers(-60, whole // 3)), int(generator.integers(-20, whole - whole // 4))
        picture.paste(layer, place, layer)
        if top > whole:
            return


def _line(picture: Image.Image, faces: list[Face], generator: np.random.Generator) -> Image.Image:
    """Some words in one font as an RGBA layer, readable on the picture's mean brightness."""
    language = str(generator.choice(sorted({name for face in faces for name in face.languages})))
    able = [face for face in faces if language in face.languages]
    face, words = able[int(generator.integers(len(able)))], TEXTS[language].split()
    start = int(generator.integers(len(words)))
    text = " ".join((words[start:] + words[:start])[: int(generator.integers(2, 9))])
    font = ImageFont.truetype(face.path, round(SUPERSAMPLE * 18 * 2 ** generator.uniform(0, 2.3)))
    left, top, right, bottom = font.getbbox(text)
    layer = Image.new("RGBA", (max(1, round(right - left)) + 8, max(1, round(bottom - top)) + 8))
    is_light = np.asarray(picture.convert("L")).mean() > 127
    colour = generator.integers(0, 90, 3) if is_light else generator.integers(165, 256, 3)
    outline = (0, 3)[int(generator.random() < 0.2)]
    edge = (255, 255, 255, 255) if is_light else (0, 0, 0, 255)
    ImageDraw.Draw(layer).text(
        (4 - left, 4 - top), text, (*map(int, colour), 255), font, stroke_width=outline, stroke_fill=edge
    )
    return layer


if __name__ == "__main__":
    typer.run(main)
