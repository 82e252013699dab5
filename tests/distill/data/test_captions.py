"""Captions in training: found next to the photographs, encoded once, and carried by the batches of their patches."""

import dataclasses
import io
import tarfile

import numpy as np
import pytest
import torch
from PIL import Image

from distill.data import BatchStream, PackConfig, build_pack
from distill.data import caption_store as store_module
from distill.data.caption_store import CaptionedBatches, build_caption_store
from distill.data.captions import captions_of
from distill.data.path_list import PathList
from distill.data.photo_stream import PhotoStream
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.progress import Progress
from tests.fakes.tiny_training import make_pack


def encode(texts):
    """A prompt that says how long its text is and how it begins."""
    return [
        Prompt(
            torch.tensor([[float(len(text)), float(ord((text or " ")[0]))]]), torch.full((1, 3, 2), float(len(text)))
        )
        for text in texts
    ]


class Encoder:
    def __init__(self, fails_after=10**6):
        self.texts, self._fails_after = [], fails_after

    def __call__(self, texts):
        if len(self.texts) + len(texts) > self._fails_after:
            raise Cancelled
        self.texts += texts
        return encode(texts)


def test_captions_are_read_from_text_files_and_one_file_for_all(tmp_path):
    photos = [tmp_path / "a.jpg", tmp_path / "deep" / "b.jpg", tmp_path / "c.jpg", tmp_path / "d.jpg"]
    (tmp_path / "a.txt").write_text("boats\nin a harbor ")
    (tmp_path / "d.txt").write_text("passed over")
    (tmp_path / "captions.jsonl").write_text(
        '{"file_name": "deep/b.jpg", "caption": "a  bridge"}\n\n{"file": "d.jpg", "text": "a dog"}\n'
    )
    assert captions_of(photos, tmp_path) == ["boats in a harbor", "a bridge", "", "a dog"]


def test_captions_of_members_of_shards_lie_in_the_shard(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as tar:
        member = tarfile.TarInfo("0001.txt")
        member.size = 7
        tar.addfile(member, io.BytesIO(b"a tower"))
    assert captions_of([tmp_path / "s.tar" / "0001.jpg", tmp_path / "s.tar" / "0002.jpg"], tmp_path) == ["a tower", ""]


@pytest.mark.parametrize("line", ["[]", "{", '{"caption": "x"}', '{"file_name": "a", "caption": 3}', "7"])
def test_a_line_that_is_no_entry_is_named(tmp_path, line):
    (tmp_path / "captions.jsonl").write_text('{"file_name": "a.jpg", "caption": "x"}\n' + line)
    with pytest.raises(RequestError, match=r"Line 2 of .* is no object with"):
        captions_of([], tmp_path)


TEXTS = [f"{'xyz'[n % 3]}{'o' * (n // 2)}" for n in range(10)] + ["", "xo"]


@pytest.fixture
def few_together(monkeypatch):
    monkeypatch.setattr(store_module, "TOGETHER", 4)


@pytest.mark.usefixtures("few_together")
def test_each_text_is_encoded_once_and_found_by_its_photographs(tmp_path):
    encoder = Encoder()
    store = build_caption_store(TEXTS, tmp_path, "these", encoder, Progress())
    assert sorted(encoder.texts) == sorted(set(TEXTS))
    prompt = store.prompt([11, 0, 10])
    expected = encode([TEXTS[11], TEXTS[0], TEXTS[10]])
    assert torch.equal(prompt.pooled, torch.cat([one.pooled for one in expected]))
    assert torch.equal(prompt.tokens, torch.cat([one.tokens for one in expected]))
    again = Encoder()
    build_caption_store(TEXTS, tmp_path, "these", again, Progress())
    assert not again.texts
    build_caption_store(TEXTS, tmp_path, "others", again, Progress())
    assert again.texts


@pytest.mark.usefixtures("few_together")
def test_a_stop_keeps_what_is_encoded(tmp_path):
    with pytest.raises(Cancelled):
        build_caption_store(TEXTS, tmp_path, "these", Encoder(fails_after=6), Progress())
    rest = Encoder()
    build_caption_store(TEXTS, tmp_path, "these", rest, Progress())
    assert len(rest.texts) == len(set(TEXTS)) - 4


def test_batches_of_a_pack_carry_the_prompts_of_their_photographs(tmp_path):
    photos = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        pixels = np.full((40, 40 if number == 1 else 80, 3), 60 * number, np.uint8)
        Image.fromarray(pixels[:8] if number == 0 else pixels).save(path)  # the first is too small
        photos.append(path)
    config = PackConfig(crop_px=32, crops_per_photo=2, versions=1, degradation="camera", has_soft=False)
    pack = build_pack(photos, tmp_path / "pack", config, Progress())
    store = build_caption_store([str(n) for n in range(4)], tmp_path, "", encode, Progress())
    batches = CaptionedBatches(BatchStream(pack, patch_px=16, batch_size=12), store)
    batch = batches.batch(0)
    shown = np.rint((batch.high[:, 0, 0, 0].numpy() + 1) * 127.5) / 60
    assert set(shown) == {1, 2, 3}
    assert np.array_equal(batch.pooled[:, 1].numpy(), shown + ord("0"))
    assert batch.tokens.shape == (12, 3, 2)
    streamed = CaptionedBatches(PhotoStream(PathList(photos), config, 16, 12), store).batch(0)
    shown = np.rint((streamed.high[:, 0, 0, 0].numpy() + 1) * 127.5) / 60
    assert np.array_equal(streamed.pooled[:, 1].numpy(), shown + ord("0"))


def test_crops_that_do_not_know_their_photographs_are_refused(tmp_path):
    store = build_caption_store(["a"], tmp_path, "", encode, Progress())
    stream = BatchStream(dataclasses.replace(make_pack(), photos=None), 16, 2)
    with pytest.raises(RequestError, match="do not say of which photographs"):
        CaptionedBatches(stream, store).batch(0)
