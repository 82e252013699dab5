"""What the full-size velocity model answers, at sizes of a few thousand parameters."""

import copy
import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F
from diffusers import SD3Transformer2DModel
from torch.nn.attention import SDPBackend, sdpa_kernel

from mfsr_engine.errors import ModelError
from mfsr_engine.models.dit4sr.attention import RMSNorm, plain_attention
from mfsr_engine.models.dit4sr.embeddings import sinusoid
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig
from mfsr_engine.models.prompts import Prompt
from tests.fakes.tiny_transformer import tiny_config

pytestmark = pytest.mark.usefixtures("one_thread")

STUDENT = tiny_config(num_layers=3, num_attention_heads=3, dual_attention_layers=(0, 2))
PUBLISHED = {name: getattr(TransformerConfig(), name) for name in ("lr_keys", "time_unit", "has_interval")}
TINY = dataclasses.replace(STUDENT, **PUBLISHED)


def build(config, dtype=torch.float32):
    torch.manual_seed(1)
    model = VelocityTransformer(config)
    with torch.no_grad():
        for norm in (module for module in model.modules() if isinstance(module, RMSNorm)):
            norm.weight.uniform_(0.5, 1.5)
    return model.to(dtype).eval()


def inputs(config, h=6, w=10, batch=2, dtype=torch.float32):
    random = torch.Generator().manual_seed(2)

    def normal(*shape):
        return torch.randn(shape, generator=random, dtype=torch.float64).to(dtype)

    z, lr = (normal(batch, config.in_channels, h, w) for _ in range(2))
    prompt = Prompt(normal(batch, config.pooled_projection_dim), normal(batch, 5, config.joint_attention_dim))
    time_dtype = torch.promote_types(dtype, torch.float32)
    return z, lr, prompt, torch.linspace(0.9, 0.4, batch).to(time_dtype), torch.linspace(0.3, 0.1, batch).to(time_dtype)


@pytest.mark.parametrize("config", [TINY, STUDENT])
@pytest.mark.parametrize(("h", "w"), [(8, 8), (6, 10), (2, 16), (2, 2)])
def test_any_token_grid_gives_a_velocity_of_the_shape_of_z(config, h, w):
    z, lr, prompt, t, r = inputs(config, h, w)
    velocity = build(config)(z, lr, prompt, t, r)
    assert velocity.shape == z.shape
    assert velocity.dtype == z.dtype
    assert velocity.isfinite().all()


def test_low_resolution_convolution_sees_neighbours_on_a_grid_that_is_not_square():
    config = dataclasses.replace(TINY, num_layers=1, dual_attention_layers=())
    model = build(config)
    with torch.no_grad():  # leaves the convolution as the only way from lr to the answer
        model.transformer_blocks[0].attn.to_v_control.weight.zero_()
    z, lr, prompt, t, _ = inputs(config, 6, 10, batch=1)
    poked = lr.clone()
    poked[:, :, 2:4, 4:6] += 1  # token (1, 2) of 3 x 5
    change = (model(z, poked, prompt, t) - model(z, lr, prompt, t)).abs().amax(1)
    touched = F.max_pool2d(change, 2)[0] > 1e-6
    expected = torch.zeros(3, 5, dtype=torch.bool)
    expected[0:3, 1:4] = True
    assert torch.equal(touched, expected)


@pytest.mark.parametrize("size", [(7, 8), (8, 9), (0, 8)])
def test_sizes_that_do_not_divide_into_patches_are_refused(size):
    z, lr, prompt, t, r = inputs(TINY, *size)
    with pytest.raises(ModelError, match="Pad the picture"):
        build(TINY)(z, lr, prompt, t, r)


def test_condition_of_another_size_is_refused():
    z, lr, prompt, t, r = inputs(TINY, 8, 8)
    with pytest.raises(ModelError, match="both of one size"):
        build(TINY)(z, lr[..., :4], prompt, t, r)


def test_latent_larger_than_the_position_table_is_refused():
    z, lr, prompt, t, r = inputs(TINY, 2, 42)
    with pytest.raises(ModelError, match="smaller tiles"):
        build(TINY)(z, lr, prompt, t, r)


