"""Everyday degradations: reduced for the web, compressed twice, scanned from print, taken by a phone.

Each kind is a frozen dataclass of ranges and a call; the defaults are what models train on, `VALIDATION_KINDS` are fixed
strengths to measure with. Pure functions of a picture and a random generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from distill.degrade import stages
from distill.degrade.stages import Picture
from mfsr_engine.geometry import Size

Range = tuple[float, float]
"""Smallest and largest value; drawn evenly."""

_ANTIALIASED = {"area": Image.Resampling.BOX, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}
FILTERS = tuple(_ANTIALIASED)
"""Filters by which programs reduce pictures; each is widened by the factor, so that nothing aliases."""


class Kind(Protocol):
    """One kind of damage."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """The damaged picture (H, W, 3) float32 0..1 of that size, from a good one several times larger."""


@dataclass(frozen=True)
class Reduced:
    """Reduced, and nothing else: thumbnails, previews, screenshots of photographs."""

    filters: tuple[str, ...] = FILTERS
    """Filters to draw from."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        return reduced(picture, size, _drawn(self.filters, generator))


@dataclass(frozen=True)
class Web:
    """As websites store pictures: reduced, sharpened, compressed once as JPEG or WebP."""

    filters: tuple[str, ...] = FILTERS
    """Filters to draw from."""
    sharpen_amount: Range = (0.0, 1.2)
    """Amount of the unsharp mask."""
    sharpen_radius_px: Range = (0.5, 1.2)
    """Its radius."""
    quality: Range = (58, 95)
    """Quality of the compression."""
    webp_share: float = 0.2
    """Share stored as WebP."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        small = reduced(picture, size, _drawn(self.filters, generator))
        small = stages.sharpened(
            small, generator.uniform(*self.sharpen_amount), generator.uniform(*self.sharpen_radius_px)
        )
        return _stored(small, self.quality, self.webp_share, generator)


@dataclass(frozen=True)
class Old:
    """An old digital picture: soft, noisy, compressed."""

    blur_px: Range = (0.3, 1.1)
    """Standard deviation of the blur, in pixels of the small picture."""
    noise: Range = (2, 12)
    """Standard deviation of the noise, in 8-bit counts."""
    quality: Range = (45, 85)
    """Quality of the JPEG."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        sigma = generator.uniform(*self.blur_px) * picture.shape[0] / size.height
        small = reduced(cv2.GaussianBlur(picture, (0, 0), sigma), size, "area")
        is_grey = bool(generator.random() < 0.3)
        small = stages.with_gaussian_noise(small, generator.uniform(*self.noise) / 255, is_grey, generator)
        return stages.with_jpeg(small, round(generator.uniform(*self.quality)))


@dataclass(frozen=True)
class Compressed:
    """Compressed so much that blocks show."""

    quality: Range = (10, 45)
    """Quality of the JPEG."""
    webp_share: float = 0.15
    """Share stored as WebP."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        small = reduced(picture, size, _drawn(FILTERS, generator))
        return _stored(small, self.quality, self.webp_share, generator)


@dataclass(frozen=True)
class CompressedTwice:
    """Sent on: compressed, reduced again or cropped, compressed again; the two grids of blocks do not meet."""

    first_quality: Range = (35, 85)
    """Quality of the first JPEG."""
    second_quality: Range = (45, 92)
    """Quality of the second."""
    between: Range = (1.0, 1.8)
    """How many times larger the picture was when it was compressed first."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        larger = size.scaled(generator.uniform(*self.between))
        once = reduced(picture, larger, _drawn(FILTERS, generator))
        once = _with_shifted_jpeg(once, round(generator.uniform(*self.first_quality)), generator)
        again = reduced(once, size, _drawn(FILTERS, generator))
        return stages.with_jpeg(again, round(generator.uniform(*self.second_quality)))


