"""What task-aware maps are worth to a classifier, after figure 6(b) and figure 11 of Song et al. 2021.

    python -m tests.benchmarks.task_accuracy --data FOLDER -o OUT [--steps 1500] [--crops 150]

Two classifiers of different architecture and seed learn from which of 50 photos a crop is: from the outer parts of the
photos, with gains, noise and mirroring. On crops of the middle parts, which neither has seen, one drives the maps and
only the other scores what the codec makes of them: uniform maps, Grad-CAM of the driver's own top class, and maps
optimised for the cross-entropy of the true class, as in the paper, or of the driver's top class (--top-class).
Bits are those of real files. Every crop's rows are written at once to OUT/rows.csv; OUT/accuracy.csv, accuracy.png and
strips.png are made of those there are, also by `--summarise` alone.
"""

import argparse
import csv
import io
import sys
import tarfile
from collections import defaultdict
from dataclasses import astuple, dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from PIL import Image
from torch import nn

from qmap_studio.codec import Encoding, load_codec
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.core.pictures import Picture
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.task_maps import Iterate, TaskModel, grad_cam_map, load_task_model, optimise_map

PHOTOS, SIDE = 50, 128
MIDDLE = (0.36, 0.64)  # the share of a photo's longer side that is kept for scoring
LAMBDAS = (1e-4, 1e-3, 4e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0)
ITERATIONS = (3, 5)
STRIP_LAMBDA, STRIPS = 100.0, 4
MEASURES = ("bpp", "psnr_db", "top1", "top5", "nats", "driver_nats")


@dataclass
class Row:
    """One crop under one map."""

    crop: int
    method: str
    setting: float
    bpp: float
    psnr_db: float
    top1: int
    top5: int
    nats: float
    """Cross-entropy of the true class: finer than right or wrong where crops are few."""
    driver_nats: float
    """The same of the classifier that drives the maps: what the search got for itself."""


def plain_network() -> nn.Module:
    """The driver: plain convolutions, each of stride 2."""
    widths = (3, 24, 48, 96, 128)
    layers = [nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.ReLU()) for i, o in pairwise(widths)]
    return nn.Sequential(Standardise(), *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, PHOTOS))


def residual_network() -> nn.Module:
    """The scorer: a wide stem, then residual blocks."""
    return nn.Sequential(
        Standardise(), nn.Conv2d(3, 32, 7, 4, 3), nn.GELU(), nn.Conv2d(32, 64, 3, 2, 1), Residual(64), Residual(64),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, PHOTOS),
    )  # fmt: skip


class Standardise(nn.Module):
    """Mean 0 and deviation 1 in each colour of each crop: a photo's tint alone does not give it away."""

    def forward(self, x):
        return (x - x.mean(dim=(2, 3), keepdim=True)) / (x.std(dim=(2, 3), keepdim=True) + 0.02)


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(width), nn.GELU(), nn.Conv2d(width, width, 3, 1, 1),
            nn.BatchNorm2d(width), nn.GELU(), nn.Conv2d(width, width, 3, 1, 1),
        )  # fmt: skip

    def forward(self, x):
        return x + self.body(x)


def main() -> int:
    arguments = _parser().parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    if not arguments.summarise:
        photos = read_photos(arguments.data)
        driver = trained(plain_network, 1, photos, arguments, "driver")
        scorer = trained(residual_network, 2, photos, arguments, "scorer")
        measure(photos, exported(driver, arguments.output / "driver.pt2"), scorer, arguments)
    summarise(arguments.output)
    return 0


