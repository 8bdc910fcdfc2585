"""The compact checkpoint: what carries training from machine to machine, in 16 bits and without optimiser moments."""

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
        # The average lies close to the weights: as a difference it keeps nearly all of its precision in 16 bits.
        network = {k: v.cpu().half() for k, v in self.network.items()}
        difference = {k: (v.cpu() - network[k]).half() for k, v in self.ema.items()}
        file = io.BytesIO()
        kept = {"network": network, "ema_difference": difference, "step": self.step, "about": json.dumps(self.about)}
        torch.save(kept, file)
        atomic_write(path, file.getvalue())

    @classmethod
    def read(cls, path: Path) -> "Checkpoint":
        kept = torch.load(path, map_location="cpu", weights_only=True)
        network = {k: v.float() for k, v in kept["network"].items()}
        ema = {k: network[k] + v for k, v in kept["ema_difference"].items()}
        return cls(network, ema, kept["step"], json.loads(kept["about"]))
