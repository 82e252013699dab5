"""A second target beside the truth: which crops get one, and how training finds it."""

import dataclasses

import numpy as np
import pytest

from distill.data import PackConfig, build_pack
from distill.data.pack import Cut, Pack
from distill.data.stream import BatchStream
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress
from scripts.peer_targets import add_earlier, add_peers, shows_skin
from tests.fakes.photographs import write_noise

CONFIG = PackConfig(crop_px=32, crops_per_photo=1, versions=2, degradation="everyday", seed=1)


class Repeating:
    """A peer that repeats pixels, and counts."""

    name = "repeating"

    def __init__(self):
        self.calls = 0

    def upscale(self, pixels):
        self.calls += 1
        return pixels.repeat(4, axis=0).repeat(4, axis=1)


@pytest.fixture
def photos(tmp_path):
    return write_noise(tmp_path / "photos", 12, 32, 32, darker=4)


@pytest.fixture
def pack(photos, tmp_path):
    build_pack(photos, tmp_path / "pack", CONFIG, Progress())
    return tmp_path / "pack"


def test_crops_of_everyday_damage_get_one_and_others_none(pack):
    add_peers(pack, Repeating(), minutes=5)
    opened = Pack.open(pack)
    assert 0 < opened.is_everyday.sum() < len(opened.high)
    assert sorted(crop for _, crop in opened.peers) == list(np.flatnonzero(opened.is_everyday))


def test_crops_of_a_cameras_damage_get_what_an_earlier_model_makes_of_them(pack):
    add_earlier(pack, Repeating())
    opened = Pack.open(pack)
    cameras = list(np.flatnonzero(~opened.is_everyday))
    assert sorted(opened.peers) == [(version, crop) for version in range(2) for crop in cameras]
    again = Repeating()
    add_earlier(pack, again)
    assert again.calls == 0


def test_what_is_there_is_not_made_again(pack):
    first, second = Repeating(), Repeating()
    add_peers(pack, first, minutes=5)
    add_peers(pack, second, minutes=5)
    assert first.calls > 0
    assert second.calls == 0


def test_no_time_makes_nothing(pack):
    add_peers(pack, Repeating(), minutes=0)
    assert Pack.open(pack).peers == {}


def test_a_patch_and_its_second_target_are_of_the_same_place(pack):
    add_peers(pack, Repeating(), minutes=5)
    opened = Pack.open(pack)
    for version, crop in opened.peers:
        place = Cut(crop, version, y=2, x=3, turns=1, is_flipped=True)
        low, peer = opened.cut(place, 16)[1], opened.cut_peer(place, 16)
        assert np.array_equal(peer, low.repeat(4, axis=0).repeat(4, axis=1))


def test_the_share_of_patches_with_a_second_target_is_as_asked(pack):
    add_peers(pack, Repeating(), minutes=5)
    opened = Pack.open(pack)
    kept = dict(list(opened.peers.items())[:1])
    few = dataclasses.replace(opened, peers=kept)
    for share, low, high in ((0.0, 0.0, 0.2), (0.5, 0.35, 0.7), (1.0, 1.0, 1.0)):
        stream = BatchStream(few, 16, 40, peer_share=share)
        found = np.mean([stream.batch(step).peer.isfinite().flatten(1).all(1).float().mean() for step in range(4)])
        assert low <= found <= high


def test_a_pack_without_everyday_damage_is_refused(photos, tmp_path):
    build_pack(photos, tmp_path / "mixed", dataclasses.replace(CONFIG, degradation="mixed"), Progress())
    with pytest.raises(RequestError, match="everyday"):
        add_peers(tmp_path / "mixed", Repeating(), minutes=1)


def test_skin_is_known_by_its_color():
    skin, grass = np.full((8, 8, 3), (224, 172, 140), np.uint8), np.full((8, 8, 3), (80, 140, 60), np.uint8)
    assert shows_skin(skin)
    assert not shows_skin(grass)