def test_prompt_that_does_not_fit_is_refused():
    z, lr, prompt, t, r = inputs(TINY)
    with pytest.raises(ModelError, match="token embeddings"):
        build(TINY)(z, lr, Prompt(prompt.pooled), t, r)
    with pytest.raises(ModelError, match="12 and 10"):
        build(TINY)(z, lr, Prompt(prompt.pooled[:, :4], prompt.tokens), t, r)


def test_positions_equal_the_cropped_sd3_table():
    from diffusers.models.embeddings import PatchEmbed

    reference = PatchEmbed(16, 16, 2, 4, TINY.width, pos_embed_max_size=20)
    ours = build(TINY).pos_embed
    for h, w in [(8, 8), (3, 5), (20, 1), (20, 20)]:
        expected = reference.cropped_pos_embed(2 * h, 2 * w)[0]
        assert torch.allclose(ours.positions(h, w, torch.device("cpu")), expected, atol=1e-6)


def test_where_low_resolution_tokens_are_like_the_image_it_is_stable_diffusion_3():
    """With z = lr, neutral control maps and a doubled text, all is there twice, which the softmax does not notice."""
    config = dataclasses.replace(TINY, lr_keys="own", control_conv_scale=0.0)
    model = build(config)
    for block in model.transformer_blocks:
        for attention in filter(None, (block.attn, block.attn2)):
            make_control_neutral(attention)
    published = config.to_json() | {"caption_projection_dim": config.width}
    ours_only = ("lr_keys", "time_unit", "has_interval", "control_conv_scale")
    sd3 = SD3Transformer2DModel(**{name: value for name, value in published.items() if name not in ours_only}).eval()
    shared = {name: tensor for name, tensor in model.state_dict().items() if "control" not in name}
    result = sd3.load_state_dict(shared, strict=False)
    assert (result.missing_keys, result.unexpected_keys) == (["pos_embed.pos_embed"], [])
    z, _, prompt, t, _ = inputs(config, 6, 10)
    ours = model(z, z, Prompt(prompt.pooled, prompt.tokens.repeat(1, 2, 1)), t)
    theirs = sd3(z, prompt.tokens, prompt.pooled, t * 1000, return_dict=False)[0]
    assert torch.allclose(ours, theirs, atol=1e-5 * theirs.abs().max().item())


def make_control_neutral(attention):
    """Control maps of the identity; the output map takes away the input that is added before it."""

    class WithoutInput(torch.nn.Module):
        def forward(self, x):
            return attention.to_out[0](x - self.low_input)

    def remember(module, args):
        out.low_input = args[0].chunk(2, dim=1)[1]

    with torch.no_grad():
        for control in (attention.to_q_control, attention.to_k_control, attention.to_v_control):
            control.weight.copy_(torch.eye(control.in_features))
            control.bias.zero_()
    out = WithoutInput()
    attention.to_q.register_forward_pre_hook(remember)
    attention.to_out_control = out


def test_the_two_kinds_of_keys_differ():
    z, lr, prompt, t, r = inputs(TINY)
    bug, fixed = build(TINY), build(dataclasses.replace(TINY, lr_keys="own"))
    fixed.load_state_dict(bug.state_dict())
    assert not torch.allclose(bug(z, lr, prompt, t, r), fixed(z, lr, prompt, t, r), atol=1e-3)


def test_keys_of_the_image_are_normed_twice_where_they_stand_for_low_resolution_ones():
    model = build(TINY)
    attention = model.transformer_blocks[0].attn
    keys = []

    def spy(query, key, value):
        keys.append(key)
        return F.scaled_dot_product_attention(query, key, value)

    model.attention = spy
    model(*inputs(TINY, 4, 4))
    image, low, _ = keys[0].split([4, 4, 5], dim=2)
    assert torch.allclose(low, attention.norm_k(image), atol=1e-6)
    assert not torch.allclose(low, image, atol=1e-2)


