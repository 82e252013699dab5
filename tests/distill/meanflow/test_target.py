"""Targets of the mean velocity, against flows whose mean velocity is known in closed form and against differences of the real
transformer.
"""

import pytest
import torch

from distill.meanflow.target import (
    CORRECTION_BOUND,
    LEAST_ALPHA,
    Flow,
    Interval,
    TargetOptions,
    adaptively_weighted,
    alpha_at,
    alpha_flow,
    bounded_target,
    exact_derivative,
    identity_by_jvp,
    identity_by_secant,
    midpoint_teacher,
    moving_rows,
    rcgm,
    split_mean_flow,
    squared_error,
)
from mfsr_engine.models.prompts import Prompt
from tests.fakes.closed_forms import ALL, constant, gaussian, linear_in_state, linear_in_time, wide
from tests.fakes.tiny_transformer import make_transformer

T = torch.tensor([1.0, 0.9, 0.7, 0.5, 0.3])
R = torch.tensor([0.0, 0.4, 0.65, 0.1, 0.2])
STEPPED = {"secant": identity_by_secant, "rcgm": rcgm, "alphaflow": alpha_flow, "midpoint": midpoint_teacher}
"""Targets with a finite step, or a share of the interval, that can be made small."""
flows = pytest.mark.parametrize("flow", ALL, ids=lambda flow: flow.name)
stepped = pytest.mark.parametrize("kind", STEPPED)


def split(seed=0):
    return split_mean_flow(torch.Generator().manual_seed(seed))


def every_target():
    return {"jvp": identity_by_jvp, "split": split(), **{name: make(0.02) for name, make in STEPPED.items()}}


def states(count=len(T), channels=8, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, channels, 2, 2, generator=generator, dtype=torch.float64).to(dtype)


def interval(u, z, v, r=R, t=T):
    return Interval(z, v, r, t, lambda: u(z, r, t))


def no_teacher(z, t):
    raise AssertionError("only the midpoint target asks the teacher")


def target(kind, u, z, v, r=R, t=T, teacher=no_teacher, **options):
    return bounded_target(kind, Flow(u, teacher), interval(u, z, v, r, t), TargetOptions(**options))


def error(kind, flow):
    """Largest error of a target where the student already is the true mean velocity, in double precision."""
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    found = target(kind, flow.u, z, flow.v(z, t), r, t, teacher=flow.v)
    return float((found - flow.u(z, r, t)).abs().max())


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
    derivative = exact_derivative(flow.u, interval(flow.u, z, flow.v(z, T)))
    torch.testing.assert_close(derivative, flow.derivative(z, R, T), atol=2e-5, rtol=1e-4)


@flows
def test_exact_derivative_in_double_precision_is_exact(flow):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    derivative = exact_derivative(flow.u, interval(flow.u, z, flow.v(z, t), r, t))
    torch.testing.assert_close(derivative, flow.derivative(z, r, t), atol=1e-12, rtol=1e-12)


@flows
def test_the_true_mean_velocity_is_its_own_target_by_the_exact_derivative_and_by_splitting(flow):
    assert error(identity_by_jvp, flow) < 1e-12
    assert all(error(split(seed), flow) < 1e-12 for seed in range(5))


@stepped
@flows
def test_the_true_mean_velocity_is_its_own_target_as_the_step_goes_to_zero(flow, kind):
    assert error(STEPPED[kind](1e-6), flow) < 1e-4


@stepped
@pytest.mark.parametrize("step", [0.003, 0.3, 0.9])
def test_a_constant_flow_is_its_own_target_at_any_step(kind, step):
    assert error(STEPPED[kind](step), constant()) < 1e-12


@pytest.mark.parametrize(("kind", "order"), [("secant", 1), ("rcgm", 1), ("alphaflow", 2)])
@pytest.mark.parametrize("flow", [linear_in_state(), gaussian()], ids=lambda flow: flow.name)
def test_error_of_a_one_sided_step_shrinks_with_the_step(flow, kind, order):
    """AlphaFlow's with the square of its share, as it is as much of the target as of the interval."""
    assert error(STEPPED[kind](1e-2), flow) / error(STEPPED[kind](1e-3), flow) == pytest.approx(10**order, rel=0.25)


@pytest.mark.parametrize("flow", [linear_in_state(), gaussian()], ids=lambda flow: flow.name)
def test_error_of_the_midpoint_shrinks_with_the_cube_of_the_step(flow):
    """Of the square in a step, and a step is as much of the interval as it is long."""
    assert error(midpoint_teacher(2e-2), flow) / error(midpoint_teacher(2e-3), flow) > 700


