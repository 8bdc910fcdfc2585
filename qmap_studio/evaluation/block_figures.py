"""Figures as sums over blocks of a picture, so that an edit costs what it touched."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import BLOCK_PX, CELL_PX, CELLS_PER_BLOCK, pixels_of_cells
from qmap_studio.evaluation.block_axis import BlockAxis
from qmap_studio.evaluation.block_sums import INSIDE, OUTSIDE, BlockRect, error_sums, similarity_sums
from qmap_studio.evaluation.metrics import Pixels, Region
from qmap_studio.evaluation.region import Figures, Part, cell_counts, figures_of
from qmap_studio.evaluation.similarity import across_scales, scales_of

# How far around a block the pixels matter: the windows of the coarsest scale, and the lines in front of the picture.
MARGIN = 96
# Blocks of a rectangle that is measured at once, a side: few pixels are then in two margins, and memory is bounded.
_RECTANGLE = 16


class Spread(Protocol):
    """Does the same to many things, as map does, or at once and in any order."""

    def __call__(self, function: Callable[[Any], Any], things: Iterable[Any], /) -> Iterable[Any]: ...


class BlockFigures:
    """Measures a picture against its reconstruction block by block of 64 x 64 px, inside and outside of a region.

    A block holds sums: of squared errors over its pixels, of similarities and weights over the windows centred in it.
    Those of all blocks give what the whole picture gives. Not for several threads at once.

    Attributes:
        measured: bool (ceil(H / 64), ceil(W / 64)), the blocks whose sums are up to date.
    """

    def __init__(self, original: Pixels) -> None:
        """Args: original: uint8 (H, W, 3), not to be changed from here on."""
        self._original = original
        height, width = original.shape[:2]
        self._size = (height, width)
        self._scales = scales_of(height, width)
        self._rows, self._columns = BlockAxis(height, self._scales), BlockAxis(width, self._scales)
        self._reach = {size: (self._rows.reach_of(size), self._columns.reach_of(size)) for size in (CELL_PX, BLOCK_PX)}
        self.measured = np.zeros((self._rows.blocks, self._columns.blocks), bool)
        self._has_region = False
        self._region: Region = np.zeros((height, width), bool)
        self._areas = pixels_of_cells(height, width)
        self._inside = np.zeros_like(self._areas)
        # Inside and outside; a scale's last sum is of the weights, those before are of the channels' similarities.
        self._errors = np.zeros((*self.measured.shape, 2))
        self._similarities = np.zeros((*self.measured.shape, self._scales, 2, 4))

    def set_region(self, region: Region | None) -> None:
        """Sets what is inside: bool (H, W), or None for no sides. What changed of it has to be measured again."""
        if region is not None and region.shape != self._size:
            raise ValueError(f"a region of shape {region.shape} in a picture of {self._size}")
        self._has_region = region is not None
        changed = np.zeros(self._inside.shape, bool)
        # In place and row of cells by row of cells: fresh memory of the picture's size costs more than the work.
        for row, top in enumerate(range(0, self._size[0], CELL_PX)):
            known = self._region[top : top + CELL_PX]
            new = np.zeros_like(known) if region is None else region[top : top + CELL_PX]
            difference = known ^ new
            if difference.any():
                known[:] = new
                changed[row] = cell_counts(difference)[0] > 0
                self._inside[row] = cell_counts(new)[0]
        self.measured &= ~self._reached(changed, CELL_PX)

    def changed(self, blocks: NDArray[np.bool_]) -> None:
        """The reconstruction changed there, so the blocks that these reach have to be measured again."""
        self.measured &= ~self._reached(blocks, BLOCK_PX)

    def forget(self, blocks: tuple[slice, slice]) -> None:
        """These blocks are not measured any more; their neighbours are, for pixels that have not changed."""
        self.measured[blocks] = False

    def measure(self, reconstruction: Pixels, blocks: NDArray[np.bool_], spread: Spread = map) -> None:
        """Measures those blocks that are not measured yet.

        Args:
            reconstruction: uint8 (H, W, 3), read only within MARGIN px of the rectangles around the blocks, and valid
                within MARGIN px of the blocks themselves.
            blocks: bool, shaped like measured.
            spread: may work on several rectangles at once, give what comes of them in any order, and raise: what it
                gave until then is kept.
        """
        if reconstruction.shape != self._original.shape:
            raise ValueError(f"pictures of different shapes: {self._original.shape} and {reconstruction.shape}")
        wanted = blocks & ~self.measured

        def sums(rectangle: BlockRect) -> tuple[BlockRect, NDArray[np.float64], NDArray[np.float64]]:
            return rectangle, *self._sums(reconstruction, rectangle)

        for rectangle, errors, similarities in spread(sums, _rectangles(wanted)):
            here = wanted[rectangle]
            self._errors[rectangle][here] = errors[here]
            self._similarities[rectangle][here] = similarities[here]
            self.measured[rectangle] |= here

    def figures(self, cell_bits: NDArray[np.float32], *, size_bytes: int | None = None) -> Figures:
        """Figures of the blocks measured so far; pixels and bits are those of the whole picture.

        Args:
            cell_bits: (rows, columns), bits of each latent cell.
            size_bytes: of the real file, as for region.figures_of.
        """
        measured = self.measured.ravel().astype(np.float64)
        errors = measured @ self._errors.reshape(len(measured), -1)
        similarities = (measured @ self._similarities.reshape(len(measured), -1)).reshape(self._scales, 2, 4)
        step = CELLS_PER_BLOCK
        cells = np.repeat(np.repeat(self.measured, step, axis=0), step, axis=1)[: len(self._areas)]
        cells = cells[:, : self._areas.shape[1]]

        def part(inside: NDArray[np.int32], error: float, of_scales: NDArray[np.float64]) -> Part:
            pixels = int(inside.sum(dtype=np.int64, where=cells))
            weights = of_scales[:, 3:]
            return Part(
                inside=inside,
                mean_squared_error=float(error) / pixels if pixels else math.nan,
                ms_ssim=across_scales(of_scales[:, :3] / weights) if weights.all() else math.nan,
            )

        sides = [
            part(self._inside, errors[INSIDE], similarities[:, INSIDE]),
            part(self._areas - self._inside, errors[OUTSIDE], similarities[:, OUTSIDE]),
        ]
        overall = part(self._areas, errors.sum(), similarities.sum(axis=1))
        return figures_of(self._size, cell_bits, overall, *(sides if self._has_region else ()), size_bytes=size_bytes)

    def _reached(self, parts: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
        """The blocks that some parts of so many pixels reach."""
        counts = np.zeros((self._rows.blocks + 1, self._columns.blocks + 1), np.int32)
        (top, bottom), (left, right) = (
            reach[:, place] for reach, place in zip(self._reach[size], np.nonzero(parts), strict=True)
        )
        for rows, columns, count in ((top, left, 1), (bottom, right, 1), (top, right, -1), (bottom, left, -1)):
            np.add.at(counts, (rows, columns), count)
        reached: NDArray[np.bool_] = counts.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
        return reached

    def _sums(self, reconstruction: Pixels, rect: BlockRect) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        pictures = self._original, reconstruction, self._region
        return error_sums(*pictures, rect), similarity_sums(*pictures, self._rows, self._columns, rect)


def _rectangles(wanted: NDArray[np.bool_]) -> Iterator[BlockRect]:
    """Rectangles that hold all wanted blocks, each once."""
    for tile in BlockRect(*(slice(0, side) for side in wanted.shape)).tiles(_RECTANGLE, _RECTANGLE):
        rows, columns = np.nonzero(wanted[tile])
        if len(rows):
            yield BlockRect(
                slice(tile.rows.start + int(rows.min()), tile.rows.start + int(rows.max()) + 1),
                slice(tile.columns.start + int(columns.min()), tile.columns.start + int(columns.max()) + 1),
            )
