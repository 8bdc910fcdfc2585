"""Whether a stream means the same however it is decoded: threads, oneDNN on and off, and a GPU where there is one.

    python -m tests.benchmarks.exactness [FOLDER] [--first N]

Every photo at three qualities and under six soft strokes. The symbols must be identical; pixels, computed in floating
point, may differ by 1.
"""

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec import load_codec
from qmap_studio.core.picture import Picture, read_picture
from qmap_studio.evaluation.evaluate import pictures_in
from tests.benchmarks.roi import KODAK
from tests.fixtures import six_soft_strokes

QUALITIES = (0.1, 0.5, 0.9)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exactness")
    parser.add_argument("folder", type=Path, nargs="?", default=KODAK)
    parser.add_argument("--first", type=int, help="only so many pictures")
    arguments = parser.parse_args()
    coders = {"cpu": load_codec(device="cpu")}
    if torch.cuda.is_available():
        coders["cuda"] = load_codec(device="cuda")
    ways = [("cpu", 1, True), ("cpu", 2, True), ("cpu", 1, False)]
    ways += [("cuda", 2, True)] if "cuda" in coders else []
    streams, other_symbols, worst_pixel = 0, Counter[str](), Counter[str]()
    for path in pictures_in(arguments.folder)[: arguments.first]:
        picture = read_picture(path)
        for encoder, quality_map in ((encoder, quality_map) for encoder in coders for quality_map in maps(picture)):
            data = coders[encoder].encode(picture, quality_map).data
            streams += 1
            expected: tuple[NDArray[Any], NDArray[np.uint8]] | None = None
            for device, threads, onednn in ways:
                with conditions(threads, onednn):
                    symbols = coders[device].decode_symbols(data)
                    pixels = coders[device].decode(data).picture.pixels
                if expected is None:
                    expected = symbols, pixels
                name = f"{device}, {threads} threads, oneDNN {'on' if onednn else 'off'}"
                other_symbols[name] += not np.array_equal(symbols, expected[0])
                worst_pixel[name] = max(worst_pixel[name], int(np.abs(pixels.astype(int) - expected[1]).max()))
        print(f"{path.name}: {streams} streams so far, {sum(other_symbols.values())} with other symbols", flush=True)
    print(f"{'decoded with':<28}{'streams':>8}{'other symbols':>15}{'largest pixel difference':>26}")
    for name, count in other_symbols.items():
        print(f"{name:<28}{streams:8}{count:15}{worst_pixel[name]:26}")
    if "cuda" not in coders:
        print("There is no CUDA device here.")
    return 0 if not sum(other_symbols.values()) and max(worst_pixel.values()) <= 1 else 1


def maps(picture: Picture) -> Iterator[NDArray[np.float32]]:
    for quality in QUALITIES:
        yield np.full((picture.height, picture.width), quality, np.float32)
    yield six_soft_strokes(picture.height, picture.width)


@contextmanager
def conditions(threads: int, onednn: bool) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="TF32 acceleration", category=UserWarning)  # about Intel GPUs
            with torch.backends.mkldnn.flags(enabled=onednn):
                yield
    finally:
        torch.set_num_threads(before)


if __name__ == "__main__":
    sys.exit(main())
