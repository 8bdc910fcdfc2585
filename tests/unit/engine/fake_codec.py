"""A codec that can be held at any checkpoint, and a collector of results; no test sleeps."""

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from qmap_studio.codec import Coded, Decoding, Encoding
from qmap_studio.codec.common.importance import StageImportance
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Result

PATIENCE_S = 20
R = TypeVar("R")


@dataclass
class FakeCodec:
    """The reconstruction is half the pixel plus 100 times its quality; a cell costs 256 times its mean quality.

    Pixels with an error bound are kept as they are, for 8 bits each.

    `tint` is added to red. `at_checkpoint(what, fraction)` runs in the worker, so a test can hold it there or raise.
    """

    model_id: str = "fake"
    device: str = "cpu"
    notices: list[str] = field(default_factory=list)
    calls: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    tint: int = 0
    at_checkpoint: Callable[[str, float], None] = lambda _what, _fraction: None
    can_be_thorough: bool = True

    def preview(self, pixels, quality_map, *, bounds=None, base=None, checkpoint=None):
        return self._code("preview", pixels, quality_map, checkpoint, bounds)

    def encode(self, picture, quality_map, *, bounds=None, thorough=False, checkpoint=None):
        coded = self._code("thorough" if thorough else "encode", picture.pixels, quality_map, checkpoint, bounds)
        data = bytes(round(coded.estimated_bits / 8))
        return Encoding(coded.reconstruction, coded.cell_bits, coded.quality_cells, data)

    def incremental(self, picture, means, base, bounds=None):
        return FakeIncremental(self, picture, means, bounds)

    def estimate_bytes(self, picture, quality_map, *, bounds=None, base_offset=0, checkpoint=None):
        return round(mean_of_cells(np.clip(quality_map + base_offset / 65535, 0.0, 1.0)).sum() * 256 / 8)

    def decode(self, data, *, checkpoint=None):
        height, width = data[0], data[1]
        coded = self._code("decode", np.zeros((height, width, 3), np.uint8), np.full((height, width), 0.5), checkpoint)
        return Decoding(Picture(coded.reconstruction), coded.quality_cells, coded.cell_bits, self.model_id, len(data))

    def _code(self, what, pixels, quality_map, checkpoint, bounds=None):
        assert pixels.shape[:2] == quality_map.shape
        assert bounds is None or bounds.shape == quality_map.shape
        self.calls.append((what, quality_map.shape))
        for fraction in (0.0, 0.5, 1.0):
            self.at_checkpoint(what, fraction)
            if checkpoint is not None:
                checkpoint(fraction)
        cells = mean_of_cells(quality_map)
        bits = cells * 256 + bounded_bits(bounds, cells.shape)
        self.finished.append(what)
        shown = reconstructed(pixels, quality_map)
        shown[..., 0] += np.uint8(self.tint)
        return Coded(kept(shown, pixels, bounds), bits, cells)


@dataclass
class ImportanceCodec(FakeCodec):
    """Finds important what is bright, the finer its quality; a stage's scale is 1 to 4 times its side."""

    def importance(self, pixels, quality_map, checkpoint=None):
        self.calls.append(("importance", quality_map.shape))
        stages = []
        for number, side in enumerate((2, 4, 8, 16)):
            self.at_checkpoint("importance", (number + 1) / 4)
            if checkpoint is not None:
                checkpoint((number + 1) / 4)
            mask = means(pixels.mean(axis=2) / 255 * quality_map, side)
            stages.append(StageImportance(side, mask, np.float32(side) * (1 + 3 * mask)))
        return tuple(stages)

    def lmbda_of(self, quality):
        return 0.01 + quality


