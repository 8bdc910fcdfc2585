import pytest
import torch
import torch.nn.functional as F

from qmap_studio.codec.common.exact.planes import SLOPE
from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.common.rearrange import depth_to_space, enlarge, space_to_depth
from qmap_studio.codec.live.dct import dct_basis
from qmap_studio.codec.live.gradients import Linear
from qmap_studio.codec.live.residual_blocks import STRIP, ConditionedBlocks, SFTResidualBlock


def plain_block(block: SFTResidualBlock, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
    """The block by separate operations, as its docstring says."""
    scale, shift = block.sft(condition).chunk(2, dim=-1)
    h = x * (1.0 + scale) + shift
    h = block.expand(block.depthwise(h))
    return x + block.project(F.leaky_relu(h, SLOPE))


@pytest.fixture
def block() -> SFTResidualBlock:
    torch.manual_seed(5)
    block = SFTResidualBlock(6, 3)
    torch.nn.init.normal_(block.sft.weight, std=0.5)
    return block


def test_a_residual_block_and_its_gradients_are_those_of_its_operations(block):
    x, condition = torch.randn(2, 5, 4, 6, requires_grad=True), torch.randn(2, 5, 4, 3, requires_grad=True)
    seed = torch.randn(2, 5, 4, 6)
    wanted = (x, condition, *block.parameters())
    by_hand = block(x, condition)
    plain = plain_block(block, x, condition)
    torch.testing.assert_close(by_hand, plain)
    pairs = zip(torch.autograd.grad(by_hand, wanted, seed), torch.autograd.grad(plain, wanted, seed), strict=True)
    for found, expected in pairs:
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_a_frozen_block_passes_gradients_to_its_inputs(block):
    block.requires_grad_(False)
    x, condition = torch.randn(1, 3, 3, 6, requires_grad=True), torch.randn(1, 3, 3, 3, requires_grad=True)
    found = torch.autograd.grad(block(x, condition).sum(), (x, condition))
    expected = torch.autograd.grad(plain_block(block, x, condition).sum(), (x, condition))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_a_block_without_gradients_is_the_same_beyond_one_strip(block):
    x, condition = torch.randn(1, 2, STRIP, 6), torch.randn(1, 2, STRIP, 3)
    torch.testing.assert_close(block(x, condition), plain_block(block, x, condition))


@torch.no_grad()
@pytest.mark.parametrize(
    "inner", [(slice(0, 2), slice(3, 9)), (slice(9, 11), slice(20, 21)), (slice(0, 30), slice(0, 30))]
)
def test_the_inner_part_alone_is_that_of_the_whole(inner):
    torch.manual_seed(5)
    blocks = ConditionedBlocks(6, blocks=3, condition=4)
    x, quality = torch.randn(1, 30, 30, 6), torch.rand(1, 30, 30, 1)
    torch.testing.assert_close(blocks(x, quality, inner), blocks(x, quality)[:, *inner])


def test_a_block_in_bfloat16_stays_close(block):
    x, condition = torch.randn(2, 8, 8, 6), torch.randn(2, 8, 8, 3)
    exact, coarse = block(x, condition), block(x.bfloat16(), condition.bfloat16()).float()
    assert (coarse - exact).norm() < 0.02 * exact.norm()


def test_a_transform_is_exact_and_its_gradients_are_close():
    torch.manual_seed(2)
    x, matrix = torch.randn(2, 3, 3, 40, requires_grad=True), torch.randn(16, 40, requires_grad=True)
    seed, y = torch.randn(2, 3, 3, 16), Linear.apply(x, matrix)
    assert torch.equal(y, F.linear(x, matrix))
    found = torch.autograd.grad(y, (x, matrix), seed)
    expected = torch.autograd.grad(F.linear(x, matrix), (x, matrix), seed)
    for one, other in zip(found, expected, strict=True):
        assert (one - other).norm() < 0.01 * other.norm()


@pytest.mark.parametrize("side", [2, 4])
def test_space_and_depth_are_each_others_inverse(side):
    x = torch.arange(2 * 8 * 12 * 3).view(2, 8, 12, 3)
    deep = space_to_depth(x, side)
    assert deep.shape == (2, 8 // side, 12 // side, side * side * 3)
    assert torch.equal(deep[1, 1, 2].view(side, side, 3), x[1, side : 2 * side, 2 * side : 3 * side])
    assert torch.equal(depth_to_space(deep, side), x)


def test_enlarging_repeats_each_value_four_times():
    x = torch.randn(2, 3, 5, 4)
    expected = F.interpolate(x.permute(0, 3, 1, 2), scale_factor=2.0).permute(0, 2, 3, 1)
    assert torch.equal(enlarge(x), expected)


def test_the_transform_starts_orthonormal():
    basis = dct_basis(20, 6).flatten(1)
    torch.testing.assert_close(basis @ basis.T, torch.eye(32), atol=1e-5, rtol=0.0)


def test_bound_lets_only_gradients_back_inside_through():
    x = torch.tensor([-2.0, 0.5, 3.0, 3.0], requires_grad=True)
    y = bound(x, 0.0, 1.0)
    (y * torch.tensor([1.0, 1.0, 1.0, -1.0])).sum().backward()
    assert y.tolist() == [0.0, 0.5, 1.0, 1.0]
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]
