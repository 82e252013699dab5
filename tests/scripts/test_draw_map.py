"""The map of files: every file has its line, in the words it opens with."""

import pytest


@pytest.fixture
def tree(tmp_path):
    package = tmp_path / "mfsr_engine" / "images"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Pictures on disk. Never torch."""', encoding="utf-8")
    (package / "reading.py").write_text('"""From a file\nto a picture. Knows no models.\n\nMore."""', encoding="utf-8")
    (tmp_path / "distill").mkdir()
    (tmp_path / "distill" / "silent.py").touch()
    return tmp_path


def test_a_file_is_told_by_its_first_sentence(load_script, tree):
    assert "- `reading.py` From a file to a picture\n" in load_script("draw_map").draw(tree)


def test_a_package_is_told_by_its_own(load_script, tree):
    assert "## mfsr_engine/images/\nPictures on disk\n" in load_script("draw_map").draw(tree)


def test_what_is_above_stands_above(load_script, tree):
    drawn = load_script("draw_map").draw(tree)
    assert drawn.index("## distill/") < drawn.index("## mfsr_engine/images/")


def test_every_module_of_the_program_says_what_it_is_for(load_script, request):
    script = load_script("draw_map")
    root = request.config.rootpath
    silent = [path for name in script.FOLDERS for path in (root / name).rglob("*.py") if not script.first_words(path)]
    assert not silent
