"""What may know what inside the app."""

import ast
from pathlib import Path

import pytest

import mfsr_app

ROOT = Path(mfsr_app.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
PAGES = tuple(sorted(path.parent.name for path in ROOT.glob("*/page.py")))
"""Folders that hold states, widgets and a page each."""
BINDING_WIDGETS = (
    "compare/controls",
    "compare/film_section",
    "compare/page",
    "compare/sweep_section",
    "compare/viewer",
    "distill/check_step",
    "distill/page",
    "distill/photos_step",
    "distill/recipe_step",
    "distill/result_step",
    "distill/run_step",
    "distill/teacher_step",
    "models/page",
    "queue/commands",
    "queue/page",
    "queue/panel",
    "settings/apply",
    "settings/page",
    "settings/presets_section",
)
"""The pages and their parts that bind states. Every other widget takes values and sends signals."""


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
def test_states_know_nothing_of_the_widgets_for_every_page(path):
    assert not any(module.startswith("mfsr_app.ui") for module in imports_of(path))


@pytest.mark.parametrize("path", [path for path in IN_PAGES if is_state(path)], ids=name_of)
def test_states_follow_the_picture_in_an_order_that_one_place_knows(path):
    """`Opening` does, before `DocumentState.opened`: no state depends on who connected to that first."""
    assert "opened.connect" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if is_widget(p) and p.parent.name in (*PAGES, "ui") and name_of(p) not in BINDING_WIDGETS],
    ids=name_of,
)
def test_widgets_that_show_values_know_no_states_and_no_jobs(path):
    imports = imports_of(path)
    assert imports & STATES == set()
    assert not any(module.startswith("mfsr_app.jobs") for module in imports)


@pytest.mark.parametrize("name", BINDING_WIDGETS)
def test_widgets_that_are_said_to_bind_states_do(name):
    assert imports_of(ROOT / f"{name}.py") & STATES


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_torch_is_never_named(path):
    assert "import torch" not in path.read_text(encoding="utf-8")
