"""Cells that are cheaper without loss than through networks: text, charts, pixel art, dithers.

A network has seen photos. Where neighbours have equal colours, a coder that finds repetitions beats any transform. What
cells that look like it cost such a coder it is asked itself; what they cost a transform is asked of a plain DCT. Areas
of one colour cost a network little, but come out some levels off: there enough cells are kept for their looks.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT
from qmap_studio.codec.common.kept.tile import pack_tile
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL, cells_across
from qmap_studio.core.rate import best_step, quality_to_lambda

FEW_NEW, MOST_NEW = 0.35, 0.6
"""Of a cell's pixels may be unlike all their neighbours, and where there are few colours; in photos most are."""
FEW_COLOURS, DRAWN_COLOURS = 64, 16
LEAST_CONTRAST = 24
"""Levels between the darkest and the brightest value of a cell and those around it: networks do flatter ones well."""
FLAT_BITS = 12.0
"""What it is worth that a cell keeps the one colour that it and all around it have: networks miss it by some levels."""
LEAST_CELLS = 6
"""Fewer in a tile are not worth a stream of their own."""
SURE_GAIN = 0.9
"""Of what a transform costs: a network may do a little better."""
STREAM_BITS = 400
"""A stream for few cells begins with so many."""
_COLOURS = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32)
_COLOURS /= np.linalg.norm(_COLOURS, axis=1, keepdims=True)
_SIDE = 8
_DCT = np.cos(np.pi / _SIDE * np.outer(np.arange(_SIDE), np.arange(_SIDE) + 0.5)).astype(np.float32) / 2
_DCT[0] /= math.sqrt(2)


