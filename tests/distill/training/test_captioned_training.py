"""Training under captions: teacher and student see the prompt of each photograph, or both the null prompt for a share of batches."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from distill.config import EndPointLosses
from distill.networks.prompted import PromptName
from distill.training import streams
from distill.training.endpoint import EndPointLoss
from distill.training.recipe_checks import check
from distill.training.train import build_trainer
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.models.dit4sr import text_encoders
from mfsr_engine.models.families import all_text_encoders
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.progress import Progress
from tests.fakes.tiny_full_size import AveragingCodec, make_full_parts, make_full_stream, make_full_teacher


@dataclasses.dataclass
class Recording:
    """A network that notes the prompts it is asked under."""

    network: torch.nn.Module
    asked: list[object] = dataclasses.field(default_factory=list)

    def __call__(self, z, lr, names, t, r):
        self.asked.append(names)
        return self.network(z, lr, names, t, r)


def learned(null_share, is_captioned=True, **losses):
    """Prompts of the teacher's and of the student's calls in one batch of two, and the batch."""
    parts = make_full_parts(derivative="secant")
    teacher = Recording(parts.objective.teacher.model)
    student, bare = Recording(parts.network), Recording(parts.network)
    end_point = EndPointLoss(EndPointLosses(**losses), AveragingCodec(), bare, {}) if losses else None
    guided = dataclasses.replace(parts.objective.teacher, model=teacher, scale=1.0)
    objective = dataclasses.replace(
        parts.objective,
        teacher=guided,
        bare_network=bare,
        end_point=end_point,
        null=make_full_teacher().prompt(PromptName.NULL),
        null_share=null_share,
    )
    batch = make_full_stream().batch(0)
    if is_captioned:
        batch = dataclasses.replace(batch, pooled=torch.randn(2, 10), tokens=torch.randn(2, 5, 12))
    report = objective(student, batch, 0, torch.Generator().manual_seed(3))
    return teacher.asked, [*student.asked, *bare.asked], batch, report


def test_teacher_and_student_see_the_captions_of_their_photographs():
    teacher, student, batch, report = learned(0.0)
    assert torch.isfinite(report.loss)
    for asked in (*teacher, *student):
        assert torch.equal(asked.tokens, batch.tokens)
        assert torch.equal(asked.pooled, batch.pooled)


def test_so_do_the_end_point_losses_on_as_many_as_they_judge():
    _, student, batch, _ = learned(0.0, pixel=1.0, batch_size=1)
    judged = [asked for asked in student if len(asked.pooled) == 1]
    assert judged
    assert all(torch.equal(asked.tokens, batch.tokens[:1]) for asked in judged)


def test_under_the_null_prompt_both_see_it():
    null = make_full_teacher().prompt(PromptName.NULL)
    teacher, student, _, _ = learned(1.0)
    for asked in (*teacher, *student):
        assert torch.equal(asked.tokens, null.tokens.expand(2, -1, -1))


def test_a_fifth_of_the_batches_is_without_captions():
    parts = make_full_parts()
    objective = dataclasses.replace(parts.objective, null=make_full_teacher().prompt(PromptName.NULL), null_share=0.2)
    batch = dataclasses.replace(make_full_stream().batch(0), pooled=torch.randn(2, 10), tokens=torch.randn(2, 5, 12))
    generator = torch.Generator().manual_seed(0)
    nulls = sum(objective._captions(batch, generator).tokens.shape[1] == 3 for _ in range(1000))
    assert 150 < nulls < 250


def test_without_captions_the_models_own_prompts_are_learned_and_nothing_is_drawn():
    teacher, student, _, report = learned(0.2, is_captioned=False)
    assert all(torch.equal(names, torch.zeros(2, dtype=torch.long)) for names in student)
    assert all(isinstance(asked, Prompt) for asked in teacher)
    assert torch.equal(report.loss, learned(0.0, is_captioned=False)[3].loss)


@pytest.fixture
def captions(photos):
    (photos / "captions.jsonl").write_text('{"file_name": "photo-0.png", "caption": "a boat"}\n')
    (photos / "photo-1.txt").write_text("a tower")


@pytest.mark.usefixtures("home", "captions", "fresh_accelerator")
def test_captions_are_encoded_once_and_trained_on(full_recipe, tmp_path, monkeypatch):
    recipe = full_recipe(data={"captions": True})
    monkeypatch.setattr("distill.training.recipe_checks.caption_problem", lambda _: "")
    encoded = []

    def encode(texts, folder, progress):
        assert folder == encoders_dir(all_text_encoders()[0])
        encoded.extend(texts)
        own = streams.load_prompts(Path(recipe.objective.teacher)).positive
        tokens = torch.zeros_like(own.tokens, dtype=torch.float32)
        return [Prompt(torch.zeros_like(own.pooled, dtype=torch.float32), tokens + len(text)) for text in texts]

    monkeypatch.setattr(text_encoders, "encode_texts", encode)
    trainer = build_trainer(recipe, tmp_path / "run", tmp_path / "pack", Progress())
    assert {text.split(" ")[1] for text in encoded if text.startswith("a ")} == {"boat", "tower"}
    assert len(encoded) == 3  # and the model's own text, once
    trainer.train(Progress())
    assert trainer.step == recipe.run.steps
    lengths = {len(text) for text in encoded}
    batch = trainer._parts.stream.batch(0)
    assert {int(value) for value in np.unique(batch.tokens.numpy())} <= lengths
    build_trainer(recipe, tmp_path / "run", tmp_path / "pack", Progress())
    assert len(encoded) == 3


@pytest.mark.usefixtures("home")
def test_captions_without_encoders_or_a_teacher_that_takes_text_are_refused(full_recipe, recipe):
    with pytest.raises(RequestError, match=r"Captions cannot be encoded: .* Or set data\.captions = false"):
        check(full_recipe(data={"captions": True}))
    with pytest.raises(RequestError, match="Only a student of a full-size teacher takes captions"):
        check(recipe(data={"captions": True}))
