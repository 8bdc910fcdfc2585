"""What the signalled map costs: six soft strokes on every photo of a folder.

    python -m tests.benchmarks.map_bytes [FOLDER] [--first N]

Files below 0.3 bpp are coded again at 0.3 bpp. The map costs the same bytes at any rate, so the last column, its share
of a file of exactly 0.3 bpp, is the worst there is.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from qmap_studio.codec import encode_to_size, load_codec
from qmap_studio.codec.common.container import unpack
from qmap_studio.core.pictures import read_picture
from qmap_studio.recipes.folders import pictures_in
from tests.benchmarks.roi import KODAK
from tests.fixtures import six_soft_strokes

LOWEST_BPP = 0.3
LARGEST_SHARE = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.map_bytes")
    parser.add_argument("folder", type=Path, nargs="?", default=KODAK)
    parser.add_argument("--first", type=int, help="only so many pictures")
    arguments = parser.parse_args()
    codec = load_codec()
    print(f"{'picture':<14}{'bytes':>8}{'bpp':>8}{'map':>6}{'share %':>9}{'% at 0.3':>10}")
    shares, worst = [], []
    for path in pictures_in(arguments.folder)[: arguments.first]:
        picture = read_picture(path)
        quality_map = six_soft_strokes(picture.height, picture.width)
        encoding = codec.encode(picture, quality_map)
        lowest_bytes = LOWEST_BPP * picture.size_pixels / 8
        if encoding.size_bytes < lowest_bytes:
            encoding = encode_to_size(codec, picture, quality_map, int(1.01 * lowest_bytes))
        map_bytes = len(unpack(encoding.data).map_stream)
        shares.append(100 * map_bytes / encoding.size_bytes)
        worst.append(100 * map_bytes / lowest_bytes)
        print(
            f"{path.name:<14}{encoding.size_bytes:8}{encoding.file_bpp:8.3f}{map_bytes:6}"
            f"{shares[-1]:9.2f}{worst[-1]:10.2f}",
            flush=True,
        )
    print(f"mean share of the map: {np.mean(shares):.2f} % (bar {LARGEST_SHARE} %), at 0.3 bpp {np.mean(worst):.2f} %")
    return 0 if np.mean(shares) < LARGEST_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
