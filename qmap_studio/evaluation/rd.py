"""Rate-distortion curves, and their means over an interval."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qmap_studio.core.resources import resource_path

Values = NDArray[np.float64]
# The low end and the high one.
Interval = tuple[float, float]


@dataclass(frozen=True)
class RdPoint:
    """Averages over a set of pictures at one setting of a codec."""

    bpp: float
    psnr_db: float
    ms_ssim: float | None = None


@dataclass(frozen=True)
class RdCurve:
    """What a codec pays for what it keeps.

    Attributes:
        points: in any order.
        source: where the points come from.
    """

    name: str
    points: tuple[RdPoint, ...]
    source: str = field(default="", compare=False)

    @property
    def range_db(self) -> Interval | None:
        """Lowest and highest PSNR; None of fewer than two different ones."""
        return _ends(self._rate_by_psnr())

    @property
    def range_bpp(self) -> Interval | None:
        """Lowest and highest rate; None of fewer than two different ones."""
        return _ends(self._psnr_by_rate())

    def mean_log_rate(self, interval_db: Interval) -> float | None:
        """Mean of log10(bpp) over an interval of PSNR, by PCHIP; None where the curve does not cover it."""
        rates = self._rate_by_psnr()
        if not _covers(_ends(rates), interval_db):
            return None
        return _mean(list(rates), np.log10(list(rates.values())), interval_db)

    def mean_psnr(self, interval_bpp: Interval) -> float | None:
        """Mean of the PSNR in dB over an interval of log10(bpp), by PCHIP; None where the curve does not cover it."""
        psnr = self._psnr_by_rate()
        if not _covers(_ends(psnr), interval_bpp):
            return None
        return _mean(np.log10(list(psnr)), list(psnr.values()), np.log10(interval_bpp))

    def _rate_by_psnr(self) -> dict[float, float]:
        """In bpp, PSNR rising: of equal PSNRs the smaller rate, lossless points left out."""
        pairs = ((point.psnr_db, point.bpp) for point in self._lossy)
        return dict(sorted(pairs, key=lambda pair: (pair[0], -pair[1])))

    def _psnr_by_rate(self) -> dict[float, float]:
        """In dB, rate rising: of equal rates the higher PSNR, lossless points left out."""
        return dict(sorted((point.bpp, point.psnr_db) for point in self._lossy))

    @property
    def _lossy(self) -> list[RdPoint]:
        return [point for point in self.points if math.isfinite(point.psnr_db)]


def read_anchors() -> tuple[RdCurve, ...]:
    """Published curves of other codecs on the 24 Kodak pictures, each with its source."""
    codecs: dict[str, Any] = json.loads(resource_path("anchors/kodak_rd.json").read_text(encoding="utf-8"))["codecs"]
    return tuple(
        RdCurve(
            name,
            tuple(RdPoint(point["bpp"], point["psnr_db"], point.get("ms_ssim")) for point in codec["points"]),
            codec["source"],
        )
        for name, codec in codecs.items()
    )


def _ends(curve: dict[float, float]) -> Interval | None:
    return (min(curve), max(curve)) if len(curve) >= 2 else None


def _covers(ends: Interval | None, interval: Interval) -> bool:
    return ends is not None and ends[0] <= interval[0] < interval[1] <= ends[1]


def _mean(knots: ArrayLike, values: ArrayLike, interval: ArrayLike) -> float:
    """Of the curve through the points, over an interval that they cover."""
    x, y, (low, high) = (np.asarray(array, np.float64) for array in (knots, values, interval))
    ends = np.unique(np.clip(x, low, high))
    middles = (ends[1:] + ends[:-1]) / 2
    at_ends, at_middles = pchip(x, y, ends), pchip(x, y, middles)
    # Simpson's rule is exact for the cubic between two knots.
    pieces = (at_ends[:-1] + 4 * at_middles + at_ends[1:]) * np.diff(ends) / 6
    return float(pieces.sum() / (high - low))


def pchip(x: Values, y: Values, at: Values) -> Values:
    """Monotone piecewise cubic interpolation.

    Args:
        x: at least two values, strictly rising.
        y: as many.
        at: where to interpolate, within x.
    Source: Fritsch and Butland 1984, with the three-point ends of Moler 2004 (as in MATLAB and SciPy).
    """
    steps, secants = np.diff(x), np.diff(y) / np.diff(x)
    slopes = np.zeros_like(y)
    if len(x) == 2:
        slopes[:] = secants[0]
    else:
        left, right = steps[:-1], steps[1:]
        same_way = secants[:-1] * secants[1:] > 0
        # Weighted harmonic mean of the secants beside a knot; a turning point stays flat.
        first, second = 2 * right + left, right + 2 * left
        with np.errstate(divide="ignore", invalid="ignore"):
            harmonic = (first + second) / (first / secants[:-1] + second / secants[1:])
        slopes[1:-1] = np.where(same_way, harmonic, 0)
        slopes[0] = _end_slope(steps[0], steps[1], secants[0], secants[1])
        slopes[-1] = _end_slope(steps[-1], steps[-2], secants[-1], secants[-2])
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    step, t = steps[piece], (at - x[piece]) / steps[piece]
    return np.asarray(
        y[piece] * (1 + 2 * t) * (1 - t) ** 2
        + slopes[piece] * step * t * (1 - t) ** 2
        + y[piece + 1] * t**2 * (3 - 2 * t)
        + slopes[piece + 1] * step * t**2 * (t - 1)
    )


def _end_slope(step: float, next_step: float, secant: float, next_secant: float) -> float:
    slope = ((2 * step + next_step) * secant - step * next_secant) / (step + next_step)
    if slope * secant <= 0:
        return 0.0
    if secant * next_secant < 0 and abs(slope) > abs(3 * secant):
        return 3 * secant
    return float(slope)
