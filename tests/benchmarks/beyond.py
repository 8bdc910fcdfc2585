"""Is any picture broken? Noise, patterns, text and graphics, which networks that learned from photos cannot carry.

    python -m tests.benchmarks.beyond [--photo FILE] [--sheet FILE.png]
    python -m tests.benchmarks.beyond --curves | --regions | --time --against TREE | --kodak --against TREE

Each picture at five qualities, as real files, against the best JPEG (4:4:4, optimised tables), WebP (method 6; 4:2:0,
it has nothing else) and AVIF (4:4:4, speed 6) of at most the same bytes. A picture counts as broken where a file is
more than 0.5 dB below that JPEG, where quality 1 gives less than 32 dB, or where a higher quality is no better.

--curves  a screenshot and a scanned page at eleven qualities: dB at equal bytes and bytes at equal dB
--regions regions without loss in photos, see regions.py
--time, --kodak against another checkout of the program, see against.py
"""

import argparse
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.resources import resource_path
from qmap_studio.evaluation.classical import CLASSICAL_CODECS
from qmap_studio.evaluation.metrics import psnr_db
from tests.benchmarks import against, regions
from tests.benchmarks.pictures import PICTURES, Pixels, photo_with_text, scanned_page
from tests.benchmarks.roi import KODAK

