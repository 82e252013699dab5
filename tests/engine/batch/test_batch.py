"""Many pictures: which, where to, what became of each."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from mfsr_engine import images
from mfsr_engine.api import (
    ColorCorrection,
    MaskedAreas,
    ModelInfo,
    UpscaleRequest,
    UpscaleResult,
    UpscaleSettings,
    UpscaleStream,
)
from mfsr_engine.batch import batch
from mfsr_engine.batch.batch import Done, Failed, Outcome, Skipped, run_batch
from mfsr_engine.batch.naming import Conflict, Naming, RunFacts, Template
from mfsr_engine.batch.planning import BatchItem, plan_items
from mfsr_engine.errors import Cancelled, ImageReadError, ImageWriteError, OutOfMemoryError
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.images.areas import kept_areas
from mfsr_engine.images.reading import header_size
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.captions import Caption, recorded
from tests.fakes.streams import streamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mfsr_engine.strips import Piece


class Doubler:
    """Repeats pixels, so that no model is needed; fails as told."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.calls = 0

    def models(self) -> list[ModelInfo]:
        return []

    def warm_up(self, settings: UpscaleSettings, progress: Progress) -> None: ...

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        self.calls += 1
        if self.error is not None:
            raise self.error
        pixels = images.to_float(request.pixels).repeat(2, axis=0).repeat(2, axis=1)
        alpha = None if request.alpha is None else images.to_float(request.alpha).repeat(2, axis=0).repeat(2, axis=1)
        return UpscaleResult(pixels, alpha, "doubler", 1, request.settings.seed, "cpu", "fp32", 0.1, ("a note",))

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        return streamed(self.upscale(request, progress))


def put(path: Path, size: Size = Size(6, 4)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).random((size.height, size.width, 3), dtype=np.float32)
    images.write(path, pixels, kept=images.KeptMetadata())
    return path


def put_text(path: Path) -> Path:
    path.write_text("words")
    return path


def run(items: list[BatchItem], upscaler: Doubler | None = None) -> list[Outcome]:
    return list(run_batch(items, UpscaleSettings(), upscaler or Doubler(), lambda item: Progress()))


def names(items: list[BatchItem], root: Path) -> list[str]:
    return [item.target.relative_to(root).as_posix() for item in items]


def test_a_result_lies_beside_its_source_with_the_factor_in_its_name(tmp_path: Path) -> None:
    items = plan_items([put(tmp_path / "a.b.jpg")], Naming())
    assert names(items, tmp_path) == ["a.b_4x.png"]
    outcome = run(items)[0]
    assert isinstance(outcome, Done)
    assert outcome.size == Size(12, 8)
    assert (outcome.model, outcome.notes) == ("doubler", ("a note",))
    assert images.read(outcome.path).size == Size(12, 8)


@pytest.mark.parametrize(
    ("output", "expected"),
    [("out.webp", "out.webp"), ("folder", "folder/a_4x.png"), ("there", "there/a_4x.png")],
)
def test_output_is_a_file_if_it_has_an_ending_and_a_folder_otherwise(
    tmp_path: Path, output: str, expected: str
) -> None:
    (tmp_path / "there").mkdir()
    items = plan_items([put(tmp_path / "a.png")], Naming(output=tmp_path / output))
    assert names(items, tmp_path) == [expected]
    assert isinstance(run(items)[0], Done)


def test_the_ending_can_be_chosen(tmp_path: Path) -> None:
    items = plan_items([put(tmp_path / "a.png")], Naming("_2x", ending=".jpg"))
    assert names(items, tmp_path) == ["a_2x.jpg"]