class FakeIncremental:
    """As the codec's; a block is stale where the mean of one of its cells has changed, or a bound."""

    def __init__(self, codec, picture, means, bounds=None):
        self.codec, self.picture, self.means = codec, picture, means.copy()
        self.bounds = whole(bounds, picture)
        rows, columns = -(-picture.height // 64), -(-picture.width // 64)
        self.stale, self.redone = np.ones((rows, columns), bool), np.zeros((rows, columns), bool)
        self.reconstruction = np.zeros_like(picture.pixels)

    def change_map(self, means, base, bounds=None):
        changed, bounded = np.argwhere(means != self.means) // 4, whole(bounds, self.picture)
        changed = np.concatenate([changed, np.argwhere(bounded != self.bounds) // 64])
        self.means, self.bounds = means.copy(), bounded
        for row, column in changed:
            self.stale[row, column] = True

    def update(self, blocks, checkpoint=None):
        todo = blocks & self.stale
        rows, columns = np.flatnonzero(todo.any(axis=1)), np.flatnonzero(todo.any(axis=0))
        if not rows.size:
            return
        part = slice(64 * rows[0], 64 * rows[-1] + 64), slice(64 * columns[0], 64 * columns[-1] + 64)
        coded = self.codec._code("update", self.picture.pixels[part], self.quality[part], checkpoint, self.bounds[part])
        meant = np.kron(todo, np.ones((64, 64), bool))[: self.picture.height, : self.picture.width][part]
        np.copyto(self.reconstruction[part], coded.reconstruction, where=meant[..., None])
        self.stale[todo], self.redone[todo] = False, True
        self.codec.at_checkpoint("updated", 1.0)
        if checkpoint is not None:
            checkpoint(1.0)  # what it raises leaves in place what is done

    @property
    def quality(self):
        quality = np.kron(self.means / 65535, np.ones((16, 16)))[: self.picture.height, : self.picture.width]
        return quality.astype(np.float32)

    def take_redone(self):
        redone, self.redone = self.redone, np.zeros_like(self.redone)
        return redone

    def cell_bits(self):
        return (self.means / 65535 * 256).astype(np.float32) + bounded_bits(self.bounds, self.means.shape)

    map_bits = 0.0

    def estimated_bytes(self, bits):
        return round(bits / 8)

    def finish(self, checkpoint=None):
        self.update(np.ones_like(self.stale), checkpoint)
        bits = self.cell_bits()
        data = bytes(round(bits.sum() / 8))
        return Encoding(self.reconstruction, bits, mean_of_cells(self.quality), data)


def reconstructed(pixels, quality_map):
    return (pixels // 2 + np.rint(quality_map * 100).astype(np.uint8)[..., None]).astype(np.uint8)


def kept(shown, pixels, bounds):
    return shown if bounds is None else np.where((bounds < 255)[..., None], pixels, shown)


def whole(bounds, picture):
    return np.full((picture.height, picture.width), 255, np.uint8) if bounds is None else bounds.copy()


def bounded_bits(bounds, shape):
    return np.zeros(shape, np.float32) if bounds is None else mean_of_cells(np.float32(bounds < 255)) * 256 * 8


def mean_of_cells(quality_map):
    return means(quality_map, 16)


def means(plane, side):
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % side), (0, -width % side)), mode="edge")
    return padded.reshape(padded.shape[0] // side, side, -1, side).mean(axis=(1, 3)).astype(np.float32)


def encode_to_size(
    codec, picture, quality_map, target_bytes, *, bounds=None, known=None, thorough=False, checkpoint=None
):
    """The uniform quality that costs the target, as the fake codec counts."""
    cells = mean_of_cells(quality_map).size
    quality = np.float32(target_bytes * 8 / (256 * cells))
    return codec.encode(
        picture,
        np.full(quality_map.shape, quality, np.float32),
        bounds=bounds,
        thorough=thorough,
        checkpoint=checkpoint,
    )


class Results:
    """What the engine delivered, in order."""

    def __init__(self) -> None:
        self.seen: list[Result] = []
        self._queue: queue.Queue[Result] = queue.Queue()

    def __call__(self, result: Result) -> None:
        self._queue.put(result)

    def wait_for(self, kind: type[R], accept: Callable[[R], bool] = lambda _result: True) -> R:
        """The next result of a kind that is accepted; those before it are passed over."""
        while True:
            result = self._queue.get(timeout=PATIENCE_S)
            self.seen.append(result)
            if isinstance(result, kind) and accept(result):
                return result

    def of(self, kind: type[R]) -> list[R]:
        """All results of a kind that were waited for or passed over."""
        return [result for result in self.seen if isinstance(result, kind)]


def photo(height: int = 128, width: int = 192) -> Picture:
    """Pixels that tell where they are."""
    rows, columns = np.indices((height, width))
    return Picture(np.stack([rows % 251, columns % 241, (rows + columns) % 239], axis=-1).astype(np.uint8))


def flat_map(picture: Picture, quality: float = 0.25):
    return np.full((picture.height, picture.width), round(quality * 65535), np.uint16)


def painted(rect: Rect, quality: float = 1.0):
    return np.full((rect.height, rect.width), round(quality * 65535), np.uint16)
