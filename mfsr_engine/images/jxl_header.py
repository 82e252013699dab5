"""The header of a JPEG XL codestream (ISO/IEC 18181-1, annexes D and E): size, depth, orientation, colour. Decodes no pixels."""

from __future__ import annotations

from dataclasses import dataclass

from mfsr_engine.images.coded_color import Chromaticities, CodedColor, color_of_codes

SIGNATURE = b"\xff\x0a"
_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_GRAY, _XYB = 1, 2
_CUSTOM = 2
_WHITES = {1: (0.3127, 0.3290), 10: (1 / 3, 1 / 3), 11: (0.314, 0.351)}
_PRIMARIES = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_ALPHA, _SPOT, _CFA = 0, 2, 5
_SIDE = ((1, 9), (1, 13), (1, 18), (1, 30))
_ENUM = ((0, 0), (1, 0), (2, 4), (18, 6))


@dataclass(frozen=True)
class JxlHeader:
    """What a codestream says before its first frame."""

    width: int
    """As stored; the decoder turns the picture itself."""
    height: int
    """As stored."""
    orientation: int = 1
    """How the decoder turns it, 1..8."""
    is_animated: bool = False
    """Whether it may have several frames."""
    has_icc_profile: bool = False
    """Whether its colours are those of an ICC profile in the codestream."""
    is_xyb: bool = True
    """Whether colours are stored in XYB, from which the decoder computes them."""
    color: CodedColor | None = None
    """Its colours; None for sRGB and with an ICC profile."""


def parse_jxl_header(data: bytes) -> JxlHeader:
    """Read the header of a codestream, bare or in its container.

    Raises:
        ValueError: no JPEG XL, or cut off.
    """
    start = _codestream(data)
    if not start.startswith(SIGNATURE):
        raise ValueError("no codestream")
    return _parsed(_Bits(start[2:]))


class _Bits:
    """Reads fields, least significant bits first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data[:4096], "little"), 8 * min(len(data), 4096)

    def u(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the header is cut off")
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        return value

    def flag(self) -> bool:
        return bool(self.u(1))

    def choice(self, choices: tuple[tuple[int, int], ...]) -> int:
        """One of four fields: an offset, and so many bits."""
        offset, count = choices[self.u(2)]
        return offset + self.u(count)


def _codestream(data: bytes) -> bytes:
    """The begin of the codestream: the file itself, or the content of its first box for that."""
    if not data.startswith(_CONTAINER):
        return data
    at = 0
    while at + 8 <= len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind in (b"jxlc", b"jxlp"):
            return data[at + head + (4 if kind == b"jxlp" else 0) :]
        if length < head:
            break
        at += length
    raise ValueError("no codestream")


def _parsed(bits: _Bits) -> JxlHeader:
    width, height = _size(bits)
    if bits.flag():  # everything as usual
        return JxlHeader(width, height)
    orientation, is_animated = 1, False
    if bits.flag():
        orientation = 1 + bits.u(3)
        if bits.flag():
            _size(bits)
        if bits.flag():
            _preview(bits)
        is_animated = bits.flag()
        if is_animated:
            _animation(bits)
    _depth(bits)
    bits.flag()
    for _ in range(bits.choice(((0, 0), (1, 0), (2, 4), (1, 12)))):
        _extra_channel(bits)
    is_xyb = bits.flag()
    has_profile, color = _color(bits)
    return JxlHeader(width, height, orientation, is_animated, has_profile, is_xyb, color)


def _size(bits: _Bits) -> tuple[int, int]:
    is_small = bits.flag()

    def side() -> int:
        return 8 * (1 + bits.u(5)) if is_small else bits.choice(_SIDE)

    height = side()
    ratio = bits.u(3)
    return (height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1] if ratio else side()), height


def _preview(bits: _Bits) -> None:
    choices = ((16, 0), (32, 0), (1, 5), (33, 9)) if bits.flag() else ((1, 6), (65, 8), (321, 10), (1345, 12))
    bits.choice(choices)
    if not bits.u(3):
        bits.choice(choices)


def _animation(bits: _Bits) -> None:
    bits.choice(((100, 0), (1000, 0), (1, 10), (1, 30)))
    bits.choice(((1, 0), (1001, 0), (1, 8), (1, 10)))
    bits.choice(((0, 0), (0, 3), (0, 16), (0, 32)))
    bits.flag()


def _depth(bits: _Bits) -> None:
    if bits.flag():
        bits.choice(((32, 0), (16, 0), (24, 0), (1, 6)))
        bits.u(4)
    else:
        bits.choice(((8, 0), (10, 0), (12, 0), (1, 6)))


def _extra_channel(bits: _Bits) -> None:
    if bits.flag():  # opacity of 8 bits
        return
    kind = bits.choice(_ENUM)
    _depth(bits)
    bits.choice(((0, 0), (3, 0), (4, 0), (1, 3)))
    bits.u(8 * bits.choice(((0, 0), (0, 4), (16, 5), (48, 10))))
    if kind == _ALPHA:
        bits.flag()
    elif kind == _SPOT:
        bits.u(64)
    elif kind == _CFA:
        bits.choice(((1, 0), (0, 2), (3, 4), (19, 8)))


def _color(bits: _Bits) -> tuple[bool, CodedColor | None]:
    """Whether there is an ICC profile, and the colours if there is none."""
    if bits.flag():
        return False, None
    has_profile, space = bits.flag(), bits.choice(_ENUM)
    if has_profile or space == _XYB:
        return has_profile, None
    white_code = bits.choice(_ENUM)
    white = _point(bits) if white_code == _CUSTOM else _WHITES.get(white_code, _WHITES[1])
    corners = _PRIMARIES[1]
    if space != _GRAY:
        code = bits.choice(_ENUM)
        custom = tuple(v for _ in range(3) for v in _point(bits)) if code == _CUSTOM else ()
        corners = custom or _PRIMARIES.get(code, corners)  # type: ignore[assignment]
    chromaticities: Chromaticities = (*corners, *white)
    if bits.flag():
        exponent = bits.u(24) / 1e7
        return False, CodedColor(chromaticities, gamma=1 / exponent if exponent else None)
    known = color_of_codes(1, bits.choice(_ENUM))
    color = CodedColor(chromaticities) if known is None else CodedColor(chromaticities, known.transfer, known.gamma)
    return False, None if color == CodedColor() else color


def _point(bits: _Bits) -> tuple[float, float]:
    choices = ((0, 19), (524_288, 19), (1_048_576, 20), (2_097_152, 21))
    coded = [bits.choice(choices) for _ in range(2)]
    x, y = ((value >> 1) ^ -(value & 1) for value in coded)
    return x / 1e6, y / 1e6