def test_midpoint_is_exact_where_the_velocity_changes_evenly():
    assert error(midpoint_teacher(0.3), linear_in_time()) < 1e-12


@flows
def test_midpoint_over_the_whole_interval_is_the_teachers_alone(flow):
    z, v = states(), states() * 0.3
    half = (T - R) / 2
    expected = flow.v(z - wide(half, z) * flow.v(z, T), T - half)
    found = target(midpoint_teacher(10.0), lambda z, r, t: 7 + 0 * z, z, v, teacher=flow.v)
    torch.testing.assert_close(found, expected)


@flows
def test_midpoint_adds_the_teachers_step_to_the_students_way(flow):
    """Recomputed from where the student arrives 0.05 before the end."""
    z, student = states(), lambda z, r, t: 0.5 * z + wide(t - r, z)
    last = R + 0.05
    way = wide(T - last, z)
    reached = z - way * student(z, last, T)
    v = flow.v(reached - 0.025 * flow.v(reached, last), last - 0.025)
    arrived = reached - 0.05 * v
    found = target(midpoint_teacher(0.05), student, z, flow.v(z, T), teacher=flow.v)
    torch.testing.assert_close(z - wide(T - R, z) * found, arrived, atol=1e-5, rtol=1e-5)


@flows
def test_splitting_joins_the_ends_of_two_steps(flow):
    """Whatever the student: walking the target is walking its two steps, with a time between them that it was asked for."""
    z, asked = states(), []

    def student(z, r, t):
        asked.append((r, t))
        return 0.5 * z + wide(t - r, z)

    found = bounded_target(split(3), Flow(student, no_teacher), interval(student, z, flow.v(z, T)), TargetOptions())
    ((between, start), (end, again)) = asked
    assert torch.equal(start, T)
    assert torch.equal(end, R)
    assert torch.equal(between, again)
    assert ((between > R) & (between < T)).all()
    half_way = z - wide(T - between, z) * student(z, between, T)
    arrived = half_way - wide(between - R, z) * student(half_way, R, between)
    torch.testing.assert_close(z - wide(T - R, z) * found, arrived, atol=1e-5, rtol=1e-5)


def test_alphaflow_at_one_is_flow_matching_and_at_a_half_looks_half_way():
    z, v = states(), states() * 0.3
    student = lambda z, r, t: z + wide(t - r, z)  # noqa: E731
    assert torch.equal(target(alpha_flow(1.0), student, z, v), v)
    half = wide((T - R) / 2, z)
    torch.testing.assert_close(target(alpha_flow(0.5), student, z, v), 0.5 * v + 0.5 * (z - half * v + half))


def test_alphaflow_of_a_small_share_is_the_secant_of_that_step():
    z, flow = states(dtype=torch.float64), gaussian()
    r, t = torch.zeros(5, dtype=torch.float64), torch.ones(5, dtype=torch.float64)
    found = [target(kind, flow.u, z, flow.v(z, t), r, t) for kind in (alpha_flow(1e-5), identity_by_secant(1e-5))]
    torch.testing.assert_close(*found, atol=1e-4, rtol=1e-4)


def test_share_of_alphaflow_falls_from_one_to_its_least():
    shares = [alpha_at(step, 100) for step in range(0, 201, 10)]
    assert shares[0] == pytest.approx(1.0, abs=1e-4)
    assert shares[5] == pytest.approx(0.5)
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == alpha_at(0, 0) == LEAST_ALPHA


def test_rcgm_corrects_the_present_velocity_by_no_more_than_its_bound():
    z, v = states(), states() * 1000
    student = lambda z, r, t: 0.1 * z  # noqa: E731
    found = target(rcgm(0.02), student, z, v)
    assert ((found - student(z, R, T)).abs() <= CORRECTION_BOUND + 1e-3).all()
    assert ((found - student(z, R, T)).abs() > CORRECTION_BOUND - 1e-3).all()


