"""Named presets of degradation strength. The numbers of "heavy" are those SeeSR and DiT4SR train with; "camera" is what real small
photographs show; "everyday" adds what pictures from the web, from phones and from scanners have met.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mfsr_engine.errors import RequestError


@dataclass(frozen=True)
class StageConfig:
    """One round of blur, resize, noise and JPEG of the two-order model."""

    blur_probability: float = 1.0
    """Share of pictures blurred in this round."""
    sigma: tuple[float, float] = (0.2, 3.0)
    """Range of the kernel's standard deviation, pixels."""
    sinc_probability: float = 0.1
    """Share of kernels that are sinc filters (ringing)."""
    resize_probabilities: tuple[float, float, float] = (0.2, 0.7, 0.1)
    """Shares enlarged, reduced, left alone."""
    resize_range: tuple[float, float] = (0.15, 1.5)
    """Smallest and largest factor."""
    noise_sigma: tuple[float, float] = (1.0, 30.0)
    """Range of Gaussian noise, in 8-bit counts."""
    poisson_scale: tuple[float, float] = (0.05, 3.0)
    """Range of the shot noise's scale."""
    gaussian_probability: float = 0.5
    """Share with Gaussian rather than shot noise."""
    grey_probability: float = 0.4
    """Share whose noise is equal in all channels."""
    jpeg_quality: tuple[int, int] = (30, 95)
    """Range of the JPEG quality."""


@dataclass(frozen=True)
class CameraConfig:
    """Real-camera damage: optics and sensor blur, fine noise, some sharpening, seldom strong JPEG. No chain of resizes."""

    sigma: tuple[float, float] = (1.2, 3.6)
    """Range of the optical blur before the picture is reduced by 4, in pixels of the large picture."""
    read_noise: tuple[float, float] = (0.0, 2.8)
    """Range of the noise in black, 8-bit counts; it is drawn as a square, so that little is likelier."""
    shot_noise: tuple[float, float] = (0.0, 0.00015)
    """Range of the noise variance per unit of signal (0..1 units)."""
    noisy_probability: float = 0.1
    """Share taken in the dark, with `noisy_read_noise` instead."""
    noisy_read_noise: tuple[float, float] = (3.0, 20.0)
    """Range of their noise in black, 8-bit counts, all levels equally likely."""
    sharpen_probability: float = 0.7
    """Share sharpened in the camera."""
    sharpen_amount: tuple[float, float] = (0.2, 1.6)
    """Range of the unsharp mask's amount."""
    jpeg_probability: float = 0.3
    """Share stored as JPEG."""
    jpeg_quality: tuple[int, int] = (60, 98)
    """Range of the JPEG quality."""


@dataclass(frozen=True)
class DegradationConfig:
    """A mixture of damages; each picture meets one of them."""

    heavy_share: float = 1.0
    """Share of pictures that go through the two-order model; the rest through the camera model."""
    first: StageConfig = field(default_factory=StageConfig)
    """First round."""
    second: StageConfig = field(
        default_factory=lambda: StageConfig(
            blur_probability=0.8,
            sigma=(0.2, 1.5),
            resize_probabilities=(0.3, 0.4, 0.3),
            resize_range=(0.3, 1.2),
            noise_sigma=(1.0, 25.0),
            poisson_scale=(0.05, 2.5),
        )
    )
    """Second round."""
    final_sinc_probability: float = 0.8
    """Share with a sinc filter beside the last JPEG."""
    camera: CameraConfig = field(default_factory=CameraConfig)
    """The camera model."""
    kinds: tuple[tuple[str, float], ...] = ()
    """Kinds of everyday damage by name (`distill.degrade.kinds`), each with its share of all pictures; `heavy_share` divides the rest."""
    gray_share: float = 0.0
    """Share of pictures that are black and white, before and after the damage."""
    sharpens_target: bool = False
    """Whether the good picture is sharpened before it is damaged, so that a student learns to give sharpened ones."""


_MILD_FIRST = StageConfig(
    sigma=(0.2, 2.0), resize_range=(0.4, 1.2), noise_sigma=(1, 12), poisson_scale=(0.05, 1.2), jpeg_quality=(55, 95)
)
_MILD_SECOND = StageConfig(
    blur_probability=0.4,
    sigma=(0.2, 1.0),
    resize_probabilities=(0.2, 0.3, 0.5),
    resize_range=(0.6, 1.1),
    noise_sigma=(1, 8),
    poisson_scale=(0.05, 0.8),
    jpeg_quality=(60, 95),
)

_EVERYDAY_KINDS = (
    ("reduced", 0.12),
    ("web", 0.18),
    ("old", 0.08),
    ("compressed", 0.08),
    ("compressed-twice", 0.06),
    ("phone", 0.06),
    ("grain", 0.05),
    ("print", 0.03),
)

PRESETS = {
    "heavy": DegradationConfig(sharpens_target=True),
    "camera": DegradationConfig(heavy_share=0.0),
    "mixed": DegradationConfig(heavy_share=0.3, first=_MILD_FIRST, second=_MILD_SECOND),
    "everyday": DegradationConfig(
        heavy_share=0.2, first=_MILD_FIRST, second=_MILD_SECOND, kinds=_EVERYDAY_KINDS, gray_share=0.06
    ),
}
"""Presets by name: "heavy" (SeeSR's two-order settings), "camera" (real-camera damage), "mixed" (camera, and a milder two-order
share), "everyday" (two thirds pictures from the web, phones and scanners, the rest as "mixed").
"""


def preset(name: str) -> DegradationConfig:
    """The preset of that name.

    Raises:
        RequestError: there is none.
    """
    if name not in PRESETS:
        raise RequestError(f'There is no degradation preset "{name}"; choose one of {", ".join(PRESETS)}.')
    return PRESETS[name]
