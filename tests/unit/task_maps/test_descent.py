import pytest
import torch

from qmap_studio.task_maps.descent import minimise


def test_a_stretched_bowl_is_followed_down():
    weights = torch.logspace(-1, 1, 20)
    start = torch.ones(20)
    values = [value for _, value in minimise(lambda x: (weights * x.square()).sum(), start, 15)]
    assert len(values) == 16
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.01 * values[0]


def test_gentle_slopes_have_their_turn():
    *_, (point, _) = minimise(lambda x: 1e4 * x[0].square() + x[1].square(), torch.tensor([1.0, -1.3]), 20)
    assert point.abs().max() < 0.05


def test_each_point_comes_with_its_value():
    def bowl(x):
        return (x - 3).square().sum()

    for point, value in minimise(bowl, torch.zeros(4), 5):
        assert value == pytest.approx(bowl(point).item())


def test_the_start_is_kept_where_nothing_falls():
    calls = []

    def misleading(x):  # its gradient leads uphill
        calls.append(x)
        return -x.sum() + 2 * (x - x.detach()).sum() + 2 * x.detach().abs().sum()

    points, values = zip(*minimise(misleading, torch.zeros(4), 4), strict=True)
    assert values == (values[0],) * 5
    assert torch.equal(points[-1], torch.zeros(4))
    assert len(calls) == 5


def test_a_gradient_that_is_no_number_moves_nothing():
    def half_broken(x):
        return x[0].square() + (x[1] * 0).sqrt()  # the root's gradient at 0 is no number

    *_, (point, value) = minimise(half_broken, torch.tensor([2.0, 1.0]), 10)
    assert value < 0.1
    assert point[1] == 1.0
