"""How long a photo of 768 x 512 takes to encode and to decode, and how much arithmetic that is.

    python -m tests.benchmarks.speed [IMAGE] [--threads 2] [--device cpu] [--rounds 9]

Without an image it takes the sample photo, cut and repeated to the size. The machine must be idle.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from qmap_studio.codec import load_codec
from qmap_studio.core.picture import Picture, read_picture
from tests.fixtures import sample_photo

HEIGHT, WIDTH = 512, 768
BUDGET_S = 0.4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.speed")
    parser.add_argument("image", type=Path, nargs="?")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    codec = load_codec(device=arguments.device)
    picture = read_picture(arguments.image) if arguments.image else sample_picture()
    pixels = picture.size_pixels
    print(f"{picture.width}x{picture.height}, {codec.device}, {arguments.threads} threads, {arguments.rounds} rounds")
    print(f"{'quality':>7} {'':<8}{'median s':>10}{'fastest':>10}{'kMAC/px':>10}{'bpp':>8}")
    slowest = 0.0
    for quality in (0.1, 0.5, 0.9):
        quality_map = np.full((picture.height, picture.width), quality, np.float32)
        encoding = codec.encode(picture, quality_map)
        work: dict[str, Callable[[], object]] = {
            "encode": lambda quality_map=quality_map: codec.encode(picture, quality_map),
            "preview": lambda quality_map=quality_map: codec.preview(picture.pixels, quality_map),
            "decode": lambda encoding=encoding: codec.decode(encoding.data),
        }
        for name, do in work.items():
            times = [seconds(do) for _ in range(arguments.rounds)]
            with FlopCounterMode(display=False) as counter:
                do()
            kmac = counter.get_total_flops() / 2 / pixels / 1000
            median = statistics.median(times)
            slowest = max(slowest, median)
            print(f"{quality:7.1f} {name:<8}{median:10.3f}{min(times):10.3f}{kmac:10.1f}{encoding.file_bpp:8.3f}")
    print(f"slowest median {slowest:.3f} s (budget {BUDGET_S} s)")
    return 0 if slowest <= BUDGET_S else 1


def sample_picture() -> Picture:
    """768 x 512 pixels of the sample photo, mirrored where it ends."""
    pixels = sample_photo().pixels
    missing = [(0, max(0, side - have)) for side, have in zip((HEIGHT, WIDTH), pixels.shape, strict=False)]
    return Picture(np.ascontiguousarray(np.pad(pixels, (*missing, (0, 0)), "symmetric")[:HEIGHT, :WIDTH]))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