def test_a_folder_keeps_its_tree_and_leaves_out_what_is_no_picture(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("b.png", "deep/er/a.jpg", "deep/c.tiff", ".hidden/x.png"):
        put(photos / name)
    (photos / "notes.txt").write_text("not a picture")
    items = plan_items([photos], Naming())
    assert names(items, tmp_path) == ["photos_4x/b_4x.png", "photos_4x/deep/c_4x.png", "photos_4x/deep/er/a_4x.png"]
    assert all(isinstance(outcome, Done) for outcome in run(items))


def test_pictures_that_differ_in_their_ending_alone_stay_apart(tmp_path: Path) -> None:
    put(tmp_path / "p" / "a.png")
    put(tmp_path / "p" / "a.jpg")
    put(tmp_path / "p" / "b.jpg")
    assert names(plan_items([tmp_path / "p"], Naming()), tmp_path) == [
        "p_4x/a_jpg_4x.png",
        "p_4x/a_png_4x.png",
        "p_4x/b_4x.png",
    ]


def test_several_folders_into_one(tmp_path: Path) -> None:
    inputs = [put(tmp_path / "x" / "a.png").parent, put(tmp_path / "y" / "a.png").parent, put(tmp_path / "c.png")]
    items = plan_items(inputs, Naming(output=tmp_path / "out"))
    assert names(items, tmp_path) == ["out/x/a_4x.png", "out/y/a_4x.png", "out/c_4x.png"]


def test_results_inside_the_source_folder_are_no_sources(tmp_path: Path) -> None:
    put(tmp_path / "p" / "a.png")
    naming = Naming(output=tmp_path / "p" / "large")
    run(plan_items([tmp_path / "p"], naming))
    assert len(plan_items([tmp_path / "p"], naming)) == 1


def test_a_folder_run_again_does_what_is_missing(tmp_path: Path) -> None:
    put(tmp_path / "p" / "a.png")
    assert isinstance(run(plan_items([tmp_path / "p"], Naming()))[0], Done)
    put(tmp_path / "p" / "b.png")
    upscaler = Doubler()
    first, second = run(plan_items([tmp_path / "p"], Naming()), upscaler)
    assert isinstance(first, Skipped)
    assert isinstance(second, Done)
    assert upscaler.calls == 1
    again = run(plan_items([tmp_path / "p"], Naming(), overwrite=True))
    assert [type(outcome) for outcome in again] == [Done, Done]


def test_a_single_result_that_exists_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    source = put(tmp_path / "a.png")
    taken = put(tmp_path / "a_4x.png")
    before, upscaler = taken.read_bytes(), Doubler()
    outcome = run(plan_items([source], Naming()), upscaler)[0]
    assert isinstance(outcome, Failed)
    assert "exists already" in str(outcome.error)
    assert upscaler.calls == 0
    assert taken.read_bytes() == before
    assert isinstance(run(plan_items([source], Naming(), overwrite=True))[0], Done)
    assert taken.read_bytes() != before


def test_a_unique_name_is_found_where_asked(tmp_path: Path) -> None:
    item = BatchItem(put(tmp_path / "a.png"), put(tmp_path / "out.png"), Conflict.UNIQUE)
    done = [run([item])[0] for _ in range(2)]
    assert [outcome.path.name for outcome in done if isinstance(outcome, Done)] == ["out 2.png", "out 3.png"]


def test_a_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.png").write_bytes(b"no picture")
    (tmp_path / "p" / "b.png").write_bytes(b"")
    good = put(tmp_path / "p" / "c.png")
    cut = tmp_path / "p" / "d.png"
    cut.write_bytes(good.read_bytes()[:80])
    outcomes = run(plan_items([tmp_path / "p"], Naming()))
    assert [type(outcome) for outcome in outcomes] == [Failed, Failed, Done, Failed]
    assert sorted(path.name for path in (tmp_path / "p_4x").rglob("*")) == ["c_4x.png"]


def test_blocks_of_a_strongly_compressed_file_are_smoothed_and_said(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:32, 0:48]
    values = np.repeat((4 * rows + 2 * columns + 20)[..., None], 3, axis=2).astype(np.uint8)
    for quality in (10, 90):
        Image.fromarray(values).save(tmp_path / f"{quality}.jpg", quality=quality)
    outcomes = [
        one for one in run(plan_items([tmp_path / "10.jpg", tmp_path / "90.jpg"], Naming())) if isinstance(one, Done)
    ]
    strong, weak = (one.notes for one in outcomes)
    assert any("blocks (quality 10) were smoothed" in note for note in strong)
    assert not any("blocks" in note for note in weak)


def test_a_missing_file_is_an_outcome_of_its_own(tmp_path: Path) -> None:
    outcomes = run(plan_items([tmp_path / "no.png", put(tmp_path / "a.png")], Naming()))
    assert [type(outcome) for outcome in outcomes] == [Failed, Done]


def test_memory_that_runs_out_is_an_outcome_too(tmp_path: Path) -> None:
    upscaler = Doubler()
    upscaler.error = MemoryError()
    outcome = run(plan_items([put(tmp_path / "a.png")], Naming()), upscaler)[0]
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, OutOfMemoryError)
    assert str(outcome.error).startswith("The result of a.png does not fit into memory.")


