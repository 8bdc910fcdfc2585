"""Rate-distortion curves and the distance between two of them (BD-rate)."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.resources import resource_path

# The one interval BD-rates are compared on: a narrower one, common to a pair, could flatter.
LOW_DB, HIGH_DB = 28.5, 36.6

Values = NDArray[np.float64]


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

    def covers(self, low_db: float = LOW_DB, high_db: float = HIGH_DB) -> bool:
        """Whether the curve has a rate for every PSNR of the interval."""
        psnr, _ = self._knots()
        return len(psnr) >= 2 and bool(psnr[0] <= low_db and psnr[-1] >= high_db)

    def mean_log_rate(self, low_db: float, high_db: float) -> float:
        """Mean of log10(bpp) over an interval of PSNR, by monotone cubic interpolation (PCHIP).

        Raises:
            ValueError: the curve does not cover the interval.
        """
        if not self.covers(low_db, high_db):
            raise ValueError(f"the curve {self.name!r} does not cover {low_db} to {high_db} dB")
        psnr, rate = self._knots()
        ends = np.unique(np.clip(psnr, low_db, high_db))
        middles = (ends[1:] + ends[:-1]) / 2
        at_ends, at_middles = pchip(psnr, rate, ends), pchip(psnr, rate, middles)
        # Simpson's rule is exact for the cubic between two knots.
        pieces = (at_ends[:-1] + 4 * at_middles + at_ends[1:]) * np.diff(ends) / 6
        return float(pieces.sum() / (high_db - low_db))

    def _knots(self) -> tuple[Values, Values]:
        """PSNR, strictly rising, and log10(bpp): of equal PSNRs the smaller rate, lossless points left out."""
        best: dict[float, float] = {}
        for point in self.points:
            if math.isfinite(point.psnr_db):
                best[point.psnr_db] = min(point.bpp, best.get(point.psnr_db, math.inf))
        psnr = sorted(best)
        return np.array(psnr), np.log10([best[value] for value in psnr])


def bd_rate(curve: RdCurve, anchor: RdCurve, low_db: float = LOW_DB, high_db: float = HIGH_DB) -> float:
    """How many percent more bytes a codec needs than another at the same PSNR; negative is better.

    Raises:
        ValueError: one of the curves does not cover the interval.
    Source: Bjontegaard 2001 (VCEG-M33), with PCHIP over log10(bpp) in place of one cubic.
    """
    difference = curve.mean_log_rate(low_db, high_db) - anchor.mean_log_rate(low_db, high_db)
    return float((10**difference - 1) * 100)


def bd_rates(curve: RdCurve, anchors: Iterable[RdCurve]) -> dict[str, float | None]:
    """BD-rates in percent by the anchor's name; None where one of the two does not cover the interval."""
    return {anchor.name: bd_rate(curve, anchor) if curve.covers() and anchor.covers() else None for anchor in anchors}


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