def test_own_keys_map_is_not_used_where_the_image_keys_take_its_place():
    z, lr, prompt, t, r = inputs(TINY)
    model = build(TINY)
    before = model(z, lr, prompt, t, r)
    with torch.no_grad():
        model.transformer_blocks[0].attn.to_k_control.weight.add_(1)
    assert torch.equal(model(z, lr, prompt, t, r), before)


def test_prompt_of_one_is_repeated():
    z, lr, prompt, t, r = inputs(STUDENT)
    one = Prompt(prompt.pooled[:1], prompt.tokens[:1])
    two = Prompt(prompt.pooled[:1].repeat(2, 1), prompt.tokens[:1].repeat(2, 1, 1))
    model = build(STUDENT)
    assert torch.equal(model(z, lr, one, t, r), model(z, lr, two, t, r))


def test_teacher_answers_the_velocity_at_t_whatever_r():
    z, lr, prompt, t, r = inputs(TINY)
    model = build(TINY)
    assert torch.equal(model(z, lr, prompt, t), model(z, lr, prompt, t, t))
    assert torch.equal(model(z, lr, prompt, t), model(z, lr, prompt, t, r))


def test_student_without_r_answers_as_with_r_equal_t():
    z, lr, prompt, t, r = inputs(STUDENT)
    model = build(STUDENT)
    assert torch.equal(model(z, lr, prompt, t), model(z, lr, prompt, t, t))
    assert not torch.allclose(model(z, lr, prompt, t), model(z, lr, prompt, t, r), atol=1e-4)


def test_interval_embedding_takes_r_first_and_t_second():
    z, lr, prompt, t, r = inputs(STUDENT)
    model = build(STUDENT)
    with torch.no_grad():
        model.time_text_embed.interval_embedder[0].weight[:, : STUDENT.width] = 0
    expected = model(z, lr, prompt, t, r)
    assert torch.equal(model(z, lr, prompt, t, r / 2), expected)
    assert not torch.allclose(model(z, lr, prompt, t / 2, r), expected, atol=1e-4)


def test_low_resolution_convolution_is_scaled_as_configured():
    z, lr, prompt, t, _ = inputs(TINY)
    scaled, plain = build(TINY), build(dataclasses.replace(TINY, control_conv_scale=1.0))
    with torch.no_grad():
        for block in plain.transformer_blocks:
            block.ff.control_conv.weight.mul_(1.2)
            block.ff.control_conv.bias.mul_(1.2)
    assert torch.allclose(scaled(z, lr, prompt, t), plain(z, lr, prompt, t), atol=1e-5)


def test_model_can_learn_after_it_ran_in_inference_mode():
    model = build(STUDENT)
    with torch.inference_mode():
        model(*inputs(STUDENT))
    model(*inputs(STUDENT)).sum().backward()
    assert model.pos_embed.proj.weight.grad.any()


def test_time_is_in_the_unit_of_the_family():
    z, lr, prompt, t, _ = inputs(TINY)
    thousand, one = build(TINY), build(dataclasses.replace(TINY, time_unit=1.0))
    assert torch.equal(thousand(z, lr, prompt, t), one(z, lr, prompt, t * 1000))


def test_samples_of_a_batch_do_not_touch():
    z, lr, prompt, t, r = inputs(STUDENT)
    model = build(STUDENT)
    second = model(z[1:], lr[1:], Prompt(prompt.pooled[1:], prompt.tokens[1:]), t[1:], r[1:])
    assert torch.allclose(model(z, lr, prompt, t, r)[1:], second, atol=1e-5)


# The last block gives no text, so nothing asks the text what it attends to.
SILENT = [
    f"transformer_blocks.2.attn.{name}" for name in ("add_q_proj.weight", "add_q_proj.bias", "norm_added_q.weight")
]


def test_gradients_reach_every_parameter_that_the_output_depends_on():
    model = build(STUDENT)
    model(*inputs(STUDENT)).square().sum().backward()
    silent = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == SILENT


