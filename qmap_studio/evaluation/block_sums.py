"""What a rectangle of blocks adds to the figures of a picture."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import BLOCK_PX
from qmap_studio.core.opencv import cv2
from qmap_studio.evaluation.block_axis import BlockAxis, membership
from qmap_studio.evaluation.metrics import Pixels, Region, squared_error_map
from qmap_studio.evaluation.similarity import halved, similarity_map, window, windowed

# Blocks of a tile whose windows of the finest scale fit the processor's cache.
_TILE = (2, 4)
INSIDE, OUTSIDE = 0, 1


class BlockRect(NamedTuple):
    """A rectangle of blocks; it indexes arrays of blocks."""

    rows: slice
    columns: slice

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    def tiles(self, height: int, width: int) -> "Iterator[BlockRect]":
        """Cut into rectangles of at most so many blocks."""
        for top in range(self.rows.start, self.rows.stop, height):
            for left in range(self.columns.start, self.columns.stop, width):
                yield BlockRect(
                    slice(top, min(self.rows.stop, top + height)), slice(left, min(self.columns.stop, left + width))
                )

    def within(self, other: "BlockRect") -> "BlockRect":
        """The same blocks, counted from where another rectangle starts."""
        down, across = other.rows.start, other.columns.start
        return BlockRect(
            slice(self.rows.start - down, self.rows.stop - down),
            slice(self.columns.start - across, self.columns.stop - across),
        )


def error_sums(a: Pixels, b: Pixels, region: Region, rect: BlockRect) -> NDArray[np.float64]:
    """Squared errors of the blocks' pixels, (rows, columns, 2) for inside and outside of the region."""
    sums = np.empty((*rect.shape, 2))
    for tile in rect.tiles(*_TILE):
        rows, columns = (
            slice(blocks.start * BLOCK_PX, min(side, blocks.stop * BLOCK_PX))
            for blocks, side in zip(tile, region.shape, strict=True)
        )
        owners = membership(rows, tile.rows, 0), membership(columns, tile.columns, 0)
        errors, inside = squared_error_map(a[rows, columns], b[rows, columns]), region[rows, columns]
        sums[tile.within(rect)] = np.stack([_pooled(errors * side, *owners) for side in (inside, ~inside)], axis=2)
    return sums


def similarity_sums(
    a: Pixels, b: Pixels, region: Region, rows: BlockAxis, columns: BlockAxis, rect: BlockRect
) -> NDArray[np.float64]:
    """Similarities of the windows centred in the blocks.

    Args:
        rows: of the picture.
        columns: of the picture.
    Returns:
        (rows, columns, scales, 2, 4): inside and outside of the region, the three channels' weighted similarities
        and the sum of the weights.
    """
    down, across = rows.crop(rect.rows), columns.crop(rect.columns)
    x: NDArray[Any] = a[down, across]
    y: NDArray[Any] = b[down, across]
    seen = region[down, across].astype(np.float32)
    sums = np.zeros((*rect.shape, rows.scales, 2, 4))
    for scale in range(rows.scales):
        if scale > 0:
            x, y, seen = halved(x), halved(y), halved(seen, cv2.BORDER_REPLICATE)
        top, left = rows.start(down, scale), columns.start(across, scale)
        kernels = window(rows.length(scale)), window(columns.length(scale))
        above, before = (len(kernel) // 2 for kernel in kernels)
        for tile in rect.tiles(_TILE[0] << scale, _TILE[1] << scale):
            centres = rows.centres(tile.rows, scale, above), columns.centres(tile.columns, scale, before)
            if any(line.start == line.stop for line in centres):
                continue
            needed = (
                slice(centres[0].start - above - top, centres[0].stop + above - top),
                slice(centres[1].start - before - left, centres[1].stop + before - left),
            )
            similarity = similarity_map(x[needed], y[needed], *kernels, luminance=scale == rows.scales - 1)
            owners = membership(centres[0], tile.rows, scale), membership(centres[1], tile.columns, scale)
            sums[tile.within(rect)][:, :, scale] = _tile_sums(similarity, seen[needed], kernels, owners)
    return sums


def _tile_sums(
    similarity: NDArray[np.float32],
    seen: NDArray[np.float32],
    kernels: tuple[NDArray[np.float32], NDArray[np.float32]],
    owners: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> NDArray[np.float64]:
    """The sums (rows, columns, 2, 4) of a tile at one scale."""
    sums = np.zeros((len(owners[0]), len(owners[1]), 2, 4))
    if seen.min() == 1 or seen.max() == 0:
        side = INSIDE if seen[0, 0] else OUTSIDE
        sums[:, :, side, :3] = _pooled(similarity, *owners)
        sums[:, :, side, 3] = np.outer(*(owner.sum(axis=1) for owner in owners))
        return sums
    for side, of_side in ((INSIDE, seen), (OUTSIDE, 1 - seen)):
        weight = windowed(of_side, *kernels)
        sums[:, :, side, :3] = _pooled(similarity * cv2.merge([weight] * 3), *owners)
        sums[:, :, side, 3] = _pooled(weight, *owners)
    return sums


def _pooled(
    values: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Sums of (H, W) or (H, W, channels) over the blocks that the positions belong to."""
    of_rows = (rows @ values.reshape(len(values), -1)).reshape(len(rows), values.shape[1], -1)
    sums = columns.astype(np.float64) @ of_rows
    return np.asarray(sums.reshape(len(rows), len(columns), *values.shape[2:]), np.float64)
