"""The detail layer: what the learned codec leaves of a cell, coded as integers, where that is worth its bits."""

from qmap_studio.codec.common.detail.layer import DetailFile, DetailLayer

__all__ = ["DetailFile", "DetailLayer"]
