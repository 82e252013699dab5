"""Faults on purpose are mended before the last run, so that what is counted as lost was lost by the program."""

import numpy as np
import pytest

from benchmarks.reliability import FAULTS, _is_same, _left_over, _lost, _results
from mfsr_engine import images


@pytest.fixture
def folders(tmp_path):
    """Pictures, results and the results of a run that nothing disturbed."""
    for folder in ("source", "results", "undisturbed"):
        for number in range(4):
            pixels = np.full((2, 3, 3), number / 4, np.float32)
            images.write(tmp_path / folder / f"{number}.png", pixels, kept=images.KeptMetadata())
    return [tmp_path / folder for folder in ("source", "results", "undisturbed")]


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_does_something_and_is_put_right(folders, fault, tmp_path):
    source, results, _ = folders
    before = content(source), content(results)
    fault.strike(source, results)
    assert not results.is_dir() or (content(source), content(results)) != before
    fault.mend(source, results)
    assert (content(source), content(results)) == before
    assert {path.name for path in tmp_path.iterdir()} == {"source", "results", "undisturbed"}


def test_results_in_a_folder_that_was_made_anew_are_put_together(folders):
    source, results, _ = folders
    fault = FAULTS[0]
    (results / "3.png").unlink()
    before = content(results)
    fault.strike(source, results)
    results.mkdir()
    (results / "3.png").write_bytes((source / "3.png").read_bytes())
    fault.mend(source, results)
    assert content(results) == before | {"3.png": (source / "3.png").read_bytes()}


def test_what_is_lost_and_left_over_is_counted(folders):
    _, results, undisturbed = folders
    assert (_lost(results, undisturbed), _left_over(results, undisturbed)) == (0, 0)
    (results / "0.png").unlink()
    (results / "1.png").write_bytes(b"half a fi")
    images.write(
        results / "2.png",
        np.ones((2, 3, 3), np.float32),
        kept=images.KeptMetadata(),
        options=images.WriteOptions(overwrite=True),
    )
    (results / ".a.part").touch()
    assert _lost(results, undisturbed) == 3
    assert _is_same(results / "3.png", undisturbed / "3.png")
    assert _left_over(results, undisturbed) == 2  # what was no result of ours was kept beside its place
    assert len(_results(results)) == 4