@flows
def test_rcgm_is_the_way_that_is_left_after_the_first_step(flow):
    """With a student that is wrong by little: its mean velocity over all, less its own way of two steps over the rest, is what it says of
    the first step; the difference of that from v is taken off.
    """
    z, student = states(dtype=torch.float64), lambda z, r, t: 0.1 * z + 0.1 * wide(t - r, z)
    r, t = R.double(), T.double()
    v = flow.v(z, t)
    length = (t - r).clamp(max=0.1)
    start = z - wide(length, z) * v
    middle = (t - length + r) / 2
    first = start - wide(t - length - middle, z) * student(start, middle, t - length)
    arrived = first - wide(middle - r, z) * student(first, r, middle)
    says = (wide(t - r, z) * student(z, r, t) - (start - arrived)) / wide(length, z)
    expected = student(z, r, t) - (says - v).clamp(-CORRECTION_BOUND, CORRECTION_BOUND)
    torch.testing.assert_close(target(rcgm(0.1), student, z, v, r, t), expected)


@flows
def test_step_longer_than_the_interval_is_cut_to_it(flow):
    z, r, t = states(dtype=torch.float64), R.double(), T.double()
    v, length = flow.v(z, t), t - r
    end = flow.v(z - wide(length, z) * v, r)
    found = target(identity_by_secant(10.0), flow.u, z, v, r, t)
    torch.testing.assert_close(found, v - (flow.u(z, r, t) - end))
    torch.testing.assert_close(target(rcgm(10.0), flow.u, z, flow.u(z, r, t) + 0.1, r, t), flow.u(z, r, t) + 0.1)


def test_no_target_asks_for_a_time_outside_the_interval():
    for name, kind in every_target().items():
        asked = []

        def u(z, r, t, asked=asked):
            asked.append((r.detach().clone(), t.detach().clone()))
            return z

        def v(z, t, asked=asked):
            asked.append((t.clone(), t.clone()))
            return z

        target(kind, u, states(), states(), teacher=v)
        assert all((r >= R - 1e-6).all() and (r <= t + 1e-6).all() and (t <= T + 1e-6).all() for r, t in asked), name
        assert name in {"jvp", "split"} or any((t < T).any() for _, t in asked), name


def test_only_samples_that_move_need_a_target_and_there_is_always_one():
    assert moving_rows(R, T).tolist() == [0, 1, 2, 3, 4]
    assert moving_rows(torch.tensor([0.5, 0.1, 0.3]), torch.tensor([0.5, 0.2, 0.3])).tolist() == [1]
    assert moving_rows(T, T).tolist() == [0]


def test_targets_are_numbers_where_the_interval_is_empty():
    """The one sample that is computed where none moves, though nothing is learned from it; the midpoint divides by its length."""
    for name, kind in every_target().items():
        found = target(kind, gaussian().u, states(), states(), r=T, t=T, teacher=gaussian().v)
        assert name == "midpoint" or torch.isfinite(found).all(), name


@flows
def test_jvp_and_secant_agree(flow):
    z = states()
    exact, secant = (target(kind, flow.u, z, flow.v(z, T)) for kind in (identity_by_jvp, identity_by_secant(0.005)))
    torch.testing.assert_close(secant, exact, atol=0.02, rtol=0.02)


@pytest.mark.parametrize(("kind", "tolerance"), [("jvp", 0.02), ("secant", 0.25), ("split", 0.02), ("midpoint", 0.05)])
@flows
def test_target_survives_bf16_autocast(flow, kind, tolerance):
    """Largest error of the target beside the largest value. A secant divides bf16's rounding by its step, the JVP does not."""
    z = states()
    u, v = turned(flow)
    truth = u(z, R, T)
    with torch.autocast("cpu", torch.bfloat16):
        found = target(every_target()[kind], u, z, v(z, T), teacher=v)
    assert found.dtype == torch.float32
    assert (found - truth).abs().max() < tolerance * truth.abs().max()
    assert not torch.equal(found, target(every_target()[kind], u, z, v(z, T), teacher=v))


def test_same_velocity_is_target_and_tangent():
    """With u = z, du/dt along v is v itself: the target is v - (t - r) v, whatever v is."""
    z, v = states(), states() * 3
    found = target(identity_by_jvp, lambda z, r, t: z, z, v)
    torch.testing.assert_close(found, v - wide(T - R, v) * v)


def test_target_carries_no_gradient():
    z, weight = states(), torch.tensor(1.3, requires_grad=True)

    def u(z, r, t):
        return weight * z * wide(t, z)

    for kind in every_target().values():
        assert not target(kind, u, z, states(), teacher=lambda z, t: weight * z).requires_grad


def test_clamp_bounds_the_difference_from_v_and_nothing_else():
    z = states()
    v = torch.full_like(z, 40.0)
    found = target(identity_by_jvp, lambda z, r, t: z, z, v, clamp=5.0)
    torch.testing.assert_close(found, v - (wide(T - R, v) * v).clamp(max=5.0))


