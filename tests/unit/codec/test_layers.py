import torch
import torch.nn.functional as F

from qmap_studio.codec.layers import ACTIVATION_BOUND, ACTIVATION_STEP, DyadicConv2d, bound, dct_basis


def exact_layer(*arguments, **options) -> DyadicConv2d:
    torch.manual_seed(3)
    layer = DyadicConv2d(*arguments, **options)
    layer.make_exact()
    return layer


def dyadic_input(*shape: int) -> torch.Tensor:
    return torch.randint(-60000, 60000, shape).double() * ACTIVATION_STEP


def test_a_dyadic_pointwise_layer_does_not_depend_on_the_order_of_its_sums():
    layer = exact_layer(300, 20)
    x = dyadic_input(1, 300, 5, 7)
    shuffle = torch.randperm(300)
    reference = layer(x)
    with torch.no_grad():
        layer.weight.copy_(layer.weight[:, shuffle])
    assert torch.equal(layer(x[:, shuffle]), reference)


def test_a_dyadic_depthwise_layer_is_the_convolution_it_stands_for():
    layer = exact_layer(6, 6, 5, depthwise=True)
    x = dyadic_input(1, 6, 9, 8) / 64
    x = torch.floor(x / ACTIVATION_STEP) * ACTIVATION_STEP
    plain = F.conv2d(x, layer.weight, layer.bias, padding=2, groups=6)
    rounded = torch.floor(plain / ACTIVATION_STEP + 0.5) * ACTIVATION_STEP
    assert torch.equal(layer(x), rounded.clamp(-ACTIVATION_BOUND, ACTIVATION_BOUND))


def test_exact_layers_stay_close_to_what_was_trained():
    torch.manual_seed(4)
    layer = DyadicConv2d(50, 10)
    x = torch.randn(1, 50, 4, 4)
    trained = layer(x).detach()
    layer.make_exact()
    assert (layer(x.double()) - trained).abs().max() < 0.02


def test_the_transform_starts_orthonormal():
    basis = dct_basis(20, 6).flatten(1)
    torch.testing.assert_close(basis @ basis.T, torch.eye(32), atol=1e-5, rtol=0.0)


def test_bound_lets_only_gradients_back_inside_through():
    x = torch.tensor([-2.0, 0.5, 3.0, 3.0], requires_grad=True)
    y = bound(x, 0.0, 1.0)
    (y * torch.tensor([1.0, 1.0, 1.0, -1.0])).sum().backward()
    assert y.tolist() == [0.0, 0.5, 1.0, 1.0]
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]
