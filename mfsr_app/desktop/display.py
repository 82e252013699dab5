"""Checks whether a window can be shown here before Qt tries, since Qt aborts the program where it cannot."""

from __future__ import annotations

import ctypes
import os
import sys

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
}
"""Libraries that Qt always needs on Linux, and the Debian packages they come in."""
X11_PACKAGES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Libraries for an X11 display, and their packages."""


def display_problem() -> str:
    """Why no window can be shown and what to do about it; empty if one can."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    is_x11 = platform == "xcb" or (not platform and not os.environ.get("WAYLAND_DISPLAY"))
    if is_x11 and not os.environ.get("DISPLAY"):
        return (
            "No display was found, so the window cannot be opened. Start it from a desktop, or use the command line:\n"
            "  mfsr upscale PHOTO.jpg"
        )
    missing = missing_packages(PACKAGES | (X11_PACKAGES if is_x11 else {}))
    if missing:
        return (
            "The window needs system libraries that are not installed. Install them and start again:\n"
            f"  sudo apt-get install -y {' '.join(missing)}"
        )
    if is_x11 and not _answers():
        return (
            f"The display {os.environ['DISPLAY']} does not answer, so the window cannot be opened. Check DISPLAY and "
            "that you may use it, or use the command line:\n  mfsr upscale PHOTO.jpg"
        )
    return ""


def missing_packages(packages: dict[str, str]) -> list[str]:
    """Packages of those libraries that cannot be loaded."""
    return [package for library, package in packages.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _answers() -> bool:
    """Whether the X server takes a connection."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    has_error = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not has_error
