"""What may know what inside the app."""

import ast
from pathlib import Path

import pytest

import mfsr_app

ROOT = Path(mfsr_app.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
PAGES = ("compare", "distill", "models", "queue", "settings")
"""Folders that hold states, widgets and a page each."""
VALUE_WIDGETS = (
    "compare/canvas",
    "compare/difference",
    "compare/drop_hint",
    "compare/labels",
    "compare/painting",
    "compare/pixel_grid",
    "compare/step_slider",
    "compare/sweep_strip",
    "distill/curve_chart",
    "distill/picture_grid",
    "models/card_widget",
    "queue/delegate",
)
"""Widgets that take values and send signals; pages bind them to states."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def imports_of(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def is_widget(path: Path) -> bool:
    return "PySide6.QtWidgets" in imports_of(path)


def is_state(path: Path) -> bool:
    """Whether a module holds a QObject and knows no widgets."""
    classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    bases = {base.id for node in classes for base in node.bases if isinstance(base, ast.Name)}
    return "QObject" in bases and not is_widget(path)


IN_PAGES = [path for path in FILES if path.parent.name in PAGES]
STATES = {f"mfsr_app.{name_of(path).replace('/', '.')}" for path in IN_PAGES if is_state(path)}
WIDGETS = {f"mfsr_app.{name_of(path).replace('/', '.')}" for path in IN_PAGES if is_widget(path)}


def test_there_is_something_to_look_at():
    assert len(FILES) > 30
    assert len(STATES) > 20
    assert len(WIDGETS) > 20


@pytest.mark.parametrize("path", [f for f in FILES if f.parent.name != "jobs"], ids=name_of)
def test_only_jobs_start_threads(path):
    text = path.read_text(encoding="utf-8")
    assert not any(
        word in text for word in ("QThread", "import threading", "multiprocessing", "subprocess", "concurrent")
    )


@pytest.mark.parametrize("path", [path for path in IN_PAGES if not is_widget(path)], ids=name_of)
def test_states_and_values_know_no_widgets(path):
    assert imports_of(path) & WIDGETS == set()


@pytest.mark.parametrize("path", [path for path in IN_PAGES if is_state(path)], ids=name_of)
def test_states_follow_the_picture_in_an_order_that_one_place_knows(path):
    """`Opening` does, before `DocumentState.opened`: no state depends on who connected to that first."""
    assert "opened.connect" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VALUE_WIDGETS)
def test_widgets_that_show_values_know_no_states_and_no_jobs(name):
    imports = imports_of(ROOT / f"{name}.py")
    assert imports & STATES == set()
    assert not any(module.startswith("mfsr_app.jobs") for module in imports)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_torch_is_never_named(path):
    assert "import torch" not in path.read_text(encoding="utf-8")