@dataclass(frozen=True)
class GraphicCells:
    """The cells of a tile that look like graphics.

    Attributes:
        where: bool (rows, columns).
        flat: bool (n,), which of them have one colour, like all around them.
        bits: float64 (n,), of each without loss.
        coefficients: float32 (n, 768), their DCT.
    """

    where: NDArray[np.bool_]
    flat: NDArray[np.bool_]
    bits: NDArray[np.float64]
    coefficients: NDArray[np.float32]

    def worthwhile(self, levels: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Those of them that are to be kept, bool (rows, columns).

        Args:
            levels: (rows, columns), the cells' qualities in 65535ths.
        """
        worth = np.where(self.flat, FLAT_BITS, SURE_GAIN * self._transform_cost(levels[self.where]))
        gain = worth - self.bits
        kept = np.zeros_like(self.where)
        if np.count_nonzero(self.flat) == kept.size:
            kept[...] = True
        elif gain.sum(where=gain > 0) > STREAM_BITS:
            kept[self.where] = gain > 0
        return kept

    def _transform_cost(self, levels: NDArray[np.float32]) -> NDArray[np.float64]:
        """Bits and weighed error of a transform coder with the best uniform step for each cell's lambda."""
        lmbda = quality_to_lambda(levels.astype(np.float64) / MAX_LEVEL)[:, None]
        step = best_step(lmbda)
        steps = np.abs(self.coefficients) / step
        is_coded = steps > 0.6
        bits = np.where(is_coded, 1.5 * np.log2(1 + steps) + 2.5, 0.0).sum(axis=1)
        error = np.where(is_coded, 1 / 12, steps**2).sum(axis=1) * (step**2 * lmbda)[:, 0] / 3
        cost: NDArray[np.float64] = bits + error
        return cost


def graphic_cells(pixels: NDArray[np.uint8]) -> GraphicCells | None:
    """The cells of a tile, uint8 (H, W, 3), that look like graphics; None if hardly any do."""
    height, width = pixels.shape[:2]
    pixels = np.pad(pixels, ((0, -height % CELL_PX), (0, -width % CELL_PX), (0, 0)), mode="edge")
    by_cell = (cells_across(height), CELL_PX, cells_across(width), CELL_PX)
    new = new_pixels(pixels).reshape(by_cell).mean(axis=(1, 3), dtype=np.float32)
    where = new <= MOST_NEW
    fewest = min(LEAST_CELLS, where.size)
    if np.count_nonzero(where) < fewest:
        return None
    of_cells = pixels.reshape(*by_cell, 3).swapaxes(1, 2)  # (rows, columns, 16, 16, 3)
    darkest, brightest = of_cells.min(axis=(2, 3)), of_cells.max(axis=(2, 3))
    contrast = _contrast(darkest, brightest)
    where &= (contrast >= LEAST_CONTRAST) | (contrast == 0)
    colours = np.full(where.shape, CELL_PX**2)
    colours[where] = _colours(of_cells[where])
    where &= (new <= FEW_NEW) | (colours <= FEW_COLOURS)
    # A photo's cells of few new colours are smooth; before the coder is asked there must be some that are drawn.
    has_contrast = (brightest - darkest).max(axis=2) >= LEAST_CONTRAST
    is_drawn = (colours == 1) | has_contrast & (colours <= DRAWN_COLOURS)
    if np.count_nonzero(where & is_drawn) < fewest:
        return None
    codes = np.where(where, np.uint8(CHOSEN), np.uint8(NOT_KEPT)).repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
    flat = contrast[where] == 0
    weights = bit_weights(pixels).reshape(by_cell).sum(axis=(1, 3), dtype=np.float64)[where]
    weights[flat] = 0.0
    bits = max(8 * len(pack_tile(pixels, codes)) - STREAM_BITS / 2, 1.0)
    return GraphicCells(where, flat, bits * weights / max(weights.sum(), 1.0), _transformed(of_cells[where]))


def _contrast(darkest: NDArray[np.uint8], brightest: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest range of any channel within a cell and its neighbours, (rows, columns), of (rows, columns, 3)."""
    for axis in (0, 1):
        inner = [np.s_[:-1], np.s_[1:]]
        for here, there in (inner, inner[::-1]):
            at, by = (np.s_[here], np.s_[there]) if axis == 0 else (np.s_[:, here], np.s_[:, there])
            darkest, brightest = darkest.copy(), brightest.copy()
            np.minimum(darkest[at], darkest[by], out=darkest[at])
            np.maximum(brightest[at], brightest[by], out=brightest[at])
    contrast: NDArray[np.uint8] = (brightest - darkest).max(axis=2)
    return contrast


def new_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where no neighbour to the left or above has the same colour, bool (H, W)."""
    height, width = pixels.shape[:2]
    packed = np.full((height + 1, width + 2), 1 << 24, np.uint32)
    here = packed[1:, 1:-1]
    here[...] = _packed(pixels)
    new = here != packed[1:, :-2]
    for neighbours in (packed[:-1, 1:-1], packed[:-1, :-2], packed[:-1, 2:]):
        new &= here != neighbours
    return new


def _colours(cells: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many different ones there are in each of some cells (n, 16, 16, 3)."""
    ordered = np.sort(_packed(cells).reshape(len(cells), CELL_PX**2), axis=1)
    return 1 + np.count_nonzero(np.diff(ordered, axis=1), axis=1)


def _packed(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Each colour (..., 3) as one number."""
    packed: NDArray[np.uint32] = pixels[..., 0].astype(np.uint32)
    for channel in (1, 2):
        packed <<= 8
        packed |= pixels[..., channel]
    return packed


def bit_weights(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """About how the bits of a lossless stream are spread over its pixels, float32 (H, W)."""
    values = pixels.astype(np.int16)
    differences = [np.abs(np.diff(values, axis=axis, prepend=0)).sum(axis=2, dtype=np.int16) for axis in (0, 1)]
    weights: NDArray[np.float32] = np.log2(1.05 + np.minimum(*differences), dtype=np.float32)
    return weights


def _transformed(cells: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The DCT of cells (n, 16, 16, 3) in blocks of 8x8 and across their channels, (n, 768)."""
    colours = (cells.astype(np.float32) - 128) @ _COLOURS.T
    blocks = colours.reshape(-1, 2, _SIDE, 2, _SIDE, 3).transpose(0, 1, 3, 5, 2, 4)
    transformed: NDArray[np.float32] = (_DCT @ blocks @ _DCT.T).reshape(len(cells), -1)
    return transformed
