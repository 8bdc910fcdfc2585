"""A network that codes in four passes, ready for use, and its weights as a file.

The file holds 16-bit floats, which hold integer layers exactly, and the tables.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.passes.symbols import TABLES
from qmap_studio.codec.common.weights_file import damage_as_weights_error, read_weights, write_weights

ENCODER = ("g_a.", "h_a.")
"""Modules that a decoder does not read; they are not part of the hash."""
Network = TypeVar("Network", bound=Any)


@dataclass(frozen=True)
class PassesModel(Generic[Network]):
    """A network ready for coding, its tables and the hash that its files carry."""

    network: Network
    tables: Tables
    weights_hash: bytes


def save_model(path: Path, family_id: str, network: Any, tables: Tables) -> bytes:
    """Writes a network whose integer layers have settled; returns the weights' hash.

    Raises:
        ValueError: an integer layer has not.
    """
    layers = network.integer_layers()
    if loose := [name for name, layer in layers.items() if not layer.is_settled]:
        raise ValueError(f"these layers have not settled: {', '.join(loose)}")
    wide = {f"{name}.bias" for name in layers}
    stored = {name: value if name in wide else value.half() for name, value in network.state_dict().items()}
    return write_weights(path, family_id, asdict(network.config), stored, tables, ENCODER)


def load_model(path: Path, make_network: Callable[[dict[str, Any]], Network]) -> PassesModel[Network]:
    """Reads what `save_model` wrote.

    Args:
        make_network: from the fields of its configuration.
    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    weights = read_weights(path, ENCODER)
    with damage_as_weights_error(path):
        if len(weights.tables.counts) != TABLES:
            raise ValueError(f"{TABLES} tables were expected, found {len(weights.tables.counts)}")
        network = make_network(weights.config)
        network.load_state_dict({name: value.float() for name, value in weights.tensors.items()})
        for name, layer in network.integer_layers().items():
            if not layer.is_settled:
                raise ValueError(f"{name} does not hold multiples of powers of two")
    network.eval().requires_grad_(False)
    return PassesModel(network, weights.tables, weights.weights_hash)
