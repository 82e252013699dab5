"""Results are kept within a bound of memory."""

import numpy as np

from mfsr_app.compare.result_store import ResultStore, StoredResult, restore, spill
from mfsr_app.imaging.raster import GrowingRaster, raster_of
from mfsr_engine.api import UpscaleResult, UpscaleSettings
from mfsr_engine.geometry import Size


def whole(steps: int, level: float = 0.5) -> StoredResult:
    pixels = np.full((64, 64, 3), level, np.float32)
    result = UpscaleResult(pixels, None, "m", steps, 0, "cpu", "fp32", 0.1)
    return StoredResult(UpscaleSettings(steps=steps), raster=raster_of(pixels), result=result)


ONE = whole(1).memory_bytes


def test_all_stay_in_memory_under_the_bound():
    store = ResultStore(bound_bytes=3 * ONE)
    for steps in (1, 2, 3):
        store.put(whole(steps))
    assert store.to_spill() == []


def test_the_least_recently_used_leave_first_and_the_two_newest_never():
    store = ResultStore(bound_bytes=int(1.5 * ONE))
    for steps in (1, 2, 3, 4, 5):
        store.put(whole(steps))
    store.get(UpscaleSettings(steps=1))
    store.peek(UpscaleSettings(steps=2))
    assert [kept.settings.steps for kept in store.to_spill()] == [2, 3, 4]


def test_a_spilled_result_lets_go_of_memory_and_comes_back_equal(tmp_path):
    store = ResultStore()
    kept = whole(2, level=0.7)
    before = kept.raster.levels[0].copy()
    store.put(kept)
    store.spilled(spill(kept, tmp_path))
    assert kept.is_whole
    assert kept.memory_bytes == 0
    assert isinstance(kept.raster.levels[0], np.memmap)
    np.testing.assert_array_equal(kept.raster.levels[0], before)
    assert kept.raster.images[0].pixelColor(5, 5).red() == before[5, 5, 2], "shown from disk, without being read whole"
    np.testing.assert_array_equal(kept.result.pixels, np.float32(0.7))
    np.testing.assert_array_equal(restore(kept).levels[0], before)


def test_pixels_on_disk_stay_as_they_are_when_equal_settings_are_spilled_again(tmp_path):
    before = spill(whole(2, level=0.7), tmp_path)
    spill(whole(2, level=0.2), tmp_path)
    np.testing.assert_array_equal(before.result.pixels, np.float32(0.7))
    assert before.raster.levels[0][5, 5, 2] == 178


def test_unfinished_results_in_the_way_are_dropped():
    store = ResultStore(bound_bytes=0)
    store.put(StoredResult(UpscaleSettings(steps=5), growing=GrowingRaster(Size(64, 64))))
    store.put(whole(1))
    store.put(whole(2))
    assert store.to_spill() == []
    assert [kept.settings.steps for kept in store.all()] == [1, 2]


def test_clearing_removes_what_lies_on_disk():
    store = ResultStore()
    folder = store.spill_folder()
    assert folder.is_dir()
    store.clear()
    assert not folder.exists()
