"""Positions within the picture in XMP metadata, rotated and scaled with the pixels.

After the MWG guidelines 2.0 (regions), the IPTC Photo Metadata Standard 2021.1 (image regions), Microsoft's photo regions, the
EXIF schema and Google's Photo Sphere (GPano). Knows trees of XML and no packets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfsr_engine.geometry import Size
from mfsr_engine.images.exif import turned_point

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.dom.minidom import Attr, Document, Element

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_MWG = "http://www.metadataworkinggroup.com/schemas/regions/"
_AREA = "http://ns.adobe.com/xmp/sType/Area#"
_DIMENSIONS = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
_MICROSOFT = "http://ns.microsoft.com/photo/1.2/t/Region#"
_MICROSOFT_REGIONS = "http://ns.microsoft.com/photo/1.2/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PANORAMA = "http://ns.google.com/photos/1.0/panorama/"
_DJI = "http://www.dji.com/drone-dji/1.0/"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_PIXEL = "pixel"

_ACROSS = (
    (_PANORAMA, ("CroppedAreaImageWidthPixels", "FullPanoWidthPixels", "CroppedAreaLeftPixels")),
    (_EXIF, ("FocalPlaneXResolution",)),
    (_DJI, ("CalibratedFocalLength", "CalibratedOpticalCenterX")),
)
_DOWN = (
    (_PANORAMA, ("CroppedAreaImageHeightPixels", "FullPanoHeightPixels", "CroppedAreaTopPixels")),
    (_EXIF, ("FocalPlaneYResolution",)),
    (_DJI, ("CalibratedOpticalCenterY",)),
)
"""Properties that grow with the width, and with the height, of the picture."""
_DJI_CENTER = ("CalibratedOpticalCenterX", "CalibratedOpticalCenterY")
_LISTS = ("SubjectArea", "SubjectLocation")
"""Lists of the EXIF schema: x, y and what follows, in pixels."""


class Field:
    """One property, whichever way it is written."""

    def __init__(self, node: Attr | Element) -> None:
        self.node = node

    @property
    def text(self) -> str:
        """Its value."""
        if self.node.nodeType == self.node.ATTRIBUTE_NODE:
            return str(self.node.value)
        return "".join(child.data for child in self.node.childNodes if child.nodeType == child.TEXT_NODE)

    @text.setter
    def text(self, value: str) -> None:
        if self.node.nodeType == self.node.ATTRIBUTE_NODE:
            self.node.value = value
        else:
            document = self.node.ownerDocument
            assert document is not None
            self.node.childNodes[:] = [document.createTextNode(value)]

    @property
    def number(self) -> float | None:
        """Its value as a number, "5000/3" too; None if it is none."""
        match = re.fullmatch(r"\s*([-+]?[\d.]{1,30}(?:[eE][-+]?\d{1,2})?)(?:/(\d{1,15}))?\s*", self.text)
        try:
            return None if match is None else float(match[1]) / float(match[2] or 1)
        except (ValueError, ZeroDivisionError):
            return None

    @number.setter
    def number(self, value: float) -> None:
        ratio = re.fullmatch(r"\s*\d+/\d+\s*", self.text)
        self.text = (
            f"{round(value * 1000)}/1000" if ratio and value % 1 else f"{value:.0f}/1" if ratio else _written(value)
        )


def fields(root: Document | Element, namespace: str, name: str) -> Iterator[Field]:
    """Every property of this name below a node, as attribute or element."""
    for element in _all(root):
        attribute = element.getAttributeNodeNS(namespace, name)
        if attribute is not None:
            yield Field(attribute)
        if element.namespaceURI == namespace and element.localName == name and element is not root:
            yield Field(element)


def attributes(element: Element) -> list[Attr]:
    """The attributes of an element that are properties."""
    return [node for node in element.attributes.values() if node.namespaceURI not in (_XMLNS, RDF)]


def children(element: Element) -> list[Element]:
    """The elements right below one."""
    return [child for child in element.childNodes if child.nodeType == child.ELEMENT_NODE]


def turn(document: Document, orientation: int, size: Size) -> list[str]:
    """Turn everything with the pixels, and note the size of the picture where something counts in pixels.

    Args:
        document: changed in place.
        orientation: how the stored pixels were turned, 1..8.
        size: of the upright picture.

    Returns:
        What could not be turned and was left out, in sentences for the user.
    """
    stored = size if orientation < 5 else Size(size.height, size.width)
    notes = []
    if orientation != 1:
        _turn_areas(document, orientation, stored)
        _turn_boundaries(document, orientation, stored)
        _turn_rectangles(document, orientation)
        for name in _LISTS:
            for values in _lists(document, name):
                _turn_list(values, orientation, stored)
        if orientation >= 5:
            _swap(document, _EXIF, "FocalPlaneXResolution", "FocalPlaneYResolution")
            for applied in _elements(document, _MWG, "AppliedToDimensions"):
                _swap(applied, _DIMENSIONS, "w", "h")
        if _remove(document, _PANORAMA):
            notes.append("The file's data of a panorama do not fit a turned picture and were left out.")
    if _counts_in_pixels(document):
        _note_size(document, size)
    return notes


def remove_positions(document: Document) -> bool:
    """Remove all that says where in the picture something is; returns whether there was any."""
    found = [_remove(document, namespace) for namespace in (_MWG, _MICROSOFT_REGIONS, _PANORAMA)]
    for namespace, names in ((_IPTC_EXT, ("ImageRegion",)), (_EXIF, _LISTS), (_DJI, _DJI_CENTER)):
        for name in names:
            for field in list(fields(document, namespace, name)):
                _detach(field.node)
                found.append(True)
    return any(found)


def scale(document: Document, size: Size) -> None:
    """Let everything that counts in pixels follow a picture of this size; `turn` has noted the size before."""
    old = [next(iter(fields(document, _TIFF, name)), None) for name in ("ImageWidth", "ImageLength")]
    width, height = (field.number if field is not None else None for field in old)
    across, down = (size.width / width if width else 1.0), (size.height / height if height else 1.0)
    for factor, names in ((across, _ACROSS), (down, _DOWN)):
        for namespace, some in names:
            for field in (field for name in some for field in fields(document, namespace, name)):
                _multiply(field, factor)
    for name in _LISTS:
        for values in _lists(document, name):
            for field, factor in zip(values, (across, down, across, down), strict=False):
                _multiply(field, factor)
    for applied in _elements(document, _MWG, "AppliedToDimensions"):
        if _text_of(applied, _DIMENSIONS, "unit") in ("", _PIXEL):
            for name, side in (("w", size.width), ("h", size.height)):
                for field in fields(applied, _DIMENSIONS, name):
                    field.text = str(side)
    for area in _elements(document, _MWG, "Area"):
        if _text_of(area, _AREA, "unit") == _PIXEL:
            _multiply_all(area, _AREA, {"x": across, "w": across, "d": across, "y": down, "h": down})
    for boundary in _elements(document, _IPTC_EXT, "RegionBoundary"):
        if _text_of(boundary, _IPTC_EXT, "rbUnit") == _PIXEL:
            _multiply_all(boundary, _IPTC_EXT, {"rbX": across, "rbW": across, "rbRx": across, "rbY": down, "rbH": down})


def _counts_in_pixels(document: Document) -> bool:
    names = [(_EXIF, name) for name in _LISTS]
    names += [(namespace, name) for namespace, some in (*_ACROSS, *_DOWN) for name in some]
    names += [(_MWG, "AppliedToDimensions")]
    if any(True for namespace, name in names for _ in fields(document, namespace, name)):
        return True
    units = (*fields(document, _AREA, "unit"), *fields(document, _IPTC_EXT, "rbUnit"))
    return any(field.text.strip() == _PIXEL for field in units)


def _note_size(document: Document, size: Size) -> None:
    description = next(iter(_elements(document, RDF, "Description")), None)
    if description is None:
        return
    for name, side in (("ImageWidth", size.width), ("ImageLength", size.height)):
        found = list(fields(document, _TIFF, name))
        for field in found:
            field.text = str(side)
        if not found:
            description.setAttributeNS(_XMLNS, "xmlns:tiff", _TIFF)
            description.setAttributeNS(_TIFF, f"tiff:{name}", str(side))


def _turn_areas(document: Document, orientation: int, stored: Size) -> None:
    """MWG: x and y of the middle, width and height, or a diameter."""
    for area in _elements(document, _MWG, "Area"):
        extent = stored if _text_of(area, _AREA, "unit") == _PIXEL else None
        _turn_point(area, _AREA, ("x", "y"), orientation, extent)
        if orientation >= 5:
            _swap(area, _AREA, "w", "h")


def _turn_boundaries(document: Document, orientation: int, stored: Size) -> None:
    """IPTC: rectangles by their upper left corner, circles by their middle, polygons by their corners."""
    for boundary in _elements(document, _IPTC_EXT, "RegionBoundary"):
        extent = stored if _text_of(boundary, _IPTC_EXT, "rbUnit") == _PIXEL else None
        vertices = [
            item for some in _elements(boundary, _IPTC_EXT, "rbVertices") for item in _elements(some, RDF, "li")
        ]
        for vertex in vertices:
            _turn_point(vertex, _IPTC_EXT, ("rbX", "rbY"), orientation, extent)
        if vertices:
            continue
        wide, high = (next(iter(fields(boundary, _IPTC_EXT, name)), None) for name in ("rbW", "rbH"))
        _turn_point(boundary, _IPTC_EXT, ("rbX", "rbY"), orientation, extent, (wide, high))
        if orientation >= 5:
            _swap(boundary, _IPTC_EXT, "rbW", "rbH")
            radius = next(iter(fields(boundary, _IPTC_EXT, "rbRx")), None)
            if radius is not None and extent is None:  # a fraction of the width, which is another side now
                _multiply(radius, stored.width / stored.height)


def _turn_rectangles(document: Document, orientation: int) -> None:
    """Microsoft: "x, y, width, height" as fractions, by the upper left corner."""
    for field in fields(document, _MICROSOFT, "Rectangle"):
        try:
            x, y, width, height = (float(part) for part in field.text.split(","))
        except ValueError:
            continue
        x, y = turned_point(x + width / 2, y + height / 2, orientation)
        if orientation >= 5:
            width, height = height, width
        field.text = ", ".join(_written(v) for v in (x - width / 2, y - height / 2, width, height))


def _turn_list(values: Sequence[Field], orientation: int, stored: Size) -> None:
    numbers = [field.number for field in values]
    if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
        return
    values[0].number, values[1].number = turned_point(numbers[0], numbers[1], orientation, stored.width, stored.height)
    if orientation >= 5 and len(values) == 4:
        values[2].text, values[3].text = values[3].text, values[2].text


def _turn_point(
    parent: Element,
    namespace: str,
    names: tuple[str, str],
    orientation: int,
    extent: Size | None,
    sides: tuple[Field | None, Field | None] = (None, None),
) -> None:
    """Turn the point in two properties: of a fraction, or of pixels if there is an extent; a corner if there are sides."""
    across, down = (next(iter(fields(parent, namespace, name)), None) for name in names)
    if across is None or down is None or across.number is None or down.number is None:
        return
    width, height = ((side.number if side is not None else None) or 0.0 for side in sides)
    full = (1.0, 1.0) if extent is None else (float(extent.width), float(extent.height))
    x, y = turned_point(across.number + width / 2, down.number + height / 2, orientation, *full)
    if orientation >= 5:
        width, height = height, width
    across.number, down.number = x - width / 2, y - height / 2


def _swap(root: Document | Element, namespace: str, one: str, other: str) -> None:
    for first, second in zip(fields(root, namespace, one), fields(root, namespace, other), strict=False):
        first.text, second.text = second.text, first.text


def _multiply_all(root: Element, namespace: str, factors: dict[str, float]) -> None:
    for name, factor in factors.items():
        for field in fields(root, namespace, name):
            _multiply(field, factor)


def _multiply(field: Field, factor: float) -> None:
    number = field.number
    if number is None or factor == 1.0:
        return
    is_whole = re.fullmatch(r"\s*[-+]?\d+\s*", field.text) is not None
    field.number = round(number * factor) if is_whole else number * factor


def _remove(document: Document, namespace: str) -> bool:
    """Remove all properties of a namespace; returns whether there were any."""
    found = False
    for element in _all(document):
        for attribute in [a for a in attributes(element) if a.namespaceURI == namespace]:
            element.removeAttributeNode(attribute)
            found = True
        for child in children(element):
            if child.namespaceURI == namespace:
                element.removeChild(child)
                found = True
    return found


def _detach(node: Attr | Element) -> None:
    if node.nodeType == node.ATTRIBUTE_NODE:
        assert node.ownerElement is not None
        node.ownerElement.removeAttributeNode(node)
    elif node.parentNode is not None:
        node.parentNode.removeChild(node)


def _lists(document: Document, name: str) -> list[list[Field]]:
    """The items of every list of this name in the EXIF schema."""
    return [[Field(item) for item in _elements(element, RDF, "li")] for element in _elements(document, _EXIF, name)]


def _text_of(root: Element, namespace: str, name: str) -> str:
    return next((field.text.strip().lower() for field in fields(root, namespace, name)), "")


def _elements(root: Document | Element, namespace: str, name: str) -> list[Element]:
    return list(root.getElementsByTagNameNS(namespace, name))


def _all(root: Document | Element) -> list[Element]:
    below = list(root.getElementsByTagName("*"))
    return below if root.nodeType == root.DOCUMENT_NODE else [root, *below]


def _written(value: float) -> str:
    """As few digits as say where something is."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
