"""Which texts of the engine are found, and what is left out."""

import pytest


@pytest.fixture
def texts(load_script):
    return load_script("engine_texts")


def test_sentences_become_templates_with_numbered_markers(texts):
    code = 'raise E(f"{path.name} has {error} in {3:.1f} places. Look.")'
    assert texts.sentences(code) == ["%1 has %2 in %3 places. Look."]


def test_named_parts_are_numbered_too_but_not_the_fields_of_file_names(texts):
    assert texts.sentences('X = "is missing from {place}: {what}"') == ["is missing from %1: %2"]
    assert texts.sentences('X = "must hold {name} or {stem}"') == ["must hold {name} or {stem}"]


def test_names_of_stages_may_be_one_word(texts):
    assert texts.sentences('progress.report("Writing", 1, 2)') == ["Writing"]
    assert texts.sentences('class Stage(StrEnum):\n    WRITING = "Writing"') == ["Writing"]


@pytest.mark.parametrize(
    "code",
    [
        '"""Words about a module."""',
        'assert x, "words for developers"',
        'LOGGER.warning("words for the log: %s", x)',
        'widget.tr("words of the window")',
        'x = "SELECT number FROM items"',
        'x = f"{a}: {b}"',
        'x = "<p>some words</p>"',
        'x = "word"',
    ],
)
def test_what_no_user_reads_is_left_out(texts, code):
    assert texts.sentences(code) == []


def test_texts_below_fields_are_found_on_one_line(texts):
    code = 'class A:\n    steps_done: int = 1\n    """Steps\n    in all."""\n    other = 2\n'
    assert list(texts.field_words(code, with_names=True)) == ["Steps in all.", "Steps done"]
    assert list(texts.field_words(code, with_names=False)) == ["Steps in all."]
    assert not list(texts.field_words(code, with_names=False, kinds=("Other",)))


def test_cards_say_what_a_model_is(texts):
    table = {"title": "X", "licence_notice": "Free.", "card": {"summary": "A student.", "licence": "MIT", "note": ""}}
    assert list(texts.card_words(table)) == ["Free.", "A student."]