def test_what_does_not_fit_into_memory_is_told_with_the_size_of_the_result(tmp_path: Path) -> None:
    upscaler, facts = Doubler(), RunFacts("doubler", 1, 0, TargetSize(factor=3), 2)
    upscaler.error = MemoryError()
    outcome = run([BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", facts=facts)], upscaler)[0]
    assert isinstance(outcome, Failed)
    assert str(outcome.error).startswith("The result of a.png (18 x 12 pixels) does not fit into memory.")


def test_a_disk_that_fails_is_an_outcome_too_and_the_rest_goes_on(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        put(tmp_path / "p" / name)
    upscaler = Doubler()
    upscaler.error = OSError(errno.EIO, "Input/output error")
    outcomes = run(plan_items([tmp_path / "p"], Naming()), upscaler)
    assert upscaler.calls == 2
    for outcome in outcomes:
        assert isinstance(outcome, Failed)
        assert "Input/output error" in str(outcome.error)
        assert outcome.item.source.name in str(outcome.error)


def test_a_stop_ends_the_batch_and_leaves_no_file(tmp_path: Path) -> None:
    upscaler = Doubler()
    upscaler.error = Cancelled()
    items = plan_items([put(tmp_path / "a.png"), put(tmp_path / "b.png")], Naming())
    with pytest.raises(Cancelled):
        run(items, upscaler)
    assert upscaler.calls == 1
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "b.png"}


def test_a_stop_while_writing_lets_that_file_be_finished_and_ends_the_batch(tmp_path: Path) -> None:
    progress = Progress(on_report=lambda report: progress.cancel() if report.stage == "Writing" else None)
    outcomes = run_batch(
        plan_items([put(tmp_path / "a.png"), put(tmp_path / "b.png")], Naming()),
        UpscaleSettings(),
        Doubler(),
        lambda item: progress,
    )
    assert isinstance(next(outcomes), Done)
    with pytest.raises(Cancelled):
        next(outcomes)
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "b.png", "a_4x.png"}


@pytest.mark.parametrize("target", ["file.txt/result.png", "deep/file.txt/x/result.png"])
def test_a_place_that_cannot_hold_a_file_is_known_before_anything_is_computed(tmp_path: Path, target: str) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("file.txt", "deep/file.txt"):
        (tmp_path / name).write_text("in the way")
    upscaler = Doubler()
    outcome = run([BatchItem(put(tmp_path / "a.png"), tmp_path / target)], upscaler)[0]
    assert isinstance(outcome, Failed)
    assert "not a folder" in str(outcome.error)
    assert upscaler.calls == 0


def test_a_folder_that_may_not_be_written_to_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch.os, "access", lambda path, mode: False)
    outcome = run([BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png")])[0]
    assert isinstance(outcome, Failed)
    assert "may not be written" in str(outcome.error)


def test_a_result_that_cannot_be_read_again_does_not_count_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: Path, *args: object, **options: object) -> images.WrittenFile:
        path.write_bytes(b"\x89PNG half")
        return images.WrittenFile(path)

    item = plan_items([put(tmp_path / "a.png")], Naming())[0]
    monkeypatch.setattr(images, "write_pieces", damaged)
    outcome = run([item])[0]
    assert isinstance(outcome, Failed)
    assert "cannot be read again" in str(outcome.error)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tiff"])
@pytest.mark.parametrize("depth", [8, 16])
def test_every_format_passes_the_check_after_writing(
    tmp_path: Path, ending: str, depth: images.picture.DepthBits
) -> None:
    item = plan_items([put(tmp_path / "a.png")], Naming(ending=ending))[0]

    def options(result: UpscaleStream) -> images.WriteOptions:
        return images.WriteOptions(depth=depth)

    outcome = next(run_batch([item], UpscaleSettings(), Doubler(), lambda _: Progress(), options))
    assert isinstance(outcome, Done)


def test_a_result_never_replaces_its_source(tmp_path: Path) -> None:
    source = put(tmp_path / "a.png")
    with pytest.raises(ImageWriteError, match="would replace it"):
        plan_items([source], Naming(output=source), overwrite=True)


def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    inputs = [put(tmp_path / "x" / "a.png"), put(tmp_path / "y" / "a.png")]
    with pytest.raises(ImageWriteError, match="would both become"):
        plan_items(inputs, Naming(output=tmp_path / "out"))


def test_a_folder_without_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImageReadError, match="holds no picture"):
        plan_items([tmp_path], Naming())


