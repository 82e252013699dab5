"""Licenses that leave the program free pass, others are named; an index that cannot answer is a reason, not a fault."""

import sys
from importlib.metadata import Distribution

import pytest


@pytest.fixture
def script(load_script):
    return load_script("check_dependencies")


class Package(Distribution):
    def __init__(self, *lines):
        self.lines = lines

    def read_text(self, filename):
        return "\n".join(["Metadata-Version: 2.4", *self.lines, ""]) if filename == "METADATA" else None

    def locate_file(self, path):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["License-Expression: MIT", "License: Other"], "MIT"),
        (["Classifier: License :: OSI Approved :: BSD License", "License: a text"], "BSD License"),
        (["Classifier: License :: OSI Approved", "License: MIT"], "MIT"),
        (["Classifier: Programming Language :: Python"], ""),
    ],
)
def test_a_license_is_read_where_it_is_said(script, lines, expected):
    found = script.installed(
        [Package("Name: b", "Version: 1.0", *lines), Package("Name: mfsr", "Version: 0", "License: MIT")]
    )
    assert found == [script.Dependency("b", "1.0", expected)]


@pytest.mark.parametrize(
    ("words", "is_clear"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GNU Lesser General Public License v3 or later (LGPLv3+)", True),
        ("GPL-3.0-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("GNU Affero General Public License v3", False),
        ("AGPL-3.0", False),
        ("", False),
    ],
)
def test_what_would_bind_the_program_is_not_clear(script, words, is_clear):
    assert script.Dependency("a", "1", words).is_clear == is_clear


@pytest.fixture
def program(tmp_path):
    """A pip-audit that prints and ends as told."""

    def made(text, code=0):
        path = tmp_path / "pip-audit"
        path.write_text(
            f"#!{sys.executable}\nimport sys\nprint({text!r})\nprint('the index is away', file=sys.stderr)\nsys.exit({code})"
        )
        path.chmod(0o755)
        return str(path)

    return made


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_vulnerabilities_are_listed_and_no_answer_is_a_reason(script, program):
    known, unknown = '{"name": "a", "version": "1", "vulns": [%s]}', '{"name": "b", "skip_reason": "not found"}'
    text = '{"dependencies": [%s]}'
    assert script.audit(program(text % (known % '{"id": "CVE-1"}'), 1)) == (["a 1: CVE-1"], "")
    assert script.audit(program(text % (known % ""))) == ([], "")
    assert script.audit(program(text % (known % "" + "," + unknown))) == ([], "for b, which the index does not know")
    assert script.audit(program(text % unknown)) == ([], "the index that was asked knows none of the packages")
    assert script.audit(program("", 1)) == ([], "pip-audit could not ask the index (the index is away)")
    assert script.audit(None) == ([], "pip-audit is not installed")


def test_what_is_installed_here_is_listed(script, monkeypatch, capsys):
    monkeypatch.setattr(script, "audit", lambda program: ([], "no network in tests"))
    script.main(["--audit", "none"])
    told = capsys.readouterr().out
    assert "| pillow |" in told
    assert "skipped: no network in tests" in told
