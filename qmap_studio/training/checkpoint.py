"""The compact checkpoint: what carries training from machine to machine, in 16 bits and without optimiser moments."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from qmap_studio.codec.live import LiveConfig
from qmap_studio.core.files import atomic_write


def save_checkpoint(path: Path, state: Path, recipe: Path) -> None:
    """Writes weights and averaged weights of a run's `state.pt`, with its step, recipe and sizes."""
    loaded = torch.load(state, map_location="cpu", weights_only=True)
    tensors = {f"network.{k}": v.half().contiguous() for k, v in loaded["network"].items()}
    # The average lies close to the weights: as a difference it keeps more of its precision in 16 bits.
    tensors |= {f"ema_difference.{k}": (v - loaded["network"][k]).half().contiguous() for k, v in loaded["ema"].items()}
    step = loaded.get("before", 0) + loaded["step"]
    metadata = {"step": str(step), **{k: json.dumps(v) for k, v in json.loads(recipe.read_text()).items()}}
    atomic_write(path, save(tensors, metadata=metadata))


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Tensor], int, LiveConfig]:
    """Weights, averaged weights, the steps behind them in all, and the network's sizes."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a mapping
    network = {k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")}
    ema = {k: v + tensors[f"ema_difference.{k}"] for k, v in network.items()}
    return network, ema, int(metadata["step"]), LiveConfig(**json.loads(metadata["config"]))
