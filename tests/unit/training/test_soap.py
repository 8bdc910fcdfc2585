import pytest
import torch

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


def test_correlated_inputs_are_learned_faster_than_with_adam():
    assert regression(SOAP, 150) < 0.5 * regression(torch.optim.AdamW, 150)


@pytest.mark.parametrize("largest", [8, 4])
def test_sides_too_long_for_a_basis_are_learned_all_the_same(largest):
    assert regression(SOAP, 150, largest=largest) < 0.5 * regression(SOAP, 1)
