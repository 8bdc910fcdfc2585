"""The weights of `live` as a file: 16-bit floats, exact integers where they pick the tables, and the tables."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from qmap_studio.codec.entropy import Tables
from qmap_studio.codec.layers import ACTIVATION_STEP, WEIGHT_STEP, DyadicConv2d
from qmap_studio.codec.live import LiveConfig, LiveNetwork
from qmap_studio.codec.quantisation import TABLES
from qmap_studio.codec.weights_file import damage_told, read_weights, write_weights

EXACT = ("h_s.", "index_context.", "index_level.", "hyper_index.")
"""Modules of dyadic convolutions that pick entropy tables; the others stay in floating point."""
ENCODER = ("g_a.", "h_a.")
"""Modules that a decoder does not read; they are not part of the hash."""


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
            stored[name] = (value / step).to(kind)
        else:
            stored[name] = value.half()
    return write_weights(path, asdict(network.config), stored, tables, ENCODER)


def load_model(path: Path) -> Model:
    """Reads what `save_model` wrote.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    weights = read_weights(path, ENCODER)
    with damage_told(path):
        if len(weights.tables.counts) != TABLES:
            raise ValueError(f"{TABLES} tables were expected, found {len(weights.tables.counts)}")
        network = LiveNetwork(LiveConfig(**weights.config))
        make_exact(network)
        state = {}
        for name, value in weights.tensors.items():
            if name.startswith(EXACT):
                state[name] = value.double() * (WEIGHT_STEP if name.endswith("weight") else ACTIVATION_STEP)
            else:
                state[name] = value.float()
        network.load_state_dict(state)
    network.eval().requires_grad_(False)
    return Model(network, weights.tables, weights.weights_hash)
