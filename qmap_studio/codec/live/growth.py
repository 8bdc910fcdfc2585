"""How a network takes over a smaller one without changing what it computes."""

import torch
from torch import Tensor, nn

ROW_GROUPS = {"sft.weight": 2, "sft.bias": 2, "g_s.up.weight": 4, "g_s.up.bias": 4}
COLUMN_GROUPS = {"g_a.down.weight": 4}
"""Of layers whose channels are several of the same ones, one after the other."""
NOT_GROWN = ("log_gain", "h_s.enter.weight", "h_s.smooth.weight")
"""What tells the number of latents, of hyper latents and of hyper features."""


@torch.no_grad()
def grow(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Takes over a network with fewer blocks or smaller widths without changing what it computes.

    New blocks give nothing yet, and nothing reads new channels yet: only what makes them is random.

    Raises:
        ValueError: that network is larger in something, has what this one lacks, or codes other latents.
    """
    state = network.state_dict()
    if other := [name for name in NOT_GROWN if weights[name].shape != state[name].shape]:
        raise ValueError(f"latents and hyper features cannot change: {', '.join(other)}")
    if foreign := sorted(set(weights) - set(state)):
        raise ValueError(f"these weights have no place in the network: {', '.join(foreign)}")
    for name, own in state.items():
        if name in weights:
            own.copy_(_grown(name, weights[name], own))
        elif ".project." in name:
            own.zero_()


def _grown(name: str, old: Tensor, new: Tensor) -> Tensor:
    """A parameter of a wider network: the old numbers, 0 for new inputs, the new network's own for new outputs."""
    if old.shape == new.shape:
        return old
    rows = next((n for end, n in ROW_GROUPS.items() if name.endswith(end)), 1)
    columns = next((n for end, n in COLUMN_GROUPS.items() if name.endswith(end)), 1)
    grown = new.clone().view(rows, -1, columns, new[0].numel() // columns)
    before = old.reshape(rows, -1, columns, old[0].numel() // columns)
    if before.dim() != grown.dim() or any(a > b for a, b in zip(before.shape, grown.shape, strict=True)):
        raise ValueError(f"{name} has {tuple(old.shape)} weights, and must have no more than {tuple(new.shape)}")
    grown[:, : before.shape[1], :, before.shape[3] :] = 0.0
    grown[:, : before.shape[1], :, : before.shape[3]] = before
    return grown.view(new.shape)
