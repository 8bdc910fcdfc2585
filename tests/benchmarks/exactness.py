"""Whether a stream means the same however it is decoded: threads, oneDNN on and off, bfloat16 products, and a GPU.

    python -m tests.benchmarks.exactness [FOLDER] [--first N]

Every photo at four qualities and under six soft strokes. The symbols must be identical; pixels, computed in floating
point, may differ by 1, and by more only where products are of bfloat16.
"""

import argparse
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.recipes.folders import pictures_in
from tests.benchmarks.roi import KODAK
from tests.fixtures import six_soft_strokes

QUALITIES = (0.1, 0.4, 0.7, 1.0)
BF16 = "cpu, 2 threads, oneDNN in BF16"
Decoded = tuple[NDArray[np.int16], NDArray[np.uint8]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exactness")
    parser.add_argument("folder", type=Path, nargs="?", default=KODAK)
    parser.add_argument("--first", type=int, help="only so many pictures")
    arguments = parser.parse_args()
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    ways = [("cpu", 1, True), ("cpu", 2, True), ("cpu", 1, False)]
    ways += [("cuda", 2, True)] if "cuda" in devices else []
    streams, other_symbols, worst_pixel = 0, Counter[str](), Counter[str]()
    os.environ["DNNL_DEFAULT_FPMATH_MODE"] = "BF16"  # read when a process starts: the pool's
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as in_bf16:
        in_bf16.submit(os.getpid).result()
        del os.environ["DNNL_DEFAULT_FPMATH_MODE"]
        for path in pictures_in(arguments.folder)[: arguments.first]:
            picture = read_picture(path)
            for encoder, quality_map in (
                (encoder, quality_map) for encoder in devices for quality_map in maps(picture)
            ):
                data = codec_on(encoder).encode(picture, quality_map).data
                streams += 1
                coarse = in_bf16.submit(decoded, data, "cpu", 2, True)
                found = {f"{d}, {t} threads, oneDNN {'on' if o else 'off'}": decoded(data, d, t, o) for d, t, o in ways}
                found[BF16] = coarse.result()
                symbols, pixels = next(iter(found.values()))
                for name, (its_symbols, its_pixels) in found.items():
                    other_symbols[name] += not np.array_equal(its_symbols, symbols)
                    difference = int(np.abs(its_pixels.astype(int) - pixels).max())
                    worst_pixel[name] = max(worst_pixel[name], difference)
            print(f"{path.name}: {streams} streams so far, {other_symbols.total()} with other symbols", flush=True)
    print(f"{'decoded with':<32}{'streams':>8}{'other symbols':>15}{'largest pixel difference':>26}")
    for name, count in other_symbols.items():
        print(f"{name:<32}{streams:8}{count:15}{worst_pixel[name]:26}")
    if "cuda" not in devices:
        print("There is no CUDA device here.")
    worst_pixel.pop(BF16)
    return 0 if not other_symbols.total() and max(worst_pixel.values()) <= 1 else 1


@cache
def codec_on(device: str) -> LearnedCodec[Any]:
    codec = load_codec(device=device)
    assert isinstance(codec, LearnedCodec)
    return codec


def decoded(data: bytes, device: str, threads: int, onednn: bool) -> Decoded:
    with conditions(threads, onednn):
        return codec_on(device).decode_symbols(data), codec_on(device).decode(data).picture.pixels


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
