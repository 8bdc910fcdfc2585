"""Parts of training pictures, with errors allowed or not, of which some pixels are kept."""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from qmap_studio.codec.common.kept.codes import codes_of, stored
from qmap_studio.codec.common.kept.photographic.colour import to_planes
from qmap_studio.codec.common.kept.photographic.walk import Answer, walk
from qmap_studio.codec.common.kept.tile import TILE_PX

BOUNDS = (0, 0, 0, 0, 0, 1, 2, 3, 5, 8)
"""As often as they are drawn."""
WHOLE_SHARE = 0.4


@dataclass(frozen=True)
class Sample:
    """A part of a picture around its kept pixels.

    Attributes:
        planes: float32 (3, H, W).
        kept: bool (H, W).
        means: of the planes.
    """

    planes: NDArray[np.float32]
    kept: NDArray[np.bool_]
    means: list[int]

    def walk(self, answer: Answer) -> None:
        """Asks for all kept pixels, as a coder does."""
        walk(self.kept, self.means, answer)


def samples(data: Path, count: int, seed: int) -> Iterator[Sample]:
    """About so many, spread over the tar files of a folder, larger pictures more often."""
    random, shards = np.random.default_rng(seed), sorted(data.glob("*.tar"))
    for shard in shards:
        with tarfile.open(shard) as tar:
            members = [member for member in tar if member.name.endswith(".jpg")]
            sizes = np.array([member.size for member in members], np.float64)
            picked = random.choice(len(members), count // len(shards), p=sizes / sizes.sum())
            for member in np.sort(picked):
                file = tar.extractfile(members[member])
                assert file is not None
                yield _sample(np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB")), random)


def random_mask(random: np.random.Generator, height: int, width: int) -> NDArray[np.bool_]:
    """Strokes, boxes and ellipses; at least one pixel."""
    image = Image.new("1", (width, height))
    draw = ImageDraw.Draw(image)
    for _ in range(random.integers(1, 4)):
        centre, radius = random.uniform(0, 1, 2) * (width, height), random.uniform(5, 100)
        half = random.uniform(5, 100, 2)
        match random.integers(3):
            case 0:
                for point in centre + np.cumsum(random.normal(0, radius / 2, (6, 2)), axis=0):
                    draw.ellipse((*(point - radius / 2), *(point + radius / 2)), 1)
            case 1:
                draw.rectangle((*(centre - half), *(centre + half)), 1)
            case _:
                draw.ellipse((*(centre - half), *(centre + half)), 1)
    mask = np.array(image)
    return mask if mask.any() else np.ones_like(mask)


def _sample(picture: NDArray[np.uint8], random: np.random.Generator) -> Sample:
    height, width = (min(side, TILE_PX) for side in picture.shape[:2])
    top, left = random.integers(0, picture.shape[0] - height + 1), random.integers(0, picture.shape[1] - width + 1)
    pixels = picture[top : top + height, left : left + width]
    kept = np.ones((height, width), bool)
    if random.random() > WHOLE_SHARE:
        kept = random_mask(random, height, width)
        rows, columns = (np.flatnonzero(kept.any(axis=axis)) for axis in (1, 0))
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        pixels, kept = pixels[part], kept[part]
    values = stored(pixels, codes_of(np.full(kept.shape, random.choice(BOUNDS), np.uint8)))
    planes = to_planes(values).astype(np.float32)
    count = 3 if planes[1:, kept].any() else 1
    mean = values[kept].mean(axis=0).astype(np.uint8)
    return Sample(planes, kept, [int(plane) for plane in to_planes(mean)[:count]])
