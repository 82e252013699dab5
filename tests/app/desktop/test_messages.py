"""Nothing that was told is lost before it was read."""

from mfsr_app.desktop.messages import MessageKind, Messages
from mfsr_app.jobs.failure import Failure
from mfsr_app.ui.message_bar import MessageBar


def test_an_error_comes_back_after_a_newer_message_is_gone(qapp):
    messages = Messages()
    messages.fail(Failure("No room on the disk.", "details"))
    messages.tell("Saved.", MessageKind.DONE)
    assert messages.newest.text == "Saved."
    messages.dismiss(messages.newest)
    assert messages.newest.text == "No room on the disk."


def test_passing_messages_replace_each_other_and_equal_errors_do_not_pile_up(qapp):
    messages = Messages()
    for _ in range(3):
        messages.tell("One")
        messages.fail(Failure("Broken.", "first"))
    assert [message.text for message in messages.waiting] == ["Broken."]


def test_the_bar_offers_details_only_where_there_are_some(qtbot, qapp):
    from PySide6.QtWidgets import QWidget

    home = QWidget()
    home.resize(900, 400)
    qtbot.addWidget(home)
    bar, messages = MessageBar(home), Messages()
    home.show()
    messages.fail(Failure("Broken.", "Traceback"))
    bar.show_message(messages.newest)
    assert bar._copy.isVisible()
    bar._copy.click()
    assert qapp.clipboard().text() == "Broken.\n\nTraceback"
    messages.tell("Fine")
    bar.show_message(messages.newest)
    assert not bar._copy.isVisible()
    bar.show_message(None)
    assert not bar.isVisible()


def test_the_bar_lies_at_the_lower_edge_away_from_titles_and_buttons(qtbot):
    from PySide6.QtWidgets import QWidget

    home = QWidget()
    home.resize(900, 700)
    qtbot.addWidget(home)
    page = QWidget(home)
    page.setGeometry(76, 80, 824, 560)
    bar, messages = MessageBar(home), Messages()
    home.show()
    bar.float_over(page)
    messages.tell("It is installed. " * 12)
    bar.show_message(messages.newest)
    assert page.geometry().contains(bar.geometry())
    assert bar.geometry().top() > page.geometry().center().y()
    assert bar.geometry().center().x() == page.geometry().center().x()
