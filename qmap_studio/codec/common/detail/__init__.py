"""The detail layer: what the learned codec leaves of a cell, coded as integers, where that is worth its bits."""

from qmap_studio.codec.common.detail.cells import cells_at
from qmap_studio.codec.common.detail.choice import Details, choose, costs
from qmap_studio.codec.common.detail.coding import cell_bits, pack, unpack
from qmap_studio.codec.common.detail.transform import added

__all__ = ["Details", "added", "cell_bits", "cells_at", "choose", "costs", "pack", "unpack"]
