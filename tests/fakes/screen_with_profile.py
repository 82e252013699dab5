"""Gives the root window of $DISPLAY a profile, as a colour manager does, and prints what the program finds of it.

Usage: python -m tests.fakes.screen_with_profile PROFILE NUMBER
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from pathlib import Path

from mfsr_app.desktop.screen_profile import ScreenPlace, system_profile


def main() -> None:
    profile, number = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    x11 = ctypes.CDLL(ctypes.util.find_library("X11"))
    x11.XOpenDisplay.restype = x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    name = b"_ICC_PROFILE" + (f"_{number}".encode() if number else b"")
    atom = ctypes.c_void_p(x11.XInternAtom(display, name, 0))
    root = ctypes.c_void_p(x11.XDefaultRootWindow(display))
    cardinal = ctypes.c_void_p(6)
    print("before", system_profile(ScreenPlace("xcb", number)))
    x11.XChangeProperty(display, root, atom, cardinal, 8, 0, profile, len(profile))
    x11.XSync(display, 0)
    print("same", system_profile(ScreenPlace("xcb", number)) == profile)
    print("other screen", system_profile(ScreenPlace("xcb", number + 5)))
    x11.XCloseDisplay(display)


if __name__ == "__main__":
    main()
