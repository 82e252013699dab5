"""Pages of the window that are made when they are first wanted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mfsr_app.pages import LatePage
from mfsr_app.queue.page import QueuePage


def queue_pages(window):
    return window.findChildren(QueuePage)


def test_a_late_page_is_made_once_when_it_is_seen(qtbot):
    made = []
    place = LatePage(lambda: made.append(QLabel("page")) or made[-1])
    qtbot.addWidget(place)
    assert not made
    place.show()
    place.hide()
    place.show()
    assert len(made) == 1
    assert place.page is made[0]
    assert made[0].isVisible()


def test_the_window_shows_before_the_queue_page_is_made(window):
    assert not queue_pages(window)
    assert window.queue_page is window.queue_page
    assert queue_pages(window) == [window.queue_page]


def test_the_rail_makes_it(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert len(queue_pages(window)) == 1
    assert window.queue_page.isVisible()
    assert window.queue_page.hint.main.hasFocus()


def test_it_has_its_menus_whenever_it_is_made(window, qtbot):
    window.show_page(window.queue_page)
    for button in (window.queue_page.recent, window.queue_page.panel.presets):
        button.menu().aboutToShow.emit()
        assert button.menu().actions()


def test_keys_can_be_shown_before_it_is_made(window):
    window.actions_table["keys"].trigger()
    assert not queue_pages(window)
    shown = {label.text() for label in window.findChildren(QLabel)}
    assert "On the Queue page" in shown


def test_messages_float_over_its_body(window, parts):
    window.show_page(window.queue_page)
    parts.messages.tell("Something")
    over = window.message_bar
    place = window.queue_page.body
    corner = over.mapTo(window, over.rect().center())
    assert place.rect().contains(place.mapFrom(window, corner))
    assert isinstance(place, QWidget)
