"""Regions without loss in photos: are they what was asked for on every decoder, and what do they cost?

Crops of 768 x 512 with random strokes, boxes and polygons are decoded in processes with one and with two threads, with
oneDNN and without. The region's bytes are what it adds to the chunk of kept pixels; beside them stand
WebP lossless files (method 6 and quality 100; method 4) of the region's bounding box, scaled by area.
"""

import tarfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import Picture
from qmap_studio.recipes.folders import pictures_in
from tests.benchmarks.exactness import codec_on, conditions

WIDTH, HEIGHT = 768, 512
PHOTOS, QUALITY = 20, 0.5
WAYS = tuple((threads, onednn) for threads in (1, 2) for onednn in (True, False))
UNBOUNDED = 255
WEBP = ({"method": 6, "quality": 100}, {"method": 4})
Mask = NDArray[np.bool_]


def check(data: Path, first: int | None, bound: int) -> int:
    codec, faults, ratios, whole_ratios = load_codec(), [], [], []
    print(f"{'photo':<22}{'region':>8}{'bytes':>9}{'of WebP 6':>10}{'of WebP 4':>10}{'file':>9}{'plain':>9}", end="")
    print(f"{'worst error':>12}{'whole':>10}{'of WebP 6':>10}{'of WebP 4':>10}")
    with ExitStack() as stack:
        pools = [stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn"))) for _ in WAYS]
        for seed, (name, pixels) in enumerate(photos(data, first or PHOTOS)):
            mask = random_mask(np.random.default_rng(seed))
            bounds = np.where(mask, bound, UNBOUNDED).astype(np.uint8)
            picture, quality_map = Picture(pixels), np.full(mask.shape, QUALITY, np.float32)
            plain = codec.encode(picture, quality_map).data
            bounded = codec.encode(picture, quality_map, bounds=bounds).data
            whole = codec.encode(picture, quality_map, bounds=np.zeros_like(bounds)).data
            answers = [pool.submit(decoded, bounded, *way) for pool, way in zip(pools, WAYS, strict=True)]
            inside = [answer.result()[mask].astype(int) for answer in answers]
            worst = max(int(np.abs(pixels_there - pixels[mask]).max()) for pixels_there in inside)
            if worst > bound or not all(np.array_equal(pixels_there, inside[0]) for pixels_there in inside):
                faults.append(f"{name}: {worst} levels off inside, or decoders differ")
            if not np.array_equal(decoded(whole, 2, True), pixels):
                faults.append(f"{name}: not identical when wholly without loss")
            region_bytes = chunk_bytes(bounded)["K"] - chunk_bytes(plain)["K"]
            rows, columns = (slice(at.min(), at.max() + 1) for at in np.nonzero(mask))
            box = pixels[rows, columns]
            share = mask.sum() / (box.size / 3)
            ratios.append([region_bytes / (share * lossless_webp(box, options)) for options in WEBP])
            whole_ratios.append([len(whole) / lossless_webp(pixels, options) for options in WEBP])
            print(f"{name:<22}{mask.mean():8.1%}{region_bytes:9}", *(f"{ratio:9.1%}" for ratio in ratios[-1]), end="")
            print(f"{len(bounded):9}{len(plain):9}{worst:12}{len(whole):10}", end=" ")
            print(*(f"{ratio:9.1%}" for ratio in whole_ratios[-1]), flush=True)
    for what, table in {"regions": ratios, "whole photos": whole_ratios}.items():
        print(f"{what}: bytes of WebP lossless, method 6 and 4:", *(f"{ratio:.1%}" for ratio in np.mean(table, axis=0)))
    print("faults:", *(faults or ["none"]), sep="\n")
    return 1 if faults else 0


def decoded(data: bytes, threads: int, onednn: bool) -> NDArray[np.uint8]:
    with conditions(threads, onednn):
        return codec_on("cpu").decode(data).picture.pixels


def photos(data: Path, count: int) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Crops from the middle of the large photos, then of training photos of the size, spread over their tar files."""
    large = pictures_in(data / "large")[:count]
    for path in large:
        yield path.name, middle(Image.open(path))
    shards = sorted((data / "train").glob("shard-0[0-3].tar"))
    for i, shard in enumerate(shards):
        wanted = len(range(i, count - len(large), len(shards)))
        with tarfile.open(shard) as tar:
            for member in tar:
                if not wanted:
                    break
                file = tar.extractfile(member) if member.name.endswith(".jpg") else None
                if file is None or "text" in member.name or member.name.startswith("sc"):
                    continue
                image = Image.open(file)
                if image.width >= WIDTH and image.height >= HEIGHT:
                    wanted -= 1
                    yield member.name, middle(image)


def middle(image: Image.Image) -> NDArray[np.uint8]:
    x, y = (image.width - WIDTH) // 2, (image.height - HEIGHT) // 2
    return np.array(image.convert("RGB").crop((x, y, x + WIDTH, y + HEIGHT)))


def random_mask(random: np.random.Generator) -> Mask:
    """Up to five strokes, boxes and polygons."""
    image = Image.new("1", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    size = np.array([WIDTH, HEIGHT])
    kinds = random.choice(("stroke", "box", "polygon"), random.integers(1, 6))
    for kind in kinds:
        centre = random.uniform(0.1, 0.9, 2) * size
        if kind == "stroke":
            radius = random.uniform(8, 50)
            for point in centre + np.cumsum(random.normal(0, radius / 2, (30, 2)), axis=0):
                draw.ellipse((*(point - radius), *(point + radius)), 1)
        elif kind == "box":
            half = random.uniform(5, 110, 2)
            draw.rectangle((*(centre - half), *(centre + half)), 1)
        else:
            angles = np.sort(random.uniform(0, 2 * np.pi, 7))
            corners = random.uniform(20, 130, (7, 1)) * np.stack([np.cos(angles), np.sin(angles)], 1)
            draw.polygon([tuple(corner) for corner in centre + corners], 1)
    return np.array(image)


def chunk_bytes(data: bytes) -> Counter[str]:
    """Bytes of each kind of chunk in a file, its type and length included."""
    sizes: Counter[str] = Counter()
    at, end = 9, len(data) - 4  # after magic and version, up to the checksum
    while at < end:
        start, kind, length, shift = at, chr(data[at]), 0, 0
        at += 1
        while True:
            length |= (data[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 0x80:
                break
        at += length
        sizes[kind] += at - start
    return sizes


def lossless_webp(pixels: NDArray[np.uint8], options: dict[str, int]) -> int:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, **options)
    return len(file.getvalue())
