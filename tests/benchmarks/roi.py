"""What a region of interest gains, and whether a map is obeyed, over a folder of photos.

    python -m tests.benchmarks.roi [FOLDER] [--first N] [--offset PX]

Gain: a centred rectangle of a third of the area at quality 0.9, the rest at 0.1, against a uniform map at the same
bytes. Obedience: the rectangle at 0.9 in 0.2; more than 32 px from its edge, inside must look as with 0.9 everywhere,
outside as with 0.2 everywhere; the bits must be those that 0.9 everywhere spends inside and 0.2 everywhere outside;
and the heat map must sum to the coded payload. An offset moves the rectangle off the latent grid.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec import Codec, load_codec
from qmap_studio.codec.common.container import unpack
from qmap_studio.core.cells import mean_of_cells
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.rect import Rect
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.evaluation.protocol import centred_third
from qmap_studio.recipes.compare import uniform_of_same_size
from qmap_studio.recipes.folders import pictures_in

KODAK = Path("../shared/data/kodak")
GAIN_DB = 3.0
MARGIN = 32
OBEDIENCE_DB = 0.3
BITS_PERCENT = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.roi")
    parser.add_argument("folder", type=Path, nargs="?", default=KODAK)
    parser.add_argument("--first", type=int, help="only so many pictures")
    parser.add_argument("--offset", type=int, default=0, help="pixels that the rectangle lies off the latent grid")
    arguments = parser.parse_args()
    codec = load_codec()
    columns = ("gain in", "gain out", "bytes %", "in - 0.9", "out - 0.2", "bits %", "heat %")
    print(f"{'picture':<14}" + "".join(f"{column:>10}" for column in columns))
    rows = []
    for path in pictures_in(arguments.folder)[: arguments.first]:
        picture = read_picture(path)
        centred = centred_third(picture.height, picture.width)
        rect = centred._replace(x=centred.x + arguments.offset, y=centred.y + arguments.offset)
        rows.append((*gain(codec, picture, rect), *obedience(codec, picture, rect)))
        print(f"{path.name:<14}" + "".join(f"{value:10.2f}" for value in rows[-1]), flush=True)
    mean = np.mean(rows, axis=0)
    print(f"{'mean':<14}" + "".join(f"{value:10.2f}" for value in mean))
    print(f"gain inside {mean[0]:+.2f} dB at {mean[2]:.2f} % of the bytes (bar {GAIN_DB:+.0f} dB)")
    print(f"obeyed within {max(map(abs, mean[3:5])):.2f} dB (bar {OBEDIENCE_DB}) ", end="")
    print(f"and {mean[5] - 100:+.1f} % of the bits (bar {BITS_PERCENT})")
    met = (mean[0] >= GAIN_DB, max(map(abs, mean[3:5])) <= OBEDIENCE_DB, abs(mean[5] - 100) <= BITS_PERCENT)
    return 0 if all(met) else 1


def map_of(picture: Picture, rect: Rect, inside: float, outside: float) -> NDArray[np.float32]:
    quality_map = np.full((picture.height, picture.width), outside, np.float32)
    quality_map[rect.slices] = inside
    return quality_map


def mask_of(picture: Picture, rect: Rect) -> NDArray[np.bool_]:
    mask = np.zeros((picture.height, picture.width), bool)
    mask[rect.slices] = True
    return mask


def gain(codec: Codec, picture: Picture, rect: Rect) -> tuple[float, float, float]:
    """dB gained inside, dB gained (lost) outside, and the bytes in percent of those of the uniform map."""
    inside = mask_of(picture, rect)
    region = codec.encode(picture, map_of(picture, rect, 0.9, 0.1))
    uniform = uniform_of_same_size(codec, picture, region)

    def difference(mask: NDArray[np.bool_]) -> float:
        pixels = picture.pixels
        return psnr_db(pixels, region.reconstruction, mask) - psnr_db(pixels, uniform.reconstruction, mask)

    return difference(inside), difference(~inside), 100 * region.size_bytes / uniform.size_bytes


def obedience(codec: Codec, picture: Picture, rect: Rect) -> tuple[float, float, float, float]:
    """dB from uniform 0.9 deep inside and from uniform 0.2 far outside.

    And the bits in percent of what those maps spend on the two areas, and the heat map in percent of the payload.
    """
    deep, far = mask_of(picture, rect.expanded(-MARGIN)), ~mask_of(picture, rect.expanded(MARGIN))
    mixed = codec.encode(picture, map_of(picture, rect, 0.9, 0.2))
    high = codec.encode(picture, map_of(picture, rect, 0.9, 0.9))
    low = codec.encode(picture, map_of(picture, rect, 0.2, 0.2))
    share = mean_of_cells(mask_of(picture, rect).astype(np.float32))  # of each cell, inside
    pixels = picture.pixels
    file = unpack(mixed.data)
    payload_bits = 8 * (sum(map(len, file.streams)) + len(file.map_stream))
    return (
        psnr_db(pixels, mixed.reconstruction, deep) - psnr_db(pixels, high.reconstruction, deep),
        psnr_db(pixels, mixed.reconstruction, far) - psnr_db(pixels, low.reconstruction, far),
        100 * mixed.estimated_bits / (share * high.cell_bits + (1 - share) * low.cell_bits).sum(dtype=np.float64),
        100 * mixed.estimated_bits / payload_bits,
    )


if __name__ == "__main__":
    sys.exit(main())