def read_photos(folder: Path) -> list[np.ndarray]:
    """PHOTOS photos of at least 500 x 760 pixels, evenly from all there are; each lying, the longer side along x."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        sizes = {row["name"]: (int(row["width"]), int(row["height"])) for row in csv.DictReader(file)
                 if row["group"] == "photo"}  # fmt: skip
    large = sorted(name for name, size in sizes.items() if min(size) >= 500 and max(size) >= 760)
    wanted = set(large[:: len(large) // PHOTOS][:PHOTOS])
    photos = {}
    for shard in sorted(folder.glob("*.tar")):
        with tarfile.open(shard) as archive:
            for member in archive:
                if member.name in wanted:
                    pixels = np.asarray(Image.open(io.BytesIO(archive.extractfile(member).read())).convert("RGB"))
                    photos[member.name] = pixels if pixels.shape[1] >= pixels.shape[0] else np.rot90(pixels)
    return [photos[name] for name in sorted(photos)]


def crop_of(photo: np.ndarray, random: np.random.Generator, *, middle: bool) -> np.ndarray:
    """SIDE x SIDE pixels of the middle part, or of the outer ones."""
    height, width = photo.shape[:2]
    low, high = (round(share * width) for share in MIDDLE)
    if middle:
        left = random.integers(low, high - SIDE + 1)
    else:
        left = random.integers(0, low - SIDE + 1) if random.random() < 0.5 else random.integers(high, width - SIDE + 1)
    top = random.integers(0, height - SIDE + 1)
    return np.ascontiguousarray(photo[top : top + SIDE, left : left + SIDE])


def distorted(crops: torch.Tensor) -> torch.Tensor:
    """Gains of each colour, noise and mirroring; crops (B, 3, SIDE, SIDE) in [0, 1]."""
    gains = 1 + 0.3 * (2 * torch.rand(len(crops), 3, 1, 1) - 1)
    crops = torch.where(torch.rand(len(crops), 1, 1, 1) < 0.5, crops, crops.flip(3))
    return (crops * gains + 0.02 * torch.randn_like(crops)).clamp(0, 1)


def tensor_of(crops: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 255


def trained(make, seed: int, photos, arguments, name: str) -> nn.Module:
    """A classifier, trained unless its weights are there."""
    torch.manual_seed(seed)
    network, path = make(), arguments.output / f"{name}.pt"
    if path.exists():
        network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()
    random = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, arguments.steps)
    right = 0.0
    for step in range(arguments.steps):
        labels = random.integers(0, len(photos), 32)
        crops = distorted(tensor_of([crop_of(photos[label], random, middle=False) for label in labels]))
        scores, target = network(crops), torch.from_numpy(labels)
        optimiser.zero_grad()
        F.cross_entropy(scores, target, label_smoothing=0.1).backward()
        optimiser.step()
        schedule.step()
        right = 0.98 * right + 0.02 * (scores.argmax(1) == target).float().mean().item()
        if step % 100 == 99:
            print(f"{name}: step {step + 1}, {100 * right:.0f} % of the training crops right", flush=True)
    torch.save(network.state_dict(), path)
    return network.eval()


def exported(network: nn.Module, path: Path) -> TaskModel:
    """The driver as a user's model: through a file."""
    torch.export.save(torch.export.export(network, (torch.rand(1, 3, SIDE, SIDE),)), path)
    return load_task_model(path)


def measure(photos, driver: TaskModel, scorer: nn.Module, arguments) -> None:
    """Adds the rows of the crops that OUT/rows.csv does not have yet."""
    path = arguments.output / "rows.csv"
    done = {row.crop for row in read_rows(path)} if path.exists() else set()
    codec = load_codec(device="cpu")
    search = differentiable(codec)
    scorer.requires_grad_(False)
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for index in range(arguments.crops):
            label, random = index % len(photos), np.random.default_rng(1000 + index)
            pixels = crop_of(photos[label], random, middle=True)
            if index in done:
                continue
            rows = [row_of(index, "original", 0.0, scorer, driver, label, pixels, None)]

            def coded(method, setting, quality_map):
                encoding = codec.encode(Picture(pixels), quality_map)  # noqa: B023 - used within its round
                rows.append(row_of(index, method, setting, scorer, driver, label, pixels, encoding))  # noqa: B023
                return encoding

            cam = grad_cam_map(driver, pixels)
            for step in range(11):
                coded("uniform", step / 10, np.full((SIDE, SIDE), step / 10, np.float32))
                coded("Grad-CAM", step / 10, np.float32(step / 10) * cam)
            target = None if arguments.top_class else label
            for lmbda in arguments.lambdas:
                found = searched(search, driver, pixels, target, lmbda, index)
                for iterations in ITERATIONS:
                    coded(f"optimised, {iterations} iterations", lmbda, found[iterations].quality_map)
                if index < STRIPS and lmbda == STRIP_LAMBDA:
                    save_strip(arguments.output / f"strip-{index}.npz", codec, pixels, found, scorer, label)
            writer.writerows(map(astuple, rows))
            file.flush()
            print(f"{index + 1} of {arguments.crops} crops", flush=True)


def searched(search, driver: TaskModel, pixels, label: int | None, lmbda: float, seed: int) -> list[Iterate]:
    found: list[Iterate] = []
    task = lambda original: driver.classification(original, label)  # noqa: E731
    optimise_map(search, pixels, task, lmbda=lmbda, iterations=max(ITERATIONS), seed=seed, report=found.append)
    return found


def scored(scorer: nn.Module | TaskModel, label: int, pixels: np.ndarray) -> tuple[int, float]:
    """How many classes score higher than the true one, and its cross-entropy."""
    scores = scorer(tensor_of([pixels]))[0]
    return int((scores > scores[label]).sum()), -F.log_softmax(scores, dim=0)[label].item()


def row_of(crop, method, setting, scorer, driver, label, pixels, encoding: Encoding | None) -> Row:
    shown = pixels if encoding is None else encoding.reconstruction
    rank, nats = scored(scorer, label, shown)
    bpp, psnr = (24.0, float("inf")) if encoding is None else (encoding.file_bpp, psnr_db(pixels, shown))
    return Row(crop, method, setting, bpp, psnr, int(rank < 1), int(rank < 5), nats, scored(driver, label, shown)[1])


def read_rows(path: Path) -> list[Row]:
    kinds = [field.type for field in fields(Row)]
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(*(kind(text) for kind, text in zip(kinds, line, strict=True))) for line in csv.reader(file)]