def test_an_ending_that_cannot_be_written_is_known_before_anything_is_computed(tmp_path: Path) -> None:
    with pytest.raises(ImageWriteError, match="xyz"):
        plan_items([put(tmp_path / "a.png")], Naming(output=tmp_path / "b.xyz"))


def test_if_changed_replaces_what_is_older_or_made_otherwise(tmp_path: Path) -> None:
    source, target = put(tmp_path / "a.png"), tmp_path / "b.png"
    facts = RunFacts("doubler", 1, 0, TargetSize(), 2)
    item = BatchItem(source, target, Conflict.CHANGED, facts)
    assert isinstance(run([item])[0], Done)
    assert isinstance(run([item])[0], Skipped)
    for other in (replace(facts, steps=2), replace(facts, model="x"), replace(facts, size=TargetSize(factor=3))):
        assert isinstance(run([replace(item, facts=other)])[0], Done), other
    later = target.stat().st_mtime + 10
    os.utime(source, (later, later))
    assert isinstance(run([item])[0], Done)
    target.write_bytes(b"broken")
    os.utime(target, (later + 10, later + 10))
    assert isinstance(run([item])[0], Done)


@pytest.mark.parametrize(
    "settings",
    [
        UpscaleSettings(fidelity=0.5),
        UpscaleSettings(guidance=4.0),
        UpscaleSettings(color=ColorCorrection.WAVELET),
        UpscaleSettings(is_tileable=True),
        UpscaleSettings(passes=2),
    ],
)
def test_if_changed_heeds_everything_that_changes_the_picture(tmp_path: Path, settings: UpscaleSettings) -> None:
    facts = RunFacts("doubler", 1, 0, TargetSize(), 2)
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", Conflict.CHANGED, facts)

    def once(settings: UpscaleSettings) -> Outcome:
        (outcome,) = run_batch([item], settings, Doubler(), lambda item: Progress())
        return outcome

    assert isinstance(once(UpscaleSettings()), Done)
    assert isinstance(once(settings), Done)
    assert isinstance(once(settings), Skipped)
    assert isinstance(once(UpscaleSettings()), Done)


def test_if_changed_heeds_areas(tmp_path: Path) -> None:
    facts = RunFacts("doubler", 1, 0, TargetSize(), 2)
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", Conflict.CHANGED, facts)
    size = header_size(item.source)
    mask = np.zeros((size.height, size.width), np.uint8)
    mask[0] = 255
    masked = replace(item, areas=kept_areas(tmp_path / "masks", MaskedAreas(mask)))
    os.utime(masked.areas.path, (0, 0))

    def once(item: BatchItem) -> type[Outcome]:
        return type(run([item])[0])

    assert [once(item), once(masked), once(masked), once(item)] == [Done, Done, Skipped, Done]
    assert once(masked) is Done
    later = item.target.stat().st_mtime + 10
    os.utime(masked.areas.path, (later, later))
    assert once(masked) is Done
    masked.areas.path.unlink()
    assert once(masked) is Failed


