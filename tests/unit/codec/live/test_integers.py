import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from qmap_studio.codec.common.exact.integer_rounding import LARGEST, SUM_BOUND
from qmap_studio.codec.common.exact.integers import (
    FINE,
    UNIT,
    IntegerDepthwise,
    IntegerLayer,
    IntegerPointwise,
)
from qmap_studio.codec.live.model import load_model
from qmap_studio.codec.models import weights_path


def activations(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randint(-255, 256, shape, generator=torch.Generator().manual_seed(seed)).float()


@pytest.fixture(params=["pointwise", "depthwise"])
def layer(request) -> IntegerLayer:
    torch.manual_seed(3)
    return IntegerPointwise(300, 20) if request.param == "pointwise" else IntegerDepthwise(300, 5)


def in_float64(layer: IntegerLayer, x: torch.Tensor) -> torch.Tensor:
    weight, bias = (t.double() for t in layer.used())
    if isinstance(layer, IntegerPointwise):
        sums = x.double() @ weight.T + bias
    else:
        planes = F.conv2d(x.double().permute(0, 3, 1, 2), weight, bias, padding=2, groups=len(weight))
        sums = planes.permute(0, 2, 3, 1)
    return torch.floor(sums).clamp(layer.low, layer.high)


def test_float32_gives_what_float64_gives(layer):
    x = activations(2, 6, 7, 300)
    with torch.no_grad():
        layer.weight.mul_(40.0)  # sums come near the bound
        found = layer(x)
    assert torch.equal(found.double(), in_float64(layer, x))
    assert len(found.unique()) > 50


def test_the_worst_sum_stays_exact(layer):
    with torch.no_grad():
        layer.weight.mul_(1e4)
        sign = torch.sign(layer.used()[0])
    assert 0.4 * SUM_BOUND < layer.largest_sum() < SUM_BOUND or isinstance(layer, IntegerDepthwise)
    if isinstance(layer, IntegerPointwise):
        x = (LARGEST * sign).view(1, 1, *sign.shape)
        assert torch.equal(layer(x).double(), in_float64(layer, x))


def test_the_order_of_the_inputs_does_not_matter():
    torch.manual_seed(3)
    layer, order = IntegerPointwise(300, 20), torch.randperm(300)
    x = activations(1, 5, 7, 300)
    expected = layer(x)
    with torch.no_grad():
        layer.weight.copy_(layer.weight[:, order])
    assert torch.equal(layer(x[..., order]), expected)


def test_inputs_in_parts_are_the_inputs_in_one():
    torch.manual_seed(3)
    layer, x = IntegerPointwise(30, 8), activations(1, 4, 4, 30)
    assert torch.equal(layer(x[..., :7], x[..., 7:]), layer(x))


def test_grouped_outputs_and_their_gradients_are_those_of_the_whole_layer():
    torch.manual_seed(3)
    layer, order = IntegerPointwise(30, 8, relu=True), [2, 3, 0, 1]
    x = activations(4, 5, 30).requires_grad_()
    whole = layer(x[None])[0].view(4, 5, 4, 2)
    expected = torch.stack([whole[i, :, group] for i, group in enumerate(order)])
    seed, wanted = torch.randn(4, 5, 2), (x, layer.weight, layer.bias)
    found = layer.grouped(x, order)
    assert torch.equal(found, expected)
    pairs = zip(torch.autograd.grad(found, wanted, seed), torch.autograd.grad(expected, wanted, seed), strict=True)
    for one, other in pairs:
        assert (one - other).norm() < 0.01 * other.norm()


def test_multipliers_of_fewer_bits_hold_every_factor(layer):
    weight = layer.used()[0]
    assert torch.equal(weight.bfloat16().float(), weight)
    every = torch.arange(-LARGEST, LARGEST + 1.0)
    assert torch.equal(every.bfloat16().float(), every)


def test_a_layer_stays_close_to_its_real_form(layer):
    x = activations(2, 6, 7, 300) / 8
    rounded = layer(torch.round(x))
    layer.is_real = True
    assert (rounded - layer(torch.round(x))).abs().max() <= 2.0


def test_settled_weights_fit_16_bits_and_compute_the_same(layer):
    x = activations(2, 6, 7, 300)
    expected = layer(x)
    layer.settle()
    assert torch.equal(layer.weight.half().float(), layer.weight)
    assert torch.equal(layer(x), expected)
    before = layer.weight.clone()
    layer.settle()
    assert torch.equal(layer.weight, before)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(1e-4, 1e4), st.integers(1, 400))
