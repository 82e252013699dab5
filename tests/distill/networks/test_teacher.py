"""The guided teacher's velocity."""

import pytest
import torch

from distill.networks.teacher import GuidedTeacher
from mfsr_engine.models.prompts import Prompt


class Spelled:
    """Answers (prompt + t) everywhere, and counts its passes."""

    def __init__(self):
        self.passes = 0

    def __call__(self, z, lr, prompt, t, r):
        assert torch.equal(t, r)
        self.passes += 1
        tokens = 0 if prompt.tokens is None else prompt.tokens.sum(dim=(1, 2))
        return z * 0 + (prompt.pooled[:, 0] + tokens + t)[:, None, None, None]


Z, LR, T = torch.zeros(3, 2, 4, 4), torch.zeros(3, 2, 4, 4), torch.tensor([0.1, 0.5, 1.0])


def guided(scale, tokens=None):
    positive, negative = (Prompt(torch.tensor([[value]]), tokens) for value in (3.0, 1.0))
    return GuidedTeacher(Spelled(), positive, negative, scale)


@pytest.mark.parametrize(("scale", "expected"), [(0.0, 1.0), (0.5, 2.0), (1.0, 3.0), (2.0, 5.0), (8.0, 17.0)])
def test_velocity_leads_from_the_negative_prompt_past_the_positive_one(scale, expected):
    """v(negative) + w (v(positive) - v(negative)) with v(negative) = 1 + t and v(positive) = 3 + t."""
    velocity = guided(scale).velocity(Z, LR, T)
    torch.testing.assert_close(velocity[:, 0, 0, 0], expected + T)


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_one_pass_serves_both_prompts(scale):
    teacher = guided(scale)
    teacher.velocity(Z, LR, T)
    assert teacher.model.passes == 1


def test_token_embeddings_are_guided_too():
    velocity = guided(2.0, tokens=torch.ones(1, 2, 2)).velocity(Z, LR, T)
    torch.testing.assert_close(velocity[:, 0, 0, 0], 5.0 + 4.0 + T)


def test_velocity_has_no_gradient():
    z = Z.clone().requires_grad_(True)
    assert not guided(2.0).velocity(z, LR, T).requires_grad


def test_prompts_of_different_lengths_are_asked_one_after_the_other():
    """Attention knows no mask, so a longer prompt must not fill up a shorter one."""
    positive, negative = (Prompt(torch.tensor([[v]]), torch.ones(1, n, 2)) for v, n in ((3.0, 333), (1.0, 154)))
    teacher = GuidedTeacher(Spelled(), positive, negative, 2.0)
    velocity = teacher.velocity(Z, LR, T)
    assert teacher.model.passes == 2
    toward, away = 3.0 + 2 * 333, 1.0 + 2 * 154
    torch.testing.assert_close(velocity[:, 0, 0, 0], away + 2.0 * (toward - away) + T)


def test_without_guidance_no_negative_prompt_is_needed():
    teacher = GuidedTeacher(Spelled(), Prompt(torch.tensor([[3.0]])), None, 1.0)
    torch.testing.assert_close(teacher.velocity(Z, LR, T)[:, 0, 0, 0], 3.0 + T)
