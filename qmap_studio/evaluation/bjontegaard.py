"""How far one rate-distortion curve is from another: BD-rate and BD-PSNR, each over one interval for all pairs."""

from collections.abc import Iterable
from dataclasses import dataclass

from qmap_studio.evaluation.rd import Interval, RdCurve

# Fixed, as an interval that each pair chose for itself could flatter; published curves that cover one cover both. The
# rates are not those at which an anchor has these PSNRs: JPEG has the highest at 1.9 bpp, where good codecs end before.
INTERVAL_DB: Interval = (28.5, 36.6)
INTERVAL_BPP: Interval = (0.25, 0.8)


@dataclass(frozen=True)
class Comparison:
    """A codec's distance from another.

    Attributes:
        anchor: the other's curve.
        bd_rate_percent, bd_psnr_db: None where a curve does not cover the interval.
    """

    anchor: RdCurve
    bd_rate_percent: float | None
    bd_psnr_db: float | None


def bd_rate(curve: RdCurve, anchor: RdCurve, interval_db: Interval = INTERVAL_DB) -> float | None:
    """How many percent more bytes a codec needs than another at the same PSNR; negative is better.

    None where one of the curves does not cover the interval.
    Source: Bjontegaard 2001 (VCEG-M33), with PCHIP over log10(bpp) in place of one cubic.
    """
    mean, other = curve.mean_log_rate(interval_db), anchor.mean_log_rate(interval_db)
    return None if mean is None or other is None else (10 ** (mean - other) - 1) * 100


def bd_psnr(curve: RdCurve, anchor: RdCurve, interval_bpp: Interval = INTERVAL_BPP) -> float | None:
    """How many dB more a codec has than another at the same rate, averaged over log10(bpp); positive is better.

    One interval of rates serves all codecs and anchors, so what one gains on a second and the second on a third adds
    up to what it gains on the third. None where one of the curves does not cover the interval.
    Source: Bjontegaard 2001 (VCEG-M33), with PCHIP in place of one cubic.
    """
    mean, other = curve.mean_psnr(interval_bpp), anchor.mean_psnr(interval_bpp)
    return None if mean is None or other is None else mean - other


def shared_interval(ranges: Iterable[Interval | None], fixed: Interval) -> Interval:
    """The fixed interval where all ranges cover it; else what they share, or the fixed one if they share nothing."""
    known = [ends for ends in ranges if ends is not None]
    low, high = max((ends[0] for ends in known), default=0.0), min((ends[1] for ends in known), default=0.0)
    covers_fixed = low <= fixed[0] and fixed[1] <= high
    return fixed if covers_fixed or low >= high else (low, high)
