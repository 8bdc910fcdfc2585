"""The compact checkpoint: what carries training from machine to machine, without optimiser moments."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qmap_studio.core.files import atomic_write


@dataclass(frozen=True)
class Checkpoint:
    """A run as far as it has come.

    Attributes:
        network, ema: its weights, and their average.
        step: steps behind them in all, also those of the runs before.
        about: the run's model, recipe and sizes, as its `recipe.json` has them.
    """

    network: dict[str, Tensor]
    ema: dict[str, Tensor]
    step: int
    about: dict[str, Any]

    def write(self, path: Path) -> None:
        # The average lies close to the weights: a difference to them of 8 bits is as exact as they are in 16.
        network = {k: v.cpu().half() for k, v in self.network.items()}
        difference = {k: _in_8_bits(v.cpu() - network[k].float()) for k, v in self.ema.items()}
        file = io.BytesIO()
        kept = {"network": network, "ema_difference": difference, "step": self.step, "about": json.dumps(self.about)}
        torch.save(kept, file)
        atomic_write(path, file.getvalue())

    @classmethod
    def read(cls, path: Path) -> "Checkpoint":
        kept = torch.load(path, map_location="cpu", weights_only=True)
        network = {k: v.float() for k, v in kept["network"].items()}
        ema = {k: network[k] + levels.float() * step for k, (levels, step) in kept["ema_difference"].items()}
        return cls(network, ema, kept["step"], json.loads(kept["about"]))


def _in_8_bits(values: Tensor) -> tuple[Tensor, float]:
    """Values as int8 levels, and the step between two of them."""
    step = float(values.abs().max()) / 127 or 1.0
    return (values / step).round().to(torch.int8), step
