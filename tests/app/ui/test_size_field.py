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
        (TargetSize(), "4×"),
        (TargetSize(factor=1.5), "1.5×"),
        (TargetSize(factor=8.0), "8×"),
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


@pytest.mark.parametrize("factor", [2.0, 3.0, 6.0, 8.0])
def test_the_usual_factors_are_on_offer(field, chosen, factor):
    choose(field, "factor", factor)
    assert chosen[-1] == TargetSize(factor=factor)


@pytest.fixture
def paper(qtbot):
    made = SizeField(has_print=True)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("name", "width", "dpi", "pixels"), [("print_cm", 10.0, 254, 1000), ("print_inch", 8.0, 300, 2400)]
)
def test_a_size_on_paper_is_a_width_in_pixels_and_a_resolution(paper, name, width, dpi, pixels):
    sizes, resolutions = [], []
    paper.chosen.connect(sizes.append)
    paper.resolution_chosen.connect(resolutions.append)
    choose(paper, name)
    assert paper.print_width.isVisible()
    assert not paper.number.isVisible()
    paper.print_width.setValue(width)
    paper.print_dpi.setValue(dpi)
    assert (sizes[-1], resolutions[-1]) == (TargetSize(width=pixels), dpi)
    choose(paper, "factor", 4.0)
    assert (sizes[-1], resolutions[-1]) == (TargetSize(), None)


def test_the_queue_is_not_asked_for_paper(field):
    assert field.kind.count() == len(KINDS) - 2
