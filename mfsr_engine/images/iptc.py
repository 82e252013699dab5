"""IPTC metadata inside the Photoshop resources of JPEG files. Only wraps and unwraps; reads no fields."""

from __future__ import annotations

import struct

_IPTC_RESOURCE = 0x0404
_HEADER = b"Photoshop 3.0\0"
_SEGMENT_LIMIT_BYTES = 65_533


def iptc_of_resources(resources: object) -> bytes | None:
    """The IPTC record among the Photoshop resources that a JPEG decoder found, a dict of bytes by number."""
    record = resources.get(_IPTC_RESOURCE) if isinstance(resources, dict) else None
    return record if isinstance(record, bytes) and record else None


def jpeg_segment(record: bytes) -> bytes | None:
    """An APP13 segment that holds the record, or None if it is too long for one."""
    block = b"8BIM" + struct.pack(">HHI", _IPTC_RESOURCE, 0, len(record)) + record + b"\0" * (len(record) % 2)
    body = _HEADER + block
    if len(body) > _SEGMENT_LIMIT_BYTES:
        return None
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body
