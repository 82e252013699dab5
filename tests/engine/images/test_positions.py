"""What metadata say of places on the picture stays true when it is turned and grows."""

from __future__ import annotations

import re
import struct

import numpy as np
import pytest
from PIL import Image

from mfsr_engine import images
from mfsr_engine.geometry import Size
from mfsr_engine.images import png, read
from mfsr_engine.images.exif import ExifRecord, Tag, parse_exif, turned_point
from mfsr_engine.images.reading import header_size, small_copy, upright_samples
from mfsr_engine.images.xmp import updated_xmp, upright_xmp
from tests.fakes.deep_png import write_deep_png

STORED = Size(96, 72)
HEADER = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:mwg="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"'
    ' xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"'
    ' xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'
    ' xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/"'
    ' xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
    ' xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:drone="http://www.dji.com/drone-dji/1.0/">'
    "<rdf:Description rdf:about='' "
)
FOOTER = "</rdf:Description></rdf:RDF></x:xmpmeta>"
REGIONS = (
    "><mwg:Regions rdf:parseType='Resource'><mwg:AppliedToDimensions stDim:w='96' stDim:h='72' stDim:unit='pixel'/>"
    "<mwg:RegionList><rdf:Bag><rdf:li rdf:parseType='Resource'>{area}</rdf:li></rdf:Bag></mwg:RegionList></mwg:Regions>"
)
AS_ATTRIBUTES = "<mwg:Area stArea:x='0.22' stArea:y='0.25' stArea:w='0.2' stArea:h='0.28' stArea:unit='normalized'/>"
AS_ELEMENTS = (
    "<mwg:Area rdf:parseType='Resource'><stArea:x>0.22</stArea:x><stArea:y>0.25</stArea:y><stArea:w>0.2</stArea:w>"
    "<stArea:h>0.28</stArea:h><stArea:unit>normalized</stArea:unit></mwg:Area>"
)
AS_DESCRIPTION = (
    "<mwg:Area><rdf:Description stArea:x='0.22' stArea:y='0.25' stArea:w='0.2' stArea:h='0.28' stArea:unit='normalized'/>"
    "</mwg:Area>"
)
IN_PIXELS = "<mwg:Area stArea:x='21.12' stArea:y='18' stArea:w='19.2' stArea:h='20.16' stArea:unit='pixel'/>"


def packet(body: str) -> bytes:
    return (HEADER + body + FOOTER).encode()


def upright_size(orientation: int) -> Size:
    return Size(STORED.height, STORED.width) if orientation >= 5 else STORED


def result_of(body: str, orientation: int = 1, factor: int = 4) -> str:
    """The packet of a result: read upright, written larger."""
    size = upright_size(orientation)
    upright, _ = upright_xmp(packet(body), orientation, size)
    return updated_xmp(upright, size.scaled(factor)).decode()


def value(text: str, name: str) -> str:
    """The value of the first property of this name, as attribute or element."""
    match = re.search(rf'{name}="([^"]*)"|<{name}>([^<]*)<', text)
    return match[1] if match[1] is not None else match[2]


def numbers(text: str, *names: str) -> list[float]:
    return [float(value(text, name)) for name in names]


TURNED_AREA = {
    1: (0.22, 0.25, 0.2, 0.28), 2: (0.78, 0.25, 0.2, 0.28), 3: (0.78, 0.75, 0.2, 0.28), 4: (0.22, 0.75, 0.2, 0.28),
    5: (0.25, 0.22, 0.28, 0.2), 6: (0.75, 0.22, 0.28, 0.2), 7: (0.75, 0.78, 0.28, 0.2), 8: (0.25, 0.78, 0.28, 0.2),
}  # fmt: skip


@pytest.mark.parametrize("orientation", TURNED_AREA)
def test_the_points_of_a_picture_go_where_its_pixels_go(orientation):
    stored = np.zeros((12, 16, 1))
    stored[3, 5] = 1
    shown = upright_samples(stored, orientation)
    ((row, column),) = np.argwhere(shown[..., 0])
    assert turned_point(5.5, 3.5, orientation, 16, 12) == (column + 0.5, row + 0.5)


