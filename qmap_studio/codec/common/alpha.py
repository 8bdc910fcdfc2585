"""Transparency in a file: a plane of 8 bits, predicted from its neighbours and packed by zlib. SFC.md specifies it."""

import zlib

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.deflate import inflate
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr


def pack_alpha(alpha: NDArray[np.uint8]) -> bytes:
    """Codes an alpha plane without loss.

    Args:
        alpha: uint8 (H, W).
    Returns:
        A byte that names the prediction (bit 0 from the left, bit 1 from above), then the differences in zlib's format.
    """
    left = _differences(alpha, axis=1)
    above = _differences(alpha, axis=0)
    candidates = (alpha, left, above, _differences(left, axis=0))
    packed = [bytes([method]) + zlib.compress(plane.tobytes(), 9) for method, plane in enumerate(candidates)]
    return min(packed, key=len)


def unpack_alpha(data: bytes, height: int, width: int) -> NDArray[np.uint8]:
    """The alpha plane that pack_alpha coded; never more than height x width bytes are unpacked.

    Returns:
        uint8 (height, width).
    Raises:
        BitstreamError: the bytes are not such a plane.
    """
    method, size = data[:1], height * width
    values = inflate(data[1:], size)
    if values is None or len(values) != size or method not in (b"\0", b"\1", b"\2", b"\3"):
        raise BitstreamError(
            tr("The .sfc file is damaged: its transparency is not {width} x {height} pixels.").format(
                width=width, height=height
            )
        )
    plane = np.frombuffer(values, np.uint8).reshape(height, width).copy()
    if method in (b"\2", b"\3"):
        np.add.accumulate(plane, axis=0, dtype=np.uint8, out=plane)
    if method in (b"\1", b"\3"):
        np.add.accumulate(plane, axis=1, dtype=np.uint8, out=plane)
    return plane


def _differences(plane: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """Each value less its predecessor along an axis, modulo 256; the first stays."""
    return np.diff(plane, axis=axis, prepend=np.uint8(0))
