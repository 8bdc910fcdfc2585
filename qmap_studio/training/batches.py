"""Training crops with quality maps; each is a pure function of the seed, the step and its place in the batch.

So a resumed run, or one spread over another number of processes, sees the same data, and batches can be drawn ahead.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from qmap_studio.training.data import SEGMENT_SCALE, PictureSet
from qmap_studio.training.maps import SHARES

REDUCED_SHARE = 0.5  # of the crops are cut larger, at most twice as large, and reduced
RECOLOURED_SHARE = 0.25  # of the crops have their colour channels in another order
ORDERS = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """Crops and their quality maps."""

    pixels: Tensor  # uint8 (n, S, S, 3)
    maps: Tensor  # float32 (n, 1, S, S) in [0, 1]

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device; a copy from pinned memory to a GPU goes on beside other work."""
        return Batch(self.pixels.to(device, non_blocking=True), self.maps.to(device, non_blocking=True))

    def pin_memory(self) -> "Batch":
        return Batch(self.pixels.pin_memory(), self.maps.pin_memory())


class Batches:
    """Draws batches from pictures in the CPU's memory; a picture is drawn in proportion to its area.

    Args:
        size: of a crop, in pixels.
        shares: how often each of `maps.KINDS` is drawn.
        augment: crops are also reduced, mirrored, turned and recoloured.
    Raises:
        ValueError: no picture is large enough.
    """

    def __init__(
        self,
        pictures: PictureSet,
        size: int,
        seed: int,
        *,
        shares: tuple[float, ...] = SHARES,
        augment: bool = True,
    ) -> None:
        self.pictures, self.size, self.seed, self.augment = pictures, size, seed, augment
        fits = (pictures.heights >= size) & (pictures.widths >= size)
        if not fits.any():
            raise ValueError(f"no picture is as large as {size} x {size} pixels")
        self._areas = torch.cumsum(pictures.heights * pictures.widths * fits, 0).numpy()
        self._shares = np.cumsum(shares) / sum(shares)

    def draw(self, step: int, indices: range) -> Batch:
        """The crops with these places in the batch of a step."""
        pixels = np.empty((len(indices), self.size, self.size, 3), np.uint8)
        maps = np.empty((len(indices), 1, self.size, self.size), np.float32)
        for i, index in enumerate(indices):
            self._draw_one(np.random.default_rng((self.seed, step, index)), pixels[i], maps[i, 0])
        return Batch(torch.from_numpy(pixels), torch.from_numpy(maps.clip(0.0, 1.0, out=maps)))

    def _draw_one(self, rng: np.random.Generator, pixels: NDArray[np.uint8], quality: Plane) -> None:
        size = self.size
        number = int(np.searchsorted(self._areas, int(rng.random() * self._areas[-1]), side="right"))
        picture = self.pictures.picture(number)
        height, width = picture.shape[:2]
        cut = size
        if self.augment and rng.random() < REDUCED_SHARE:
            cut = min(round(size / (0.5 + 0.5 * rng.random())), height, width)
        top, left = int(rng.random() * (height - cut + 1)), int(rng.random() * (width - cut + 1))
        crop: NDArray[Any] = picture[top : top + cut, left : left + cut]
        if cut > size:
            crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
        symmetry = int(rng.integers(8)) if self.augment else 0
        crop = _turned(crop, symmetry)
        if self.augment and rng.random() < RECOLOURED_SHARE:
            channels = cv2.split(crop)
            crop = cv2.merge([channels[i] for i in ORDERS[rng.integers(len(ORDERS))]])
        pixels[...] = crop

        kind = int(np.searchsorted(self._shares, rng.random(), side="right"))
        if kind == 0:
            quality[...] = _level(rng)
        elif kind == 1:
            nearest = ((np.arange(size) + 0.5) * (cut / size)).astype(np.int64)
            labels = _labels(self.pictures.segments(number), top + nearest, left + nearest)
            _segments(rng, _turned(labels, symmetry), quality)
        elif kind == 2:
            _gradient(rng, quality)
        elif kind == 3:
            _gaussians(rng, quality)
        else:
            _shapes(rng, quality)


def _turned(plane: NDArray[Any], symmetry: int) -> NDArray[Any]:
    """One of the eight symmetries of a square; OpenCV's are fifty times as fast as copying a turned view."""
    if symmetry & 3:
        plane = cv2.flip(plane, (symmetry & 3) - 2)  # -1 both ways, 0 up-down, 1 left-right
    return cv2.transpose(plane) if symmetry & 4 else plane


