"""This tree against another checkout of the program, each in a process of its own: seconds, bytes and dB of photos.

Run as a file, it is that process: it answers requests, a line of JSON each, with the program that PYTHONPATH names.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import read_picture
from qmap_studio.evaluation.bjontegaard import bd_rate
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.evaluation.rd import RdCurve, RdPoint
from qmap_studio.recipes.folders import pictures_in

HERE = Path(__file__).parents[2]
TIMED_QUALITIES = (0.1, 0.5, 0.9)
QUALITIES = tuple(i / 10 for i in range(11))
SLOWER_PERCENT, BYTES_PERCENT = 15.0, 0.1


@dataclass(frozen=True)
class Answer:
    encode_s: float
    decode_s: float
    size_bytes: int
    bpp: float
    db: float


class Tree:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, photo: Path, quality: float) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(photo.resolve()), quality]), file=self._process.stdin, flush=True)
        return Answer(**json.loads(self._process.stdout.readline()))


@contextmanager
def running(tree: Path, threads: int) -> Iterator[Tree]:
    command = [sys.executable, "-P", __file__, str(tree.resolve()), str(threads)]
    environment = os.environ | {"PYTHONPATH": str(tree.resolve())}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Tree(process)


def compare_times(other: Path, folder: Path, first: int | None, rounds: int, threads: int) -> int:
    """Medians, in turns; the ratio is the median of those of each pair of turns."""
    photos, slower = pictures_in(folder)[:first], []
    print(f"{len(photos)} photos, {rounds} rounds, {threads} threads, load {os.getloadavg()[0]:.1f}")
    print(f"{'quality':>7}{'':>9}{'this, s':>10}{'other, s':>10}{'ratio':>9}{'fastest':>9}")
    with running(HERE, threads) as this, running(other, threads) as that:
        for tree in (this, that):
            tree.ask(photos[0], 0.5)  # what only the first call does
        for quality in TIMED_QUALITIES:
            pairs = []
            for turn, photo in enumerate(photos * rounds):
                trees = (this, that) if turn % 2 == 0 else (that, this)
                answers = {tree: tree.ask(photo, quality) for tree in trees}
                pairs.append((answers[this], answers[that]))
            for what in ("encode_s", "decode_s"):
                seconds = np.array([[getattr(answer, what) for answer in pair] for pair in pairs])
                ours, theirs = np.median(seconds, axis=0)
                ratio = np.median(seconds[:, 0] / seconds[:, 1])
                fastest = np.mean(seconds.reshape(rounds, -1, 2).min(axis=0), axis=0)
                print(f"{quality:7.1f}{what[:-2]:>9}{ours:10.3f}{theirs:10.3f}", end="")
                print(f"{ratio:9.3f}{fastest[0] / fastest[1]:9.3f}", flush=True)
                slower.append(100 * (ratio - 1))
    print(f"at most {max(slower):+.1f} % longer (bar {SLOWER_PERCENT:g} %)")
    return 0 if max(slower) <= SLOWER_PERCENT else 1


def compare_curves(other: Path, folder: Path, first: int | None) -> int:
    """Every photo at eleven qualities; the BD-rate of one is over the dB that both of its curves have."""
    photos, worst, is_rising = pictures_in(folder)[:first], 0.0, True
    table: list[tuple[list[Answer], list[Answer]]] = []
    print(f"{'photo':<14}{'bytes from % to %':>20}{'dB from, to':>18}{'BD-rate %':>11}{'rising':>8}")
    with running(HERE, 2) as this, running(other, 2) as that:
        for photo in photos:
            ours, theirs = ([tree.ask(photo, quality) for quality in QUALITIES] for tree in (this, that))
            table.append((ours, theirs))
            sizes = [100 * (a.size_bytes / b.size_bytes - 1) for a, b in zip(ours, theirs, strict=True)]
            dbs = [a.db - b.db for a, b in zip(ours, theirs, strict=True)]
            rises = all(a.size_bytes < b.size_bytes and a.db < b.db for a, b in pairwise(ours))
            worst, is_rising = max(worst, *map(abs, sizes)), is_rising and rises
            rate = own_bd_rate(curve("this", [ours]), curve("other", [theirs]))
            print(f"{photo.name:<14}{min(sizes):+11.3f}{max(sizes):+9.3f}{min(dbs):+10.3f}{max(dbs):+8.3f}", end="")
            print(f"{rate:+11.3f}{'yes' if rises else 'NO':>8}", flush=True)
    this_curve, other_curve = (curve(str(i), [row[i] for row in table]) for i in (0, 1))
    for quality, a, b in zip(QUALITIES, this_curve.points, other_curve.points, strict=True):
        print(f"mean at {quality:.1f}: {a.bpp:.4f} bpp ({100 * (a.bpp / b.bpp - 1):+.3f} %)", end="")
        print(f", {a.psnr_db:.3f} dB ({a.psnr_db - b.psnr_db:+.3f})")
    print(
        f"BD-rate of the mean: {bd_rate(this_curve, other_curve):+.3f} %; bytes differ by at most {worst:.3f} %", end=""
    )
    print(f" (bar {BYTES_PERCENT:g} %); all strictly rising: {is_rising}")
    return 0 if worst <= BYTES_PERCENT and is_rising else 1


def curve(name: str, rows: list[list[Answer]]) -> RdCurve:
    """The mean over photos at each quality."""
    points = [RdPoint(np.mean([a.bpp for a in at]), np.mean([a.db for a in at])) for at in zip(*rows, strict=True)]
    return RdCurve(name, tuple(points))


def own_bd_rate(a: RdCurve, b: RdCurve) -> float | None:
    lows, highs = zip(*((c.points[0].psnr_db, c.points[-1].psnr_db) for c in (a, b)), strict=True)
    return bd_rate(a, b, (max(lows), min(highs)))


def serve(tree: str, threads: int) -> None:
    import qmap_studio

    assert qmap_studio.__file__ is not None
    assert Path(qmap_studio.__file__).is_relative_to(tree), f"{qmap_studio.__file__} is not of {tree}"
    torch.set_num_threads(threads)
    codec = load_codec()
    for line in sys.stdin:
        path, quality = json.loads(line)
        picture = read_picture(Path(path))
        quality_map = np.full((picture.height, picture.width), quality, np.float32)
        start = time.perf_counter()
        encoding = codec.encode(picture, quality_map)
        middle = time.perf_counter()
        decoded = codec.decode(encoding.data).picture.pixels
        end = time.perf_counter()
        db = psnr_db(picture.pixels, decoded)
        answer = Answer(middle - start, end - middle, encoding.size_bytes, encoding.file_bpp, db)
        print(json.dumps(vars(answer)), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
