"""A coder of photographic content that codes kept pixels alone, whatever shape they have."""

from qmap_studio.codec.common.kept.photographic.stream import pack, unpack

__all__ = ["pack", "unpack"]
