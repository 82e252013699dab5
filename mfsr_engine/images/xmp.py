"""XMP metadata: adds provenance, drops the location, updates size and orientation; all else is kept.

After ISO 16684-1 (XMP), the IPTC Photo Metadata Standard (Digital Source Type) and its NewsCodes. What counts in pixels or in
fractions of a side is changed by `xmp_places`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from mfsr_engine.images import xmp_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.dom.minidom import Document, Element

    from mfsr_engine.geometry import Size
    from mfsr_engine.images.provenance import Provenance

COMPOSITE_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""A photograph with parts by a generative model, which is what upscaling makes of one."""
GENERATED_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""A picture that is generated as a whole, and stays so when upscaled."""
OWN_NAMESPACE = "urn:mfsr:provenance:1.0/"
"""Namespace of the properties Model, Steps, Seed, Fidelity, Guidance, Color, Tileable, Areas and Caption."""

MAX_PACKET_BYTES = 16 << 20
"""Larger packets are refused."""

_NUMBERS = ("Fidelity", "Guidance")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_EMPTY = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>'
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = '<?xpacket end="w"?>'


class XmpError(ValueError):
    """The bytes are no XMP packet, or one that must not be parsed."""


def updated_xmp(
    packet: bytes | None, size: Size, *, keep_location: bool = True, provenance: Provenance | None = None
) -> bytes | None:
    """The packet of an upright result of this size.

    Args:
        packet: what the source carried, or None.
        size: size of the result; dimensions and orientation that the packet names are corrected, thumbnails dropped.
        keep_location: False drops every property whose name begins with "GPS".
        provenance: what to say of the making, in place of what the packet said; None says nothing.

    Returns:
        The packet as UTF-8, or None if there is nothing to say.

    Raises:
        XmpError: the source's packet is damaged.
    """
    if packet is None and provenance is None:
        return None
    try:
        document = _parsed(_EMPTY if packet is None else _text(packet))
        if packet is not None:
            xmp_places.scale(document, size)
        _correct(document, size)
        if not keep_location:
            _drop(document, lambda _, name: name.lower().startswith("gps"))
        if provenance is not None:
            _declare(document, provenance)
        return _packed(document)
    except RecursionError:
        raise XmpError("nested too deeply") from None


def upright_xmp(packet: bytes, orientation: int, size: Size) -> tuple[bytes, tuple[str, ...]]:
    """The packet of a picture that was turned upright and stands alone, without what its file had beside it.

    Args:
        packet: as found.
        orientation: how the stored pixels were turned, 1..8.
        size: of the upright picture.

    Returns:
        The packet, the same bytes if nothing had to change or if it is damaged; and what it announced that is left out, in
        sentences for the user.
    """
    try:
        document = _parsed(_text(packet))
        before = document.toxml()
        notes = _without_companions(document)
        notes += xmp_places.turn(document, orientation, size)
        _set_orientation(document)
        return (packet if document.toxml() == before else _packed(document)), tuple(dict.fromkeys(filter(None, notes)))
    except (XmpError, RecursionError):
        return packet, ()


def without_positions(packet: bytes, size: Size) -> tuple[bytes, bool]:
    """The packet of a part of the picture of this size, which says no more where in it something is.

    Returns:
        The packet, the same bytes if nothing had to change or if it is damaged; and whether it said so before.
    """
    try:
        document = _parsed(_text(packet))
        before = document.toxml()
        has_positions = xmp_places.remove_positions(document)
        _correct(document, size)
        return (packet if document.toxml() == before else _packed(document)), has_positions
    except (XmpError, RecursionError):
        return packet, False


def said_orientation(packet: bytes | None) -> int | None:
    """How the stored pixels must be turned, 1..8; None if the packet does not say it."""
    if packet is None or b"Orientation" not in packet.replace(b"\0", b""):
        return None
    try:
        found = [field.text.strip() for field in xmp_places.fields(_parsed(_text(packet)), _TIFF, "Orientation")]
    except (XmpError, RecursionError):
        return None
    return next((int(text) for text in found if text in set("12345678")), None)


def declared_provenance(packet: bytes) -> Provenance | None:
    """What a packet says of the making of its picture; None if it says nothing or is damaged."""
    from mfsr_engine.images.provenance import Provenance

    try:
        for description in _descriptions(_parsed(_text(packet))):
            model, steps, seed = (description.getAttributeNS(OWN_NAMESPACE, n) for n in ("Model", "Steps", "Seed"))
            if model and steps.isdigit() and seed.isdigit():
                fidelity, guidance = (_number(description.getAttributeNS(OWN_NAMESPACE, n)) for n in _NUMBERS)
                names = ("Color", "Caption", "Areas")
                color, caption, areas = (description.getAttributeNS(OWN_NAMESPACE, n) for n in names)
                made = Provenance(model, int(steps), int(seed), fidelity=fidelity or 0.0, guidance=guidance)
                is_tileable = bool(description.getAttributeNS(OWN_NAMESPACE, "Tileable"))
                passes = description.getAttributeNS(OWN_NAMESPACE, "Passes")
                made = replace(made, passes=int(passes) if passes.isdecimal() else 1)
                return replace(made, color=color, caption=caption, areas=areas, is_tileable=is_tileable)
    except (XmpError, RecursionError):
        return None
    return None


_GAIN_MAP = "The file also holds a gain map for HDR screens, which was left out."
_VIDEO = "The file also holds a video, which was left out."
_DEPTH_MAP = "The file also holds a depth map, which was left out."
_GOOGLE = "http://ns.google.com/photos/1.0/"
_COMPANIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (_GAIN_MAP, ("http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/"), ""),
    (_GAIN_MAP, ("http://ns.apple.com/pixeldatainfo/1.0/",), ""),
    (_VIDEO, (f"{_GOOGLE}camera/", "http://ns.oplus.com/photos/1.0/camera/"), "MicroVideo|MotionPhoto|OLivePhoto"),
    (_DEPTH_MAP, (f"{_GOOGLE}depthmap/", f"{_GOOGLE}image/", f"{_GOOGLE}focus/", f"{_GOOGLE}dd/1.0/"), ""),
    ("", (f"{_GOOGLE}container/", f"{_GOOGLE}container/item/", f"{_GOOGLE}audio/"), ""),
    ("", ("http://ns.adobe.com/xmp/note/",), "HasExtendedXMP"),
)
"""Properties that announce something beside the picture: what to say of it, their namespaces, begins of their names."""


_SEMANTICS = {"GainMap": _GAIN_MAP, "MotionPhoto": _VIDEO, "Depth": _DEPTH_MAP}


def _without_companions(document: Document) -> list[str]:
    """Remove what announces something beside the picture; returns what that was."""
    semantics = [field.text.strip() for field in xmp_places.fields(document, f"{_GOOGLE}container/item/", "Semantic")]
    notes = [note for semantic, note in _SEMANTICS.items() if semantic in semantics]

    def is_unwanted(namespace: str | None, name: str) -> bool:
        for note, namespaces, names in _COMPANIONS:
            if namespace in namespaces and (not names or name.startswith(tuple(names.split("|")))):
                notes.append(note)
                return True
        return False

    _drop(document, is_unwanted)
    return notes


def _set_orientation(document: Document) -> None:
    for field in xmp_places.fields(document, _TIFF, "Orientation"):
        field.text = "1"


def _packed(document: Document) -> bytes:
    assert document.documentElement is not None
    return f"{_BEGIN}{document.documentElement.toxml()}{_END}".encode()


def _written(number: float) -> str:
    """In as few digits as give the same number again: what is asked for next time is compared with it."""
    return repr(float(number)).removesuffix(".0")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _text(packet: bytes) -> str:
    """The packet decoded; anything that could define entities is refused, whatever its encoding."""
    if len(packet) > MAX_PACKET_BYTES:
        raise XmpError("too large")
    try:
        text = packet.decode("utf-16" if packet[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").strip("\0 \r\n\t")
    except UnicodeDecodeError:
        raise XmpError("not text") from None
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise XmpError("defines entities")
    return re.sub(r"^<\?xml\s[^>]*\?>", "", text)


def _parsed(text: str) -> Document:
    from xml.dom import minidom

    try:
        document = minidom.parseString(text.encode())
    except ExpatError:
        raise XmpError("not well formed") from None
    if not document.getElementsByTagNameNS(_RDF, "RDF"):
        raise XmpError("no RDF")
    return document


def _descriptions(document: Document) -> Iterator[Element]:
    yield from document.getElementsByTagNameNS(_RDF, "Description")


def _correct(document: Document, size: Size) -> None:
    right = {
        (_EXIF, "PixelXDimension"): str(size.width),
        (_EXIF, "PixelYDimension"): str(size.height),
        (_TIFF, "ImageWidth"): str(size.width),
        (_TIFF, "ImageLength"): str(size.height),
        (_TIFF, "Orientation"): "1",
    }
    for description in _descriptions(document):
        for (namespace, name), value in right.items():
            attribute = description.getAttributeNodeNS(namespace, name)
            if attribute is not None:
                attribute.value = value
            for element in description.getElementsByTagNameNS(namespace, name):
                element.childNodes[:] = [document.createTextNode(value)]
    _drop(document, lambda namespace, name: (namespace, name) == (_XMP, "Thumbnails"))


def _drop(document: Document, is_unwanted: Callable[[str | None, str], bool]) -> None:
    """Remove the properties whose namespace and name are unwanted, as attributes and as elements."""
    for description in _descriptions(document):
        for (namespace, name), _ in list(description.attributes.itemsNS()):
            if namespace != _XMLNS and is_unwanted(namespace, name):
                description.removeAttributeNS(namespace, name)
        for child in list(description.childNodes):
            if child.nodeType == child.ELEMENT_NODE and is_unwanted(child.namespaceURI, child.localName):
                description.removeChild(child)


def _declare(document: Document, provenance: Provenance) -> None:
    """Add a description with where the picture comes from, in place of any earlier one."""
    properties = {
        (_XMP, "xmp:CreatorTool"): f"MFSR {provenance.software_version}",
        (_IPTC_EXT, "Iptc4xmpExt:DigitalSourceType"): _source_type(document),
        (OWN_NAMESPACE, "mfsr:Model"): provenance.model,
        (OWN_NAMESPACE, "mfsr:Steps"): str(provenance.steps),
        (OWN_NAMESPACE, "mfsr:Seed"): str(provenance.seed),
    }
    optional = {
        "mfsr:Fidelity": _written(provenance.fidelity) if provenance.fidelity else "",
        "mfsr:Guidance": "" if provenance.guidance is None else _written(provenance.guidance),
        "mfsr:Color": provenance.color,
        "mfsr:Tileable": "True" if provenance.is_tileable else "",
        "mfsr:Passes": str(provenance.passes) if provenance.passes > 1 else "",
        "mfsr:Areas": provenance.areas,
        "mfsr:Caption": provenance.caption,
    }
    properties |= {(OWN_NAMESPACE, name): value for name, value in optional.items() if value}
    replaced = {(namespace, name.partition(":")[2]) for namespace, name in properties}
    replaced |= {(OWN_NAMESPACE, name.partition(":")[2]) for name in optional}
    _drop(document, lambda namespace, name: (namespace, name) in replaced)
    about = next((d.getAttributeNS(_RDF, "about") for d in _descriptions(document)), "")
    description = document.createElementNS(_RDF, "rdf:Description")
    description.setAttributeNS(_XMLNS, "xmlns:rdf", _RDF)
    description.setAttributeNS(_RDF, "rdf:about", about)
    for (namespace, name), value in properties.items():
        description.setAttributeNS(_XMLNS, f"xmlns:{name.partition(':')[0]}", namespace)
        description.setAttributeNS(namespace, name, "".join(c for c in value if c.isprintable()))
    document.getElementsByTagNameNS(_RDF, "RDF")[0].appendChild(description)


def _source_type(document: Document) -> str:
    said = [d.getAttributeNS(_IPTC_EXT, "DigitalSourceType") for d in _descriptions(document)]
    said += [
        "".join(node.data for node in element.childNodes if node.nodeType == node.TEXT_NODE).strip()
        for element in document.getElementsByTagNameNS(_IPTC_EXT, "DigitalSourceType")
    ]
    return GENERATED_SOURCE if GENERATED_SOURCE in said else COMPOSITE_SOURCE
