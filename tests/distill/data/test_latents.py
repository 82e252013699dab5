"""Kept latents: those that training would compute for the same patches, made once, gone on with, and never of another autoencoder."""

import dataclasses
import errno

import numpy as np
import pytest
import torch

from distill.data import Batch, BatchStream, LatentConfig, LatentStream, Pack, build_latents
from distill.data import latents as latents_module
from distill.data.latents import place_of, record_bytes
from distill.training.pairs import flow_pairs
from distill.training.trainer import Trainer
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.progress import Progress
from tests.fakes.tiny_full_size import AveragingCodec, make_full_parts
from tests.fakes.tiny_training import FAST, make_pack, make_run

CONFIG = LatentConfig(patch_px=16, per_crop=3, shape=(4, 2, 2), codec="the one", precision="fp32", seed=5)
CODEC = AveragingCodec()


class Encoder:
    """Counts the patches it encodes; can be told to fail after some."""

    def __init__(self, fails_after=10**6):
        self.count, self._fails_after = 0, fails_after

    def __call__(self, batch):
        if self.count >= self._fails_after:
            raise KeyboardInterrupt
        self.count += len(batch.high)
        pairs = flow_pairs(batch, CODEC)
        return pairs.x, pairs.lr


@pytest.fixture
def pack():
    return dataclasses.replace(make_pack(), identity="of these photographs")


def built(pack, folder, config=CONFIG, encode=None, progress=None):
    return build_latents(pack, folder, config, encode or Encoder(), progress or Progress())


def test_each_latent_is_of_its_own_patch_cut_turned_and_flipped_before_it_is_encoded(pack, tmp_path):
    latents = built(pack, tmp_path)
    assert latents.shape == (18, 2, 4, 2, 2)
    assert latents.dtype == np.float16
    for number in range(18):
        place = place_of(pack, CONFIG, number)
        high, low, _ = pack.cut(place, 16)
        pixels = [torch.from_numpy(p.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1) for p in (high, low)]
        pairs = flow_pairs(Batch(pixels[0], pixels[1], pixels[0]), CODEC)
        torch.testing.assert_close(
            torch.from_numpy(latents[number, 0].astype(np.float32)), pairs.x[0], atol=2e-3, rtol=1e-3
        )
        torch.testing.assert_close(
            torch.from_numpy(latents[number, 1].astype(np.float32)), pairs.lr[0], atol=2e-3, rtol=1e-3
        )


def test_the_patches_of_a_crop_differ_in_place_turn_and_damage(pack):
    config = dataclasses.replace(CONFIG, per_crop=40)
    places = [place_of(pack, config, number) for number in range(240)]
    assert [place.crop for place in places] == [number // 40 for number in range(240)]
    assert {place.version for place in places[:40]} == {0, 1, 2}
    assert {place.turns for place in places[:40]} == {0, 1, 2, 3}
    assert {place.is_flipped for place in places[:40]} == {True, False}
    assert {(place.y, place.x) for place in places} == {(y, x) for y in range(5) for x in range(5)}


def test_they_are_made_once_and_the_same_again_to_the_byte(pack, tmp_path):
    first, again = Encoder(), Encoder()
    one = np.array(built(pack, tmp_path / "a", encode=first))
    built(pack, tmp_path / "a", encode=again)
    assert (first.count, again.count) == (18, 0)
    assert np.array_equal(one, built(pack, tmp_path / "b"))


@pytest.mark.parametrize("cut_short_bytes", [0, 7])
def test_what_was_done_before_a_crash_is_not_done_again(pack, tmp_path, cut_short_bytes):
    whole = np.array(built(pack, tmp_path / "undisturbed"))
    first, second = Encoder(fails_after=8), Encoder()
    with pytest.raises(KeyboardInterrupt):
        built(pack, tmp_path / "a", encode=first)
    [partial] = (tmp_path / "a").rglob("latents.partial")
    assert partial.stat().st_size == 8 * record_bytes(CONFIG)
    partial.write_bytes(partial.read_bytes()[: partial.stat().st_size - cut_short_bytes])
    latents = built(pack, tmp_path / "a", encode=second)
    assert second.count == 18 - 8 + (cut_short_bytes > 0)
    assert np.array_equal(latents, whole)
    assert not partial.exists()


def test_a_stop_keeps_what_is_done(pack, tmp_path):
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == 8 else None)
    with pytest.raises(Cancelled):
        built(pack, tmp_path, progress=progress)
    rest = Encoder()
    built(pack, tmp_path, encode=rest)
    assert rest.count == 6  # the wish is seen at the next look


@pytest.mark.parametrize(
    "change",
    [{"codec": "another"}, {"precision": "bf16"}, {"patch_px": 8, "shape": (4, 1, 1)}, {"seed": 6}, {"per_crop": 2}],
)
def test_latents_of_another_autoencoder_or_other_patches_are_never_used(pack, tmp_path, change):
    built(pack, tmp_path)
    other, encode = dataclasses.replace(CONFIG, **change), Encoder()
    latents = built(pack, tmp_path, other, encode)
    assert encode.count == len(latents) == 6 * other.per_crop
    mine = Encoder()
    built(pack, tmp_path, encode=mine)  # both have a place
    assert mine.count == 0


