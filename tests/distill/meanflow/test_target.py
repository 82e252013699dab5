"""The MeanFlow target, against flows whose mean velocity is known in closed form and against differences of the real transformer."""

import pytest
import torch

from distill.meanflow.target import (
    TargetOptions,
    derivative_named,
    exact_derivative,
    mean_velocity_target,
    secant_derivative,
)
from mfsr_engine.models.velocity import Prompt
from tests.fakes.closed_forms import ALL, constant, gaussian, linear_in_state, linear_in_time, wide
from tests.fakes.tiny_transformer import make_transformer

T = torch.tensor([1.0, 0.9, 0.7, 0.5, 0.3])
R = torch.tensor([0.0, 0.4, 0.65, 0.1, 0.2])
flows = pytest.mark.parametrize("flow", ALL, ids=lambda flow: flow.name)


def states(count=len(T), channels=8, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, channels, 2, 2, generator=generator, dtype=torch.float64).to(dtype)


def target(u, z, v, derivative, r=R, t=T, **options):
    return mean_velocity_target(u, z, v, r, t, derivative, TargetOptions(**options))


def turned(flow, channels=8):
    """The same flow in turned coordinates, by matrix products as a network has them, so that autocast rounds them to bf16."""
    turn, _ = torch.linalg.qr(torch.randn(channels, channels, generator=torch.Generator().manual_seed(1)))

    def back(x):
        return torch.einsum("bchw,cd->bdhw", x, turn).to(x.dtype)

    def there(x):
        return torch.einsum("bchw,cd->bdhw", x, turn.T).to(x.dtype)

    return (
        lambda z, r, t: there(flow.u(back(z), r, t)),
        lambda z, t: there(flow.v(back(z), t)),
    )


@flows
def test_exact_derivative_is_the_analytic_one(flow):
    z = states()
    derivative = exact_derivative(flow.u, z, flow.v(z, T), R, T)
    torch.testing.assert_close(derivative, flow.derivative(z, R, T), atol=2e-5, rtol=1e-4)


@flows
def test_exact_derivative_in_double_precision_is_exact(flow):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    derivative = exact_derivative(flow.u, z, flow.v(z, t), r, t)
    torch.testing.assert_close(derivative, flow.derivative(z, r, t), atol=1e-12, rtol=1e-12)