@pytest.mark.parametrize("orientation", TURNED_AREA)
@pytest.mark.parametrize("area", [AS_ATTRIBUTES, AS_ELEMENTS, AS_DESCRIPTION])
def test_regions_are_turned_however_they_are_written(orientation, area):
    told = result_of(REGIONS.format(area=area), orientation)
    found = numbers(told, "stArea:x", "stArea:y", "stArea:w", "stArea:h")
    assert found == pytest.approx(TURNED_AREA[orientation])
    size = upright_size(orientation).scaled(4)
    assert numbers(told, "stDim:w", "stDim:h") == [size.width, size.height]


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_regions_in_pixels_grow_too(orientation):
    told = result_of(REGIONS.format(area=IN_PIXELS), orientation)
    x, y, wide, high = TURNED_AREA[orientation]
    size = upright_size(orientation).scaled(4)
    expected = [x * size.width, y * size.height, wide * size.width, high * size.height]
    assert numbers(told, "stArea:x", "stArea:y", "stArea:w", "stArea:h") == pytest.approx(expected, abs=1e-3)


def test_microsofts_rectangles_are_turned_by_their_corner():
    told = result_of(">" + "<MPReg:Rectangle>0.12, 0.11, 0.2, 0.28</MPReg:Rectangle>", 6)
    assert [float(v) for v in value(told, "MPReg:Rectangle").split(",")] == pytest.approx([0.61, 0.12, 0.28, 0.2])


@pytest.mark.parametrize(("unit", "scale"), [("relative", (1, 1)), ("pixel", (96, 72))])
def test_regions_of_the_press_are_turned_by_their_corner(unit, scale):
    values = {"rbX": 0.12 * scale[0], "rbY": 0.11 * scale[1], "rbW": 0.2 * scale[0], "rbH": 0.28 * scale[1]}
    fields = "".join(f"<Iptc4xmpExt:{name}>{v:.4f}</Iptc4xmpExt:{name}>" for name, v in values.items())
    body = (
        f"><Iptc4xmpExt:RegionBoundary rdf:parseType='Resource'><Iptc4xmpExt:rbUnit>{unit}</Iptc4xmpExt:rbUnit>{fields}"
        "</Iptc4xmpExt:RegionBoundary>"
    )
    told = result_of(body, 6)
    full = (1, 1) if unit == "relative" else (72 * 4, 96 * 4)
    expected = [0.61 * full[0], 0.12 * full[1], 0.28 * full[0], 0.2 * full[1]]
    assert numbers(told, *(f"Iptc4xmpExt:{name}" for name in values)) == pytest.approx(expected, abs=0.01)


def test_polygons_and_circles_of_the_press():
    vertex = "<rdf:li rdf:parseType='Resource'><Iptc4xmpExt:rbX>{}</Iptc4xmpExt:rbX><Iptc4xmpExt:rbY>{}</Iptc4xmpExt:rbY></rdf:li>"
    polygon = (
        "><Iptc4xmpExt:RegionBoundary rdf:parseType='Resource'><Iptc4xmpExt:rbVertices><rdf:Seq>"
        + vertex.format(0.1, 0.2) + vertex.format(0.5, 0.2)
        + "</rdf:Seq></Iptc4xmpExt:rbVertices></Iptc4xmpExt:RegionBoundary>"
    )  # fmt: skip
    told = result_of(polygon, 6)
    assert re.findall(r"rbX>([\d.]+)<.*?rbY>([\d.]+)<", told) == [("0.8", "0.1"), ("0.8", "0.5")]
    circle = (
        "><Iptc4xmpExt:RegionBoundary Iptc4xmpExt:rbX='0.1' Iptc4xmpExt:rbY='0.2' Iptc4xmpExt:rbRx='0.3'/>"
    )  # fmt: skip
    told = result_of(circle, 6)
    found = numbers(told, "Iptc4xmpExt:rbX", "Iptc4xmpExt:rbY", "Iptc4xmpExt:rbRx")
    assert found == pytest.approx([0.8, 0.1, 0.3 * 96 / 72])


def test_the_subject_and_the_focal_plane_in_xmp():
    body = (
        "exif:FocalPlaneXResolution='5000/1' exif:FocalPlaneYResolution='4000/1'><exif:SubjectArea><rdf:Seq>"
        "<rdf:li>21</rdf:li><rdf:li>18</rdf:li><rdf:li>20</rdf:li><rdf:li>10</rdf:li></rdf:Seq></exif:SubjectArea>"
    )
    told = result_of(body)
    assert re.findall(r"<rdf:li>(\d+)<", told) == ["84", "72", "80", "40"]
    assert value(told, "exif:FocalPlaneXResolution") == "20000/1"
    told = result_of(body, 6)
    assert re.findall(r"<rdf:li>(\d+)<", told) == ["216", "84", "40", "80"]
    assert value(told, "exif:FocalPlaneXResolution") == "16000/1"


