"""The detail layer: what the learned codec leaves of a cell, coded as integers, where that is worth its bits."""

from qmap_studio.codec.common.detail.choice import Details, choose
from qmap_studio.codec.common.detail.coding import cell_bits, pack, unpack
from qmap_studio.codec.common.detail.transform import added

__all__ = ["Details", "added", "cell_bits", "choose", "pack", "unpack"]
