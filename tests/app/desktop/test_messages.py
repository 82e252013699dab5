"""Nothing that was told is lost before it was read."""

from pathlib import Path

from mfsr_app.desktop.messages import MessageKind, Messages, Subject
from mfsr_app.jobs.failure import Failure
from mfsr_app.ui.message_bar import MessageBar
from mfsr_engine.errors import OutOfMemoryError


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


def test_an_error_leaves_when_its_cause_is_gone_and_others_stay(qapp):
    messages = Messages()
    messages.fail(Failure("No room on the disk.", ""), Subject.SAVING)
    messages.fail(Failure("Not a picture.", ""), Subject.OPENING)
    messages.fail(Failure("The settings cannot be written.", ""))
    messages.settle(Subject.OPENING)
    assert [message.text for message in messages.waiting] == ["No room on the disk.", "The settings cannot be written."]
    messages.settle(*Subject)
    assert [message.text for message in messages.waiting] == ["The settings cannot be written."]


def test_closing_a_message_does_not_uncover_an_older_one(qtbot, qapp):
    from PySide6.QtWidgets import QWidget

    home = QWidget()
    qtbot.addWidget(home)
    bar, messages = MessageBar(home), Messages()
    bar.closed.connect(messages.close)
    messages.changed.connect(lambda: bar.show_message(messages.newest))
    home.show()
    for words in ("First.", "Second."):
        messages.fail(Failure(words, ""))
    bar._close.click()
    assert messages.newest is None
    assert bar.text == ""


def test_errors_of_a_picture_leave_when_another_is_opened(window, parts, files, qtbot):
    document, messages = parts.states.document, parts.messages
    window.open_path(Path("missing.png"))
    qtbot.waitUntil(lambda: messages.newest is not None and messages.newest.kind is MessageKind.ERROR)
    messages.fail(Failure("No room on the disk.", ""), Subject.SAVING)
    with qtbot.waitSignal(document.opened):
        window.open_path(Path("small.png"))
    assert not any(message.kind is MessageKind.ERROR for message in messages.waiting)


def test_an_error_of_computing_leaves_when_it_is_tried_again(window, parts, upscaler, qtbot):
    upscaler.failures.append(OutOfMemoryError("Not enough memory. Choose a smaller picture."))
    window.open_path(Path("small.png"))
    messages = parts.messages
    qtbot.waitUntil(lambda: any(message.about is Subject.COMPUTING for message in messages.waiting))
    parts.states.upscaling.compute_whole()
    assert not any(message.about is Subject.COMPUTING for message in messages.waiting)


def test_the_gap_between_panes_is_painted_anew_with_them(window):
    assert window.page.viewer.autoFillBackground()
