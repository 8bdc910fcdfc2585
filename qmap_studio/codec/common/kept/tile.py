"""The kept pixels of a tile of the picture, coded by whichever of two coders needs fewer bytes."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept import codes as kept_codes
from qmap_studio.codec.common.kept import photographic, webp
from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT, Codes
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

TILE_PX = 256
"""The side of a tile. Streams of larger ones were no shorter, those of 128 px 1 % longer."""


class Coder(IntEnum):
    """What a tile's first byte says."""

    WEBP = 0
    PHOTOGRAPHIC = 1


@dataclass(frozen=True)
class TileContent:
    """The part of a tile around its kept pixels.

    Attributes:
        x, y: of its corner in the tile.
        pixels: uint8 (H, W, 3), valid where something is kept.
        codes: uint8 (H, W).
    """

    x: int
    y: int
    pixels: NDArray[np.uint8]
    codes: Codes


def pack_tile(pixels: NDArray[np.uint8], codes: Codes) -> bytes:
    """Codes the kept pixels of a tile, at least one.

    Args:
        pixels: uint8 (H, W, 3), the tile.
        codes: uint8 (H, W).
    Returns:
        The coder, x and y of the part around them, a byte each, and its stream.
    """
    rows, columns = (np.flatnonzero(codes.any(axis=axis)) for axis in (1, 0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    codes, values = codes[part], kept_codes.stored(pixels[part], codes[part])
    coder, stream = Coder.WEBP, webp.pack(values, codes)
    # Cells are only chosen where a coder that finds repetitions is the better one.
    if ((codes != NOT_KEPT) & (codes != CHOSEN)).any():
        other = photographic.pack(values, codes)
        if len(other) < len(stream):
            coder, stream = Coder.PHOTOGRAPHIC, other
    return bytes([coder, columns[0], rows[0]]) + stream


def unpack_tile(data: bytes, height: int, width: int) -> TileContent:
    """The kept pixels of a tile of that size; any bytes are safe to give.

    Raises:
        BitstreamError: they are not such a tile.
    """
    if len(data) < 3 or data[0] not in list(Coder):
        raise BitstreamError(tr("The .sfc file is damaged: a part without loss cannot be read."))
    x, y = data[1:3]
    unpack = webp.unpack if data[0] == Coder.WEBP else photographic.unpack
    values, codes = unpack(data[3:], height - y, width - x)
    return TileContent(x, y, kept_codes.restored(values, codes), codes)
