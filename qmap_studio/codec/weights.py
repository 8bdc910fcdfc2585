"""Model weights as a file: safetensors of 16-bit floats, exact integers where they pick the tables, and the tables."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from qmap_studio.codec.entropy import Tables
from qmap_studio.codec.layers import ACTIVATION_STEP, WEIGHT_STEP, DyadicConv2d
from qmap_studio.codec.live import LiveConfig, LiveNetwork
from qmap_studio.codec.quantisation import TABLES
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.resources import resource_path

EXACT = ("h_s.", "index_context.", "index_level.", "hyper_index.")
"""Modules of dyadic convolutions that pick entropy tables; the others stay in floating point."""
ENCODER = ("g_a.", "h_a.")
"""Modules that a decoder does not read; they are not part of the hash."""
TABLE_COUNTS = "tables.counts"
TABLE_SIZES = "tables.sizes"


@dataclass(frozen=True)
class Model:
    """A network ready for coding, its tables and the hash that its files carry."""

    network: LiveNetwork
    tables: Tables
    weights_hash: bytes


def table_layers(network: LiveNetwork) -> Iterator[DyadicConv2d]:
    """The layers that pick tables."""
    for name, module in network.named_modules():
        if isinstance(module, DyadicConv2d) and f"{name}.".startswith(EXACT):
            yield module


def make_exact(network: LiveNetwork) -> None:
    """Turns the layers that pick tables into their exact form."""
    for layer in table_layers(network):
        layer.make_exact()


def save_model(path: Path, network: LiveNetwork, tables: Tables) -> bytes:
    """Writes a network whose exact modules are made exact; returns the weights' hash."""
    stored: dict[str, Tensor] = {}
    for name, value in network.state_dict().items():
        if name.startswith(EXACT):
            step, kind = (WEIGHT_STEP, torch.int16) if name.endswith("weight") else (ACTIVATION_STEP, torch.int32)
            stored[name] = (value / step).to(kind).contiguous()
        else:
            stored[name] = value.half().contiguous()
    stored[TABLE_COUNTS] = torch.from_numpy(np.concatenate(tables.counts).astype(np.int32))
    stored[TABLE_SIZES] = torch.tensor([len(c) for c in tables.counts], dtype=torch.int32)
    metadata = {"config": json.dumps(asdict(network.config)), "sha256": _digest(stored).hex()}
    atomic_write(path, save(stored, metadata=metadata))
    return hash_of(stored)


def hash_of(stored: dict[str, Tensor]) -> bytes:
    """8 bytes over every tensor that a decoder reads."""
    return _digest({name: value for name, value in stored.items() if not name.startswith(ENCODER)})[:8]


def _digest(stored: dict[str, Tensor]) -> bytes:
    """SHA-256 over the name, type, shape and content of every tensor."""
    digest = hashlib.sha256()
    for name in sorted(stored):
        value = stored[name]
        digest.update(f"{name} {value.dtype} {tuple(value.shape)} ".encode())
        digest.update(value.numpy().tobytes())
    return digest.digest()


def weights_path(model_id: str) -> Path:
    """Where a model's weights lie.

    Raises:
        WeightsError: there is no such model; names those there are.
    """
    folder = resource_path("models")
    there = sorted(path.stem for path in folder.glob("*.safetensors"))
    if model_id in there:
        return folder / f"{model_id}.safetensors"
    if there:
        raise WeightsError(f"There is no model {model_id!r}; there are: {', '.join(there)}.")
    raise WeightsError(f"The model weights are missing; they were expected in {folder}. Install the program again.")


def load_model(path: Path) -> Model:
    """Reads what `save_model` wrote.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            config = LiveConfig(**json.loads(metadata["config"]))
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        if metadata["sha256"] != _digest(stored).hex():
            raise WeightsError(f"The weights in {path} are damaged. Install the program again.")
        weights_hash = hash_of(stored)
        sizes = stored.pop(TABLE_SIZES).tolist()
        counts = stored.pop(TABLE_COUNTS).numpy().astype(np.int64)
        if len(sizes) != TABLES or sum(sizes) != counts.size or counts.min() < 1:
            raise WeightsError(f"The entropy tables in {path} are damaged. Install the program again.")
        network = LiveNetwork(config)
        make_exact(network)
        for name, value in stored.items():
            if name.startswith(EXACT):
                stored[name] = value.double() * (WEIGHT_STEP if name.endswith("weight") else ACTIVATION_STEP)
            else:
                stored[name] = value.float()
        network.load_state_dict(stored)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"The weights in {path} are damaged or of another version. Install the program again."
        ) from error
    network.eval().requires_grad_(False)
    return Model(network, Tables(tuple(np.split(counts, np.cumsum(sizes)[:-1]))), weights_hash)
