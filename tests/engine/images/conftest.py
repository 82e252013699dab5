"""Pictures and records that the tests of `mfsr_engine.images` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageCms

from mfsr_engine.images import KeptMetadata

if TYPE_CHECKING:
    from collections.abc import Callable

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" '
    b'exif:GPSLatitude="52,31.0N" exif:PixelXDimension="3" dc:format="image/jpeg">'
    b"<exif:GPSLongitude>13,24.0E</exif:GPSLongitude>"
    b"<dc:creator><rdf:Seq><rdf:li>Anna M\xc3\xbcller</rdf:li></rdf:Seq></dc:creator>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)
IPTC = b"\x1c\x02\x78\x00\x07A ferry"


WHITE_D50 = bytes.fromhex("0000f6d6000100000000d32d")


def _profile(kind: bytes, space: bytes, between: bytes, entries: dict[bytes, bytes]) -> bytes:
    """A smallest ICC v2 profile with these tags (ICC.1:2001-04)."""
    entries = {
        b"desc": b"desc\0\0\0\0" + (2).to_bytes(4, "big") + b"g\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": b"XYZ \0\0\0\0" + WHITE_D50,
    } | entries
    table, body, at = len(entries).to_bytes(4, "big"), b"", 128 + 4 + 12 * len(entries)
    for signature, data in entries.items():
        data += bytes(-len(data) % 4)
        table += signature + (at + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += data
    header = (
        (at + len(body)).to_bytes(4, "big") + bytes(4) + b"\x02\x10\0\0" + kind + space + between + bytes(12) + b"acsp"
    )
    return (header.ljust(68, b"\0") + WHITE_D50).ljust(128, b"\0") + table + body


def _gray_profile(gamma: float) -> bytes:
    curve = b"curv\0\0\0\0" + (1).to_bytes(4, "big") + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": curve})


def _muddy_profile() -> bytes:
    """A CMYK space in which every colour is the same grey (L* 50): a table of 2^4 points from inks to LAB."""
    points = b"".join(
        bytes([0 if black else 127 if (cyan or magenta or yellow) else 255, 128, 128])
        for cyan in (0, 1) for magenta in (0, 1) for yellow in (0, 1) for black in (0, 1)
    )  # fmt: skip
    one, nought = (1 << 16).to_bytes(4, "big"), bytes(4)
    matrix = b"".join(one if row == column else nought for row in range(3) for column in range(3))
    table = b"mft1\0\0\0\0\x04\x03\x02\0" + matrix + bytes(range(256)) * 4 + points + bytes(range(256)) * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})


def _camera_exif(orientation: int = 1) -> bytes:
    """An EXIF record with camera, exposure, dimensions, position and maker's note."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Camera", orientation
    exif.get_ifd(0x8769).update({0xA002: 3, 0xA003: 2, 0x9003: "2024:05:06 07:08:09", 0x927C: b"note of the maker"})
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 0.0)})
    return exif.tobytes().removeprefix(b"Exif\0\0")


@pytest.fixture(scope="module")
def gray_profile() -> bytes:
    return _gray_profile(1.8)


@pytest.fixture(scope="module")
def muddy_cmyk_profile() -> bytes:
    return _muddy_profile()


@pytest.fixture(scope="module")
def camera_exif() -> Callable[[int], bytes]:
    return _camera_exif


@pytest.fixture(scope="module")
def camera_xmp() -> bytes:
    return XMP


@pytest.fixture(scope="module")
def rgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def pixels() -> np.ndarray:
    """(24, 32, 3) float32, smooth, with different colours in every corner."""
    down, across = np.mgrid[0:1:24j, 0:1:32j]
    return np.stack([across, down, 1 - across * down], axis=2).astype(np.float32)


@pytest.fixture
def alpha() -> np.ndarray:
    """(24, 32) float32, opaque on the left, clear on the right."""
    return np.repeat(np.linspace(1, 0, 32, dtype=np.float32)[None], 24, axis=0)


@pytest.fixture
def everything(rgb_profile: bytes) -> KeptMetadata:
    return KeptMetadata(icc_profile=rgb_profile, exif=_camera_exif(), xmp=XMP, iptc=IPTC, dpi=(300.0, 200.0))