def directional(model, config, attention_context):
    z, lr, prompt, t, r = inputs(config, 4, 6, dtype=torch.float64)
    tangent = torch.randn(z.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))

    def f(z, t, r):
        return model(z, lr, prompt, t, r)

    with attention_context, torch.no_grad():
        value, derivative = torch.func.jvp(f, (z, t, r), (tangent, torch.ones_like(t), torch.zeros_like(r)))
    step = 1e-6 if config.time_unit == 1 else 1e-8
    with torch.no_grad():
        difference = (f(z + step * tangent, t + step, r) - f(z - step * tangent, t - step, r)) / (2 * step)
    assert torch.allclose(value, f(z, t, r), atol=1e-10)
    return derivative, difference


@pytest.mark.parametrize(("config", "tolerance"), [(STUDENT, 1e-7), (TINY, 1e-5)])
@pytest.mark.parametrize("attention", ["math", "plain"])
def test_forward_derivative_equals_differences_in_double_precision(config, tolerance, attention):
    model = build(config, torch.float64)
    if attention == "plain":
        model.attention = plain_attention
        derivative, difference = directional(model, config, torch.no_grad())
    else:
        derivative, difference = directional(model, config, sdpa_kernel(SDPBackend.MATH))
    assert (derivative - difference).abs().max() <= tolerance * difference.abs().max()


def test_plain_attention_equals_the_fused_one():
    q, k, v = torch.randn(3, 2, 3, 7, 8, generator=torch.Generator().manual_seed(0)).unbind()
    assert torch.allclose(plain_attention(q, k, v), F.scaled_dot_product_attention(q, k, v), atol=1e-6)


def test_checkpointed_blocks_give_the_same_gradients():
    plain, saving = build(STUDENT), build(STUDENT)
    saving.checkpoint_blocks = True
    for model in (plain, saving):
        model(*inputs(STUDENT)).square().sum().backward()
    for (name, expected), (_, found) in zip(plain.named_parameters(), saving.named_parameters(), strict=True):
        if expected.grad is not None:
            assert torch.allclose(found.grad, expected.grad, atol=1e-6 * expected.grad.abs().max().item()), name


def test_checkpointed_model_has_a_forward_derivative_without_gradients():
    model = build(STUDENT)
    model.attention = plain_attention
    model.checkpoint_blocks = True
    z, lr, prompt, t, r = inputs(STUDENT)
    with torch.no_grad():
        _, derivative = torch.func.jvp(lambda t: model(z, lr, prompt, t, r), (t,), (torch.ones_like(t),))
    assert derivative.abs().max() > 0


@pytest.mark.parametrize("config", [TINY, STUDENT])
def test_half_precision_stays_close(config):
    z, lr, prompt, t, r = inputs(config)
    model = build(config)
    expected = model(z, lr, prompt, t, r)
    half = copy.deepcopy(model).to(torch.bfloat16)
    half.time_text_embed.float()
    z16, prompt16 = z.bfloat16(), prompt.to(z.device, torch.bfloat16)
    with torch.no_grad():
        found = half(z16, lr.bfloat16(), prompt16, t, r)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mixed = model(z, lr, prompt, t, r)
    assert found.dtype == torch.bfloat16
    assert mixed.dtype == torch.float32
    for output in (found, mixed):
        assert (output.float() - expected).norm() < 0.03 * expected.norm()


def test_time_embedding_stays_in_full_precision_under_autocast():
    model = build(STUDENT)
    _, _, prompt, t, r = inputs(STUDENT)
    expected = model.time_text_embed(t, r, prompt.pooled)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model.time_text_embed(t, r, prompt.pooled)
    assert found.dtype == torch.float32
    assert torch.equal(found, expected)


def test_sinusoid_is_cosine_then_sine_of_falling_frequencies():
    features = sinusoid(torch.tensor([2.0], dtype=torch.float64), count=4)
    slow = 2 * math.sqrt(1e-4)
    expected = [math.cos(2), math.cos(slow), math.sin(2), math.sin(slow)]
    assert features.dtype == torch.float64
    assert features[0].tolist() == pytest.approx(expected, abs=1e-12)
    assert sinusoid(torch.tensor([0.5], dtype=torch.bfloat16)).dtype == torch.float32