def save_strip(path: Path, codec, pixels, found: list[Iterate], scorer: nn.Module, label: int) -> None:
    """What a row of the figure of strips needs."""
    encodings = [codec.encode(Picture(pixels), iterate.quality_map) for iterate in found]
    np.savez_compressed(
        path,
        original=pixels,
        maps=[iterate.quality_map for iterate in found],
        pictures=[encoding.reconstruction for encoding in encodings],
        bpp=[encoding.file_bpp for encoding in encodings],
        psnr_db=[psnr_db(pixels, encoding.reconstruction) for encoding in encodings],
        rank=[scored(scorer, label, encoding.reconstruction)[0] for encoding in encodings],
    )


def summarise(folder: Path) -> None:
    """Averages, plot and strips from what was measured."""
    grouped: dict[tuple[str, float], list[Row]] = defaultdict(list)
    for row in read_rows(folder / "rows.csv"):
        grouped[row.method, row.setting].append(row)
    count = len(grouped["original", 0.0])
    curves: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for (method, setting), rows in sorted(grouped.items()):
        means = [float(np.nanmean([getattr(row, name) for row in rows])) for name in MEASURES]
        curves[method].append((setting, *means))
    with (folder / "accuracy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("method", "setting", "crops", *MEASURES))
        for method, points in curves.items():
            writer.writerows((method, setting, count, *(f"{mean:.4f}" for mean in means)) for setting, *means in points)
    plot(folder / "accuracy.png", curves, count)
    strips(folder / "strips.png", sorted(folder.glob("strip-*.npz")))
    print((folder / "accuracy.csv").read_text())
    print(table(curves))


def table(curves) -> str:
    """Accuracy and cross-entropy at equal rates, read off the curves between their points."""
    rates = (0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4)
    lines = []
    for name in ("top1", "top5", "nats", "driver_nats"):
        lines.append(f"{name + ' at bpp':<26}" + "".join(f"{rate:>7}" for rate in rates))
        for method, points in curves.items():
            if method != "original":
                bpp, values = zip(*sorted((p[1], p[1 + MEASURES.index(name)]) for p in points), strict=True)
                at_rates = np.interp(rates, bpp, values, left=np.nan, right=np.nan)
                lines.append(f"{method:<26}" + "".join(f"{value:7.2f}" for value in at_rates))
    return "\n".join(lines)


def plot(path: Path, curves, count: int) -> None:
    figure = Figure(figsize=(12, 5), layout="constrained")
    for axis, column, name in zip(figure.subplots(1, 2), (3, 4), ("top-1", "top-5"), strict=True):
        for method, points in curves.items():
            if method == "original":
                axis.axhline(points[0][column], color="0.6", label="original crops")
            else:
                points = sorted(points, key=lambda point: point[1])
                axis.plot([p[1] for p in points], [p[column] for p in points], marker="o", markersize=4, label=method)
        axis.set(xlabel="bits per pixel", ylabel=f"{name} accuracy of the other classifier")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8, loc="lower right")
    figure.suptitle(f"Which of {PHOTOS} photos is it from? {count} crops of {SIDE} x {SIDE}")
    figure.savefig(path, dpi=110)


def strips(path: Path, files: list[Path]) -> None:
    """For each crop the map and what becomes of the crop, iteration by iteration."""
    if not files:
        return
    columns = 2 + max(ITERATIONS)
    figure = Figure(figsize=(1.7 * columns, 3.9 * len(files)), layout="constrained")
    axes = figure.subplots(2 * len(files), columns)
    for axis in axes.flat:
        axis.set_axis_off()
    for row, file in enumerate(files):
        strip = np.load(file)
        axes[2 * row + 1, 0].imshow(strip["original"])
        axes[2 * row + 1, 0].set_title("original", fontsize=7)
        for i, (quality_map, picture) in enumerate(zip(strip["maps"], strip["pictures"], strict=True)):
            axes[2 * row, i + 1].imshow(quality_map, vmin=0, vmax=1, cmap="viridis")
            axes[2 * row + 1, i + 1].imshow(picture)
            axes[2 * row, i + 1].set_title(f"iteration {i}", fontsize=7)
            told = f"{strip['bpp'][i]:.2f} bpp, {strip['psnr_db'][i]:.1f} dB, rank {strip['rank'][i] + 1}"
            axes[2 * row + 1, i + 1].set_title(told, fontsize=7)
    figure.savefig(path, dpi=110)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.task_accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, help="tar files of photos and their manifest.csv")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--steps", type=int, default=1500, help="of training, each of 32 crops")
    parser.add_argument("--crops", type=int, default=150, help="to score")
    parser.add_argument("--lambdas", type=float, nargs="+", default=LAMBDAS, help="default: the paper's nine")
    parser.add_argument("--top-class", action="store_true", help="search for the driver's own top class")
    parser.add_argument("--summarise", action="store_true", help="only make the figures of what was measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
