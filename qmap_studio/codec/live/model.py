"""The weights of `live` as a file."""

from pathlib import Path

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.passes import model as passes
from qmap_studio.codec.common.passes.model import PassesModel
from qmap_studio.codec.live.config import FAMILY_ID, LiveConfig
from qmap_studio.codec.live.network import LiveNetwork

LiveModel = PassesModel[LiveNetwork]


def save_model(path: Path, network: LiveNetwork, tables: Tables) -> bytes:
    """See `passes.model.save_model`."""
    return passes.save_model(path, FAMILY_ID, network, tables)


def load_model(path: Path) -> LiveModel:
    """See `passes.model.load_model`."""
    return passes.load_model(path, lambda config: LiveNetwork(LiveConfig(**config)))
