"""Windows of any size: bars wrap, tables leave columns out, rails their words, before anything is cut."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from mfsr_app.queue.columns import NAME_PX, WIDTHS_PX, Column, columns_for
from mfsr_app.ui.key_sheet import KeySheet
from mfsr_app.ui.layout import LINE_PX, ChoiceBox, GroupBar
from mfsr_app.ui.rail import Rail
from tests.fakes.cut_words import faults


@pytest.fixture
def show(qtbot):
    def show(widget: QWidget, width: int, height: int) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        return widget

    return show


def test_the_walk_finds_what_is_cut_and_what_overlaps(show):
    widget = show(QWidget(), 300, 200)
    for words, place in (("a button whose words have no room", (0, 0, 40, 30)), ("over it", (20, 0, 120, 30))):
        button = QPushButton(words, widget)
        button.setGeometry(*place)
        button.show()
    away = QLabel("away", widget)
    away.move(290, 100)
    away.show()
    assert {fault.split(":")[0] for fault in faults(widget)} == {"cut", "over each other", "out of sight"}


@pytest.mark.parametrize(("width", "lines"), [(700, 1), (260, 2), (120, 3)])
def test_a_bar_has_as_many_lines_as_its_groups_need(show, width, lines):
    bar = GroupBar()
    for number in range(3):
        group = QWidget()
        group.setMinimumWidth(90)
        bar.add(group, takes_room=number == 0)
    show(bar, width, LINE_PX)
    assert bar.height() == lines * LINE_PX
    assert faults(bar) == []


def test_a_group_that_can_use_more_room_has_a_line_to_itself_rather_than_too_little(show):
    bar = GroupBar()
    for number in range(2):
        group = QWidget()
        group.setMinimumWidth(90)
        bar.add(group, takes_room=number == 0, wanted_px=200)
    show(bar, 280, LINE_PX)
    assert bar.height() == 2 * LINE_PX
    assert bar.findChildren(QWidget)[0].width() > 200


@pytest.mark.parametrize("width", range(276, 1400, 50))
def test_names_in_the_queue_have_room_at_every_width(width):
    shown = columns_for(width)
    names = len(shown & {Column.PICTURE, Column.RESULT})
    assert {Column.PICTURE, Column.STATE} <= shown
    assert width - sum(WIDTHS_PX.get(column, 0) for column in shown) >= names * NAME_PX


def test_a_wide_table_has_all_columns():
    assert columns_for(1000) == frozenset(Column)


def test_a_low_rail_shows_icons_whose_words_are_tips(show):
    holder = show(QWidget(), 76, 600)
    rail = Rail(holder)
    buttons = [rail.add_page(words) for words in ("Compare", "Queue", "Models", "Distil", "Settings")]
    rail.show()
    rail.setGeometry(0, 0, 76, 600)
    assert {button.toolButtonStyle() for button in buttons} == {Qt.ToolButtonStyle.ToolButtonTextUnderIcon}
    rail.setGeometry(0, 0, 76, 120)
    assert {button.toolButtonStyle() for button in buttons} == {Qt.ToolButtonStyle.ToolButtonIconOnly}
    assert [button.toolTip() for button in rail.findChildren(QToolButton)] == [button.text() for button in buttons]


def test_a_choice_that_has_no_room_can_be_read_in_the_tip(show):
    box = ChoiceBox("Which")
    box.addItems(["a name that is much longer than the field", "short"])
    show(box, 120, 34)
    box.grab()
    assert box.toolTip() == "a name that is much longer than the field"
    box.setCurrentIndex(1)
    box.grab()
    assert box.toolTip() == "Which"


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_the_first_window_fits_a_usual_screen_at_every_scaling(window, parts, qtbot, scale):
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    free = QSize(round(1280 / scale), round(800 / scale))
    window.app_settings.fit(free)
    assert window.width() <= free.width()
    assert window.height() <= free.height()
    least = window.page.minimumSizeHint
    qtbot.waitUntil(lambda: least().width() + 76 <= window.width() and least().height() <= window.height())


def test_the_sheet_of_keys_scrolls_in_a_low_window(window):
    window.resize(880, 560)
    window.actions_table["keys"].trigger()
    sheet = window.findChild(KeySheet)
    assert sheet.height() <= 560
    assert sheet.width() <= 880
