"""Networks with their prompts, and a student that starts as its teacher."""

import torch

from distill.networks.prompted import PromptName, new_teacher, student_of
from mfsr_engine.models.compact.network import CompactConfig


def inputs():
    generator = torch.Generator().manual_seed(5)
    z, lr = (torch.randn(3, 48, 4, 4, generator=generator) for _ in range(2))
    return z, lr, torch.tensor([0, 1, 2]), torch.tensor([1.0, 0.6, 0.3])


def test_student_answers_as_its_teacher_whatever_time_it_aims_at(tiny_teacher):
    z, lr, names, t = inputs()
    expected, student = tiny_teacher(z, lr, names, t, t), student_of(tiny_teacher)
    for r in (t, t * 0.5, t * 0):
        torch.testing.assert_close(student(z, lr, names, t, r), expected)


def test_student_can_learn_to_tell_intervals_apart(tiny_teacher):
    z, lr, names, t = inputs()
    student = student_of(tiny_teacher)
    student(z, lr, names, t, t * 0.5).square().mean().backward()
    assert student.velocity.interval_embedder[-1].weight.grad.abs().sum() > 0


def test_student_keeps_its_teachers_prompts(tiny_teacher):
    student = student_of(tiny_teacher)
    assert torch.equal(student.prompts.weight, tiny_teacher.prompts.weight)
    assert not student.prompts.weight.requires_grad


def test_each_row_of_the_table_is_a_prompt(tiny_teacher):
    z, lr, names, t = inputs()
    together = tiny_teacher(z, lr, names, t, t)
    for row, name in enumerate(PromptName):
        alone = tiny_teacher.velocity(
            z[row : row + 1], lr[row : row + 1], tiny_teacher.prompt(name), t[[row]], t[[row]]
        )
        torch.testing.assert_close(alone[0], together[row], atol=1e-5, rtol=1e-4)
    assert (together[0] - tiny_teacher(z, lr, names[[1, 1, 1]], t, t)[0]).abs().max() > 1e-4


def test_fresh_teacher_depends_on_the_seed_alone():
    config = CompactConfig(width=8, blocks=1, embedding=16)
    torch.manual_seed(11)
    first = new_teacher(config, 0)
    after = torch.rand(1)
    torch.manual_seed(11)
    assert torch.equal(torch.rand(1), after)  # the global generator was left alone
    again, other = new_teacher(config, 0), new_teacher(config, 1)
    assert torch.equal(first.velocity.conv_first.weight, again.velocity.conv_first.weight)
    assert not torch.equal(first.velocity.conv_first.weight, other.velocity.conv_first.weight)
