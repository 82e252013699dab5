"""EXIF records and XMP packets by themselves: what changes, what stays, and what is refused."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mfsr_engine.geometry import Size
from mfsr_engine.images import Provenance
from mfsr_engine.images.exif import ExifError, ExifRecord, Tag, parse_exif
from mfsr_engine.images.xmp import COMPOSITE_SOURCE, GENERATED_SOURCE, XmpError, declared_provenance, updated_xmp

SIZE = Size(40, 30)
MAKING = Provenance("mfsr-small", 1, 5)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_record_is_packed_and_parsed_without_loss(order):
    shot = (Tag(0x829A, 5, 1, struct.pack(order + "II", 1, 250)), Tag(0x9003, 2, 5, b"2024\0"))
    record = ExifRecord(
        order,
        main=(Tag(0x010F, 2, 6, b"Maker\0"), Tag(0x0112, 3, 1, struct.pack(order + "H", 6))),
        photo=shot,
        location=(Tag(1, 2, 2, b"N\0"),),
        interop=(Tag(1, 2, 4, b"R98\0"),),
    )
    assert parse_exif(record.pack()) == record
    assert parse_exif(b"Exif\0\0" + record.pack()) == record
    assert record.orientation == 6
    assert record.upright().orientation == 1


def test_pillow_reads_what_is_packed(camera_exif):
    exif = Image.Exif()
    exif.load(parse_exif(camera_exif(6)).pack())
    assert exif[0x0112] == 6
    assert exif.get_ifd(0x8825)[2] == (52.0, 31.0, 0.0)


@pytest.mark.parametrize(("unit", "expected"), [(2, 100.0), (3, 254.0)])
def test_the_resolution_is_in_inches(unit, expected):
    main = [Tag(code, 5, 1, struct.pack("<II", 200, 2)) for code in (0x011A, 0x011B)]
    record = ExifRecord("<", (*main, Tag(0x0128, 3, 1, struct.pack("<H", unit))))
    assert record.dpi == pytest.approx((expected, expected))
    assert record.with_resolution((72.0, 96.0)).dpi == (72.0, 96.0)


@pytest.mark.parametrize("blob", [b"", b"II", b"II*\0", b"no exif record", b"II*\0\xff\xff\0\0"])
def test_what_is_no_record_is_refused(blob):
    with pytest.raises(ExifError):
        parse_exif(blob)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_no_record_however_damaged_breaks_the_parser(body, header):
    try:
        record = parse_exif(header + body)
    except ExifError:
        return
    assert parse_exif(record.upright().sized(SIZE).pack()).orientation == 1
    assert record.dpi is None or min(record.dpi) > 0


def test_a_record_that_unfolds_endlessly_is_refused():
    count = 5000
    entries = b"".join(struct.pack("<HHII", code + 1, 7, 60_000, 8) for code in range(count))
    with pytest.raises(ExifError, match="too large"):
        parse_exif(b"II*\0\x08\0\0\0" + struct.pack("<H", count) + entries)


def test_nothing_to_say_is_no_packet():
    assert updated_xmp(None, SIZE) is None


def test_an_untouched_packet_keeps_what_it_says(camera_xmp):
    packet = updated_xmp(camera_xmp, SIZE).decode()
    for said in ("Anna Müller", 'dc:format="image/jpeg"', "52,31.0N", "13,24.0E", 'PixelXDimension="40"'):
        assert said in packet


def test_provenance_is_said_once_however_often_a_picture_is_upscaled(camera_xmp):
    once = updated_xmp(camera_xmp, SIZE, provenance=Provenance("first", 1, 1))
    twice = updated_xmp(once, SIZE, provenance=MAKING).decode()
    assert "first" not in twice
    for name in ("CreatorTool", "DigitalSourceType", "mfsr:Model", "mfsr:Seed"):
        assert twice.count(f"{name}=") == 1
    assert COMPOSITE_SOURCE in twice


@pytest.mark.parametrize(
    ("fidelity", "guidance"), [(0.0, None), (0.25, 7.0), (1 / 3, 7.25), (1e-7, 100.0), (1.0, 0.0), (0.1 + 0.2, 1.0)]
)
def test_what_was_asked_for_is_read_back_to_the_last_digit(fidelity, guidance):
    made = replace(MAKING, fidelity=fidelity, guidance=guidance, color="adain")
    assert declared_provenance(updated_xmp(None, SIZE, provenance=made)) == made


@pytest.mark.parametrize("as_element", [False, True])
def test_a_picture_that_was_generated_as_a_whole_stays_so(camera_xmp, as_element):
    space = b' xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    source = GENERATED_SOURCE.encode()
    if as_element:
        said = b"<e:DigitalSourceType" + space + b">" + source + b"</e:DigitalSourceType><dc:creator>"
        packet = camera_xmp.replace(b"<dc:creator>", said)
    else:
        packet = camera_xmp.replace(b" dc:format", space + b' e:DigitalSourceType="' + source + b'" dc:format')
    updated = updated_xmp(packet, SIZE, provenance=MAKING).decode()
    assert updated.count(GENERATED_SOURCE) == 1
    assert COMPOSITE_SOURCE not in updated


def test_a_packet_in_utf_16_is_understood(camera_xmp):
    packet = updated_xmp(camera_xmp.decode().encode("utf-16"), SIZE, provenance=MAKING).decode()
    assert "Anna Müller" in packet


def test_names_from_outside_cannot_break_the_packet():
    packet = updated_xmp(None, SIZE, provenance=Provenance('a"<&\x00\n>', 1, 2))
    again = updated_xmp(packet, SIZE).decode()
    assert "a&quot;&lt;&amp;&gt;" in again


RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>'
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + RDF


@pytest.mark.parametrize("packet", [
    BOMB, BOMB.decode().encode("utf-16"), b"", b"<x>", b"<x/>", b"\xff\xff\xff", b"<a>" * 3000 + b"</a>" * 3000,
    b" " * (17 << 20),
])  # fmt: skip
def test_packets_that_are_damaged_or_dangerous_are_refused(packet):
    with pytest.raises(XmpError):
        updated_xmp(packet, SIZE, provenance=MAKING)


def test_a_packet_nested_too_deeply_is_refused(camera_xmp):
    deep = camera_xmp.replace(b"<dc:creator>", b"<dc:a>" * 5000 + b"</dc:a>" * 5000 + b"<dc:creator>")
    with pytest.raises(XmpError):
        updated_xmp(deep, SIZE)