@flows
def test_target_of_the_true_mean_velocity_is_itself(flow):
    z = states()
    found = target(flow.u, z, flow.v(z, T), exact_derivative)
    torch.testing.assert_close(found, flow.u(z, R, T), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("step", [1e-3, 0.02, 0.3, 1.0])
@pytest.mark.parametrize("flow", [constant(), linear_in_time()], ids=lambda flow: flow.name)
def test_secant_is_exact_at_any_step_where_the_mean_velocity_changes_evenly(flow, step):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    derivative = secant_derivative(step)(flow.u, z, flow.v(z, t), r, t)
    if flow.name == "constant" or step < 0.05:  # beyond, a curved path is left by a straight step; u does not see z
        torch.testing.assert_close(derivative, flow.derivative(z, r, t), atol=1e-9, rtol=1e-9)
    found = target(flow.u, z, flow.v(z, t), secant_derivative(step), r, t)
    torch.testing.assert_close(found, flow.u(z, r, t), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("flow", [linear_in_state(), gaussian()], ids=lambda flow: flow.name)
def test_error_of_the_secant_shrinks_with_its_step(flow):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    truth = flow.derivative(z, r, t)

    def error(step):
        return float((secant_derivative(step)(flow.u, z, flow.v(z, t), r, t) - truth).abs().max())

    assert error(1e-2) / error(1e-3) == pytest.approx(10, rel=0.2)
    assert error(1e-5) < 1e-3 * truth.abs().max()


@flows
def test_step_longer_than_the_interval_is_cut_to_it_and_looks_at_the_instantaneous_velocity_of_its_end(flow):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    v, length = flow.v(z, t), t - r
    end = flow.v(z - wide(length, z) * v, r)
    found = secant_derivative(10.0)(flow.u, z, v, r, t)
    torch.testing.assert_close(found, (flow.u(z, r, t) - end) / wide(length, z))


def test_secant_never_asks_for_a_time_outside_the_interval():
    asked = []

    def u(z, r, t):
        asked.append((r.clone(), t.clone()))
        return z

    secant_derivative(0.3)(u, states(), states(), R, T)
    assert all((r <= t + 1e-7).all() and (t <= T).all() and torch.equal(r, R) for r, t in asked)
    assert any((t < T).any() for _, t in asked)


@pytest.mark.parametrize("kind", ["jvp", "secant"])
@flows
def test_where_the_times_are_equal_the_target_is_the_instantaneous_velocity(flow, kind):
    z, v = states(), states() * 0.3
    found = target(flow.u, z, v, derivative_named(kind, 0.02), r=T, t=T)
    assert torch.equal(found, v)


@flows
def test_both_derivatives_agree_through_one_interface(flow):
    z = states()
    exact, secant = (derivative_named(kind, 0.005)(flow.u, z, flow.v(z, T), R, T) for kind in ("jvp", "secant"))
    torch.testing.assert_close(secant, exact, atol=0.02, rtol=0.02)


@pytest.mark.parametrize(("kind", "tolerance"), [("jvp", 0.02), ("secant", 0.25)])
@flows
def test_target_survives_bf16_autocast(flow, kind, tolerance):
    """Largest error of the target beside the largest value. A secant divides bf16's rounding by its step, the JVP does not."""
    z = states()
    u, v = turned(flow)
    truth = u(z, R, T)
    with torch.autocast("cpu", torch.bfloat16):
        found = target(u, z, v(z, T), derivative_named(kind, 0.02))
    assert found.dtype == torch.float32
    assert (found - truth).abs().max() < tolerance * truth.abs().max()
    assert not torch.equal(found, target(u, z, v(z, T), derivative_named(kind, 0.02)))


def test_same_velocity_is_target_and_tangent():
    """With u = z, du/dt along v is v itself: the target is v - (t - r) v, whatever v is."""
    z, v = states(), states() * 3
    found = target(lambda z, r, t: z, z, v, exact_derivative)
    torch.testing.assert_close(found, v - wide(T - R, v) * v)


def test_target_carries_no_gradient():
    z, weight = states(), torch.tensor(1.3, requires_grad=True)
    for kind in ("jvp", "secant"):
        found = target(lambda z, r, t: weight * z * wide(t, z), z, states(), derivative_named(kind, 0.02))
        assert not found.requires_grad


def test_clamp_bounds_the_derivative_part_and_nothing_else():
    z = states()
    v = torch.full_like(z, 40.0)
    found = target(lambda z, r, t: z, z, v, exact_derivative, clamp=5.0)
    torch.testing.assert_close(found, v - (wide(T - R, v) * v).clamp(max=5.0))


def test_normalising_makes_each_samples_derivative_part_of_size_one_but_leaves_small_ones_small():
    """With u = z, du/dt along v is v: a sample whose (t - r) v is g everywhere gets g / (g + 0.1)."""
    z = states()
    sizes = torch.tensor([1000.0, 10.0, 0.9, 1e-4, -20.0]) / (T - R)
    v = wide(sizes, z).expand_as(z).contiguous()
    found = v - target(lambda z, r, t: z, z, v, exact_derivative, normalises=True)
    g = (T - R) * sizes
    torch.testing.assert_close(found, wide(g / (g.abs() + 0.1), z).expand_as(z), rtol=1e-3, atol=1e-5)


@flows
def test_a_normalised_tangent_keeps_its_direction(flow):
    z = states()
    v = flow.v(z, T)
    plain = v - target(flow.u, z, v, exact_derivative)
    normal = v - target(flow.u, z, v, exact_derivative, normalises=True)
    for one, other in zip(plain, normal, strict=True):
        if one.norm() > 1e-4:
            assert torch.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.9999
            assert other.square().mean().sqrt() < 1


def test_the_clamp_bounds_what_is_already_normalised():
    z = states()
    v = torch.full_like(z, 40.0)
    found = v - target(lambda z, r, t: z, z, v, exact_derivative, normalises=True, clamp=0.5)
    torch.testing.assert_close(found, torch.full_like(z, 0.5))


def test_warm_up_scales_the_derivative_part_after_the_clamp():
    z = states()
    v = torch.full_like(z, 40.0)
    full = v - target(lambda z, r, t: z, z, v, exact_derivative, clamp=5.0)
    part = v - target(lambda z, r, t: z, z, v, exact_derivative, clamp=5.0, derivative_weight=0.25)
    torch.testing.assert_close(part, 0.25 * full)
    assert torch.equal(target(lambda z, r, t: z, z, v, exact_derivative, derivative_weight=0.0), v)


@pytest.fixture
def transformer():
    """The real full-size class at a few thousand parameters, in double precision, as a mean velocity of (z, r, t)."""
    network = make_transformer().double().eval().requires_grad_(False)
    lr = torch.randn(2, 4, 4, 4, dtype=torch.float64)
    prompt = Prompt(torch.randn(1, 10, dtype=torch.float64), torch.randn(1, 3, 12, dtype=torch.float64))
    return lambda z, r, t: network(z, lr, prompt, t, r)


def test_exact_derivative_of_the_real_transformer_equals_finite_differences(transformer):
    z, v = (torch.randn(2, 4, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(s)) for s in (4, 5))
    t, r = torch.tensor([0.8, 0.5], dtype=torch.float64), torch.tensor([0.1, 0.3], dtype=torch.float64)
    exact = exact_derivative(transformer, z, v, r, t)
    h = 1e-5
    difference = (transformer(z + h * v, r, t + h) - transformer(z - h * v, r, t - h)) / (2 * h)
    assert exact.abs().max() > 0.05
    torch.testing.assert_close(exact, difference, atol=1e-7, rtol=1e-6)


def test_secant_of_the_real_transformer_goes_to_its_exact_derivative(transformer):
    z, v = (torch.randn(2, 4, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(s)) for s in (4, 5))
    t, r = torch.tensor([0.8, 0.5], dtype=torch.float64), torch.tensor([0.1, 0.3], dtype=torch.float64)
    exact = exact_derivative(transformer, z, v, r, t)
    torch.testing.assert_close(secant_derivative(1e-6)(transformer, z, v, r, t), exact, atol=1e-4, rtol=1e-3)
