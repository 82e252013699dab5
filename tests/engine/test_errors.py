"""Errors cross the borders of processes whole."""

import pickle

import pytest

from distill.training.trainer import TrainingStopped
from mfsr_engine.errors import Cancelled, ModelError


@pytest.mark.parametrize("error", [Cancelled(), ModelError("No model."), TrainingStopped("Stopped at step 3.")])
def test_an_error_is_the_same_after_it_was_pickled(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
