"""Training pictures: tar files of JPEGs, decoded once into one flat array that lives on the training device."""

import csv
import hashlib
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

VALIDATION_SHARE = 40  # one photo in so many is held out
SEGMENT_SCALE = 4


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

    def to(self, device: torch.device) -> "PictureSet":
        moved = {k: v.to(device) if isinstance(v, Tensor) else v for k, v in vars(self).items()}
        return PictureSet(**moved)

    def crops(self, count: int, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Random square crops, mirrored half the time; a picture is drawn in proportion to its area.

        Returns:
            uint8 (count, size, size, 3) and the segments' labels, uint8 (count, size, size).
        """
        device = self.pixels.device
        fits = (self.heights >= size) & (self.widths >= size)
        areas = (self.heights * self.widths * fits).cpu().double()
        picked = torch.multinomial(areas, count, replacement=True, generator=generator).to(device)
        corner = torch.rand(2, count, generator=generator, dtype=torch.float64).to(device)
        top = (corner[0] * (self.heights[picked] - size + 1)).long()
        left = (corner[1] * (self.widths[picked] - size + 1)).long()
        mirrored = (torch.rand(count, generator=generator) < 0.5).to(device)
        axis = torch.arange(size, device=device)
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


def load_pictures(folder: Path) -> tuple[PictureSet, PictureSet]:
    """All pictures of the tar files in a folder: those for training and the photos held out for validation."""
    groups: dict[str, str] = {}
    if (manifest := folder / "manifest.csv").exists():
        with manifest.open(newline="") as lines:
            groups = {row["name"]: row["group"] for row in csv.DictReader(lines)}
    members: list[tuple[str, bytes]] = []
    for shard in sorted(folder.glob("*.tar")):
        with tarfile.open(shard) as tar:
            members += [(m.name, tar.extractfile(m).read()) for m in tar if m.isfile()]  # type: ignore[union-attr]
    if not members:
        raise FileNotFoundError(f"no .tar files with pictures in {folder}")

    def decode(member: tuple[str, bytes]) -> tuple[str, NDArray[np.uint8], NDArray[np.uint8]]:
        picture = np.asarray(Image.open(io.BytesIO(member[1])).convert("RGB"))
        return member[0], picture, segment(picture)

    with ThreadPoolExecutor() as pool:
        decoded = list(pool.map(decode, members))
    held_out = [d for d in decoded if is_held_out(d[0]) and groups.get(d[0]) != "screen" and min(d[1].shape[:2]) >= 320]
    names = {d[0] for d in held_out}
    return _flatten([d for d in decoded if d[0] not in names]), _flatten(held_out)


def _flatten(items: list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]]) -> PictureSet:
    pixels = np.concatenate([p.reshape(-1, 3) for _, p, _ in items])
    labels = np.concatenate([s.reshape(-1) for _, _, s in items])
    heights = torch.tensor([p.shape[0] for _, p, _ in items])
    widths = torch.tensor([p.shape[1] for _, p, _ in items])
    label_sizes = torch.tensor([s.size for _, _, s in items])
    return PictureSet(
        torch.from_numpy(pixels),
        torch.from_numpy(labels),
        heights,
        widths,
        torch.cumsum(heights * widths, 0) - heights * widths,
        torch.cumsum(label_sizes, 0) - label_sizes,
        [name for name, _, _ in items],
    )