def test_no_weights_can_leave_what_float32_holds(seed, size, inputs):
    torch.manual_seed(seed)
    layer = IntegerPointwise(inputs, 6)
    with torch.no_grad():
        layer.weight.mul_(size)
        layer.bias.mul_(size)
    assert layer.largest_sum() < SUM_BOUND
    weight, _, step = layer._as_multiples()
    assert (weight / step[:, None]).abs().max() <= LARGEST


def test_gradients_are_those_of_the_real_layer_where_nothing_is_clamped():
    torch.manual_seed(3)
    layer = IntegerPointwise(30, 8, fine=True)
    x = activations(1, 4, 4, 30).requires_grad_()
    (layer(x) * (UNIT / FINE)).square().sum().backward()
    found = layer.weight.grad, layer.bias.grad, x.grad
    layer.weight.grad = layer.bias.grad = x.grad = None
    F.linear(x * UNIT, layer.weight, layer.bias).square().sum().backward()
    for one, other in zip(found, (layer.weight.grad, layer.bias.grad, x.grad), strict=True):
        assert (one - other).norm() < 0.03 * other.norm()


def test_a_clamped_output_learns_only_back_inside():
    layer = IntegerPointwise(1, 1, relu=True)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.zero_()
    x = torch.tensor([-9.0, 3.0, 255.0]).view(1, 1, 3, 1).requires_grad_()
    y = layer(x)
    assert y.flatten().tolist() == [0.0, 3.0, 255.0]
    y.backward(torch.tensor([1.0, 1.0, 1.0]).view_as(y), retain_graph=True)
    assert x.grad.flatten().tolist() == [0.0, 1.0, 1.0]
    x.grad = None
    y.backward(-torch.ones_like(y))
    assert x.grad.flatten().tolist() == [0.0, -1.0, 0.0]


def test_the_page_of_the_format_says_how_the_shipped_layers_compute():
    """Section 1 of FORMAT.md, literally, from what the weights file holds."""
    stored = load_file(weights_path("live"))
    units = {"enter": (1, 32), "spread": (1, 32), "mix": (1, 32), "smooth": (1, 32), "near": (1, 32), "around": (1, 32)}
    units |= {"leave": (16, 512), "level": (2, 512), "hyper_level": (2, 512)}
    layers = load_model(weights_path("live")).network.integer_layers()
    assert len(layers) == 15
    for name, layer in layers.items():
        of_weight, of_bias = units[[part for part in name.split(".") if not part.isdigit()][-1]]
        of_weight = 32 if name == "h_s.enter" else of_weight
        weight, bias = stored[f"{name}.weight"].double() * of_weight, stored[f"{name}.bias"].double() * of_bias
        if isinstance(layer, IntegerPointwise):
            x = activations(1, 3, 3, weight.shape[1])
            sums = x.double() @ weight.T + bias
        else:
            x, reach = activations(1, 9, 9, len(weight)), weight.shape[-1] // 2
            planes = F.conv2d(x.double().permute(0, 3, 1, 2), weight, bias, padding=reach, groups=len(weight))
            sums = planes.permute(0, 2, 3, 1)
        assert torch.equal(layer(x).double(), torch.floor(sums + 0.5).clamp(layer.low, layer.high)), name
