"""Colour spaces that a file gives as code points instead of an ICC profile, and the equivalent profile.

Code points after ITU-T H.273 (07/2024), as in AVIF, HEIC (nclx) and PNG (cICP); gamma and chromaticities after the PNG
specification, third edition. Pictures for HDR screens are brought into the range of others, after ITU-R BT.2100 and BT.2408.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""x and y of red, green, blue and white (CIE 1931)."""

SRGB_PRIMARIES: Chromaticities = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
_D65, _C, _DCI_WHITE = (0.3127, 0.3290), (0.310, 0.316), (0.314, 0.351)
_PRIMARIES: dict[int, Chromaticities] = {
    1: SRGB_PRIMARIES,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *_C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_DCI_WHITE),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
"""H.273, table 2; those for which there is no RGB profile are left out."""

UNSPECIFIED, SRGB_CURVE, PQ, HLG = 2, 13, 16, 18
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}
_BT709_LIKE = frozenset({1, 6, 11, 12, 14, 15})
_SMPTE_240 = 7
_CURVE_POINTS = 1024
_SAME_CHROMATICITY = 0.002
_SAME_LEVEL = 0.5 / 255
_FIXED_DATE = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_D50 = (0.3457, 0.3585)

_REFERENCE_WHITE_NITS = 203.0
"""Luminance of white paper in a picture for HDR screens (BT.2408, table 1)."""
_HLG_PEAK_NITS = 1000.0
_HLG_SYSTEM_GAMMA = 1.2
_KNEE = 0.75
"""Linear light of an ordinary picture above which highlights are compressed."""
_LUMINANCE = np.array((0.2627, 0.6780, 0.0593), np.float32)


@dataclass(frozen=True)
class CodedColor:
    """A colour space by numbers."""

    chromaticities: Chromaticities = SRGB_PRIMARIES
    """Its primaries and white."""
    transfer: int = SRGB_CURVE
    """Transfer characteristics (H.273, table 3), unless there is a gamma."""
    gamma: float | None = None
    """Exponent from values to light, where the curve is a power."""

    @property
    def is_hdr(self) -> bool:
        """Whether values reach beyond the white of ordinary screens."""
        return self.gamma is None and self.transfer in (PQ, HLG)


def color_of_codes(primaries: int, transfer: int) -> CodedColor | None:
    """The space of two code points; None for sRGB, and for what is unspecified or unknown."""
    known = _PRIMARIES.get(primaries, SRGB_PRIMARIES if primaries == UNSPECIFIED else None)
    if known is None or not (
        transfer in (SRGB_CURVE, PQ, HLG, _SMPTE_240, UNSPECIFIED) or transfer in _GAMMAS or transfer in _BT709_LIKE
    ):
        return None
    color = CodedColor(known, SRGB_CURVE if transfer == UNSPECIFIED else transfer, _GAMMAS.get(transfer))
    return None if _is_srgb(color) else color


def color_of_gamma(gamma: float | None, chromaticities: Chromaticities | None) -> CodedColor | None:
    """The space of a PNG's gAMA (as the exponent from light to values) and cHRM; None for sRGB and for what is no space."""
    if chromaticities is not None and not _is_possible(chromaticities):
        chromaticities = None
    if gamma is not None and not 0.05 <= gamma <= 20:
        gamma = None
    if gamma is None and chromaticities is None:
        return None
    color = CodedColor(chromaticities or SRGB_PRIMARIES, SRGB_CURVE, None if gamma is None else 1.0 / gamma)
    return None if _is_srgb(color) else color


def icc_profile(color: CodedColor, *, is_gray: bool = False) -> bytes:
    """An ICC profile of the same space; that of a picture for HDR screens has the curve of sRGB, as `to_standard_range` gives.

    Equal spaces give equal bytes.
    """
    import imagecodecs

    codes = np.linspace(0.0, 1.0, _CURVE_POINTS)
    curve = np.round(_light(codes, color) * 65535).astype(np.uint16)
    if is_gray:
        profile = imagecodecs.cms_profile("gray", whitepoint=_D50, transferfunction=curve)
    else:
        corners = color.chromaticities
        primaries = [v for at in (0, 2, 4) for v in (*corners[at : at + 2], 1.0)]
        white = (*corners[6:], 1.0)
        profile = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, transferfunction=curve)
    return bytes(profile[:24]) + _FIXED_DATE + bytes(profile[36:])


