"""The page's numbers are those of the table."""

import re

import numpy as np

from qmap_studio.batch import summary
from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.table import Table


def page(folder, outcomes, stopped=""):
    with Table(folder) as table:
        for outcome in outcomes:
            table.add(outcome, at_once=False)
    return summary.write(folder, stopped).read_text(encoding="utf-8")


def made(number, **figures):
    return Outcome(f"{number}.png", f"{number}.png.sfc", **figures)


def told(text, title):
    """The numbers below a heading."""
    part = text.split(f"<h2>{title}</h2>")[1].split("</table>")[0]
    return [float(number.replace(",", "")) for number in re.findall(r"<b>([^<]+)</b>", part)], part


def test_counts_sizes_and_their_distribution(tmp_path):
    sizes = np.random.default_rng(0).integers(1000, 9000, 1000)
    outcomes = [made(n, bytes=int(size), bpp=size / 5000) for n, size in enumerate(sizes)]
    text = page(tmp_path, [*outcomes, made(5000, error="It is damaged.")])
    assert "1001 photos, 1 of them without a file.<br>" + f"{sizes.sum():,} bytes in all." in text
    numbers, part = told(text, "bytes")
    ordered = np.sort(sizes)
    assert np.allclose(numbers, [ordered[0], ordered[50], ordered[500], ordered[950], ordered[-1]], rtol=1e-3)
    bars = np.array([float(height) for height in re.findall(r'height="([\d.]+)"/>', part)])
    assert len(bars) == 40
    counts = np.histogram(sizes, 40)[0]
    assert np.allclose(bars, 100 * counts / counts.max(), atol=0.06)


def test_one_photo_and_photos_of_one_size(tmp_path):
    for count in (1, 3):
        numbers, _ = told(page(tmp_path, [made(n, bytes=700) for n in range(count)]), "bytes")
        assert numbers == [700] * 5


def test_figures_without_loss_are_no_numbers_of_the_distribution(tmp_path):
    text = page(tmp_path, [made(1, bytes=7, psnr=float("inf")), made(2, bytes=7, psnr=30.0)])
    assert told(text, "PSNR, dB")[0] == [30] * 5
    assert "MS-SSIM" not in text


def test_no_photos_at_all(tmp_path):
    assert "0 photos, 0 of them without a file.<br>0 bytes in all." in page(tmp_path, [])


def test_names_and_errors_are_text_and_no_markup(tmp_path):
    name = b"<script>\xff".decode(errors="surrogateescape")
    text = page(tmp_path, [Outcome(name, "", error="a < b & c")], stopped="Stopped <here>.")
    assert "<script>" not in text
    assert "&lt;script&gt;\\udcff" in text
    assert "a &lt; b &amp; c" in text
    assert "Stopped &lt;here&gt;." in text


def test_of_many_errors_the_first_are_told_and_all_are_counted(tmp_path):
    text = page(tmp_path, [made(n, error=f"Wrong {n}.") for n in range(1000)])
    assert "What went wrong (1000)" in text
    assert text.count("Wrong ") == summary.MOST_ERRORS
