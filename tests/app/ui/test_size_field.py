"""The field for the size of a result."""

import pytest

from mfsr_app.ui.size_field import KINDS, SizeField
from mfsr_engine.geometry import TargetSize


@pytest.fixture
def field(qtbot):
    made = SizeField()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def chosen(field):
    sizes = []
    field.chosen.connect(sizes.append)
    return sizes


def choose(field, name, factor=None):
    field.kind.setCurrentIndex(KINDS.index((name, factor)))


@pytest.mark.parametrize("name", ["width", "height", "long_side", "short_side"])
def test_one_side_is_asked_for_in_pixels(field, chosen, name):
    choose(field, name)
    field.number.setValue(1200)
    assert chosen[-1] == TargetSize(**{name: 1200})
    assert field.number.suffix() == " px"


def test_percent_are_a_factor(field, chosen):
    choose(field, "percent")
    assert chosen[-1] == TargetSize(factor=4.0)
    field.number.setValue(250)
    assert chosen[-1] == TargetSize(factor=2.5)
    assert (field.number.text(), field.number.isEnabled()) == ("250 %", True)


def test_each_kind_keeps_its_number(field, chosen):
    choose(field, "width")
    field.number.setValue(1200)
    choose(field, "percent")
    field.number.setValue(150)
    choose(field, "height")
    assert chosen[-1] == TargetSize(height=1200)
    choose(field, "percent")
    assert chosen[-1] == TargetSize(factor=1.5)


def test_a_factor_needs_no_number_and_four_is_the_models_own(field, chosen):
    choose(field, "factor", 2.0)
    assert chosen[-1] == TargetSize(factor=2.0)
    choose(field, "factor", 4.0)
    assert chosen[-1] == TargetSize()
    assert not field.number.isEnabled()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (TargetSize(), "4 times"),
        (TargetSize(factor=1.5), "1.5 times"),
        (TargetSize(factor=2.75), "Percent"),
        (TargetSize(long_side=900), "Long side"),
    ],
)
def test_a_size_chosen_elsewhere_is_shown_and_not_told_again(field, chosen, size, words):
    field.show_size(size)
    assert field.kind.currentText() == words
    assert chosen == []
    if size.factor == 2.75:
        assert field.number.text() == "275 %"