def test_normalising_makes_each_samples_derivative_part_of_size_one_but_leaves_small_ones_small():
    """With u = z, du/dt along v is v: a sample whose (t - r) v is g everywhere gets g / (g + 0.1)."""
    z = states()
    sizes = torch.tensor([1000.0, 10.0, 0.9, 1e-4, -20.0]) / (T - R)
    v = wide(sizes, z).expand_as(z).contiguous()
    found = v - target(identity_by_jvp, lambda z, r, t: z, z, v, normalises=True)
    g = (T - R) * sizes
    torch.testing.assert_close(found, wide(g / (g.abs() + 0.1), z).expand_as(z), rtol=1e-3, atol=1e-5)


@flows
def test_a_normalised_tangent_keeps_its_direction(flow):
    z = states()
    v = flow.v(z, T)
    plain = v - target(identity_by_jvp, flow.u, z, v)
    normal = v - target(identity_by_jvp, flow.u, z, v, normalises=True)
    for one, other in zip(plain, normal, strict=True):
        if one.norm() > 1e-4:
            assert torch.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.9999
            assert other.square().mean().sqrt() < 1


def test_the_clamp_bounds_what_is_already_normalised():
    z = states()
    v = torch.full_like(z, 40.0)
    found = v - target(identity_by_jvp, lambda z, r, t: z, z, v, normalises=True, clamp=0.5)
    torch.testing.assert_close(found, torch.full_like(z, 0.5))


def test_warm_up_scales_the_derivative_part_after_the_clamp():
    z = states()
    v = torch.full_like(z, 40.0)
    full = v - target(identity_by_jvp, lambda z, r, t: z, z, v, clamp=5.0)
    part = v - target(identity_by_jvp, lambda z, r, t: z, z, v, clamp=5.0, derivative_weight=0.25)
    torch.testing.assert_close(part, 0.25 * full)
    assert torch.equal(target(identity_by_jvp, lambda z, r, t: z, z, v, derivative_weight=0.0), v)


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
    exact = exact_derivative(transformer, interval(transformer, z, v, r, t))
    h = 1e-5
    difference = (transformer(z + h * v, r, t + h) - transformer(z - h * v, r, t - h)) / (2 * h)
    assert exact.abs().max() > 0.05
    torch.testing.assert_close(exact, difference, atol=1e-7, rtol=1e-6)


def test_secant_of_the_real_transformer_goes_to_its_exact_derivative(transformer):
    z, v = (torch.randn(2, 4, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(s)) for s in (4, 5))
    t, r = torch.tensor([0.8, 0.5], dtype=torch.float64), torch.tensor([0.1, 0.3], dtype=torch.float64)
    exact = exact_derivative(transformer, interval(transformer, z, v, r, t))
    secant = target(identity_by_secant(1e-6), transformer, z, v, r, t)
    torch.testing.assert_close(secant, v - wide(t - r, z) * exact, atol=1e-4, rtol=1e-3)


def test_error_is_the_mean_square_of_each_sample():
    u, target = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
    u[0] += 2
    u[1, 0] += 3
    assert squared_error(u, target).tolist() == pytest.approx([4.0, 3.0])


def test_error_of_bf16_velocities_is_summed_in_fp32():
    u = torch.full((1, 16, 64, 64), 1.0, dtype=torch.bfloat16)
    error = squared_error(u, torch.zeros_like(u))
    assert error.dtype == torch.float32
    assert error.item() == 1.0


def test_adaptive_weight_divides_by_the_loss_itself_without_gradient():
    loss = torch.tensor([4.0, 0.5], requires_grad=True)
    weighted = adaptively_weighted(loss, power=1.0, offset=0.5)
    assert weighted.tolist() == pytest.approx([4 / 4.5, 0.5])
    weighted.sum().backward()
    assert loss.grad.tolist() == pytest.approx([1 / 4.5, 1.0])


def test_power_zero_leaves_the_loss_alone():
    loss = torch.tensor([4.0, 0.5])
    assert torch.equal(adaptively_weighted(loss, power=0.0), loss)


def test_hard_samples_do_not_outweigh_easy_ones():
    loss = torch.tensor([1e6, 1.0])
    assert adaptively_weighted(loss, power=1.0, offset=1e-3).tolist() == pytest.approx([1.0, 1.0], rel=1e-2)