def _labels(segments: NDArray[np.uint8], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The segments' labels at pixels; the last ones go on where a side is not a multiple of `SEGMENT_SCALE`."""
    height, width = segments.shape
    rows, columns = np.minimum(rows // SEGMENT_SCALE, height - 1), np.minimum(columns // SEGMENT_SCALE, width - 1)
    return segments.take(rows, axis=0).take(columns, axis=1)


# The maps are those of `maps.random_maps`, made for one crop and only of the kind drawn.


def _level(rng: np.random.Generator) -> float:
    return min(max(rng.random() * 1.1 - 0.05, 0.0), 1.0)


def _axis(size: int) -> Plane:
    return (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)


def _segments(rng: np.random.Generator, labels: NDArray[np.uint8], quality: Plane) -> None:
    levels = (rng.random(256, dtype=np.float32) * np.float32(1.1) - np.float32(0.05)).clip(0.0, 1.0)
    quality[...] = levels[labels]


def _gradient(rng: np.random.Generator, quality: Plane) -> None:
    axis = _axis(len(quality)) - np.float32(0.5)
    angle, width, start, end = 2.0 * math.pi * rng.random(), 0.2 + rng.random(), _level(rng), _level(rng)
    vertical = axis * np.float32(math.sin(angle) / width) + np.float32(0.5)
    np.add.outer(vertical, axis * np.float32(math.cos(angle) / width), out=quality)
    quality.clip(0.0, 1.0, out=quality)
    quality *= np.float32(end - start)
    quality += np.float32(start)


def _gaussians(rng: np.random.Generator, quality: Plane) -> None:
    size, blobs = len(quality), int(rng.integers(1, 21))
    sigma = (np.float32(31.0) + np.float32(24.0) * rng.random((blobs, 1), dtype=np.float32)) / np.float32(size)
    centres = rng.random((2, blobs, 1), dtype=np.float32)
    vertical, horizontal = np.exp(np.float32(-0.5) * np.square((_axis(size) - centres) / sigma))
    np.einsum("kh,kw->hw", vertical, horizontal, out=quality)  # a matrix product would start threads in every worker
    quality *= np.float32((0.5 + 0.5 * rng.random()) / max(float(quality.max()), 1e-6))


def _shapes(rng: np.random.Generator, quality: Plane) -> None:
    axis = _axis(len(quality))
    quality[...] = _level(rng)
    for _ in range(4):
        if rng.random() >= 0.6:
            continue
        centres, halves = rng.random((2, 1), dtype=np.float32), 0.05 + 0.45 * rng.random((2, 1), dtype=np.float32)
        doublings = 4 if rng.random() < 0.6 else 1  # a box, of power 16, or an ellipse, of power 2
        softness = np.float32(50.0 if rng.random() < 0.6 else 4.0)
        powers = np.abs((axis - centres) / halves).clip(None, 8.0)
        for _ in range(doublings):
            np.square(powers, out=powers)
        weight = np.add.outer(*powers)
        for _ in range(doublings):
            np.sqrt(weight, out=weight)
        weight -= np.float32(1.0)
        weight *= softness
        np.exp(np.minimum(weight, np.float32(80.0), out=weight), out=weight)
        weight += np.float32(1.0)
        np.divide(np.float32(_level(rng)) - quality, weight, out=weight)
        quality += weight


class _Steps(Dataset[Batch]):
    def __init__(self, make: Callable[[int], Batch]) -> None:
        self.make = make

    def __getitem__(self, step: int) -> Batch:
        return self.make(step)


def prefetched(make: Callable[[int], Batch], first_step: int, workers: int) -> Iterator[Batch]:
    """The batches of the steps from the first on, in order; each worker process is up to two batches ahead.

    Workers are forked: they share the pictures' memory, and `make` may be anything that touches no GPU. They end with
    the iterator. Batches come in pinned memory where there is a GPU.

    Args:
        make: gives the batch of a step.
        workers: processes; with 0 the caller draws.
    """
    if workers == 0:
        yield from map(make, count(first_step))
        return
    loader = DataLoader(
        _Steps(make),
        batch_size=None,
        sampler=count(first_step),
        num_workers=workers,
        multiprocessing_context="fork",
        prefetch_factor=2,
        pin_memory=torch.cuda.is_available(),
        worker_init_fn=lambda _: cv2.setNumThreads(0),  # its threads do not survive a fork
        generator=torch.Generator(),  # the loader takes a number from it, not from the run's random state
    )
    yield from loader
