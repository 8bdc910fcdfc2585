"""How far two pictures are apart: PSNR and MS-SSIM, over the whole picture or a region of it."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2

_PEAK = 255.0
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_WINDOW = 11
_SIGMA = 1.5
_BAND = 64
_LUMINANCE_CONSTANT = (0.01 * _PEAK) ** 2
_CONTRAST_CONSTANT = (0.03 * _PEAK) ** 2

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
    for rows in _bands(a.shape[0]):
        difference = cv2.absdiff(a[rows], b[rows]).astype(np.float32)
        np.einsum("ijk,ijk->ij", difference, difference, out=errors[rows])
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
    errors = squared_error_map(a, b)
    return psnr_of_error_db(float(np.mean(errors if region is None else errors[region], dtype=np.float64)))


def psnr_of_error_db(mean_squared_error: float) -> float:
    """PSNR in dB of a mean squared error of 8-bit values; infinity for none."""
    return 10 * math.log10(_PEAK**2 / mean_squared_error) if mean_squared_error != 0 else math.inf


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
    weights = _weights_of(_scales(*a.shape[:2]))
    x: NDArray[Any] = a
    y: NDArray[Any] = b
    seen = None if region is None else region.astype(np.float32)
    product = np.ones(3)
    for scale, weight in enumerate(weights):
        if scale > 0:
            x, y = _halved(x), _halved(y)
            # Zeros beyond the edge would take weight from it, so the mask continues there.
            seen = None if seen is None else _halved(seen, cv2.BORDER_REPLICATE)
        structure, whole = _mean_similarities(x, y, seen)
        product *= np.maximum(whole if scale == len(weights) - 1 else structure, 0) ** weight
    return float(product.mean())


def ms_ssim_db(value: float) -> float:
    """MS-SSIM on a scale that tells good pictures apart: -10 log10(1 - value); infinity for 1."""
    return -10 * math.log10(1 - value) if value < 1 else math.nan if math.isnan(value) else math.inf


def _check_shapes(a: Pixels, b: Pixels) -> None:
    if a.shape != b.shape:
        raise ValueError(f"pictures of different shapes: {a.shape} and {b.shape}")


def _scales(height: int, width: int) -> int:
    """How many scales have room for the window."""
    side, scales = min(height, width), 1
    while scales < len(_SCALE_WEIGHTS) and (side := (side + 1) // 2) >= _WINDOW:
        scales += 1
    return scales


def _weights_of(scales: int) -> NDArray[np.float64]:
    weights = np.array(_SCALE_WEIGHTS[:scales])
    return np.asarray(weights * (sum(_SCALE_WEIGHTS) / weights.sum()))


def _mean_similarities(
    x: NDArray[Any], y: NDArray[Any], seen: NDArray[np.float32] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means over the windows of contrast and structure alone, and with luminance, for each channel."""
    rows, columns = _window(x.shape[0]), _window(x.shape[1])
    structure_sum, whole_sum, weight_sum = np.zeros(3), np.zeros(3), 0.0
    for band in _bands(x.shape[0] - len(rows) + 1):
        needed = slice(band.start, band.stop + len(rows) - 1)
        luminance, structure = _similarity_maps(
            x[needed].astype(np.float32), y[needed].astype(np.float32), rows, columns
        )
        weight = np.ones(structure.shape[:2], np.float32) if seen is None else _windowed(seen[needed], rows, columns)
        structure_sum += weight.ravel() @ structure.reshape(-1, 3)
        whole_sum += weight.ravel() @ (structure * luminance).reshape(-1, 3)
        weight_sum += float(weight.sum(dtype=np.float64))
    return structure_sum / weight_sum, whole_sum / weight_sum


def _similarity_maps(
    x: NDArray[np.float32], y: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Similarity of the means (luminance) and of the deviations (contrast and structure) in every window."""
    mean_x, mean_y = _windowed(x, rows, columns), _windowed(y, rows, columns)
    product = mean_x * mean_y
    squares = mean_x * mean_x + mean_y * mean_y
    covariance = _windowed(x * y, rows, columns) - product
    variances = _windowed(x * x + y * y, rows, columns) - squares
    luminance = (2 * product + _LUMINANCE_CONSTANT) / (squares + _LUMINANCE_CONSTANT)
    structure = (2 * covariance + _CONTRAST_CONSTANT) / (variances + _CONTRAST_CONSTANT)
    return luminance, structure


def _windowed(
    values: NDArray[np.float32], rows: NDArray[np.float32], columns: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Gaussian mean around every place whose window lies inside."""
    blurred: NDArray[Any] = cv2.sepFilter2D(values, cv2.CV_32F, columns, rows)
    top, left = len(rows) // 2, len(columns) // 2
    return blurred[top : len(values) - top, left : values.shape[1] - left]


def _window(side: int) -> NDArray[np.float32]:
    size = min(_WINDOW, side - 1 + side % 2)  # odd
    offsets = np.arange(size) - size // 2
    gaussian = np.exp(-(offsets**2) / (2 * _SIGMA**2))
    return np.asarray(gaussian / gaussian.sum(), np.float32)


def _halved(values: NDArray[Any], border: int = cv2.BORDER_CONSTANT) -> NDArray[np.float32]:
    """Means of 2x2 blocks; an odd side gets a line in front, of zeros as in the implementations papers report with."""
    height, width = values.shape[:2]
    even = cv2.copyMakeBorder(values, height % 2, 0, width % 2, 0, border)
    halved = np.empty((len(even) // 2, even.shape[1] // 2, *values.shape[2:]), np.float32)
    for rows in _bands(len(halved)):
        band = even[2 * rows.start : 2 * rows.stop].astype(np.float32)
        cv2.resize(band, (halved.shape[1], rows.stop - rows.start), halved[rows], interpolation=cv2.INTER_AREA)
    return halved


def _bands(height: int) -> Iterator[slice]:
    """Rows in portions, so that memory stays bounded in large pictures and the work in the processor's cache."""
    for start in range(0, height, _BAND):
        yield slice(start, min(height, start + _BAND))
