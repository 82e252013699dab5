"""A picture is turned, flipped, straightened and cropped with everything its metadata say of it."""

import dataclasses
import struct
from itertools import product

import numpy as np
import pytest

from mfsr_engine.errors import RequestError
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images.exif import ExifRecord, Tag, parse_exif
from mfsr_engine.images.framing import framed, framed_samples
from mfsr_engine.images.picture import KeptMetadata, Picture

RANDOM = np.random.default_rng(0)
SAMPLES = RANDOM.integers(0, 256, (6, 8, 3), np.uint8)
REGIONS = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" dc:source="a source" exif:PixelXDimension="8">
<exif:SubjectArea><rdf:Seq><rdf:li>2</rdf:li><rdf:li>3</rdf:li></rdf:Seq></exif:SubjectArea>
<mwg-rs:Regions rdf:parseType="Resource"/></rdf:Description></rdf:RDF></x:xmpmeta>"""


def with_focus(x, y, width=8, height=6):
    """An EXIF record whose subject is at a pixel of a picture of this size."""
    sides = [Tag(code, 4, 1, struct.pack("<I", side)) for code, side in ((0xA002, width), (0xA003, height))]
    return ExifRecord("<", photo=(Tag(0x9214, 3, 2, struct.pack("<2H", x, y)), *sides)).pack()


@pytest.mark.parametrize(("mirrored", "turns"), list(product((False, True), range(4))))
def test_turns_are_clockwise_and_come_after_mirroring(mirrored, turns):
    expected = np.rot90(SAMPLES[:, ::-1] if mirrored else SAMPLES, -turns)
    np.testing.assert_array_equal(framed_samples(SAMPLES, Framing(mirrored, turns)), expected)


@pytest.mark.parametrize(("mirrored", "turns"), list(product((False, True), range(4))))
@pytest.mark.parametrize("crop", [None, (0.25, 0.5, 0.75, 1.0)])
def test_turning_and_flipping_what_is_seen_keeps_the_part(mirrored, turns, crop):
    framing = Framing(mirrored, turns, crop=crop)
    seen = framed_samples(np.kron(SAMPLES, np.ones((4, 4, 1), np.uint8)), framing)
    large = np.kron(SAMPLES, np.ones((4, 4, 1), np.uint8))
    np.testing.assert_array_equal(framed_samples(large, framing.turned(1)), np.rot90(seen, -1))
    np.testing.assert_array_equal(framed_samples(large, framing.turned(-1)), np.rot90(seen, 1))
    np.testing.assert_array_equal(framed_samples(large, framing.flipped()), seen[:, ::-1])
    assert framing.turned(4) == framing.flipped().flipped() == framing


@pytest.mark.parametrize("degrees", [-12.0, 3.5, 45.0])
def test_what_is_straightened_has_the_same_shape_and_no_corner_from_outside(degrees):
    picture = np.full((90, 160, 1), 0.5, np.float32)
    picture[2:-2, 2:-2] = 1.0
    straight = framed_samples(picture, Framing(straighten_deg=degrees))
    height, width = straight.shape[:2]
    assert width / height == pytest.approx(160 / 90, rel=0.03)
    assert Size(width, height) == Framing(straighten_deg=degrees).whole_size(Size(160, 90))
    inner = straight[4:-4, 4:-4]
    assert (inner > 0.99).all()


def test_a_horizon_that_falls_to_the_right_is_level_after_turning_back():
    rows, columns = np.mgrid[0:200, 0:300]
    tilted = (rows > 100 + (columns - 150) * np.tan(np.radians(5))).astype(np.float32)[..., None]
    level = framed_samples(tilted, Framing(straighten_deg=-5.0))[..., 0]
    edges = (level > 0.5).argmax(axis=0)
    assert np.ptp(edges[5:-5]) <= 1


def test_a_crop_names_edges_of_what_is_seen():
    picture = Picture(RANDOM.random((100, 200, 3)).astype(np.float32), RANDOM.random((100, 200)).astype(np.float32))
    found = framed(picture, Framing(crop=(0.1, 0.2, 0.5, 1.0)))
    np.testing.assert_array_equal(found.pixels, picture.pixels[20:100, 20:100])
    np.testing.assert_array_equal(found.alpha, picture.alpha[20:100, 20:100])
    assert Framing(crop=(0.999, 0.0, 1.0, 0.001)).cropped_rect(Size(20, 10)) == Rect(19, 0, 1, 1)


def test_all_of_a_picture_is_that_picture():
    picture = Picture(np.zeros((2, 2, 3), np.float32))
    assert framed(picture, WHOLE) is picture


def test_what_is_reduced_last_stands_for_the_same_light():
    picture = Picture(RANDOM.random((60, 80, 3)).astype(np.float32))
    framing = Framing(crop=(0.0, 0.0, 0.5, 1.0), share=0.5)
    found = framed(picture, framing)
    assert found.size == framing.taken_size(picture.size) == Size(20, 30)
    np.testing.assert_allclose(
        found.pixels, picture.pixels[:, :40].reshape(30, 2, 20, 2, 3).mean(axis=(1, 3)), atol=1e-6
    )


@pytest.mark.parametrize("framing", [Framing(share=0.5), Framing(straighten_deg=10.0)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_hidden_colors_do_not_show_where_pixels_are_blended(framing, kind):
    top = 255 if kind is np.uint8 else 1.0
    shown = (np.arange(40) > 20)[None, :] & np.ones((30, 1), bool)
    results = []
    for hidden in (0, top):
        pixels = np.where(shown[..., None], np.array([0.2, 0.4, 0.6]) * top, hidden).astype(kind)
        results.append(framed(Picture(pixels, (shown * top).astype(kind)), framing))
    np.testing.assert_array_equal(results[0].pixels, results[1].pixels)
    assert results[0].pixels.dtype == kind


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_samples_keep_their_kind_and_range(kind):
    top = 1.0 if kind is np.float32 else np.iinfo(kind).max
    checks = (np.indices((40, 60)).sum(axis=0) // 5 % 2 * top).astype(kind)[..., None].repeat(3, axis=2)
    found = framed_samples(checks, Framing(straighten_deg=7.0))
    assert found.dtype == kind
    assert found.min() == 0
    assert found.max() == top


def test_metadata_turn_with_the_pixels():
    picture = Picture(np.zeros((6, 8, 3), np.float32), kept=KeptMetadata(exif=with_focus(1, 2), dpi=(300.0, 150.0)))
    found = framed(picture, Framing(quarter_turns=1))
    assert found.kept.dpi == (150.0, 300.0)
    assert subject_of(found) == [4, 1]  # 2 from above is 4 from the right of 6 columns
    assert not found.notes


def test_positions_leave_with_a_crop_and_it_is_said():
    kept = KeptMetadata(exif=with_focus(1, 2), xmp=REGIONS)
    found = framed(Picture(np.zeros((6, 8, 3), np.float32), kept=kept), Framing(crop=(0.0, 0.0, 0.5, 0.5)))
    assert subject_of(found) == []
    assert b"Regions rdf" not in found.kept.xmp
    assert b"SubjectArea" not in found.kept.xmp
    assert b"a source" in found.kept.xmp
    assert b'PixelXDimension="4"' in found.kept.xmp
    [note] = found.notes
    assert "left out" in note


def test_a_crop_without_positions_says_nothing():
    exif = dataclasses.replace(parse_exif(with_focus(1, 2)), photo=()).pack()
    picture = Picture(np.zeros((6, 8, 3), np.float32), kept=KeptMetadata(exif=exif))
    assert framed(picture, Framing(crop=(0.0, 0.0, 0.5, 0.5))).notes == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"straighten_deg": 46.0}, {"straighten_deg": float("nan")}, {"share": 0.01}, {"share": 1.5},
        {"crop": (0.5, 0, 0.5, 1)}, {"crop": (0, 0, 1.1, 1)},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(RequestError):
        Framing(**wrong)


def subject_of(picture):
    record = parse_exif(picture.kept.exif)
    return [
        value for tag in record.photo if tag.code == 0x9214 for value in np.frombuffer(tag.data, record.order + "u2")
    ]