@dataclass(frozen=True)
class Phone:
    """A phone at dusk: noise, a denoiser that smears it, sharpening, JPEG."""

    noise: Range = (3, 16)
    """Standard deviation of the sensor's noise in black, in 8-bit counts."""
    blur_px: Range = (0.2, 0.7)
    """Standard deviation of the optical blur, in pixels of the small picture."""
    denoise: Range = (0.0, 2.0)
    """Width of the bilateral filter in tones, as a multiple of the noise."""
    sharpen_amount: Range = (0.3, 1.3)
    """Amount of the unsharp mask after it."""
    quality: Range = (70, 95)
    """Quality of the JPEG."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        sigma = generator.uniform(*self.blur_px) * picture.shape[0] / size.height
        small = reduced(cv2.GaussianBlur(picture, (0, 0), sigma), size, "area")
        read = generator.uniform(*self.noise) / 255
        small = stages.with_sensor_noise(small, read, read**2, generator.choice([0.0, 0.5, 0.8]), generator)
        tones = generator.uniform(*self.denoise) * read
        if tones > 0:
            small = cv2.bilateralFilter(small, 5, tones, 1.5)
        small = stages.sharpened(small, generator.uniform(*self.sharpen_amount), generator.uniform(0.6, 1.2))
        return stages.with_jpeg(small, round(generator.uniform(*self.quality)))


@dataclass(frozen=True)
class Grain:
    """Scanned film: grain in luma, seldom in colour."""

    strength: Range = (4, 16)
    """Standard deviation of the grain, in 8-bit counts."""
    size_px: Range = (0.0, 0.9)
    """Standard deviation of a grain, in pixels of the small picture."""
    color_share: float = 0.25
    """Share whose grain differs between channels."""
    blur_px: Range = (0.2, 0.8)
    """Standard deviation of the scanner's blur, in pixels of the small picture."""
    quality: Range = (70, 98)
    """Quality of the JPEG."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        sigma = generator.uniform(*self.blur_px) * picture.shape[0] / size.height
        small = reduced(cv2.GaussianBlur(picture, (0, 0), sigma), size, "area")
        small = stages.with_grain(
            small,
            generator.uniform(*self.strength) / 255,
            generator.uniform(*self.size_px),
            bool(generator.random() >= self.color_share),
            generator,
        )
        return stages.with_jpeg(small, round(generator.uniform(*self.quality)))


@dataclass(frozen=True)
class Print:
    """Scanned from a printed page: a halftone of turned screens, blurred by the scanner."""

    period_px: Range = (4.5, 8.0)
    """Distance of the dots, in pixels of the large picture."""
    strength: Range = (0.3, 0.9)
    """Share of the halftone in the scan; the rest is continuous tone."""
    blur_px: Range = (0.35, 0.7)
    """Standard deviation of the scanner's blur, in pixels of the small picture."""
    quality: Range = (75, 96)
    """Quality of the JPEG."""

    def __call__(self, picture: Picture, size: Size, generator: np.random.Generator) -> Picture:
        """See `Kind`."""
        dots = stages.halftoned(picture, generator.uniform(*self.period_px), generator.uniform(0, np.pi / 2))
        share = np.float32(generator.uniform(*self.strength))
        page = dots * share + picture * (1 - share)
        sigma = generator.uniform(*self.blur_px) * picture.shape[0] / size.height
        small = reduced(cv2.GaussianBlur(page, (0, 0), sigma), size, "area")
        small = stages.with_gaussian_noise(small, 1.5 / 255, is_grey=True, generator=generator)
        return stages.with_jpeg(small, round(generator.uniform(*self.quality)))


KINDS: dict[str, Kind] = {
    "reduced": Reduced(),
    "web": Web(),
    "old": Old(),
    "compressed": Compressed(),
    "compressed-twice": CompressedTwice(),
    "phone": Phone(),
    "grain": Grain(),
    "print": Print(),
}
"""Kinds by name, in the strengths to train on."""

VALIDATION_KINDS: dict[str, Kind] = {
    "reduced-bicubic": Reduced(("bicubic",)),
    "reduced-area": Reduced(("area",)),
    "reduced-lanczos": Reduced(("lanczos",)),
    "web": Web(("lanczos",), (0.6, 0.6), (0.8, 0.8), (75, 75), 0.0),
    "old": Old((0.5, 0.5), (8, 8), (60, 60)),
    "jpeg-10": Compressed((10, 10), 0.0),
    "jpeg-25": Compressed((25, 25), 0.0),
    "jpeg-40": Compressed((40, 40), 0.0),
    "compressed-twice": CompressedTwice((60, 60), (75, 75), (1.3, 1.3)),
    "phone": Phone((8, 8), (0.4, 0.4), (1.0, 1.0), (0.8, 0.8), (88, 88)),
    "grain": Grain((9, 9), (0.5, 0.5), 0.0, (0.4, 0.4), (92, 92)),
    "print": Print((6, 6), (0.6, 0.6), (0.45, 0.45), (90, 90)),
}
"""Kinds in fixed strengths, by the names that benchmarks print."""


def reduced(picture: Picture, size: Size, name: str) -> Picture:
    """Resized by an anti-aliased filter of `FILTERS`, clipped to 0..1."""
    planes = [
        np.asarray(Image.fromarray(plane).resize((size.width, size.height), _ANTIALIASED[name]), np.float32)
        for plane in np.ascontiguousarray(picture.transpose(2, 0, 1))
    ]
    return np.clip(np.stack(planes, axis=2), 0, 1)


def _with_shifted_jpeg(picture: Picture, quality: int, generator: np.random.Generator) -> Picture:
    """Compressed with its grid of blocks anywhere."""
    top, left = generator.integers(0, 8, size=2)
    padded = np.pad(picture, ((top, 0), (left, 0), (0, 0)), mode="reflect")
    return np.ascontiguousarray(stages.with_jpeg(padded, quality)[top:, left:])


def _stored(picture: Picture, quality: Range, webp_share: float, generator: np.random.Generator) -> Picture:
    """What JPEG leaves of a picture, or WebP in a share of the cases."""
    drawn = round(generator.uniform(*quality))
    return (stages.with_webp if generator.random() < webp_share else stages.with_jpeg)(picture, drawn)


def _drawn(names: tuple[str, ...], generator: np.random.Generator) -> str:
    return names[int(generator.integers(len(names)))]
