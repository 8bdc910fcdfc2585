"""Structural similarity of two pictures at one scale, and the way from a scale to the next."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2

PEAK = 255.0
WINDOW = 11
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_SIGMA = 1.5
_BAND = 16
_LUMINANCE_CONSTANT = (0.01 * PEAK) ** 2
_CONTRAST_CONSTANT = (0.03 * PEAK) ** 2


SCALES = len(_SCALE_WEIGHTS)
ALL_SCALES_SIDE = 1 + (WINDOW - 1) * 2 ** (SCALES - 1)
"""From this side of a picture on the window has room at every scale."""


def scales_of(height: int, width: int) -> int:
    """How many scales have room for the window; at least one."""
    side, scales = min(height, width), 1
    while scales < SCALES and (side := (side + 1) // 2) >= WINDOW:
        scales += 1
    return scales


def across_scales(similarities: NDArray[np.float64]) -> float:
    """MS-SSIM from the mean similarity of each scale, (scales, 3); of few scales the weights grow to the same sum."""
    weights = np.array(_SCALE_WEIGHTS[: len(similarities)])
    weights *= sum(_SCALE_WEIGHTS) / weights.sum()
    return float(np.prod(np.maximum(similarities, 0) ** weights[:, np.newaxis], axis=0).mean())


def window(side: int) -> NDArray[np.float32]:
    """The Gaussian window along a side; below 11 px it shrinks, and it is always odd."""
    size = min(WINDOW, side - 1 + side % 2)
    offsets = np.arange(size) - size // 2
    gaussian = np.exp(-(offsets**2) / (2 * _SIGMA**2))
    return np.asarray(gaussian / gaussian.sum(), np.float32)


def windowed(
    values: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Gaussian mean around every place whose window lies inside."""
    return _inner(_blurred(values, rows, columns), rows, columns)


def similarity_map(
    x: NDArray[Any], y: NDArray[Any], rows: NDArray[np.float32], columns: NDArray[np.float32], *, luminance: bool
) -> NDArray[np.float32]:
    """Similarity of the deviations (contrast and structure) in every window, times that of the means if wanted.

    It works on the sum and the difference of the pictures, which turns SSIM's terms into sums and differences of
    squares, in place and with the margin, whose places cost less than arrays with gaps: figures take most time here.

    Args:
        x: uint8 or float32 (H, W, 3), best a tile of a picture that fits the processor's cache.
        y: the same.
    Returns:
        float32 (H - len(rows) + 1, W - len(columns) + 1, 3).
    """
    x, y = x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)
    total, difference = x + y, x - y
    total_mean, difference_mean = _blurred(total, rows, columns), _blurred(difference, rows, columns)
    for values in (total, difference, total_mean, difference_mean):
        np.multiply(values, values, out=values)
    total, difference = _blurred(total, rows, columns), _blurred(difference, rows, columns)
    total -= total_mean
    difference -= difference_mean
    similarity = _contrast(total, difference, _CONTRAST_CONSTANT)
    if luminance:
        similarity *= _contrast(total_mean, difference_mean, _LUMINANCE_CONSTANT)
    return _inner(similarity, rows, columns)


def halved(values: NDArray[Any], border: int = cv2.BORDER_CONSTANT) -> NDArray[np.float32]:
    """Means of 2x2 blocks; an odd side gets a line in front, of zeros as in the implementations papers report with."""
    height, width = values.shape[:2]
    if height % 2 or width % 2:
        values = cv2.copyMakeBorder(values, height % 2, 0, width % 2, 0, border)
    means = np.empty((len(values) // 2, values.shape[1] // 2, *values.shape[2:]), np.float32)
    for start in range(0, len(means), _BAND):
        stop = min(len(means), start + _BAND)
        band = values[2 * start : 2 * stop].astype(np.float32)
        cv2.resize(band, (means.shape[1], stop - start), means[start:stop], interpolation=cv2.INTER_AREA)
    return means


def _blurred(
    values: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> NDArray[np.float32]:
    return np.asarray(cv2.sepFilter2D(values, cv2.CV_32F, columns, rows))


def _inner(values: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]) -> NDArray[np.float32]:
    top, left = len(rows) // 2, len(columns) // 2
    return values[top : len(values) - top, left : values.shape[1] - left]


def _contrast(total: NDArray[np.float32], difference: NDArray[np.float32], constant: float) -> NDArray[np.float32]:
    """(total - difference) / (total + difference), both steadied by SSIM's constant; total is overwritten."""
    total += 2 * constant
    contrast = total - difference
    total += difference
    contrast /= total
    return contrast
