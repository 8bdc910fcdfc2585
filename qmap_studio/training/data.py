"""Training pictures: tar files of JPEGs, decoded once into one flat array."""

import csv
import hashlib
import io
import json
import os
import re
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

VALIDATION_SHARE = 40  # one photo in so many is held out
SEGMENT_SCALE = 4
DECODING = 1  # to be raised when the same tar files give other pixels, other labels or another split
PART = re.compile(r"(.+\.tar)\.(\d{2,})")
TAR_END = 1024  # every tar file ends in so many zeros


@dataclass
class PictureSet:
    """Many pictures of different sizes in one tensor, and their segments at a quarter of the size in another."""

    pixels: Tensor  # uint8 (sum of H W, 3)
    labels: Tensor  # uint8 (sum of (H/4) (W/4))
    heights: Tensor
    widths: Tensor
    offsets: Tensor
    label_offsets: Tensor
    names: list[str]

    def picture(self, i: int) -> NDArray[np.uint8]:
        """Pixels (H, W, 3) of a picture, not copied; the set must lie in the CPU's memory."""
        start, height, width = int(self.offsets[i]), int(self.heights[i]), int(self.widths[i])
        return self.pixels[start : start + height * width].numpy().reshape(height, width, 3)

    def segments(self, i: int) -> NDArray[np.uint8]:
        """Labels (H/4, W/4) of a picture, not copied; the set must lie in the CPU's memory."""
        start, height, width = (int(v[i]) for v in (self.label_offsets, self.heights, self.widths))
        height, width = height // SEGMENT_SCALE, width // SEGMENT_SCALE
        return self.labels[start : start + height * width].numpy().reshape(height, width)

    def crops(self, count: int, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Random square crops, mirrored half the time; a picture is drawn in proportion to its area.

        Returns:
            uint8 (count, size, size, 3) and the segments' labels, uint8 (count, size, size).
        """
        fits = (self.heights >= size) & (self.widths >= size)
        areas = (self.heights * self.widths * fits).double()
        picked = torch.multinomial(areas, count, replacement=True, generator=generator)
        corner = torch.rand(2, count, generator=generator, dtype=torch.float64)
        top = (corner[0] * (self.heights[picked] - size + 1)).long()
        left = (corner[1] * (self.widths[picked] - size + 1)).long()
        mirrored = torch.rand(count, generator=generator) < 0.5
        axis = torch.arange(size)
        rows = top[:, None] + axis
        columns = left[:, None] + torch.where(mirrored[:, None], size - 1 - axis, axis)
        index = self.offsets[picked, None, None] + rows[:, :, None] * self.widths[picked, None, None] + columns[:, None]
        small_widths = self.widths[picked, None, None] // SEGMENT_SCALE
        small_rows = (rows // SEGMENT_SCALE).clamp_max((self.heights[picked, None] // SEGMENT_SCALE) - 1)
        small_columns = (columns // SEGMENT_SCALE).clamp_max((self.widths[picked, None] // SEGMENT_SCALE) - 1)
        label_index = (
            self.label_offsets[picked, None, None] + small_rows[:, :, None] * small_widths + small_columns[:, None]
        )
        return self.pixels[index], self.labels[label_index]


def segment(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Labels of connected regions of similar colour (mean shift), at a quarter of the size."""
    import cv2

    height, width = picture.shape[0] // SEGMENT_SCALE, picture.shape[1] // SEGMENT_SCALE
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    flat = cv2.pyrMeanShiftFiltering(small, 6, 24, maxLevel=1).astype(np.int32) // 24
    codes = (flat[..., 0] * 11 + flat[..., 1]) * 11 + flat[..., 2]
    labels = np.zeros((height, width), np.int32)
    next_label = 1
    for code in np.unique(codes):
        count, parts = cv2.connectedComponents((codes == code).astype(np.uint8), connectivity=4)
        labels[parts > 0] = parts[parts > 0] + next_label - 1
        next_label += count - 1
    return (labels % 256).astype(np.uint8)


def is_held_out(name: str) -> bool:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % VALIDATION_SHARE == 0


def load_pictures(folder: Path, cache: Path | None = None) -> tuple[PictureSet, PictureSet]:
    """All pictures of the tar files in a folder: those for training and the photos held out for validation.

    A tar file may lie there in parts, `NAME.tar.00`, `NAME.tar.01` and so on; a whole `NAME.tar` goes before its parts.

    Args:
        cache: folder for the decoded pictures of this one folder. They are written there once and then mapped into
            memory: processes share the pages, and writing to the tensors changes neither the file nor the others.
    Raises:
        FileNotFoundError: there are no pictures, or a part of a tar file is missing.
        ValueError: there are no pictures on one of the two sides.
    """
    if cache is None:
        return _sets(*_decoded(folder))
    path, key = cache / "pictures.bin", _key(folder)
    if (mapped := _mapped(path, key)) is not None:
        return _sets(*mapped)
    index, decoded = _decoded(folder)
    _write(path, key, index, decoded)
    return _sets(*(_mapped(path, key) or (index, decoded)))


def _shards(folder: Path) -> dict[str, list[Path]]:
    """The files of each tar file, one or its parts in order, by its name."""
    parts: dict[str, dict[int, Path]] = {}
    for path in folder.glob("*.tar.*"):
        if match := PART.fullmatch(path.name):
            parts.setdefault(match[1], {})[int(match[2])] = path
    shards = {path.name: [path] for path in folder.glob("*.tar")}
    for name, numbered in parts.items():
        if name not in shards:
            if missing := sorted(set(range(max(numbered) + 1)) - set(numbered)):
                raise FileNotFoundError(f"part {missing[0]:02} of {name} is missing in {folder}")
            shards[name] = [numbered[number] for number in range(len(numbered))]
    return dict(sorted(shards.items()))


def _members(name: str, files: list[Path]) -> list[tuple[str, bytes]]:
    joined = io.BytesIO(b"".join(file.read_bytes() for file in files))
    if files[0].name != name and any(joined.getbuffer()[-TAR_END:]):
        raise FileNotFoundError(f"the last part of {name} is missing in {files[0].parent}")
    with tarfile.open(fileobj=joined) as tar:
        return [(m.name, tar.extractfile(m).read()) for m in tar if m.isfile()]  # type: ignore[union-attr]


# Names, heights and widths of the pictures of a set: first those for training, then those held out.
_Index = list[list[tuple[str, int, int]]]


def _decoded(folder: Path) -> tuple[_Index, NDArray[np.uint8]]:
    """What pictures there are, and all their pixels and labels as `_sets` wants them."""
    groups: dict[str, str] = {}
    if (manifest := folder / "manifest.csv").exists():
        with manifest.open(newline="") as lines:
            groups = {row["name"]: row["group"] for row in csv.DictReader(lines)}
    members = [member for name, files in _shards(folder).items() for member in _members(name, files)]
    if not members:
        raise FileNotFoundError(f"no .tar files with pictures in {folder}")
    sizes = [Image.open(io.BytesIO(content)).size for _, content in members]
    held_out = {
        i
        for i, ((name, _), size) in enumerate(zip(members, sizes, strict=True))
        if is_held_out(name) and groups.get(name) != "screen" and min(size) >= 320
    }
    names = {members[i][0] for i in held_out}
    sides = [[i for i, (name, _) in enumerate(members) if name not in names], sorted(held_out)]
    if not all(sides):
        raise ValueError(f"{folder} has too few pictures: {len(sides[0])} for training, {len(sides[1])} held out")
    index = [[(members[i][0], sizes[i][1], sizes[i][0]) for i in side] for side in sides]
    decoded = np.empty(sum(_bytes(height, width) for side in index for _, height, width in side), np.uint8)

    def decode(pictures: PictureSet, at: int, i: int) -> None:
        picture = np.asarray(Image.open(io.BytesIO(members[i][1])).convert("RGB"))
        pictures.picture(at)[...] = picture
        pictures.segments(at)[...] = segment(picture)

    with ThreadPoolExecutor() as pool:
        for pictures, side in zip(_sets(index, decoded), sides, strict=True):
            list(pool.map(decode, [pictures] * len(side), range(len(side)), side))
    return index, decoded


def _bytes(height: int, width: int) -> int:
    return 3 * height * width + (height // SEGMENT_SCALE) * (width // SEGMENT_SCALE)


def _sets(index: _Index, decoded: NDArray[np.uint8]) -> tuple[PictureSet, PictureSet]:
    """Both sets as views of one array: pixels, then labels of the first, then those of the second."""
    sets = []
    for side in index:
        heights = torch.tensor([height for _, height, _ in side])
        widths = torch.tensor([width for _, _, width in side])
        areas, label_areas = heights * widths, (heights // SEGMENT_SCALE) * (widths // SEGMENT_SCALE)
        pixels, labels, decoded = np.split(decoded, (end := 3 * int(areas.sum()), end + int(label_areas.sum())))
        sets.append(
            PictureSet(
                torch.from_numpy(pixels.reshape(-1, 3)),
                torch.from_numpy(labels),
                heights,
                widths,
                torch.cumsum(areas, 0) - areas,
                torch.cumsum(label_areas, 0) - label_areas,
                [name for name, _, _ in side],
            )
        )
    return sets[0], sets[1]


def _key(folder: Path) -> dict[str, Any]:
    """What decoded pictures depend on."""
    manifest = folder / "manifest.csv"
    return {
        "decoding": DECODING,
        "shards": {name: sum(file.stat().st_size for file in files) for name, files in _shards(folder).items()},
        "manifest": hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else None,
    }


def _mapped(path: Path, key: dict[str, Any]) -> tuple[_Index, NDArray[np.uint8]] | None:
    """The decoded pictures of a cache file; None if there is none, it is damaged or of something else."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), size)))
            start = file.tell()
        index: _Index = [[(name, height, width) for name, height, width in side] for side in header["index"]]
        length = sum(_bytes(height, width) for side in index for _, height, width in side)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if header["key"] != key or size != start + length:
        return None
    return index, np.memmap(path, np.uint8, "c", start)


def _write(path: Path, key: dict[str, Any], index: _Index, decoded: NDArray[np.uint8]) -> None:
    """A cache file: the length of its header (8 bytes), the header in JSON, the decoded pictures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = json.dumps({"key": key, "index": index}).encode()
    with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(len(header).to_bytes(8, "little") + header)
            file.write(decoded.data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            written.unlink()
            raise
    os.replace(written, path)
