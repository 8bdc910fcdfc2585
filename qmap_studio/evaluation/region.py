"""Where the bits went and what they bought: figures inside a region, outside of it, and overall."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX, cells_across, mean_of_cells, pixels_of_cells
from qmap_studio.evaluation.metrics import Region, psnr_of_error_db

SAMPLED_PX = 1 << 22


@dataclass(frozen=True)
class RegionFigures:
    """Figures of a part of a picture.

    Attributes:
        bits: of its pixels; a cell's bits are spread evenly over the pixels it really has.
        psnr_db: infinity where nothing was lost.
        ms_ssim: windows weighted by how much of the part they see.
        share_of_bits: of the whole picture's, in [0, 1].
    """

    pixels: int
    bits: float
    bpp: float
    psnr_db: float
    ms_ssim: float
    share_of_bits: float


@dataclass(frozen=True)
class Figures:
    """Figures of a compressed picture.

    Attributes:
        inside: of the region; None without one, or where it is empty.
        outside: of the rest; None without a region, or where it covers the picture.
        size_bytes: of the file, or, when estimated, what the bits amount to.
    """

    inside: RegionFigures | None
    outside: RegionFigures | None
    overall: RegionFigures
    size_bytes: int
    estimated: bool


def default_threshold(quality_map: NDArray[Any]) -> float | None:
    """The quality that parts a map best in two: the variance between its two classes of cells is largest.

    Args:
        quality_map: (H, W), of any number type; of a large one every other pixel counts, or fewer.
    Returns:
        in the map's own unit; None for a constant map.
    Source: Otsu 1979, a threshold selection method from gray-level histograms.
    """
    step = max(1, math.isqrt(quality_map.size // SAMPLED_PX))
    quality_map = quality_map[::step, ::step]
    # To 1/10000 of the largest value: what rounding parts is one level.
    grain = float(quality_map.max()) / 10_000 or 1.0
    steps, counts = np.unique(np.rint(mean_of_cells(quality_map) / grain), return_counts=True)
    if steps.size == 1:
        return None
    below = np.cumsum(counts)[:-1]
    sum_below = np.cumsum(counts * steps)[:-1]
    above, sum_above = counts.sum() - below, (counts * steps).sum() - sum_below
    between = below * above * (sum_above / above - sum_below / below) ** 2
    split = int(between.argmax())
    return float(steps[split] + steps[split + 1]) / 2 * grain


def region_of(quality_map: NDArray[Any], threshold: float | None = None) -> Region | None:
    """The region a quality map stands for: where it is above a threshold.

    Args:
        quality_map: (H, W), of any number type.
        threshold: in the map's own unit; without it the map's `default_threshold`.
    Returns:
        bool (H, W), or None for a constant map without a threshold.
    """
    if threshold is None:
        threshold = default_threshold(quality_map)
    return None if threshold is None else quality_map > threshold


@dataclass(frozen=True)
class Part:
    """What was measured of a part of a picture.

    Attributes:
        inside: int (rows, columns), its pixels in each latent cell.
        mean_squared_error: over its pixels and channels; NaN where nothing was measured.
    """

    inside: NDArray[np.integer[Any]]
    mean_squared_error: float
    ms_ssim: float


def figures_of(
    size: tuple[int, int],
    cell_bits: NDArray[np.float32],
    overall: Part,
    inside: Part | None = None,
    outside: Part | None = None,
    *,
    size_bytes: int | None = None,
) -> Figures:
    """Figures of the measured parts of a picture: of the whole, of a region and of what is outside of it.

    Args:
        size: (height, width) of the picture.
        cell_bits: (rows, columns), bits of each latent cell.
        size_bytes: of the real file, which is what overall then counts, header and all; without it the figures are
            marked as estimated.
    """
    areas = pixels_of_cells(*size)
    if cell_bits.shape != areas.shape:
        raise ValueError(f"a picture of {size[1]} x {size[0]} has not {cell_bits.shape} cells")
    total_bits = float(cell_bits.sum(dtype=np.float64))

    def figures(part: Part, bits: float) -> RegionFigures:
        pixels = int(part.inside.sum(dtype=np.int64))
        return RegionFigures(
            pixels=pixels,
            bits=bits,
            bpp=bits / pixels,
            psnr_db=psnr_of_error_db(part.mean_squared_error),
            ms_ssim=part.ms_ssim,
            share_of_bits=bits / total_bits if total_bits > 0 else math.nan,
        )

    def side(part: Part | None) -> RegionFigures | None:
        return None if part is None or not part.inside.any() else figures(part, _bits(cell_bits, part.inside, areas))

    whole = figures(overall, total_bits)
    if size_bytes is not None:
        whole = replace(whole, bits=8.0 * size_bytes, bpp=8.0 * size_bytes / whole.pixels)
    return Figures(
        inside=side(inside),
        outside=side(outside),
        overall=whole,
        size_bytes=math.ceil(total_bits / 8) if size_bytes is None else size_bytes,
        estimated=size_bytes is None,
    )


def cell_counts(region: Region) -> NDArray[np.int32]:
    """How many of a region's pixels each latent cell holds, (rows, columns)."""
    height, width = region.shape
    full = height // CELL_PX * CELL_PX
    # A cell's column of 16 pixels fits a byte, which is what makes this fast.
    above = region[:full].reshape(-1, CELL_PX, width).view(np.uint8).sum(axis=1, dtype=np.uint8)
    below = region[full:].view(np.uint8).sum(axis=0, dtype=np.uint8)
    columns = np.vstack([above, below])[: cells_across(height)]
    return np.asarray(np.add.reduceat(columns, np.arange(0, width, CELL_PX), axis=1, dtype=np.int32))


def _bits(cell_bits: NDArray[np.float32], inside: NDArray[Any], areas: NDArray[Any]) -> float:
    return float(np.sum(cell_bits * (inside / areas), dtype=np.float64))
