"""What a map changed in half of a photo does there and elsewhere.

    python -m tests.benchmarks.map_reach PHOTO [--model ID]

The lower half's quality is varied by whole steps of what a file signals. Bits and PSNR must follow there, and the bits
of what lies more than 640 px above it stay within 2 %.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

from qmap_studio.codec import DEFAULT_MODEL, load_codec
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.pictures import read_picture
from qmap_studio.evaluation.metrics import psnr_db

FAR_PX, MOST_PERCENT = 640, 2.0
QUALITY, STEPS = 0.4, (-12, -6, 0, 6, 12, 18)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.map_reach")
    parser.add_argument("photo", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    options = parser.parse_args()
    codec, pixels = load_codec(options.model, "cpu"), read_picture(options.photo).pixels
    height, width = pixels.shape[:2]
    half = height // 2 // CELL_PX
    far = half - FAR_PX // CELL_PX
    if far < 1:
        parser.error(f"{options.photo} must be higher than {2 * FAR_PX} px")
    found = []
    for step in STEPS:
        quality_map = np.full((height, width), QUALITY, np.float32)
        quality_map[half * CELL_PX :] += step / 32
        coded = codec.preview(pixels, quality_map)
        there, elsewhere = np.s_[half * CELL_PX :], np.s_[: far * CELL_PX]
        found.append(
            (
                float(coded.cell_bits[half:].sum() / (pixels[there].size / 3)),
                psnr_db(pixels[there], coded.reconstruction[there]),
                float(coded.cell_bits[:far].sum()),
                psnr_db(pixels[elsewhere], coded.reconstruction[elsewhere]),
            )
        )
    unchanged = found[STEPS.index(0)][2]
    for step, (bpp, psnr, bits, far_psnr) in zip(STEPS, found, strict=True):
        change = 100 * (bits / unchanged - 1)
        print(
            f"quality {QUALITY + step / 32:.3f}: {bpp:.4f} bpp, {psnr:.2f} dB; "
            f"far away {change:+.2f} % of the bits, {far_psnr:.2f} dB"
        )
    rises = all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(found))
    stays = all(abs(bits / unchanged - 1) <= MOST_PERCENT / 100 for _, _, bits, _ in found)
    print("Bits and PSNR follow." if rises else "Bits or PSNR do not follow.")
    print("The rest stays." if stays else "The rest changes.")
    return int(not (rises and stays))


if __name__ == "__main__":
    sys.exit(main())
