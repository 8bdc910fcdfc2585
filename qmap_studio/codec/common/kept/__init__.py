"""Pixels that are coded apart from the networks, without loss or within an error bound."""

from qmap_studio.codec.common.kept.chunk import KeptFile
from qmap_studio.codec.common.kept.pixels import KeptPixels

__all__ = ["KeptFile", "KeptPixels"]
