"""How far two pictures are apart: PSNR and MS-SSIM, over the whole picture or a region of it."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.evaluation.similarity import PEAK, across_scales, halved, scales_of, similarity_map, window, windowed

_BAND = 16
_CHANNEL_SUM = np.ones((1, 3), np.float32)
_TILE = (128, 256)

Pixels = NDArray[np.uint8]
Region = NDArray[np.bool_]


def squared_error_map(a: Pixels, b: Pixels) -> NDArray[np.float32]:
    """Squared error of each pixel, the mean of its channels.

    Args:
        a: uint8 (H, W, 3).
        b: uint8 (H, W, 3).
    Returns:
        float32 (H, W), in [0, 255^2].
    """
    _check_shapes(a, b)
    errors = np.empty(a.shape[:2], np.float32)
    for rows in _portions(a.shape[0], _BAND):
        difference = cv2.absdiff(a[rows], b[rows]).astype(np.float32)
        difference *= difference
        cv2.transform(difference, _CHANNEL_SUM, errors[rows])
    errors /= 3
    return errors


def psnr_db(a: Pixels, b: Pixels, region: Region | None = None) -> float:
    """Peak signal-to-noise ratio over all channels, in dB.

    Args:
        a: uint8 (H, W, 3).
        b: uint8 (H, W, 3).
        region: bool (H, W), the pixels that count; all without one.
    Returns:
        Infinity where the pixels are identical; NaN for an empty region.
    """
    return psnr_of_error_db(mean_squared_error(a, b, region))


def mean_squared_error(a: Pixels, b: Pixels, region: Region | None = None) -> float:
    """The mean over all channels, in [0, 255^2]; NaN for an empty region. Arguments as for psnr_db."""
    _check_shapes(a, b)
    total, count = 0.0, 0
    for rows in _portions(a.shape[0], _BAND):
        errors = squared_error_map(a[rows], b[rows])
        errors = errors if region is None else errors[region[rows]]
        total, count = total + float(errors.sum(dtype=np.float64)), count + errors.size
    return total / count if count else math.nan


def psnr_of_error_db(mean_squared_error: float) -> float:
    """PSNR in dB of a mean squared error of 8-bit values; infinity for none."""
    return 10 * math.log10(PEAK**2 / mean_squared_error) if mean_squared_error != 0 else math.inf


def ms_ssim(a: Pixels, b: Pixels, region: Region | None = None) -> float:
    """Multi-scale structural similarity, the mean over the RGB channels.

    The usual five scales and Gaussian window (11 px, sigma 1.5), only windows that lie inside the picture. A picture
    too small for five scales uses those it has, their weights scaled to the same sum; below 11 px the window shrinks.

    With a region every window counts by how much of the region it sees (the Gaussian mean of the mask, reduced with
    the picture from scale to scale). A region that covers the picture so gives the plain value, and one at the very
    edge, where no window is centred, still has one.

    Args:
        a: uint8 (H, W, 3).
        b: uint8 (H, W, 3).
        region: bool (H, W), the pixels that count; all without one.
    Returns:
        In [0, 1], 1 for identical pictures; NaN for an empty region.
    Source: Wang, Simoncelli, Bovik 2003.
    """
    _check_shapes(a, b)
    if region is not None and not region.any():
        return math.nan
    x: NDArray[Any] = a
    y: NDArray[Any] = b
    seen = None if region is None else region.astype(np.float32)
    scales = scales_of(*a.shape[:2])
    similarities = np.empty((scales, 3))
    for scale in range(scales):
        if scale > 0:
            x, y = halved(x), halved(y)
            # Zeros beyond the edge would take weight from it, so the mask continues there.
            seen = None if seen is None else halved(seen, cv2.BORDER_REPLICATE)
        similarities[scale] = _mean_similarity(x, y, seen, luminance=scale == scales - 1)
    return across_scales(similarities)


def ms_ssim_db(value: float) -> float:
    """MS-SSIM on a scale that tells good pictures apart: -10 log10(1 - value); infinity for 1."""
    return -10 * math.log10(1 - value) if value < 1 else math.nan if math.isnan(value) else math.inf


def _check_shapes(a: Pixels, b: Pixels) -> None:
    if a.shape != b.shape:
        raise ValueError(f"pictures of different shapes: {a.shape} and {b.shape}")


def _mean_similarity(
    x: NDArray[Any], y: NDArray[Any], seen: NDArray[np.float32] | None, *, luminance: bool
) -> NDArray[np.float64]:
    """Mean over the windows, for each channel."""
    rows, columns = window(x.shape[0]), window(x.shape[1])
    similarity_sum, weight_sum = np.zeros(3), 0.0
    for down in _portions(x.shape[0] - len(rows) + 1, _TILE[0]):
        for across in _portions(x.shape[1] - len(columns) + 1, _TILE[1]):
            needed = slice(down.start, down.stop + len(rows) - 1), slice(across.start, across.stop + len(columns) - 1)
            similarity = similarity_map(x[needed], y[needed], rows, columns, luminance=luminance)
            weight = np.ones(similarity.shape[:2], np.float32)
            if seen is not None:
                weight = windowed(seen[needed], rows, columns)
            # Row by row: thirty thousand numbers summed in a row in 32 bits would cost the fifth digit.
            similarity_sum += np.matmul(weight[:, np.newaxis], similarity)[:, 0].sum(axis=0, dtype=np.float64)
            weight_sum += float(weight.sum(dtype=np.float64))
    return similarity_sum / weight_sum


def _portions(side: int, size: int) -> Iterator[slice]:
    """A side in portions, so that memory stays bounded in large pictures and the work in the processor's cache."""
    for start in range(0, side, size):
        yield slice(start, min(side, start + size))
