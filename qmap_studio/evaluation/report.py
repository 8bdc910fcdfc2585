"""An evaluation as people read it: a table and a plot."""

import math
from collections.abc import Iterator
from io import BytesIO

from qmap_studio.core.language import ngettext, tr
from qmap_studio.evaluation.bjontegaard import INTERVAL_BPP, INTERVAL_DB, Comparison
from qmap_studio.evaluation.evaluation import Evaluation
from qmap_studio.evaluation.metrics import ms_ssim_db
from qmap_studio.evaluation.rd import Interval, RdCurve, RdPoint

# Of the published curves those that tell most; the table has them all.
_PLOTTED_ANCHORS = ("jpeg", "jpeg2000", "webp", "bpg444", "av1", "vtm", "mbt2018-mean", "song2021", "elic2022")


def table(evaluation: Evaluation) -> str:
    """Averages for each quality, and the distance from other codecs, as lines of text."""
    lines = [_title(evaluation), ""]
    lines.append(f"{tr('quality'):>7} {'bpp':>8} {'PSNR dB':>9} {'MS-SSIM':>8} {'MS-SSIM dB':>10}")  # no text: units
    for quality, point in zip(evaluation.learned.settings, evaluation.learned.curve.points, strict=True):
        similarity_db = _point_ms_ssim_db(point)
        psnr = tr("identical") if math.isinf(point.psnr_db) else f"{point.psnr_db:.2f}"
        lines.append(f"{quality:7.2f} {point.bpp:8.4f} {psnr:>9} {point.ms_ssim:8.5f} {similarity_db:10.2f}")
    if evaluation.anchors or evaluation.classical:
        lines += ["", *_comparison_lines(evaluation)]
    times = evaluation.learned
    lines += [
        "",
        tr("A picture took {encode_s:.2f} s to encode and {decode_s:.2f} s to decode on average.").format(
            encode_s=times.encode_s, decode_s=times.decode_s
        ),
    ]
    lines += evaluation.notices
    return "\n".join(lines)


def plot_png(evaluation: Evaluation) -> bytes:
    """PSNR and MS-SSIM over bits per pixel, all curves, as a PNG file."""
    # Imported here and without pyplot: slow to load, and no window system must be touched.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2)
    for axis, label in zip(axes, evaluation.protocol.labels, strict=True):
        axis.set_xlabel(tr("bits per pixel"))
        axis.set_ylabel(tr(label))
        axis.grid(alpha=0.3)
    for curve, style in _styled(evaluation):
        psnr = [(point.bpp, point.psnr_db) for point in curve.points if math.isfinite(point.psnr_db)]
        similarity = [(point.bpp, _point_ms_ssim_db(point)) for point in curve.points if point.ms_ssim is not None]
        for axis, points in zip(axes, (psnr, [point for point in similarity if math.isfinite(point[1])]), strict=True):
            if points:
                axis.plot(*zip(*points, strict=True), **style)
    highest = max(point.bpp for point in evaluation.learned.curve.points)
    for axis in axes:
        axis.set_xlim(0, 1.25 * highest)
    if evaluation.anchors or evaluation.classical:
        axes[0].axhspan(*evaluation.interval_db, color="0.5", alpha=0.08, linewidth=0)
        axes[0].axvspan(*evaluation.interval_bpp, color="0.5", alpha=0.08, linewidth=0)
    axes[0].legend(fontsize=8, loc="lower right")
    figure.suptitle(_title(evaluation))
    file = BytesIO()
    figure.savefig(file, format="png", dpi=120)
    return file.getvalue()


def _title(evaluation: Evaluation) -> str:
    count = len(evaluation.learned.samples)
    return ngettext("{name}, {count} picture", "{name}, {count} pictures", count).format(
        name=evaluation.learned.name, count=count
    )


def _comparison_lines(evaluation: Evaluation) -> Iterator[str]:
    rows = [(tr("published {name}"), comparison) for comparison in evaluation.published]
    rows += [(tr("measured here {name}"), comparison) for comparison in evaluation.measured_here]
    learned = evaluation.learned.curve
    yield f"{'':<30} {'PSNR dB':>14} {'bpp':>16} {'BD-rate %':>10} {'BD-PSNR dB':>11}"  # no text: units
    yield _range_line(tr("interval"), evaluation.interval_db, evaluation.interval_bpp)
    yield _range_line(learned.name, learned.range_db, learned.range_bpp)
    for title, comparison in rows:
        yield _comparison_line(title, comparison)
    yield tr(
        "BD-rate: bytes for the same PSNR, negative is better. BD-PSNR: PSNR for the same bytes, positive is better."
    )
    if any(None in (comparison.bd_rate_percent, comparison.bd_psnr_db) for _, comparison in rows):
        yield tr("-: one of the two curves does not cover the interval.")
    if (evaluation.interval_db, evaluation.interval_bpp) != (INTERVAL_DB, INTERVAL_BPP):
        yield tr(
            "Not every curve measured here covers the usual {low_db} to {high_db} dB and {low_bpp} to {high_bpp} bpp: "
            "the interval is what they share, and the figures are comparable within this table only."
        ).format(low_db=INTERVAL_DB[0], high_db=INTERVAL_DB[1], low_bpp=INTERVAL_BPP[0], high_bpp=INTERVAL_BPP[1])


def _comparison_line(title: str, comparison: Comparison) -> str:
    anchor, rate, psnr = comparison.anchor, comparison.bd_rate_percent, comparison.bd_psnr_db
    figures = f"{'-' if rate is None else f'{rate:+.1f}':>10} {'-' if psnr is None else f'{psnr:+.2f}':>11}"
    return f"{_range_line(title.format(name=anchor.name), anchor.range_db, anchor.range_bpp)} {figures}"


def _range_line(title: str, range_db: Interval | None, range_bpp: Interval | None) -> str:
    def ends(interval: Interval | None, decimals: int) -> str:
        if interval is None:
            return "-"
        low, high = (f"{end:.{decimals}f}" for end in interval)
        return tr("{low} to {high}").format(low=low, high=high)

    return f"{title:<30} {ends(range_db, 1):>14} {ends(range_bpp, 3):>16}"


def _point_ms_ssim_db(point: RdPoint) -> float:
    return math.nan if point.ms_ssim is None else ms_ssim_db(point.ms_ssim)


def _styled(evaluation: Evaluation) -> Iterator[tuple[RdCurve, dict[str, object]]]:
    anchors = [curve for curve in evaluation.anchors if curve.name in _PLOTTED_ANCHORS]
    for curve in anchors:
        label = tr("{name} (published)").format(name=curve.name)
        yield curve, {"label": label, "linewidth": 1, "alpha": 0.8}
    for measured in evaluation.classical:
        label = tr("{name} (measured)").format(name=measured.name)
        yield measured.curve, {"label": label, "linewidth": 1, "linestyle": "--", "marker": "."}
    learned = evaluation.learned
    yield learned.curve, {"label": learned.name, "linewidth": 2.5, "marker": "o", "color": "black"}
