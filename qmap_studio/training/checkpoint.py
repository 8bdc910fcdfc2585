"""The compact checkpoint: what carries training from machine to machine, in 16 bits and without optimiser moments."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save
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
        tensors = {f"network.{k}": v.cpu().half().contiguous() for k, v in self.network.items()}
        # The average lies close to the weights: as a difference it keeps nearly all of its precision in 16 bits.
        tensors |= {
            f"ema_difference.{k}": (v.cpu() - tensors[f"network.{k}"]).half().contiguous() for k, v in self.ema.items()
        }
        metadata = {"step": str(self.step), **{k: json.dumps(v) for k, v in self.about.items()}}
        atomic_write(path, save(tensors, metadata=metadata))

    @classmethod
    def read(cls, path: Path) -> "Checkpoint":
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a mapping
        step = int(metadata.pop("step"))
        network = {k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")}
        ema = {k: v + tensors[f"ema_difference.{k}"] for k, v in network.items()}
        return cls(network, ema, step, {k: json.loads(v) for k, v in metadata.items()})