def test_a_panorama_grows_and_one_that_was_turned_is_left_out_and_said():
    body = (
        "GPano:CroppedAreaImageWidthPixels='96' GPano:CroppedAreaImageHeightPixels='72' GPano:FullPanoWidthPixels='200'"
        " GPano:FullPanoHeightPixels='100' GPano:CroppedAreaLeftPixels='52' GPano:CroppedAreaTopPixels='14'"
        " GPano:PoseHeadingDegrees='350.0'>"
    )
    told = result_of(body)
    names = ("CroppedAreaImageWidthPixels", "FullPanoHeightPixels", "CroppedAreaLeftPixels", "PoseHeadingDegrees")
    assert numbers(told, *(f"GPano:{name}" for name in names)) == [384, 400, 208, 350]
    assert value(told, "GPano:CroppedAreaTopPixels") == "56"
    upright, notes = upright_xmp(packet(body), 6, upright_size(6))
    assert b'Pixels="' not in upright
    assert "panorama" in notes[0]


def test_the_optics_of_a_drone_grow():
    told = result_of("drone:CalibratedFocalLength='3666.5' drone:CalibratedOpticalCenterX='48'>")
    assert numbers(told, "drone:CalibratedFocalLength", "drone:CalibratedOpticalCenterX") == [14666, 192]


@pytest.mark.parametrize(("body", "words"), [
    ("hdrgm:Version='1.0'>", "gain map"),
    ("><Container:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'><Container:Item Item:Semantic='GainMap'/></rdf:li>"
     "</rdf:Seq></Container:Directory>", "gain map"),
    ("GCamera:MicroVideo='1' GCamera:MicroVideoOffset='5000'>", "video"),
    ("GCamera:MotionPhoto='1'><GCamera:MotionPhotoVersion>1</GCamera:MotionPhotoVersion>", "video"),
    ("GDepth:Format='RangeInverse'>", "depth map"),
    ("xmpNote:HasExtendedXMP='0123'>", None),
])  # fmt: skip
def test_what_announces_something_that_is_gone_is_dropped_and_said(body, words):
    upright, notes = upright_xmp(packet(body), 1, STORED)
    text = upright.decode()
    assert not re.search(
        r"(hdrgm|Container|Item|GCamera|GDepth|xmpNote):\w+(=|>)", re.sub(r'xmlns:\w+="[^"]*"', "", text)
    )
    assert [word in notes[0] for word in ([words] if words else [])] == [True] * len(notes)


def test_a_packet_without_positions_stays_as_it_is_to_the_byte():
    found = packet("dc:format='image/jpeg'><dc:title>Boats</dc:title>")
    assert upright_xmp(found, 1, STORED) == (found, ())


@pytest.mark.parametrize("found", [b"no xml", b"<a>" * 5000, b"<!DOCTYPE x><x/>", b"\xff\xfe\0", packet("><broken>")])
def test_a_damaged_packet_is_left_to_be_told_at_writing(found):
    assert upright_xmp(found, 6, STORED) == (found, ())


@pytest.mark.parametrize("area", [
    "<mwg:Area stArea:x='near' stArea:y='0.25'/>", "<mwg:Area stArea:x='1e99999' stArea:y='0.25'/>", "<mwg:Area/>",
    "<mwg:Area stArea:x='nan' stArea:y='1/0'/>",
])  # fmt: skip
def test_regions_that_are_no_numbers_are_left_alone(area):
    assert "mwg:Area" in result_of(REGIONS.format(area=area), 6)


def exif_of(record: ExifRecord) -> dict[int, tuple[int, ...]]:
    kinds = {3: "H", 4: "I", 5: "II"}
    return {
        tag.code: struct.unpack(record.order + kinds[tag.kind] * (tag.count if tag.kind < 5 else 1)
                                if tag.kind < 5 else record.order + "II", tag.data)
        for tag in record.photo if tag.kind in kinds
    }  # fmt: skip


def record(*photo: Tag) -> ExifRecord:
    return ExifRecord("<", (Tag(0x0112, 3, 1, struct.pack("<H", 6)),), photo)


def shorts(code: int, *values: int) -> Tag:
    return Tag(code, 3, len(values), struct.pack(f"<{len(values)}H", *values))


def ratio(code: int, above: int, below: int = 1) -> Tag:
    return Tag(code, 5, 1, struct.pack("<II", above, below))


MEASURED = (shorts(0x9214, 21, 18, 20, 10), shorts(0xA214, 21, 18), ratio(0xA20E, 5000), ratio(0xA20F, 4000))