def test_if_changed_takes_a_result_for_auto_only_with_a_fidelity_that_auto_can_give(tmp_path: Path) -> None:
    facts = RunFacts("doubler", 1, 0, TargetSize(), 2)
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", Conflict.CHANGED, facts)

    def once(settings: UpscaleSettings) -> Outcome:
        (outcome,) = run_batch([item], settings, Doubler(), lambda item: Progress())
        return outcome

    assert isinstance(once(UpscaleSettings(fidelity=1.0)), Done)
    assert isinstance(once(UpscaleSettings(is_fidelity_auto=True)), Done)
    assert isinstance(once(UpscaleSettings(is_fidelity_auto=True)), Skipped)


class Listener(Doubler):
    """Hears captions, unless it is deaf."""

    is_deaf = False

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        heard = "" if self.is_deaf else recorded(request.settings.prompt)
        return replace(super().upscale(request, progress), caption=heard)


def test_if_changed_heeds_the_caption_wherever_it_comes_from(tmp_path: Path) -> None:
    facts = RunFacts("doubler", 1, 0, TargetSize(), 2, takes_caption=True)
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", Conflict.CHANGED, facts)
    os.utime(put_text(tmp_path / "a.txt"), (0, 0))

    def once(asked: str = "", beside: str = "") -> type[Outcome]:
        captioned = replace(item, caption=Caption(beside))
        return type(next(run_batch([captioned], UpscaleSettings(prompt=asked), Listener(), lambda _: Progress())))

    assert [once(), once()] == [Done, Skipped]
    assert [once("a boat"), once("a boat"), once(beside="a boat")] == [Done, Skipped, Skipped]
    assert [once(beside="a mast"), once(beside="a mast\n")] == [Done, Skipped]
    assert once("letters " * 1000) is Done
    assert once("letters " * 1000) is Skipped
    assert once() is Done


def test_a_caption_that_cannot_be_used_does_not_make_a_result_anew_every_time(tmp_path: Path) -> None:
    facts, upscaler = RunFacts("doubler", 1, 0, TargetSize(), 2), Listener()
    upscaler.is_deaf = True
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png", Conflict.CHANGED, facts)
    settings = UpscaleSettings(prompt="a boat")
    outcomes = [next(run_batch([item], settings, upscaler, lambda _: Progress())) for _ in range(2)]
    assert [type(outcome) for outcome in outcomes] == [Done, Skipped]


def test_a_result_never_replaces_its_source_even_if_overwriting(tmp_path: Path) -> None:
    source = put(tmp_path / "a.png")
    before = source.read_bytes()
    outcome = run([BatchItem(source, source, Conflict.OVERWRITE)])[0]
    assert isinstance(outcome, Failed)
    assert source.read_bytes() == before


def test_the_target_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    upscaler, told = Doubler(), []
    item = BatchItem(put(tmp_path / "a.png"), put(tmp_path / "b.png"), Conflict.UNIQUE)

    def tell(path: Path) -> None:
        told.append((path.name, upscaler.calls))

    batch.upscale_file(item, UpscaleSettings(), upscaler, Progress(), on_target=tell)
    assert told == [("b 2.png", 0)]


WHATEVER = [
    NotImplementedError("packed in an unusual way"), RecursionError("maximum recursion depth exceeded"), KeyError("shape"),
    struct.error("unpack requires a buffer"), ZeroDivisionError("division by zero"), AssertionError(), MemoryError(),
    OSError(errno.ELOOP, "Too many levels of symbolic links", "a.png"), BufferError("locked"), Exception("a line\nand one"),
]  # fmt: skip


