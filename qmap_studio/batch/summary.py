"""A page on a run: how many photos, how large their files are, how good they are, what went wrong."""

from array import array
from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np

from qmap_studio.batch.table import NAME as TABLE
from qmap_studio.batch.table import rows_of
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.core.sizes import size_text

NAME = "batch.html"
BINS, MOST_ERRORS = 40, 200
SHARES = 0.05, 0.5, 0.95
FIGURES = (("bytes", "bytes"), ("bpp", "bits per pixel"), ("psnr", "PSNR, dB"), ("ms_ssim", "MS-SSIM"))


def write(folder: Path, stopped: str = "") -> Path:
    """Writes the page of the table in a folder; gives its path.

    Args:
        stopped: why the run ended early, if it did.
    Raises:
        FileAccessError: it cannot be written.
    """
    values = {name: array("d") for name, _ in FIGURES}
    errors: list[tuple[str, str]] = []
    failed = photos = 0
    for row in rows_of(folder / TABLE):
        photos += 1
        if row["error"]:
            failed += 1
            if len(errors) < MOST_ERRORS:
                errors.append((row["photo"], row["error"]))
        for name in values:
            if row[name] and row[name] != "inf":
                values[name].append(float(row[name]))
    parts = [_head(photos, failed, values["bytes"], stopped)]
    parts += [_figure(tr(title), values[name]) for name, title in FIGURES if values[name]]
    if errors:
        parts.append(_errors(errors, failed))
    page = _PAGE.format(title=escape(tr("Results of {folder}").format(folder=folder.name)), body="\n".join(parts))
    path = folder / NAME
    atomic_write(path, page.encode(errors="backslashreplace"))
    return path


def _head(photos: int, failed: int, sizes: "array[float]", stopped: str) -> str:
    lines = [
        tr("{photos} photos, {failed} of them without a file.").format(photos=photos, failed=failed),
        tr("{size} in all.").format(size=size_text(int(sum(sizes)))),
        *([stopped] if stopped else []),
    ]
    return "<p>" + "<br>".join(map(escape, lines)) + "</p>"


def _figure(title: str, values: "array[float]") -> str:
    """The distribution of a figure, from its least to its largest."""
    ordered = np.sort(np.frombuffer(values))
    low, high = float(ordered[0]), float(ordered[-1])
    counts = np.histogram(ordered, BINS, (low, high if high > low else low + 1))[0].tolist()
    most = max(counts)
    bars = "".join(
        f'<rect x="{10 * place}" y="{100 - 100 * count / most:.1f}" width="9" height="{100 * count / most:.1f}"/>'
        for place, count in enumerate(counts)
    )
    shares = [(share, float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])) for share in SHARES]
    told = [(tr("least"), low), *((f"{share:.0%}", value) for share, value in shares), (tr("most"), high)]
    cells = "".join(f"<td>{escape(name)}<br><b>{value:,.4g}</b></td>" for name, value in told)
    return (
        f"<h2>{escape(title)}</h2>"
        f'<svg viewBox="0 0 {10 * BINS} 100" role="img" aria-label="{escape(title)}">{bars}</svg>'
        f"<table><tr>{cells}</tr></table>"
    )


def _errors(errors: Iterable[tuple[str, str]], count: int) -> str:
    rows = "".join(f"<tr><td>{escape(photo)}</td><td>{escape(error)}</td></tr>" for photo, error in errors)
    title = tr("What went wrong ({count})").format(count=count)
    return f'<h2>{escape(title)}</h2><table class="errors">{rows}</table>'


_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 720px; margin: 40px auto; padding: 0 20px; color: #1d1d1d; }}
h1 {{ font-size: 22px; }} h2 {{ font-size: 16px; margin: 32px 0 8px; }}
svg {{ width: 100%; height: 120px; border-bottom: 1px solid #bbb; }} rect {{ fill: #0f766e; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: 6px 8px 6px 0; vertical-align: top; color: #636363; }}
td b {{ color: #1d1d1d; }} .errors td {{ border-top: 1px solid #ddd; word-break: break-word; }}
@media (prefers-color-scheme: dark) {{ body, td b {{ background: #1d1d1d; color: #e6e6e6; }} td {{ color: #a6a6a6; }} }}
</style></head><body><h1>{title}</h1>
{body}
</body></html>
"""
