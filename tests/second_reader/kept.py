import io
import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.second_reader.container import Header, Payload, RefusedError, must
from tests.second_reader.map import ArithmeticDecoder, clamp
from tests.second_reader.symbols import Stream, Table, split_tables

CODES = (0, 127, *range(247, 256))
LOWEST, HIGHEST = (0, -255, -255), (255, 255, 255)


class Photographic:
    def __init__(self, path: Path) -> None:
        self.arrays = {name: array.astype(np.int64) for name, array in np.load(path).items()}
        reach = self.arrays["reach"].tolist()
        self.tables: list[Table | None] = [None, *split_tables(self.arrays["counts"], [2 * n + 2 for n in reach])]

    # kept/FORMAT.md, Prediction
    def answers(self, plane: int, kind: int, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        y = features
        for layer, (low, high) in enumerate(((0, 255), (0, 255), (-2047, 2047))):
            weight, bias = self.arrays[f"{plane}{kind}w{layer}"], self.arrays[f"{plane}{kind}b{layer}"]
            y = np.clip((y @ weight.T + bias) // 256, low, high)
        return y[:, 0], y[:, 1]


# kept/FORMAT.md, Coder 0
def webp_part(data: bytes, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    padded = data + bytes(len(data) % 2)
    container = struct.pack("<4sI4s4sI", b"RIFF", 12 + len(padded), b"WEBP", b"VP8L", len(data)) + padded
    try:
        image = Image.open(io.BytesIO(container), formats=["WEBP"])
        must(image.size[0] <= width and image.size[1] <= height, "a part that reaches out of the tile")
        pixels = np.asarray(image.convert("RGBA")).astype(np.int64)
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError("a WebP lossless stream that cannot be decoded") from error
    return pixels[:, :, :3], pixels[:, :, 3]


# kept/FORMAT.md, The mask
class Mask:
    def __init__(self, data: bytes, height: int, width: int, codes: list[int], start: np.ndarray) -> None:
        self.coder = ArithmeticDecoder(data)
        self.height, self.width, self.start = height, width, start.tolist()
        self.codes = np.full((height, width), codes[-1], np.int64)
        self.open = np.ones((height, width), bool)
        for code in codes[:-1]:
            taken = self.read_map()
            self.codes[taken] = code
            self.open &= ~taken
        self.coder.end()

    def bit(self, context: tuple, p: int) -> int:
        state = self.contexts.setdefault(context, [p, 3])
        bit = self.coder.bit(clamp(state[0], 256, 65280))
        state[0] += 65536 * bit - state[0] >> state[1]
        state[1] = min(state[1] + 1, 5)
        return bit

    def read_map(self) -> np.ndarray:
        self.contexts: dict[tuple, list[int]] = {}
        kinds: defaultdict[tuple[int, int], int] = defaultdict(int)
        values = np.zeros((self.height + 2, self.width + 6), np.int64)
        for r in range(-(-self.height // 8)):
            for k in range(-(-self.width // 8)):
                opened = self.open[8 * r : 8 * r + 8, 8 * k : 8 * k + 8]
                if not opened.any():
                    continue
                kinds[r, k] = self.read_kind(kinds[r - 1, k], kinds[r, k - 1], kinds[r - 1, k - 1])
                for y, x in np.argwhere(opened) + np.array((8 * r, 8 * k)):
                    values[y + 2, x + 3] = kinds[r, k] if kinds[r, k] < 2 else self.read_pixel(values, y + 2, x + 3)
        return values[2:, 3:-3] > 0

    def read_kind(self, a: int, left: int, c: int) -> int:
        if self.bit(("mixed", a, left, c), 4096 if a == left == c != 2 else 32768):
            return 2
        w = (2, 30, 16)
        return self.bit(("all", a, left, c), 1024 * (w[a] + w[left]))

    def read_pixel(self, values: np.ndarray, y: int, x: int) -> int:
        around = (*values[y, x - 3 : x][::-1], *values[y - 1, x - 2 : x + 4], *values[y - 2, x - 1 : x + 2])
        context = sum(int(value) << i for i, value in enumerate(around))
        return self.bit(("pixel", context), self.start[context])


# kept/FORMAT.md, Planes
def to_planes(r: int, g: int, b: int) -> tuple[int, int, int]:
    co = r - b
    t = b + co // 2
    cg = g - t
    return t + cg // 2, co, cg


def to_colours(y: np.ndarray, co: np.ndarray, cg: np.ndarray) -> np.ndarray:
    t = y - cg // 2
    g = cg + t
    b = t - co // 2
    return np.stack([b + co, g, b], axis=-1)


# kept/FORMAT.md, Order
SQUARE = ((-1, -1), (-1, 1), (1, -1), (1, 1), (-3, -1), (-3, 1), (-1, -3), (-1, 3), (1, -3), (1, 3), (3, -1), (3, 1))
CROSS = (
    (-1, 0),
    (1, 0),
    (0, -1),
    (0, 1),
    (-1, -1),
    (-1, 1),
    (1, -1),
    (1, 1),
    (-2, -1),
    (-2, 1),
    (2, -1),
    (2, 1),
    (-1, -2),
    (-1, 2),
    (1, -2),
    (1, 2),
    (-3, 0),
    (3, 0),
    (0, -3),
    (0, 3),
)


def passes(kept: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, int, np.ndarray]]:
    height, width = kept.shape
    s = 1
    while s < max(height, width):
        s *= 2
    plans = [(s, 0, 0, 0, SQUARE, 2 * s)]
    while s > 1:
        s //= 2
        plans.append((s, s, s, 0, SQUARE, 2 * s))
        plans.append((s, 0, s, 1, tuple((j, i) for i, j in CROSS), 2 * s))
        plans.append((s, s, 0, 1, CROSS, 2 * s))
    for step, top, left, kind, offsets, stride in plans:
        y, x = np.nonzero(kept[top::stride, left::stride])
        yield top + stride * y, left + stride * x, kind, step * np.array(offsets)


# kept/FORMAT.md, Neighbourhood
def scaled(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.clip(32 * a // b, -255, 255)


def logarithm(n: np.ndarray) -> np.ndarray:
    k = np.frexp(n)[1].astype(np.int64) - 1
    return 16 * k + 16 * (n - 2**k) // 2**k


class Neighbourhood:
    def __init__(
        self,
        values: np.ndarray,
        errors: np.ndarray,
        known: np.ndarray,
        y: np.ndarray,
        x: np.ndarray,
        offsets: np.ndarray,
        m: int,
    ) -> None:
        height, width = values.shape
        ys, xs = y[:, None] + offsets[:, 0], x[:, None] + offsets[:, 1]
        inside = (ys >= 0) & (ys < height) & (xs >= 0) & (xs < width)
        ys, xs = np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)
        self.known = known[ys, xs] & inside
        v = values[ys, xs]
        self.count = self.known.sum(axis=1)
        w = np.where(np.arange(len(offsets)) < 4, 64, 1) * self.known
        some, count = self.count > 0, np.maximum(self.count, 1)
        self.mean = np.where(some, 8 * (w * v).sum(axis=1) // np.maximum(w.sum(axis=1), 1), 8 * m)
        d = (8 * v - self.mean[:, None]) * self.known
        self.spread = np.where(some, 1 + abs(d).sum(axis=1) // count, 1)
        self.log = logarithm(self.spread)
        self.n = scaled(d, self.spread[:, None]) * self.known
        self.errors = (errors[ys, xs] * self.known)[:, :4]
        self.error = np.zeros(len(y), np.int64)

    def features(self, before: list["Neighbourhood"]) -> np.ndarray:
        columns = [
            self.n,
            scaled(self.errors, self.spread[:, None]),
            64 * self.known[:, :4],
            8 * self.count[:, None],
            self.log[:, None],
        ]
        for other in before:
            columns += [
                scaled(other.error, other.spread)[:, None],
                scaled(other.error, self.spread)[:, None],
                other.n[:, :4],
                other.log[:, None],
            ]
        return np.concatenate(columns, axis=1)


# kept/FORMAT.md, Prediction
def read_values(stream: Stream, coder: Photographic, kept: np.ndarray, m: tuple[int, ...], planes: int) -> np.ndarray:
    values = np.zeros((3, *kept.shape), np.int64)
    errors = np.zeros_like(values)
    known = np.zeros_like(kept)
    for y, x, kind, offsets in passes(kept):
        before: list[Neighbourhood] = []
        for plane in range(planes):
            around = Neighbourhood(values[plane], errors[plane], known, y, x, offsets, m[plane])
            a, b = coder.answers(plane, kind, around.features(before))
            low, high = LOWEST[plane], HIGHEST[plane]
            p = np.clip(around.mean + a * around.spread // 64, 8 * low, 8 * high)
            value = (p + 4) // 8
            offset = p - 8 * value
            sign = np.where(offset < 0, -1, 1)
            scale = np.clip((around.log + b // 4 + 48) // 4, 0, 59)
            table = np.where(scale < 28, 1 + 5 * scale + abs(offset), 141 + scale - 28)
            v = value + sign * stream.group(table, coder.tables)
            must(bool(((v >= low) & (v <= high)).all()), "a value out of its plane's range")
            values[plane, y, x] = v
            errors[plane, y, x] = around.error = 8 * v - p
            before.append(around)
        known[y, x] = True
    return values


# kept/FORMAT.md, The photographic coder
def photographic_part(payload: Payload, height: int, width: int, coder: Photographic) -> tuple[np.ndarray, np.ndarray]:
    part = payload.byte() + 1, payload.byte() + 1
    must(part[0] <= height and part[1] <= width, "a part that reaches out of the tile")
    planes = payload.byte()
    must(planes in (1, 3), "planes")
    codes = list(payload.take(payload.byte()))
    must(bool(codes) and codes == sorted(set(codes)), "codes that do not rise")
    must(all(code in CODES for code in codes), "code")
    mask = payload.take(payload.number())
    means = payload.take(planes)
    if len(codes) == 1:
        must(not mask, "a mask of one code")
        opacity = np.full(part, codes[0], np.int64)
    else:
        opacity = Mask(mask, *part, codes, coder.arrays["mask"]).codes
    must(bool(opacity.any()), "a tile that keeps no pixel")
    stream = Stream(payload.rest())
    m = to_planes(*(means if planes == 3 else means * 3))
    colours = to_colours(*read_values(stream, coder, opacity > 0, m, planes))
    stream.end()
    kept = colours[opacity > 0]
    must(bool(((kept >= 0) & (kept <= 255)).all()), "a colour out of range")
    return colours, opacity


# SFC.md 7 and kept/FORMAT.md
def read_tile(data: bytes, height: int, width: int, coder: Photographic) -> tuple[slice, slice, np.ndarray, np.ndarray]:
    payload = Payload(data)
    number, x, y = payload.byte(), payload.byte(), payload.byte()
    must(number <= 1, "a tile's coder")
    must(x < width and y < height, "a part that reaches out of the tile")
    if number == 0:
        v, opacity = webp_part(payload.rest(), height - y, width - x)
    else:
        v, opacity = photographic_part(payload, height - y, width - x, coder)
    must(bool(np.isin(opacity, CODES).all()), "code")
    must(bool(opacity.any()), "a tile that keeps no pixel")
    bound = np.where(opacity == 127, 0, 255 - opacity)[..., None]
    rows, cols = opacity.shape
    return slice(y, y + rows), slice(x, x + cols), np.minimum(v * (2 * bound + 1), 255), opacity > 0


def read_kept(data: bytes, header: Header, coder: Photographic) -> tuple[np.ndarray, np.ndarray]:
    pixels = np.zeros((header.height, header.width, 3), np.int64)
    kept = np.zeros((header.height, header.width), bool)
    across, down = -(-header.width // 256), -(-header.height // 256)
    payload, number = Payload(data), -1
    while payload.left():
        number += 1 + payload.number()
        must(number < across * down, "a tile beyond the picture")
        top, left = 256 * (number // across), 256 * (number % across)
        place = slice(top, min(top + 256, header.height)), slice(left, min(left + 256, header.width))
        tile, mask = pixels[place], kept[place]
        rows, cols, values, inside = read_tile(payload.take(payload.number()), *mask.shape, coder)
        tile[rows, cols], mask[rows, cols] = values, inside
    return pixels, kept
