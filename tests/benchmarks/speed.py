"""How long a photo of 768 x 512 takes to encode and to decode, and what tables cost of it.

    python -m tests.benchmarks.speed [IMAGE] [--threads 2] [--device cpu] [--rounds 9]

Without an image it takes the sample photo, cut and repeated to the size. The machine must be idle. The share of the
networks of integers, which pick the entropy tables, has its bar on one thread.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.passes.decoding import PassesLatents
from qmap_studio.codec.common.passes.hyper_synthesis import HyperSynthesis
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.threads import work_in_one_thread, workers
from tests.fixtures import sample_photo

HEIGHT, WIDTH = 512, 768
BUDGET_S = {"encode": 0.30, "preview": 0.30, "decode": 0.22}
TABLES_PERCENT = {"encode": 10.0, "preview": 10.0, "decode": 15.0}
PICKS_TABLES = ((PassesLatents, "find_indices"), (PassesLatents, "hyper_indices"), (HyperSynthesis, "forward"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.speed")
    parser.add_argument("image", type=Path, nargs="?")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.threads == 1:
        work_in_one_thread()
    codec = load_codec(device=arguments.device)
    picture = read_picture(arguments.image) if arguments.image else sample_picture()
    print(f"{picture.width}x{picture.height}, {codec.device}, {arguments.threads} threads, {arguments.rounds} rounds")
    print(f"{'quality':>7} {'':<8}{'median s':>10}{'fastest':>10}{'tables':>10}{'bpp':>8}")
    failed = False
    for quality in (0.1, 0.5, 0.9):
        quality_map = np.full((picture.height, picture.width), quality, np.float32)
        encoding = codec.encode(picture, quality_map)
        work: dict[str, Callable[[], object]] = {
            "encode": lambda quality_map=quality_map: codec.encode(picture, quality_map),
            "preview": lambda quality_map=quality_map: codec.preview(picture.pixels, quality_map),
            "decode": lambda encoding=encoding: codec.decode(encoding.data),
        }
        for name, do in work.items():
            with timed(PICKS_TABLES) as spent:
                times = [seconds(do) for _ in range(arguments.rounds)]
            share = 100.0 * sum(spent) / (sum(times) * workers())
            median = statistics.median(times)
            failed |= median > BUDGET_S[name] if arguments.threads > 1 else share > TABLES_PERCENT[name]
            print(f"{quality:7.1f} {name:<8}{median:10.3f}{min(times):10.3f}{share:9.1f}%{encoding.file_bpp:8.3f}")
    print(f"budgets: {BUDGET_S} s on two threads, tables {TABLES_PERCENT} % on one")
    return int(failed)


@contextmanager
def timed(methods: tuple[tuple[Any, str], ...]) -> Iterator[list[float]]:
    """The seconds that calls of methods take, one number each."""
    spent: list[float] = []
    originals = [getattr(owner, name) for owner, name in methods]

    def with_clock(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return original(*arguments, **options)
            finally:
                spent.append(time.perf_counter() - start)

        return call

    for (owner, name), original in zip(methods, originals, strict=True):
        setattr(owner, name, with_clock(original))
    try:
        yield spent
    finally:
        for (owner, name), original in zip(methods, originals, strict=True):
            setattr(owner, name, original)


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
