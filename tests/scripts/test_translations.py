"""Every word that the code shows is translated, and the translations fit their sources."""

import ast
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "resources" / "translations" / "mfsr_zh_CN.ts"
MARKS = re.compile(r"%n|%\d|\{\w*(?::[^{}]*)?\}")
SAME = re.compile(r"^(Lpips|Apple GPU|MiB| MiB|Shift \+ ←  →|en|\W+|.*\{0\}.*)$")
"""Names, units and pure forms need no other words."""


@pytest.fixture(scope="module")
def messages():
    found = []
    for context in ElementTree.parse(FILE).getroot().findall("context"):
        for message in context.findall("message"):
            place = message.find("translation")
            found.append((context.findtext("name"), message.findtext("source"), place.text or "", place.get("type")))
    return found


def _calls(path):
    """Calls of tr and translate with the class they stand in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside_strings = {id(n) for s in ast.walk(tree) if isinstance(s, ast.JoinedStr) for n in ast.walk(s)}
    classes = {id(n): c.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for n in ast.walk(c)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "tr" or (name == "translate" and len(node.args) > 1):
                yield name, node, classes.get(id(node), ""), id(node) in inside_strings


def _literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_call_can_be_seen_by_lupdate_and_has_its_translation(messages):
    known = {(context, source) for context, source, _, _ in messages}
    faults, count = [], 0
    for path in sorted((ROOT / "mfsr_app").rglob("*.py")):
        if path.name == "engine_translation.py":
            continue  # what it translates comes from the engine
        for name, call, kind, is_in_string in _calls(path):
            count += 1
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            if name == "tr":
                context, source = kind, _literal(call.args[0])
                is_own = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "self"
            else:
                context, source = _literal(call.args[0]), _literal(call.args[1])
                is_own = True
            if is_in_string or not is_own or source is None or (context, source) not in known:
                faults.append(f"{where}: {context}: {source!r}")
    assert count > 400
    assert faults == []


def test_nothing_is_missing(messages):
    assert len(messages) > 900
    assert [(c, s) for c, s, words, state in messages if not words or state is not None] == []


def test_markers_are_the_same_in_source_and_translation(messages):
    assert [
        s for _, s, words, _ in messages if words and sorted(MARKS.findall(s)) != sorted(MARKS.findall(words))
    ] == []


def test_form_is_the_same_in_source_and_translation(messages):
    def form(text):
        return text.count("\n"), text.count("`"), text.count(";;"), text.endswith("…"), "&" in text

    assert [(s, w) for _, s, w, _ in messages if w and form(s) != form(w)] == []


def test_all_is_chinese_but_names(messages):
    chinese = re.compile(r"[\u4e00-\u9fff]")
    left = [
        (s, w)
        for _, s, w, _ in messages
        if w and not chinese.search(w) and not SAME.match(s) and re.search("[A-Za-z]{3}", s)
    ]
    assert left == []


def test_chinese_has_its_own_stops(messages):
    after_chinese = re.compile(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)")
    assert [w for _, _, w, _ in messages if after_chinese.search(w)] == []


@pytest.mark.slow
def test_files_are_up_to_date_with_the_code(load_script, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr("sys.argv", ["update_translations.py", "--check"])
    code = load_script("update_translations").main()
    assert capsys.readouterr().out == "0 without translation; nothing is out of date.\n"
    assert code == 0
