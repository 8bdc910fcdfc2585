"""What a thorough search gains, and what it takes, over a folder of photos.

    python -m tests.benchmarks.thorough [FOLDER] [--first N]

For each photo and quality the usual file and the thorough one: their averaged curves' BD-rate, and the times.
"""

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import read_picture
from qmap_studio.evaluation.bjontegaard import INTERVAL_DB, bd_rate, shared_interval
from qmap_studio.evaluation.metrics import ms_ssim, psnr_db
from qmap_studio.evaluation.rd import RdCurve, RdPoint
from qmap_studio.recipes.encode import uniform_map
from qmap_studio.recipes.folders import pictures_in

KODAK = Path("../shared/data/kodak")
QUALITIES = (0.2, 0.4, 0.6, 0.8, 1.0)
KINDS = {"usual": False, "thorough": True}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.thorough")
    parser.add_argument("folder", type=Path, nargs="?", default=KODAK)
    parser.add_argument("--first", type=int, help="only so many pictures")
    arguments = parser.parse_args()
    codec = load_codec()
    points = {kind: [] for kind in KINDS}
    seconds = dict.fromkeys(KINDS, 0.0)
    print(f"{'picture':<14}{'quality':>8}" + "".join(f"{kind + ' bpp':>14}{'dB':>8}{'s':>7}" for kind in KINDS))
    for path in pictures_in(arguments.folder)[: arguments.first]:
        picture = read_picture(path)
        for quality in QUALITIES:
            print(f"{path.name:<14}{quality:8.1f}", end="")
            for kind, thorough in KINDS.items():
                began = perf_counter()
                encoding = codec.encode(picture, uniform_map(picture, quality), thorough=thorough)
                took = perf_counter() - began
                shown = codec.decode(encoding.data).picture.pixels
                psnr = psnr_db(picture.pixels, shown)
                points[kind].append((encoding.file_bpp, psnr, ms_ssim(picture.pixels, shown)))
                seconds[kind] += took
                print(f"{encoding.file_bpp:14.4f}{psnr:8.2f}{took:7.1f}", end="")
            print(flush=True)
    curves = [
        RdCurve(kind, tuple(RdPoint(*mean) for mean in np.reshape(rows, (-1, len(QUALITIES), 3)).mean(axis=0).tolist()))
        for kind, rows in points.items()
    ]
    interval = shared_interval((curve.range_db for curve in curves), INTERVAL_DB)
    usual, thorough = curves
    change = bd_rate(thorough, usual, interval)
    print(f"thorough: {change:+.2f} % of the bytes for the same PSNR, {interval[0]:.1f} to {interval[1]:.1f} dB,")
    print(f"{seconds['thorough'] / seconds['usual']:.0f} times as long to encode")
    return 0


if __name__ == "__main__":
    sys.exit(main())
