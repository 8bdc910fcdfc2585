"""Planes of levels or coverage as bytes: small where they are smooth, quick where nothing makes them small."""

import zlib

import numpy as np
from numpy.typing import NDArray

_DIFFERENCES, _AS_THEY_ARE = b"d", b"r"
_TRIED_ROWS = 16
_WORTH_IT = 0.8


def pack_plane(plane: NDArray[np.uint16]) -> bytes:
    """uint16 (H, W) as bytes: zlib's of second differences along the rows, or the numbers themselves.

    >>> plane = np.arange(600, dtype=np.uint16).reshape(20, 30)
    >>> bool((unpack_plane(pack_plane(plane), plane.shape) == plane).all())
    True
    """
    # What is smooth becomes a few values, smaller and faster to compress.
    if len(zlib.compress(_differences(plane[:_TRIED_ROWS]), 1)) > _WORTH_IT * plane[:_TRIED_ROWS].nbytes:
        return _AS_THEY_ARE + plane.astype("<u2", copy=False).tobytes()
    return _DIFFERENCES + zlib.compress(_differences(plane), 1)


def unpack_plane(data: bytes, shape: tuple[int, ...]) -> NDArray[np.uint16]:
    """The plane of some bytes; ValueError if they are not of a plane of that shape. Takes no more memory than it."""
    size = 2 * int(np.prod(shape))
    kind, content = data[:1], data[1:]
    if kind == _DIFFERENCES:
        inflater = zlib.decompressobj()
        try:
            content = inflater.decompress(content, size + 1)
        except zlib.error as error:
            raise ValueError("a plane cannot be unpacked") from error
        if not inflater.eof:
            raise ValueError("a plane is cut short or too large")
    elif kind != _AS_THEY_ARE:
        raise ValueError(f"{kind!r} is no kind of plane")
    if len(content) != size:
        raise ValueError(f"a plane has {len(content)} bytes, {size} were expected")
    plane: NDArray[np.uint16] = np.frombuffer(content, "<u2").reshape(shape)
    if kind == _DIFFERENCES:
        for _ in range(2):
            plane = np.cumsum(plane, axis=1, dtype=np.uint16)
    return plane.astype(np.uint16, copy=False)


def _differences(plane: NDArray[np.uint16]) -> bytes:
    differences = plane
    for _ in range(2):
        differences = np.diff(differences, axis=1, prepend=np.uint16(0))
    return differences.astype("<u2", copy=False).tobytes()
