"""Pixels of any described colour space as those of sRGB."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.opencv import cv2
from qmap_studio.core.pictures.colours.space import (
    HLG,
    HLG_PEAK_NITS,
    HLG_SYSTEM_GAMMA,
    REFERENCE_WHITE_NITS,
    ColourSpace,
    Floats,
    pq_encoded,
    pq_nits,
    srgb_encoded,
)

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
Light = NDArray[np.float32]

_BAND_PIXELS = 1 << 17  # at once: what fits the processor's cache
_SAMPLE_PIXELS = 1 << 18  # looked at for the brightest light
_GLINTS = 0.001  # the share of pixels that may be brighter than what tone mapping takes for the brightest
_STEPS = 65535


def to_srgb(pixels: Pixels, space: ColourSpace) -> NDArray[np.uint8]:
    """Converts pixels to sRGB; colours outside of it are clipped a channel.

    HDR (PQ, HLG) is tone-mapped by the curve of ITU-R BT.2390: reference white is 203 cd/m², what is darker than about
    a half of it stays as it is, and the brightest light becomes white. The largest channel goes through the curve and
    the others keep their ratio to it, so that no hue changes; greys stay grey.

    Args:
        pixels: uint8 or uint16 (H, W, 3), full scale.
    Returns:
        uint8 (H, W, 3).
    """
    to_light = _ToLight(space, pixels.dtype)
    if to_light.matrix is None and not space.is_hdr:
        return np.asarray(_looked_up(pixels, _encoding(to_light.table)))
    tones = _ToneCurve(_brightest(pixels, to_light)) if space.is_hdr else None
    encoding = _encoding(np.arange(_STEPS + 1) / _STEPS)
    converted = np.empty(pixels.shape, np.uint8)
    for rows in _bands(*pixels.shape[:2]):
        light = to_light(pixels[rows])
        if tones is not None:
            light *= tones.gains(light)[..., None]
        converted[rows] = np.take(encoding, _steps(light))
    return converted


class _ToLight:
    """From pixels of a colour space to linear light of sRGB's primaries."""

    def __init__(self, space: ColourSpace, depth: np.dtype[Any]) -> None:
        self._space = space
        self.table = self._table(int(np.iinfo(depth).max))
        matrix = space.primaries.to_srgb()
        self.matrix = None if np.allclose(matrix, np.eye(3), atol=1e-4) else matrix.astype(np.float32)
        self._luminance = space.primaries.to_xyz()[1:2].astype(np.float32)

    def __call__(self, pixels: Pixels) -> Light:
        """Light, float32 (H, W, 3), not negative; 1 is white."""
        light: Any = _looked_up(pixels, self.table)
        if self._space.transfer is HLG:  # from the scene's light to the display's
            gains = cv2.pow(cv2.transform(light, self._luminance), HLG_SYSTEM_GAMMA - 1)
            light *= gains[..., None] * np.float32(HLG_PEAK_NITS / REFERENCE_WHITE_NITS)
        if self.matrix is not None:
            light = cv2.transform(light, self.matrix)
        return np.asarray(np.maximum(light, np.float32(0)))

    def _table(self, full: int) -> Light:
        """The light of every value that a channel may have."""
        values = np.arange(full + 1) / full
        if self._space.is_narrow:
            values = np.clip((values * 255 - 16) / 219, 0, 1)
        return np.asarray(self._space.transfer.to_linear(values), np.float32)


def _brightest(pixels: Pixels, to_light: _ToLight) -> float:
    """The largest channel of nearly all pixels."""
    step = max(1, int((pixels.shape[0] * pixels.shape[1] / _SAMPLE_PIXELS) ** 0.5))
    sample = to_light(np.ascontiguousarray(pixels[::step, ::step]))
    return float(np.quantile(sample.max(axis=-1), 1 - _GLINTS))


def _encoding(light: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(srgb_encoded(np.clip(light.astype(np.float64), 0, 1)) * 255), np.uint8)


def _looked_up(pixels: Pixels, table: NDArray[Any]) -> Any:
    return cv2.LUT(pixels, table) if pixels.dtype == np.uint8 else np.take(table, pixels)


class _ToneCurve:
    """Bright light made fit for a display whose white is the reference white.

    Source: ITU-R BT.2390, section 5.4.1, for a black of 0.
    """

    def __init__(self, brightest: float) -> None:
        """For light up to `brightest`, in multiples of the reference white; brighter light becomes white as well."""
        self._brightest = max(brightest, 1.0)
        light = np.square(np.arange(_STEPS + 1) / _STEPS) * self._brightest
        mapped = _eetf(light, self._brightest)
        self._gains = np.divide(mapped, light, out=np.ones_like(light), where=light > 0).astype(np.float32)

    def gains(self, light: Light) -> Light:
        """By what the light of each pixel is multiplied, float32 (H, W)."""
        largest = np.maximum(np.maximum(light[..., 0], light[..., 1]), light[..., 2])
        steps = _steps(np.sqrt(largest * np.float32(1 / self._brightest)))
        gains = np.take(self._gains, steps)
        return np.where(largest > self._brightest, 1 / np.maximum(largest, 1), gains)


def _eetf(light: Floats, brightest: float) -> Floats:
    """Light up to `brightest` as light up to 1, both in multiples of the reference white."""
    full = pq_encoded(np.array(brightest * REFERENCE_WHITE_NITS))
    white = pq_encoded(np.array(float(REFERENCE_WHITE_NITS))) / full
    values = pq_encoded(light * REFERENCE_WHITE_NITS) / full
    knee = 1.5 * white - 0.5
    if knee >= 1:
        return light
    t = np.clip((values - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    return np.where(values < knee, light, pq_nits(np.minimum(bent, white) * full) / REFERENCE_WHITE_NITS)


def _steps(fractions: Light) -> NDArray[np.uint16]:
    """Fractions, clipped to 0 to 1, as places in a table."""
    return (np.minimum(fractions, np.float32(1)) * np.float32(_STEPS) + np.float32(0.5)).astype(np.uint16)


def _bands(height: int, width: int) -> Iterator[slice]:
    rows = max(1, _BAND_PIXELS // width)
    return (slice(top, top + rows) for top in range(0, height, rows))
