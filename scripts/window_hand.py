"""A virtual screen, the program on it, and a hand that moves the mouse and presses keys. Knows no Qt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from own_home import variables_of
from PIL import ImageGrab

USUAL_SIDES = (1280, 800)
PATIENCE_S = 240.0
FAULT = "Something went wrong inside the program"
BORDERLESS = """<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*" type="normal"><decor>no</decor><maximized>yes</maximized></application>
<application class="*" type="dialog"><decor>yes</decor></application></applications></openbox_config>"""


@dataclass(frozen=True)
class Seen:
    """A widget on the screen."""

    name: str
    """By which a screen reader calls it."""
    text: str
    """What it shows."""
    kind: str
    """Its class."""
    x: int
    y: int
    width: int
    height: int
    is_enabled: bool
    """Whether it can be used."""

    def point(self, across: float = 0.5, down: float = 0.5) -> tuple[int, int]:
        """A point of it, by shares of its sides."""
        return round(self.x + across * self.width), round(self.y + down * self.height)


class Screen:
    """Xvfb with a window manager, which gives windows the focus."""

    def __init__(self, kept: tuple[str, ...] = (), sides: tuple[int, int] = USUAL_SIDES, scaling: float = 1.0) -> None:
        """Not there yet.

        Args:
            kept: names of the pictures that are taken; none means all.
            sides: width and height of the screen, in its own pixels.
            scaling: of everything on it, as people set it for fine screens.
        """
        self._kept, self._sides, self._scaling = kept, sides, scaling

    def __enter__(self) -> Screen:
        reading, writing = os.pipe()
        size = "x".join(map(str, self._sides))
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.display = ":" + pipe.readline().strip()
        self._rules = Path(tempfile.gettempdir()) / f"mfsr-openbox-{os.getpid()}.xml"
        self._rules.write_text(BORDERLESS, encoding="utf-8")
        self._manager = subprocess.Popen(
            ["openbox", "--config-file", str(self._rules)], env=self.environment, stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)
        self._rules.unlink(missing_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """For programs on this screen."""
        scaled = {"QT_SCALE_FACTOR": f"{self._scaling:g}"}
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"} | scaled

    def take(self, path: Path) -> None:
        """A picture of all of the screen."""
        if self._kept and path.name not in self._kept:
            return
        ImageGrab.grab(xdisplay=self.display).save(path, quality=82)

    def press(self, *words: str) -> None:
        """Let xdotool act."""
        subprocess.run(["xdotool", *words], env=self.environment, check=True)


class Program:
    """The running program, and the hand that uses it."""

    def __init__(self, screen: Screen, home: Path, *files: Path, tools: Path | None = None) -> None:
        """Start it.

        Args:
            screen: where.
            home: the user's folder.
            files: to open.
            tools: folder of commands that come before those of the system.
        """
        self._screen, self._sight = screen, home / "sight.json"
        self._sight.unlink(missing_ok=True)
        environment = screen.environment | variables_of(home)
        if tools is not None:
            environment["PATH"] = f"{tools}{os.pathsep}{environment['PATH']}"
        script = str(Path(__file__).with_name("window_witness.py"))
        command = [sys.executable, script, str(self._sight), "--theme", "light", *map(str, files)]
        self._process = subprocess.Popen(command, env=environment)
        self.until(lambda: bool(self.look()), "the window")

    def look(self) -> list[Seen]:
        """All widgets that are visible now."""
        try:
            return [Seen(**entry) for entry in json.loads(self._sight.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []

    def says(self, words: str) -> bool:
        """Whether words are to be read anywhere."""
        return any(words in seen.text for seen in self.look())

    def until(self, condition: object, what: str) -> None:
        """Wait.

        Raises:
            TimeoutError: it did not happen.
            RuntimeError: the program has ended, or told of a fault of its own.
        """
        assert callable(condition)
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            if self.says(FAULT):
                raise RuntimeError(f"The program told of an error: {[s.text for s in self.look() if FAULT in s.text]}")
            if self._process.poll() is not None:
                raise RuntimeError(f"The program ended while {what} was waited for.")
            if time.monotonic() > end_s:
                raise TimeoutError(f"This did not come: {what}. Seen: {sorted({seen.text for seen in self.look()})}")
            time.sleep(0.1)

    def until_says(self, words: str) -> None:
        """Wait for words."""
        self.until(lambda: self.says(words), words)

    def find(self, name: str, kind: str = "") -> Seen:
        """The usable widget of this name; waited for."""

        def found() -> list[Seen]:
            return [s for s in self.look() if s.name == name and kind in s.kind and s.is_enabled and s.width > 4]

        self.until(found, f"{kind} {name}")
        return found()[0]

    def click(self, name: str, kind: str = "", across: float = 0.5, down: float = 0.5) -> None:
        """Click a widget."""
        self.click_at(*self.find(name, kind).point(across, down))

    def click_at(self, x: int, y: int, button: int = 1) -> None:
        """Click a point; 4 and 5 are the wheel."""
        self._screen.press("mousemove", str(x), str(y), "click", str(button))
        time.sleep(0.3)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag with the left button, slowly."""
        self._screen.press("mousemove", *map(str, start), "mousedown", "1")
        for part in range(1, 11):
            middle = [round(a + (b - a) * part / 10) for a, b in zip(start, end, strict=True)]
            self._screen.press("mousemove", *map(str, middle))
            time.sleep(0.03)
        self._screen.press("mouseup", "1")
        time.sleep(0.3)

    def key(self, *keys: str, hold: bool = False, release: bool = False) -> None:
        """Press keys."""
        self._screen.press("keydown" if hold else "keyup" if release else "key", *keys)
        time.sleep(0.3)

    def write(self, text: str) -> None:
        """Type."""
        self._screen.press("type", "--delay", "10", text)
        time.sleep(0.3)

    def kill(self) -> None:
        """End it as a crash or a power cut would."""
        self._process.kill()
        self._process.wait()

    def quit(self) -> None:
        """Close it by its own key, and insist that it ends well.

        Raises:
            RuntimeError: it did not.
        """
        self.key("ctrl+q")
        if self._process.wait(60):
            raise RuntimeError(f"The program ended with code {self._process.returncode}.")