@pytest.mark.parametrize("error", WHATEVER, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_for_one_picture_the_others_are_done(tmp_path: Path, error: Exception) -> None:
    class FailsOnce(Doubler):
        def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
            self.error = error if self.calls == 0 else None
            return super().upscale(request, progress)

    for name in ("a.png", "b.png"):
        put(tmp_path / "p" / name)
    failed, done = run(plan_items([tmp_path / "p"], Naming()), FailsOnce())
    assert isinstance(done, Done)
    assert isinstance(failed, Failed)
    assert str(failed.error).count("a.png") == 1
    assert "\n" not in str(failed.error)
    assert failed.error.__cause__ is error


def test_a_link_to_itself_is_one_failure_and_the_rest_is_done(tmp_path: Path) -> None:
    folder = put(tmp_path / "p" / "b.png").parent
    (folder / "a.png").symlink_to(folder / "a.png")
    (folder / "c.png").symlink_to(folder / "nowhere")
    (folder / "d").symlink_to(folder / "d")
    template = Template("{name}_{width}", RunFacts("doubler", 1, 0, TargetSize(), 2))
    outcomes = run(plan_items([folder, folder / "a.png"], Naming(template=template)))
    assert [type(outcome) for outcome in outcomes] == [Failed, Done, Failed, Failed]
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            assert str(outcome.error).count(outcome.item.source.name) == 1


def link(kind: str, path: Path, source: Path) -> Path:
    if kind == "link":
        path.symlink_to(source)
    else:
        path.hardlink_to(source)
    return path


@pytest.mark.parametrize("kind", ["link", "hard link"])
def test_a_source_is_known_under_every_name(tmp_path: Path, kind: str) -> None:
    source = put(tmp_path / "a.png")
    before, alias = source.read_bytes(), link(kind, tmp_path / "b.png", source)
    with pytest.raises(ImageWriteError, match="would replace"):
        plan_items([source], Naming(output=alias), overwrite=True)
    outcome = run([BatchItem(source, alias, Conflict.OVERWRITE)])[0]
    assert isinstance(outcome, Failed)
    assert source.read_bytes() == alias.read_bytes() == before


def test_no_input_is_replaced_by_the_result_of_another(tmp_path: Path) -> None:
    for name in ("a.png", "a_4x.png"):
        put(tmp_path / name)
    inputs = [tmp_path / "a.png", tmp_path / "a_4x.png"]
    with pytest.raises(ImageWriteError, match=r"a\.png would replace .*a_4x\.png, which is an input"):
        plan_items(inputs, Naming(), overwrite=True)
    first, _ = run(plan_items(inputs, Naming(), conflict=Conflict.SKIP))
    assert isinstance(first, Skipped)


def test_a_photograph_that_is_overwritten_is_kept_under_another_name(tmp_path: Path) -> None:
    source, target = put(tmp_path / "a.png"), put(tmp_path / "b.png", Size(9, 9))
    before = target.read_bytes()
    for _ in range(2):
        (outcome,) = run(plan_items([source], Naming(output=target), overwrite=True))
        assert isinstance(outcome, Done)
    assert images.read(target).size == Size(12, 8)
    assert (tmp_path / "b original.png").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 3


class Meddler(Doubler):
    """Does something to files while the first result is being written."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        super().__init__()
        self.meddle = meddle

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        stream = super().stream(request, progress)
        return replace(stream, pieces=self.meddled(stream.pieces)) if self.calls == 1 else stream

    def meddled(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        self.meddle()
        yield from pieces


def test_a_result_that_came_up_meanwhile_counts_as_done_before(tmp_path: Path) -> None:
    folder, result = put(tmp_path / "p" / "a.png").parent, tmp_path / "p_4x" / "a_4x.png"
    (outcome,) = run(plan_items([folder], Naming()), Meddler(lambda: put(result)))
    assert isinstance(outcome, Skipped)
    assert images.read(result).size == Size(6, 4)
    assert list(result.parent.iterdir()) == [result]


def two(tmp_path: Path) -> tuple[list[BatchItem], Path]:
    for name in ("a.png", "b.png"):
        put(tmp_path / "p" / name)
    return plan_items([tmp_path / "p"], Naming()), tmp_path / "p_4x"


@pytest.mark.skipif(os.name == "nt", reason="there a folder with an open file cannot be removed")
def test_an_output_folder_that_is_removed_costs_one_picture(tmp_path: Path) -> None:
    items, results = two(tmp_path)
    failed, done = run(items, Meddler(lambda: shutil.rmtree(results)))
    assert isinstance(failed, Failed)
    assert "a_4x.png cannot be written (No such file" in str(failed.error)
    assert isinstance(done, Done)
    assert [path.name for path in results.iterdir()] == ["b_4x.png"]


@pytest.mark.parametrize(("number", "words"), [(errno.EROFS, "may not be written"), (errno.ENOENT, "No such file")])
def test_an_output_folder_that_can_no_longer_be_written_to_is_said_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    items, results = two(tmp_path)
    link_file, replace_file = os.link, os.replace

    def first_refused(really: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def move(old: Path, new: Path) -> None:
            if new.name == "a_4x.png":
                raise OSError(number, os.strerror(number))
            really(old, new)

        return move

    monkeypatch.setattr(os, "link", first_refused(link_file))
    monkeypatch.setattr(os, "replace", first_refused(replace_file))
    failed, done = run(items)
    assert isinstance(failed, Failed)
    assert words in str(failed.error)
    assert isinstance(done, Done)
    assert [path.name for path in results.iterdir()] == ["b_4x.png"]


@pytest.mark.skipif(os.name == "nt", reason="there a folder with an open file cannot be removed")
def test_an_output_folder_that_becomes_a_file_is_said(tmp_path: Path) -> None:
    items, results = two(tmp_path)

    def become_a_file() -> None:
        shutil.rmtree(results)
        results.touch()

    for outcome in run(items, Meddler(become_a_file)):
        assert isinstance(outcome, Failed)
        assert "not a folder" in str(outcome.error)


@pytest.mark.parametrize(
    ("meddle", "words"),
    [(lambda path: path.unlink(), "no file"), (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n"), "damaged")],
)
def test_an_input_that_is_deleted_or_spoilt_during_the_run_is_one_outcome(
    tmp_path: Path, meddle: Callable[[Path], object], words: str
) -> None:
    items, _ = two(tmp_path)
    done, failed = run(items, Meddler(lambda: meddle(items[1].source)))
    assert isinstance(done, Done)
    assert isinstance(failed, Failed)
    assert words in str(failed.error)


def test_an_input_that_is_deleted_once_it_was_read_is_done(tmp_path: Path) -> None:
    items, _ = two(tmp_path)
    assert isinstance(run(items, Meddler(lambda: items[0].source.unlink()))[0], Done)


def test_a_name_that_is_too_long_is_said_before_anything_is_computed(tmp_path: Path) -> None:
    upscaler = Doubler()
    (outcome,) = run([BatchItem(put(tmp_path / "a.png"), tmp_path / ("b" * 300 + ".png"))], upscaler)
    assert isinstance(outcome, Failed)
    assert "too long" in str(outcome.error)
    assert upscaler.calls == 0


def test_a_source_of_the_longest_name_has_a_result(tmp_path: Path) -> None:
    folder = put(tmp_path / "p" / ("a" * 251 + ".png")).parent
    (outcome,) = run(plan_items([folder], Naming()))
    assert isinstance(outcome, Done)


class Meanwhile(Doubler):
    """Another process writes results while this one computes."""

    def __init__(self, *taken: Path) -> None:
        super().__init__()
        self.taken = taken

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        for path in self.taken:
            path.write_bytes(b"of another process")
        return super().upscale(request, progress)


@pytest.mark.parametrize("has_links", [True, False])
def test_a_unique_name_that_is_taken_meanwhile_is_left_to_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def no_link(*names: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no links here")

    if not has_links:
        monkeypatch.setattr(os, "link", no_link)
    target = tmp_path / "b.png"
    target.write_bytes(b"was there")
    second, third = tmp_path / "b 2.png", tmp_path / "b 3.png"
    item = BatchItem(put(tmp_path / "a.png"), target, Conflict.UNIQUE)
    (outcome,) = run([item], Meanwhile(second, third))
    assert isinstance(outcome, Done)
    assert outcome.path == tmp_path / "b 4.png"
    assert images.read(outcome.path).size == Size(12, 8)
    assert [path.read_bytes() for path in (target, second, third)] == [b"was there", *[b"of another process"] * 2]
    assert len(list(tmp_path.iterdir())) == 5


def test_a_name_that_was_free_at_first_is_left_too(tmp_path: Path) -> None:
    target = tmp_path / "b.png"
    (outcome,) = run([BatchItem(put(tmp_path / "a.png"), target, Conflict.UNIQUE)], Meanwhile(target))
    assert isinstance(outcome, Done)
    assert outcome.path == tmp_path / "b 2.png"
    assert target.read_bytes() == b"of another process"