def test_the_subject_and_the_focal_plane_in_exif_grow():
    found = exif_of(record(*MEASURED).turned(1, STORED).sized(Size(384, 288)))
    assert found[0x9214] == (84, 72, 80, 40)
    assert found[0xA214] == (84, 72)
    assert (found[0xA20E], found[0xA20F]) == ((20_000, 1), (16_000, 1))
    assert (found[0xA002], found[0xA003]) == ((384,), (288,))


def test_the_subject_and_the_focal_plane_in_exif_are_turned():
    turned = parse_exif(record(*MEASURED).turned(6, Size(72, 96)).pack())
    found = exif_of(turned)
    assert turned.orientation == 1
    assert found[0x9214] == (54, 21, 10, 20)
    assert (found[0xA20E], found[0xA20F]) == ((4000, 1), (5000, 1))


@pytest.mark.parametrize("tags", [
    (ratio(0xA20E, 0), ratio(0xA20F, 7, 0)), (shorts(0x9214, 5),), (shorts(0x9214, 65_535, 65_535),),
    (Tag(0x9214, 2, 3, b"abc"),), (ratio(0xA20E, 0xFFFFFFFF, 7),),
])  # fmt: skip
def test_odd_values_in_exif_harm_nothing(tags):
    turned = record(*tags).turned(6, Size(72, 96)).sized(Size(288, 384))
    assert parse_exif(turned.pack()).orientation == 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize(
    "place", ["exif", "xmp", "both", "raw profile", "exif in text", "png exif", "webp", "avif", "tiff"]
)
def test_header_and_full_reading_agree_on_the_orientation(tmp_path, camera_exif, orientation, place):
    stored = np.zeros((STORED.height, STORED.width, 3), np.uint8)
    stored[:36, :48] = 250
    image, exif = Image.fromarray(stored), camera_exif(orientation)
    told = packet(f"tiff:Orientation='{orientation}'>")
    if place in ("exif", "xmp", "both"):
        path = tmp_path / "a.jpg"
        # Where both speak, EXIF counts.
        options = {"exif": b"Exif\0\0" + exif} if place != "xmp" else {}
        options |= {"xmp": packet("tiff:Orientation='5'>") if place == "both" else told} if place != "exif" else {}
        image.save(path, quality=95, **options)
    elif place in ("webp", "avif", "tiff"):
        path = tmp_path / f"a.{place}"
        image.save(path, exif=exif)
    else:
        path = tmp_path / "a.png"
        lines = f"\nexif\n{len(exif):8}\n{exif.hex()}\n"
        texts = {
            "raw profile": [png.Chunk(b"tEXt", b"Raw profile type APP1\0" + lines.encode())],
            "exif in text": [png.Chunk(b"iTXt", b"Raw profile type exif\0\0\0\0\0" + lines.encode())],
            "png exif": [png.Chunk(b"eXIf", exif)],
        }
        with path.open("wb") as file:
            write_deep_png(file, stored.astype(np.uint16) * 257, texts[place])
    picture = read(path)
    size = upright_size(orientation)
    assert picture.size == header_size(path) == size
    seen = small_copy(path, 24)
    assert seen.size == size
    assert (
        np.abs(
            seen.pixels / 255 - images.fit_to(picture.pixels, Size(seen.pixels.shape[1], seen.pixels.shape[0]))
        ).mean()
        < 0.05
    )
    corner = {1: (0, 0), 3: (-1, -1), 6: (0, -1), 8: (-1, 0)}[orientation]
    assert picture.pixels[corner].mean() > 0.9
    assert picture.pixels.mean() < 0.4


def test_a_result_tells_the_right_places_in_its_file(tmp_path, camera_exif):
    told = packet("tiff:Orientation='6' " + REGIONS.format(area=AS_ELEMENTS))
    photo = record(*MEASURED).pack()
    Image.new("RGB", (96, 72)).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + photo, xmp=told)
    picture = read(tmp_path / "a.jpg")
    large = images.fit_to(picture.pixels, picture.size.scaled(4))
    images.write(tmp_path / "b.jpg", large, kept=picture.kept)
    with Image.open(tmp_path / "b.jpg") as image:
        shot = image.getexif().get_ifd(0x8769)
        text = image.info["xmp"].decode()
    assert shot[0x9214] == (216, 84, 40, 80)
    assert (shot[0xA20E], shot[0xA20F]) == (16_000, 20_000)
    assert numbers(text, "stArea:x", "stArea:y", "stDim:w", "stDim:h", "tiff:Orientation") == pytest.approx(
        [0.75, 0.22, 288, 384, 1]
    )