def to_standard_range(pixels: NDArray[np.float32], color: CodedColor) -> NDArray[np.float32]:
    """A picture for HDR screens as one for ordinary screens: paper stays white, and what is brighter is compressed.

    Args:
        pixels: (H, W, 3) float32 0..1 in `color`.
        color: PQ or HLG.

    Returns:
        (H, W, 3) float32 0..1 with the curve of sRGB and the primaries of `color`.
    """
    result = np.empty_like(pixels)
    for row in range(0, pixels.shape[0], 256):  # in bands, for the memory that the steps between take
        result[row : row + 256] = _standard(pixels[row : row + 256], color.transfer)
    return result


def _standard(pixels: NDArray[np.float32], transfer: int) -> NDArray[np.float32]:
    light = (_pq_nits(pixels) if transfer == PQ else _hlg_nits(pixels)) / np.float32(_REFERENCE_WHITE_NITS)
    # Compressed by the largest channel, so that hues stay; the curve is the identity up to the knee and ends below 1.
    largest = light.max(axis=2, keepdims=True)
    above = np.maximum(largest - _KNEE, 0.0)
    compressed = np.minimum(largest, _KNEE) + (1 - _KNEE) * (1 - np.exp(-above / (1 - _KNEE)))
    light *= compressed / np.maximum(largest, 1e-6)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(np.maximum(light, 1e-6), 1 / 2.4) - 0.055)
    return np.clip(encoded, 0.0, 1.0).astype(np.float32)


def _pq_nits(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values to luminance (BT.2100, table 4)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = np.power(np.clip(values, 0.0, 1.0).astype(np.float64), 1 / m2)
    return np.asarray(10_000 * np.power(np.maximum(root - c1, 0) / (c2 - c3 * root), 1 / m1), np.float32)


def _hlg_nits(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values to luminance on a screen of 1,000 cd/m2 (BT.2100, table 5)."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    values = np.clip(values, 0.0, 1.0)
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12).astype(np.float32)
    red, green, blue = (
        scene[..., channel] * share for channel, share in enumerate(_LUMINANCE)
    )  # the same for any piece
    luminance = np.maximum(red + green + blue, 1e-6)[..., None]
    return np.asarray(_HLG_PEAK_NITS * np.power(luminance, _HLG_SYSTEM_GAMMA - 1) * scene, np.float32)


def _light(values: NDArray[np.float64], color: CodedColor) -> NDArray[np.float64]:
    """Linear light of encoded values."""
    if color.gamma is not None:
        return np.asarray(values**color.gamma)
    if color.transfer in _BT709_LIKE:  # the inverse of the camera's curve, as colour management takes it
        return np.where(values < 0.081243, values / 4.5, ((values + 0.099297) / 1.099297) ** (1 / 0.45))
    if color.transfer == _SMPTE_240:
        return np.where(values < 0.0913, values / 4.0, ((values + 0.1115) / 1.1115) ** (1 / 0.45))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _is_srgb(color: CodedColor) -> bool:
    if color.is_hdr or np.abs(np.subtract(color.chromaticities, SRGB_PRIMARIES)).max() > _SAME_CHROMATICITY:
        return False
    values = np.linspace(0.0, 1.0, 256)
    expected = _light(values, CodedColor())
    slope = np.gradient(expected, values)
    return bool((np.abs(_light(values, color) - expected) <= _SAME_LEVEL * np.maximum(slope, 1 / 12.92)).all())


def _is_possible(corners: Chromaticities) -> bool:
    """Whether the primaries span a triangle, and all values are those of light."""
    (rx, ry, gx, gy, bx, by, wx, wy) = corners
    area = abs((gx - rx) * (by - ry) - (bx - rx) * (gy - ry))
    return area > 0.01 and min(ry, gy, by) > 0.001 and wy > 0.1 and all(0 <= v <= 1 for v in (*corners, wx))
