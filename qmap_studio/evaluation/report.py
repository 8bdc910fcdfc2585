"""An evaluation as people read it: a table and a plot."""

import math
from collections.abc import Iterator
from io import BytesIO

from qmap_studio.core.language import ngettext, tr
from qmap_studio.evaluation.evaluation import Evaluation
from qmap_studio.evaluation.metrics import ms_ssim_db
from qmap_studio.evaluation.rd import HIGH_DB, LOW_DB, RdCurve, RdPoint

# Of the published curves those that tell most; the table has them all.
_PLOTTED_ANCHORS = ("jpeg", "jpeg2000", "webp", "bpg444", "av1", "vtm", "mbt2018-mean", "song2021", "elic2022")


def table(evaluation: Evaluation) -> str:
    """Averages for each quality and the BD-rates, as lines of text."""
    lines = [_title(evaluation), ""]
    lines.append(f"{tr('quality'):>7} {'bpp':>8} {'PSNR dB':>9} {'MS-SSIM':>8} {'MS-SSIM dB':>10}")  # no text: units
    for quality, point in zip(evaluation.learned.settings, evaluation.learned.curve.points, strict=True):
        similarity_db = _point_ms_ssim_db(point)
        psnr = tr("identical") if math.isinf(point.psnr_db) else f"{point.psnr_db:.2f}"
        lines.append(f"{quality:7.2f} {point.bpp:8.4f} {psnr:>9} {point.ms_ssim:8.5f} {similarity_db:10.2f}")
    lines += [
        "",
        tr("BD-rate in percent, {low_db} to {high_db} dB (negative: fewer bytes than the other codec)").format(
            low_db=LOW_DB, high_db=HIGH_DB
        ),
    ]
    lines += _bd_rate_lines(tr("published {name}"), evaluation.bd_rates_to_anchors)
    lines += _bd_rate_lines(tr("measured here {name}"), evaluation.bd_rates_to_classical)
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
    for axis, label in zip(axes, ("PSNR (dB)", "MS-SSIM (dB)"), strict=True):  # no text: units
        axis.set_xlabel(tr("bits per pixel"))
        axis.set_ylabel(label)
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
    axes[0].axhspan(LOW_DB, HIGH_DB, color="0.5", alpha=0.08, linewidth=0)
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


def _bd_rate_lines(title: str, rates: dict[str, float | None]) -> Iterator[str]:
    for name, rate in rates.items():
        shown = f"{rate:+7.1f}" if rate is not None else f"{'-':>7} {tr('(a curve does not cover it)')}"
        yield f"  {title.format(name=name):<30} {shown}"


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
