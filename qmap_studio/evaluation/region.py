"""Where the bits went and what they bought: figures inside a region, outside of it, and overall."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .metrics import Pixels, Region, ms_ssim, psnr_of_error_db, squared_error_map

# Pixels of a latent cell's side, as in qmap_studio.codec, whose import would bring torch into the window.
CELL = 16


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
        quality_map: (H, W), of any number type.
    Returns:
        in the map's own unit; None for a constant map.
    Source: Otsu 1979, a threshold selection method from gray-level histograms.
    """
    rows, columns = (np.arange(0, side, CELL) for side in quality_map.shape)
    sums = np.add.reduceat(np.add.reduceat(quality_map, columns, axis=1, dtype=np.float64), rows, axis=0)
    heights, widths = (
        np.diff(starts, append=side) for starts, side in zip((rows, columns), quality_map.shape, strict=True)
    )
    # To 1/10000 of the largest value: what rounding parts is one level.
    grain = float(quality_map.max()) / 10_000 or 1.0
    steps, counts = np.unique(np.rint(sums / np.outer(heights, widths) / grain), return_counts=True)
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


def measure(
    original: Pixels,
    reconstruction: Pixels,
    cell_bits: NDArray[np.float32],
    region: Region | None = None,
    *,
    size_bytes: int | None = None,
) -> Figures:
    """Measures a compressed picture, and a region of it apart from the rest.

    Args:
        original: uint8 (H, W, 3).
        reconstruction: uint8 (H, W, 3).
        cell_bits: (rows, columns), bits of each latent cell; rows = ceil(H / 16).
        region: bool (H, W), the pixels that are inside.
        size_bytes: of the real file, which is what overall then counts, header and all; without it the figures are
            marked as estimated.
    """
    height, width = original.shape[:2]
    if cell_bits.shape != (-(-height // CELL), -(-width // CELL)):
        raise ValueError(f"a picture of {width} x {height} has not {cell_bits.shape} cells")
    errors = squared_error_map(original, reconstruction)
    total_bits = float(cell_bits.sum(dtype=np.float64))

    def figures(part: Region | None) -> RegionFigures | None:
        pixels = height * width if part is None else int(np.count_nonzero(part))
        if pixels == 0:
            return None
        bits = total_bits if part is None else bits_in(cell_bits, part)
        return RegionFigures(
            pixels=pixels,
            bits=bits,
            bpp=bits / pixels,
            psnr_db=psnr_of_error_db(float(np.mean(errors if part is None else errors[part], dtype=np.float64))),
            ms_ssim=ms_ssim(original, reconstruction, part),
            share_of_bits=bits / total_bits if total_bits > 0 else math.nan,
        )

    overall = figures(None)
    assert overall is not None, "a picture has pixels"
    if size_bytes is not None:
        overall = replace(overall, bits=8.0 * size_bytes, bpp=8.0 * size_bytes / overall.pixels)
    return Figures(
        inside=None if region is None else figures(region),
        outside=None if region is None else figures(~region),
        overall=overall,
        size_bytes=math.ceil(total_bits / 8) if size_bytes is None else size_bytes,
        estimated=size_bytes is None,
    )


def bits_in(cell_bits: NDArray[np.float32], region: Region) -> float:
    """Bits of a region's pixels, each cell's bits spread evenly over the pixels it really has.

    Args:
        cell_bits: (rows, columns), bits of each latent cell.
        region: bool (H, W).
    """
    rows, columns = (np.arange(0, side, CELL) for side in region.shape)
    inside = np.add.reduceat(np.add.reduceat(region, rows, axis=0, dtype=np.int32), columns, axis=1)
    heights, widths = (np.diff(starts, append=side) for starts, side in zip((rows, columns), region.shape, strict=True))
    return float(np.sum(cell_bits * (inside / np.outer(heights, widths)), dtype=np.float64))
