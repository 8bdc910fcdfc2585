"""Is what is shown the file, whatever was done before? `python -m tests.benchmarks.truth PHOTO...`

For each seed a photo is edited at random (strokes, fills, undo, zoom, pan, another inside), some answers are looked at
and some not, and then nothing more is done. Once the answer calls itself exact, it is exported and compared with what
the file decodes to. Estimated sizes on the way there, since the last edit, are compared with the file's as well.
"""

import argparse
import math
import tempfile
import time
from pathlib import Path

import numpy as np

from qmap_studio.core.pictures import read_picture
from qmap_studio.core.rect import Rect
from tests.live_window import LiveWindow, compare_with_file, edit_at_random

SCREEN_PX = 1600, 1000


def worst_estimate(window: LiveWindow, size_bytes: int, least_share: float) -> float:
    """The largest deviation, as a share of the file, of the estimates with so much of the picture exact."""
    revision = window.document.revision
    sizes = [size for at, share, size in window.estimates if at == revision and share >= least_share]
    return max((abs(size / size_bytes - 1) for size in sizes), default=math.nan)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--seeds", type=int, default=50, help="how many; they take the photos in turn")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--edits", type=int, default=20, help="for each seed")
    arguments = parser.parse_args()

    window = LiveWindow()
    print("| seed, photo | wrong pixels | bytes | heat map's sum | PSNR, dB | MS-SSIM | areas, px |", end="")
    print(" estimate at 50 %, 90 % | s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.first, arguments.first + arguments.seeds):
            path = arguments.photos[seed % len(arguments.photos)]
            picture, random = read_picture(path), np.random.default_rng(seed)
            zoom = min(1.0, SCREEN_PX[0] / picture.width, SCREEN_PX[1] / picture.height)
            window.engine.set_view(Rect.whole(picture.height, picture.width), zoom)
            window.begin(picture)
            for _ in range(arguments.edits):
                edit_at_random(window, random)
            started = time.perf_counter()
            window.measured()
            elapsed_s = time.perf_counter() - started
            truth = compare_with_file(window, Path(folder, "photo.sfc"))
            size_bytes = Path(folder, "photo.sfc").stat().st_size
            estimates = [worst_estimate(window, size_bytes, share) for share in (0.5, 0.9)]
            row = [truth.wrong_pixels, abs(truth.bytes_off), abs(truth.heat_off), truth.psnr_off_db, truth.ms_ssim_off]
            rows.append([*row, truth.pixels_off, *estimates, elapsed_s])
            print_row(f"{seed}, {path.stem}", rows[-1])
    print_row(
        "worst",
        [max((value for value in column if value == value), default=math.nan) for column in zip(*rows, strict=True)],
    )
    window.engine.stop()


def percent(share: float) -> str:
    """With a dash where there was no estimate."""
    return "–" if math.isnan(share) else f"{share:.1%}"


def print_row(name: str, row: list[float]) -> None:
    """A line of the table."""
    wrong, size, heat, psnr, similarity, areas, half, most, seconds = row
    print(
        f"| {name} | {wrong:,.0f} | {size:.3%} | {heat:.3%} | {psnr:.1e} | {similarity:.1e} | {areas:,.0f} "
        f"| {percent(half)}, {percent(most)} | {seconds:.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
