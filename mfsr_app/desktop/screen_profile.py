"""The ICC profile of a screen, as the operating system reports it. Not for the GUI thread: it asks the system and may read a file.

X11 keeps it as a property of the root window (ICC Profiles in X Specification 0.4). A Wayland compositor takes what it gets
for sRGB and does the rest itself, so there no profile is right.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from dataclasses import dataclass
from pathlib import Path

MAX_PROFILE_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class ScreenPlace:
    """Which screen, in words that all systems understand."""

    platform: str
    """Name of Qt's platform: xcb, windows, cocoa."""
    number: int = 0
    """Its place among the screens."""
    x: int = 0
    """Its left edge on the desktop."""
    y: int = 0
    """Its upper edge on the desktop."""


def system_profile(place: ScreenPlace) -> bytes | None:
    """The profile of a screen; None where the system knows none or converts by itself."""
    try:
        if place.platform == "xcb":
            return _of_x11(place)
        if sys.platform == "win32":
            return _of_windows(place)
        if sys.platform == "darwin" and place.platform == "cocoa":
            return _of_macos(place)
    except (OSError, AttributeError):  # a library or a function that is not there
        return None
    return None


def _of_x11(place: ScreenPlace) -> bytes | None:
    name = ctypes.util.find_library("X11")
    if name is None:
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    try:
        suffix = f"_{place.number}" if place.number else ""
        atom = x11.XInternAtom(display, f"_ICC_PROFILE{suffix}".encode(), 1)
        return _x11_property(x11, display, atom) if atom else None
    finally:
        x11.XCloseDisplay(display)


def _x11_property(x11: ctypes.CDLL, display: ctypes.c_void_p, atom: int) -> bytes | None:
    root = ctypes.c_void_p(x11.XDefaultRootWindow(display))
    kind, count, rest = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
    bits, data = ctypes.c_int(), ctypes.c_void_p()
    asked = (display, root, ctypes.c_void_p(atom), ctypes.c_long(0), ctypes.c_long(MAX_PROFILE_BYTES // 4), 0)
    answer = [ctypes.byref(value) for value in (kind, bits, count, rest, data)]
    failed = x11.XGetWindowProperty(*asked, ctypes.c_ulong(0), *answer)
    if failed or not data:
        return None
    found = ctypes.string_at(data, count.value) if bits.value == 8 else None
    x11.XFree(data)
    return found or None


if sys.platform == "win32":

    def _of_windows(place: ScreenPlace) -> bytes | None:
        from ctypes import wintypes

        class MonitorInfo(ctypes.Structure):
            _fields_ = [
                ("cbSize", wintypes.DWORD),
                ("rcMonitor", wintypes.RECT),
                ("rcWork", wintypes.RECT),
                ("dwFlags", wintypes.DWORD),
                ("szDevice", wintypes.WCHAR * 32),
            ]

        user, gdi = ctypes.windll.user32, ctypes.windll.gdi32
        user.MonitorFromPoint.restype = wintypes.HMONITOR
        gdi.CreateDCW.restype = wintypes.HDC
        info = MonitorInfo(cbSize=ctypes.sizeof(MonitorInfo))
        monitor = user.MonitorFromPoint(wintypes.POINT(place.x + 1, place.y + 1), 2)
        if not user.GetMonitorInfoW(wintypes.HMONITOR(monitor), ctypes.byref(info)):
            return None
        context = wintypes.HDC(gdi.CreateDCW(info.szDevice, info.szDevice, None, None))
        try:
            size = wintypes.DWORD(32_768)
            path = ctypes.create_unicode_buffer(size.value)
            return _read(Path(path.value)) if gdi.GetICMProfileW(context, ctypes.byref(size), path) else None
        finally:
            gdi.DeleteDC(context)


if sys.platform == "darwin":

    def _of_macos(place: ScreenPlace) -> bytes | None:
        class Point(ctypes.Structure):
            _fields_ = [("x", ctypes.c_double), ("y", ctypes.c_double)]

        graphics = ctypes.CDLL(ctypes.util.find_library("CoreGraphics"))
        foundation = ctypes.CDLL(ctypes.util.find_library("CoreFoundation"))
        pointers = (graphics.CGDisplayCopyColorSpace, graphics.CGColorSpaceCopyICCData, foundation.CFDataGetBytePtr)
        for function in pointers:
            function.restype = ctypes.c_void_p
        foundation.CFDataGetLength.restype = ctypes.c_long
        display, count = ctypes.c_uint32(), ctypes.c_uint32()
        corner = Point(place.x + 1, place.y + 1)
        graphics.CGGetDisplaysWithPoint(corner, 1, ctypes.byref(display), ctypes.byref(count))
        space = ctypes.c_void_p(
            graphics.CGDisplayCopyColorSpace(display if count.value else graphics.CGMainDisplayID())
        )
        if not space:
            return None
        data = ctypes.c_void_p(graphics.CGColorSpaceCopyICCData(space))
        foundation.CFRelease(space)
        if not data:
            return None
        start, length = foundation.CFDataGetBytePtr(data), foundation.CFDataGetLength(data)
        found = ctypes.string_at(start, length)
        foundation.CFRelease(data)
        return found


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_PROFILE_BYTES else None
