"""The weights of SigVIC as a file."""

from pathlib import Path
from typing import Any

import torch

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.passes import model as passes
from qmap_studio.codec.common.passes.model import PassesModel
from qmap_studio.codec.sigvic2023.config import FAMILY_ID, Sigvic2023Config
from qmap_studio.codec.sigvic2023.network import Sigvic2023Network

Sigvic2023Model = PassesModel[Sigvic2023Network]


def save_model(path: Path, network: Sigvic2023Network, tables: Tables) -> bytes:
    """See `passes.model.save_model`."""
    return passes.save_model(path, FAMILY_ID, network, tables)


def load_model(path: Path) -> Sigvic2023Model:
    """See `passes.model.load_model`."""
    return passes.load_model(path, _network)


def _network(config: dict[str, Any]) -> Sigvic2023Network:
    """One that has room for which channels were chosen."""
    network = Sigvic2023Network(Sigvic2023Config(**config))
    if network.g_a.shallow is not None:
        network.g_a.shallow.chosen = torch.zeros(network.config.N)
    return network
