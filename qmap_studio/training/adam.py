"""Adam, as the trainer keeps its optimisers."""

import torch
from torch import Tensor


class Adam(torch.optim.Adam):
    """With the state of single parameters, as `SOAP` has it."""

    def state_of(self, p: Tensor) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.state[p].items()}

    def set_state_of(self, p: Tensor, state: dict[str, Tensor]) -> None:
        self.state[p] = {name: value.clone() for name, value in state.items()}