ImageFile.MAXBLOCK = 1 << 22  # Pillow's optimised JPEGs of noise need so large a buffer
DATA = Path("../shared/data")
QUALITIES = (0.3, 0.5, 0.7, 0.9, 1.0)
BELOW_JPEG_DB, LEAST_AT_ONE_DB = 0.5, 32.0
JPEG = replace(
    CLASSICAL_CODECS["jpeg"],
    settings=tuple(range(1, 101)),
    options=lambda quality: {"quality": quality, "subsampling": 0, "optimize": True},
)
WEBP = replace(CLASSICAL_CODECS["webp"], settings=(*range(0, 100, 4), 100))
AVIF = replace(CLASSICAL_CODECS["avif"], settings=(*range(0, 100, 4), 99))
RIVALS = [codec for codec in (JPEG, WEBP, AVIF) if codec.is_available]
Point = tuple[int, float]
"""Bytes, and dB."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.beyond")
    parser.add_argument("--photo", type=Path, default=DATA / "large/clic_2mp.png", help="the one with text burnt in")
    parser.add_argument("--sheet", type=Path, help="where to draw the pictures above two of their reconstructions")
    what = parser.add_mutually_exclusive_group()
    for name in ("curves", "regions", "time", "kodak"):
        what.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--data", type=Path, default=DATA, help="with the folders large and train, for --regions")
    parser.add_argument("--bound", type=int, default=0, help="the largest error inside, for --regions")
    parser.add_argument("--against", type=Path, metavar="TREE", help="another checkout, for --time and --kodak")
    parser.add_argument("--folder", type=Path, default=KODAK, help="of photos, for --time and --kodak")
    parser.add_argument("--first", type=int, help="only so many photos")
    parser.add_argument("--rounds", type=int, default=3, help="for --time")
    parser.add_argument("--threads", type=int, default=2, help="for --time")
    chosen = parser.parse_args()
    if not all(codec.is_available for codec in (JPEG, WEBP, AVIF)):
        print("This Pillow cannot write all of JPEG, WebP and AVIF.")
    if (chosen.time or chosen.kodak) and chosen.against is None:
        parser.error("--time and --kodak need --against")
    if chosen.curves:
        return curves()
    if chosen.regions:
        return regions.check(chosen.data, chosen.first, chosen.bound)
    if chosen.time:
        return against.compare_times(chosen.against, chosen.folder, chosen.first, chosen.rounds, chosen.threads)
    if chosen.kodak:
        return against.compare_curves(chosen.against, chosen.folder, chosen.first)
    return all_pictures(chosen.photo, chosen.sheet)


def all_pictures(photo: Path, sheet: Path | None) -> int:
    pictures = {name: make() for name, make in PICTURES.items()}
    pictures["photo with text"] = photo_with_text(read_picture(photo))
    print("bytes, dB, and how far it is above the best of others with at most the same bytes")
    titles = "".join(f"{codec.title:>12}" for codec in RIVALS)
    print(f"{'picture':<24}{'quality':>8}{'bytes':>9}{'dB':>11}{titles}")
    broken, columns = [], []
    for name, pixels in pictures.items():
        others = [rival_points(codec, pixels) for codec in RIVALS]
        previous_db, shown = -np.inf, [pixels]
        for quality in QUALITIES:
            data, decoded = coded(pixels, quality)
            db = psnr_db(pixels, decoded)
            best = [best_within(points, len(data)) for points in others]
            cells = "".join(f"{lead(db, rival_db):>12}" for rival_db in best)
            print(f"{name:<24}{quality:8.1f}{len(data):9}{shown_db(db):>11}{cells}", flush=True)
            below_jpeg = "JPEG is identical" if best[0] == np.inf else f"{best[0] - db:.1f} dB below JPEG"
            faults = {
                below_jpeg: db < best[0] - BELOW_JPEG_DB,
                f"only {db:.1f} dB": quality == 1 and db < LEAST_AT_ONE_DB,
                f"no better than below ({db:.2f} dB)": db <= previous_db < np.inf,
            }
            broken += [f"{name} at {quality}: {fault}" for fault, is_there in faults.items() if is_there]
            previous_db = db
            if quality in (0.5, 1.0):
                shown.append(decoded)
        columns.append(np.concatenate(shown))
    if sheet is not None:
        half = len(columns) // 2
        Image.fromarray(np.concatenate([np.hstack(columns[:half]), np.hstack(columns[half:])])).save(sheet)
    print(
        f"\n{len({fault.split(' at ')[0] for fault in broken})} of {len(pictures)} pictures are broken:",
        *broken,
        sep="\n",
    )
    return 1 if broken else 0


def curves() -> int:
    screenshot = read_picture(resource_path("screenshot.webp")).pixels
    for name, pixels in {"screenshot": screenshot, "scanned page": scanned_page()}.items():
        others = {codec.title: rival_points(codec, pixels) for codec in RIVALS}
        print(f"\n{name}, {pixels.shape[1]} x {pixels.shape[0]}: dB above at equal bytes, bytes at equal dB in percent")
        print(f"{'quality':>7}{'bytes':>9}{'dB':>11}" + "".join(f"{title:>11} dB{'bytes':>9}" for title in others))
        for quality in np.arange(11) / 10:
            data, decoded = coded(pixels, quality)
            db = psnr_db(pixels, decoded)
            cells = "".join(f"{gain:+14.2f}{percent:+8.1f}%" for gain, percent in (
                distance((len(data), db), points) for points in others.values()
            ))  # fmt: skip
            print(f"{quality:7.1f}{len(data):9}{shown_db(db):>11}{cells}", flush=True)
    return 0


@cache
def live():
    return load_codec()


def coded(pixels: Pixels, quality: float) -> tuple[bytes, Pixels]:
    """The file under a uniform map, and what it decodes to."""
    data = live().encode(Picture(pixels), np.full(pixels.shape[:2], quality, np.float32)).data
    return data, live().decode(data).picture.pixels


def rival_points(codec, pixels: Pixels) -> list[Point]:
    files = [codec.encode(pixels, setting) for setting in codec.settings]
    return [(len(data), psnr_db(pixels, codec.decode(data))) for data in files]


def best_within(points: list[Point], size_bytes: int) -> float:
    return max((db for size, db in points if size <= size_bytes), default=-np.inf)


def distance(ours: Point, points: list[Point]) -> tuple[float, float]:
    """dB above a curve at our bytes, and bytes in percent more than it has at our dB; NaN beyond its ends."""
    sizes, dbs = (np.array(column, float) for column in zip(*sorted(points), strict=True))
    dbs = np.maximum.accumulate(np.minimum(dbs, 99))
    gain = ours[1] - np.interp(np.log(ours[0]), np.log(sizes), dbs, np.nan, np.nan)
    return gain, 100 * (ours[0] / np.exp(np.interp(ours[1], dbs, np.log(sizes), np.nan, np.nan)) - 1)


def shown_db(db: float) -> str:
    return "identical" if db == np.inf else f"{db:.2f}"


def lead(db: float, rival_db: float) -> str:
    """How far one is above the other; "alone" where the other has no file so small."""
    if rival_db == -np.inf:
        return "alone"
    return "identical" if db == np.inf else f"{db - rival_db:+.2f}"


if __name__ == "__main__":
    sys.exit(main())
