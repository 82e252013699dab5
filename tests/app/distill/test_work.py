"""Where the wizard is given no work it finds nothing, and does nothing behind anybody's back."""

from pathlib import Path

import pytest

from distill.wizard.draft import Computer
from mfsr_app.distill.work import EngineDistillWork, NoDistillWork


def test_it_is_not_the_real_work_in_disguise():
    assert not issubclass(NoDistillWork, EngineDistillWork)


def test_it_finds_nothing():
    work = NoDistillWork()
    assert (work.teachers(), work.runs(), work.taken_names(), work.computer()) == ([], [], (), Computer())


@pytest.mark.parametrize(
    "ask",
    [
        lambda work, folder: work.teacher_in(folder),
        lambda work, folder: work.look(folder),
        lambda work, folder: work.go_on(folder),
        lambda work, folder: work.install(folder, "A model"),
    ],
)
def test_what_needs_something_found_cannot_be(ask, tmp_path: Path):
    with pytest.raises(KeyError):
        ask(NoDistillWork(), tmp_path)
    assert list(tmp_path.iterdir()) == []