def test_latents_of_another_pack_or_with_a_wrong_description_are_made_again(pack, tmp_path):
    built(pack, tmp_path)
    encode = Encoder()
    built(dataclasses.replace(pack, identity="of others"), tmp_path, encode=encode)
    assert encode.count == 18
    for about in tmp_path.rglob("about.json"):
        about.write_text(about.read_text().replace("the one", "a wrong one"))
    again = Encoder()
    built(pack, tmp_path, encode=again)
    assert again.count == 18


def test_a_damaged_file_is_made_again(pack, tmp_path):
    whole = np.array(built(pack, tmp_path))
    [file] = tmp_path.rglob("latents.bin")
    file.write_bytes(file.read_bytes()[:-1])
    assert np.array_equal(built(pack, tmp_path), whole)


def test_a_full_disk_is_said_in_words_and_what_is_done_is_kept(pack, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(latents_module, "_append", full)
    with pytest.raises(RequestError, match=r"No space left on device\. What is done is kept; make room"):
        built(pack, tmp_path)


def test_a_patch_larger_than_its_crop_is_refused(pack, tmp_path):
    with pytest.raises(RequestError, match="cannot be cut from crops of 32"):
        built(pack, tmp_path, dataclasses.replace(CONFIG, patch_px=64))


def stream(pack, folder, **changes):
    return LatentStream(pack, built(pack, folder), CONFIG, batch_size=4, **changes)


def test_a_batch_depends_on_seed_process_and_step_alone_and_has_pixels_and_latents_of_one_place(pack, tmp_path):
    one, other = stream(pack, tmp_path), stream(pack, tmp_path)
    batches = [one.batch(step) for step in range(4)]
    for step in reversed(range(4)):
        again = other.batch(step)
        assert all(
            torch.equal(getattr(again, part), getattr(batches[step], part)) for part in ("high", "low", "x", "lr")
        )
    for change in ({"seed": 1}, {"process": 1}):
        assert not torch.equal(stream(pack, tmp_path, **change).batch(0).x, batches[0].x)
    for batch in batches:
        computed = flow_pairs(Batch(batch.high, batch.low, batch.soft), CODEC)
        kept = flow_pairs(batch, CODEC)
        torch.testing.assert_close(kept.x, computed.x, atol=2e-3, rtol=1e-3)
        torch.testing.assert_close(kept.lr, computed.lr, atol=2e-3, rtol=1e-3)


class Uncached:
    """The same patches, but their latents are computed at every step."""

    def __init__(self, inner):
        self._inner, self.batch_size = inner, inner.batch_size

    def batch(self, step):
        batch = self._inner.batch(step)
        return Batch(batch.high, batch.low, batch.soft)


@pytest.mark.usefixtures("fresh_accelerator")
def test_training_on_kept_latents_is_training_on_computed_ones(pack, tmp_path):
    kept = stream(pack, tmp_path / "pack")
    networks = []
    for name, batches in (("kept", kept), ("computed", Uncached(kept))):
        parts = make_full_parts(stream=batches)
        before = {key: value.clone() for key, value in parts.network.state_dict().items()}
        Trainer(tmp_path / name, make_run(8), FAST, parts).train(Progress())
        networks.append(parts.network.state_dict())
    moved = sum(float((networks[1][key] - before[key]).square().sum()) for key in before) ** 0.5
    apart = sum(float((networks[1][key] - networks[0][key]).square().sum()) for key in before) ** 0.5
    assert moved > 0.1
    assert apart < 0.02 * moved


def test_batches_without_kept_latents_draw_what_they_always_drew():
    """A run that was begun before latents could be kept goes on with the same patches."""
    batch = BatchStream(make_pack(), patch_px=16, batch_size=2).batch(0)
    assert batch.x is None
    generator = np.random.default_rng([0, 0, 0])
    versions, count, low_px = make_pack().low.shape[:3]
    version, number = generator.integers(versions), generator.integers(count)
    y, x = generator.integers(0, low_px - 4 + 1, size=2)
    turned = np.rot90(make_pack().low[version, number, y : y + 4, x : x + 4], int(generator.integers(4)))
    expected = turned[:, ::-1] if generator.integers(2) else turned
    assert np.array_equal(np.rint((batch.low[0].permute(1, 2, 0).numpy() + 1) * 127.5), expected)


def test_a_pack_in_memory_has_no_identity_and_one_on_disk_has_that_of_its_content(tmp_path):
    (tmp_path / "pack.json").write_text("{}")
    for name in ("high", "low", "soft"):
        np.save(tmp_path / f"{name}.npy", np.zeros((1, 4, 4, 3), np.uint8))
    first = Pack.open(tmp_path).identity
    (tmp_path / "pack.json").write_text("{ }")
    assert make_pack().identity == ""
    assert len(first) == 64
    assert Pack.open(tmp_path).identity != first
