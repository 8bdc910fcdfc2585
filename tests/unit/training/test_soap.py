import copy

import pytest
import torch
from torch import nn

from qmap_studio.training.soap import SOAP


def regression(optimizer, steps, **options):
    """The loss after some steps on a linear layer whose inputs are strongly correlated; one of them is always 0."""
    torch.manual_seed(0)
    mixing = torch.randn(12, 12) * torch.logspace(0, -2, 12)
    inputs = torch.randn(256, 12) @ mixing.T
    inputs[:, 3] = 0.0
    targets = inputs @ torch.randn(12, 5)
    layer = torch.nn.Linear(12, 5)
    chosen = optimizer(layer.parameters(), lr=0.02, **options)
    for _ in range(steps):
        loss = (layer(inputs) - targets).square().mean()
        chosen.zero_grad()
        loss.backward()
        chosen.step()
    assert all(torch.isfinite(p).all() for p in layer.parameters())
    return loss.item()


def some_parameters():
    torch.manual_seed(0)
    shapes = ((6, 9, 1, 1), (6, 9, 1, 1), (7, 1, 3, 3), (6,), (5, 1, 1), (20, 4))
    return [nn.Parameter(torch.randn(shape)) for shape in shapes]


def train(parameters, optimizers, steps):
    """Steps with gradients that follow from the values and the number of the step."""
    for step in steps:
        for i, p in enumerate(parameters):
            noise = torch.randn(p.shape, generator=torch.Generator().manual_seed(1000 * step + i))
            p.grad = p.detach().sin() + 0.3 * noise
        for optimizer in optimizers:
            optimizer.step()


def test_correlated_inputs_are_learned_faster_than_with_adam():
    assert regression(SOAP, 150) < 0.5 * regression(torch.optim.AdamW, 150)


@pytest.mark.parametrize("largest", [8, 4])
def test_sides_too_long_for_a_basis_are_learned_all_the_same(largest):
    assert regression(SOAP, 150, largest=largest) < 0.5 * regression(SOAP, 1)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_a_run_resumes_exactly_from_its_state(tmp_path, dtype):
    through, options = some_parameters(), {"every": 4, "largest": 16, "compute_dtype": dtype}
    optimizer = SOAP(through, **options)
    train(through, [optimizer], range(11))
    resumed = copy.deepcopy(through)
    torch.save(optimizer.state_dict(), tmp_path / "state.pt")
    train(through, [optimizer], range(11, 25))
    second = SOAP(resumed, **options)
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    train(resumed, [second], range(11, 25))
    assert all(torch.equal(a, b) for a, b in zip(through, resumed, strict=True))


def test_loading_a_state_shares_nothing_with_it():
    parameters = some_parameters()
    optimizer = SOAP(parameters)
    train(parameters, [optimizer], range(3))
    state = optimizer.state_dict()
    other = SOAP(copy.deepcopy(parameters))
    other.load_state_dict(state)
    before = copy.deepcopy(state)
    train(other.param_groups[0]["params"], [other], range(3, 6))
    assert torch.equal(state["state"][0]["momentum"], before["state"][0]["momentum"])


def test_the_state_moves_by_parameter_between_optimizers_of_other_groupings():
    parameters = some_parameters()
    whole = SOAP(parameters, every=4, compute_dtype=torch.bfloat16)
    train(parameters, [whole], range(11))
    moved = copy.deepcopy(parameters)
    parts = [SOAP(moved[i::2], every=4, compute_dtype=torch.bfloat16) for i in range(2)]
    for old, new, part in zip(parameters, moved, parts * 3, strict=True):
        state = whole.state_of(old)
        assert all(isinstance(value, torch.Tensor) for value in state.values())
        part.set_state_of(new, state)
    train(parameters, [whole], range(11, 25))
    train(moved, parts, range(11, 25))
    assert all(torch.equal(a, b) for a, b in zip(parameters, moved, strict=True))


def test_a_state_of_the_older_kind_is_refused():
    parameters = [nn.Parameter(torch.randn(4, 3))]
    with pytest.raises(ValueError, match="older"):
        SOAP(parameters).set_state_of(parameters[0], {"step": torch.tensor(3.0), "momentum": torch.zeros(4, 3)})


def test_staggered_bases_turn_as_often_as_all_at_once():
    parameters = [nn.Parameter(torch.randn(6, 9)) for _ in range(5)]
    optimizer = SOAP(parameters, every=5)
    turns = [0] * len(parameters)
    train(parameters, [optimizer], [0])
    for step in range(1, 21):
        before = [optimizer.state_of(p)["left"] for p in parameters]
        train(parameters, [optimizer], [step])
        turned = [not torch.equal(b, optimizer.state[p]["left"]) for b, p in zip(before, parameters, strict=True)]
        assert sum(turned) == 1
        turns = [n + t for n, t in zip(turns, turned, strict=True)]
    assert turns == [4] * 5


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("rank", [0, 1, 3])
def test_gradients_of_low_rank_do_no_harm(dtype, rank):
    p = nn.Parameter(torch.zeros(24, 40))
    optimizer = SOAP([p], lr=0.01, every=3, compute_dtype=dtype)
    torch.manual_seed(0)
    left = torch.randn(24, rank)
    for _ in range(20):
        p.grad = left @ torch.randn(rank, 40)
        optimizer.step()
        if rank == 0:
            assert not p.any()
    assert torch.isfinite(p).all()
    basis = optimizer.state[p]["left"].float()
    assert (basis.T @ basis - torch.eye(24)).abs().max() < 0.01


def test_bfloat16_and_float32_agree_roughly():
    ends = []
    for dtype in (torch.bfloat16, torch.float32):
        parameters = some_parameters()
        starts = [p.detach().clone() for p in parameters]
        train(parameters, [SOAP(parameters, lr=0.01, every=5, compute_dtype=dtype)], range(30))
        ends.append(torch.cat([(p - s).flatten() for p, s in zip(parameters, starts, strict=True)]))
    assert (ends[0] - ends[1]).norm() < 0.2 * ends[1].norm()


def test_no_update_is_larger_than_the_learning_rate():
    parameters = some_parameters()
    optimizer = SOAP(parameters, lr=0.01, every=2)
    for step in range(20):
        before = [p.detach().clone() for p in parameters]
        train(parameters, [optimizer], [step])
        assert all((p - b).square().mean().sqrt() < 0.0101 for p, b in zip(parameters, before, strict=True))


@pytest.mark.parametrize("largest", [1, 320])
def test_gradients_stay_as_they_are(largest):
    p = nn.Parameter(torch.randn(6, 9))
    optimizer = SOAP([p], largest=largest, compute_dtype=torch.float32)
    gradient = torch.randn(6, 9)
    for _ in range(3):
        p.grad = gradient.clone()
        optimizer.step()
        assert torch.equal(p.grad, gradient)
