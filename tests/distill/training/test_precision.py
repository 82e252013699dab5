"""Which precision a run is trained in where its recipe leaves that open."""

import pytest
import torch

from distill.runs.recipe_file import read_recipe
from distill.runs.runs import RECIPE_FILE
from distill.training import precision
from distill.training.train import train

CPU = torch.device("cpu")


@pytest.fixture
def measured(monkeypatch):
    """Says how long each precision takes, from now on."""

    def say(fp32, bf16):
        precision.fastest.cache_clear()
        times = {torch.float32: fp32, torch.bfloat16: bf16}
        monkeypatch.setattr(precision, "_seconds", lambda device, dtype: times[dtype])

    yield say
    precision.fastest.cache_clear()


@pytest.mark.parametrize(("fp32", "bf16", "chosen"), [(1.0, 0.5, "bf16"), (1.0, 0.95, "fp32"), (1.0, 8.0, "fp32")])
def test_a_lower_precision_is_taken_where_it_is_clearly_faster(measured, fp32, bf16, chosen):
    measured(fp32, bf16)
    assert precision.fastest(CPU) == chosen


def test_what_a_recipe_names_is_not_measured(measured, recipe):
    measured(1.0, 0.1)
    asked = recipe(run={"precision": "fp32"})
    assert precision.settled(asked, CPU) is asked
    assert precision.settled(recipe(run={"precision": "auto"}), CPU).run.precision == "bf16"


def test_both_are_really_timed():
    assert all(precision._seconds(CPU, dtype) > 0 for dtype in (torch.float32, torch.bfloat16))


def test_a_run_goes_on_in_the_precision_it_began_in(measured, recipe, tmp_path, home):
    left_open = recipe(run={"precision": "auto", "steps": 1})
    measured(1.0, 0.1)
    train(left_open, tmp_path / "run")
    measured(1.0, 8.0)
    train(left_open, tmp_path / "run")
    assert read_recipe(tmp_path / "run" / RECIPE_FILE).run.precision == "bf16"
