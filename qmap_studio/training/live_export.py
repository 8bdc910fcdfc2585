"""From a run's averaged weights to the model that the program loads: exact modules, fitted tables, 16-bit floats."""

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.entropy_tables import COUNTS_TOTAL, Tables, to_counts
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.symbols import TABLES
from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.coding import LiveCoding
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.model import LiveModel, save_model
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import PictureSet
from qmap_studio.training.maps import random_maps
from qmap_studio.training.validation import QUALITIES

PRIOR_SYMBOLS = 400.0  # the logistic table counts as much as so many observed symbols


@dataclass(frozen=True)
class LiveExport:
    """The hash that files of the exported weights carry, and what its integer networks cost in rate, in percent."""

    weights_hash: bytes
    integer_cost_percent: float


def fit_tables(model: LiveModel, pictures: PictureSet, *, crops: int, size: int = 320) -> Tables:
    """Tables from the symbols that training crops really give, mixed with the logistic ones where those are few."""
    histograms = [np.zeros(2 * reach + 2) for reach in model.tables.reach]
    pixels, labels = pictures.crops(crops, size, torch.Generator().manual_seed(11))
    torch.manual_seed(11)
    varied = random_maps(labels)[:, 0].numpy()
    for i in range(crops):
        uniform = np.full((size, size), QUALITIES[i % len(QUALITIES)], np.float32)
        for quality_map in (uniform, varied[i]):
            _count(_coded(model, pixels[i].numpy(), quality_map), histograms)
    return Tables(tuple(_blend(h, c) for h, c in zip(histograms, model.tables.counts, strict=True)))


def _coded(model: LiveModel, pixels: NDArray[np.uint8], quality_map: NDArray[np.float32]) -> LiveCoding:
    cells, (height, width) = MapCells.of(quality_map), quality_map.shape
    grid = CellGrid(torch.device("cpu"), height, width, cells, LiveCodec.tile_cells)
    coding = LiveCoding(model, grid, cells, Source(pixels))
    coding.encode(None)
    return coding


def _count(coding: LiveCoding, histograms: list[NDArray[np.float64]]) -> None:
    indices, symbols = coding.latents.indices.numpy().ravel(), coding.symbols.long().numpy().ravel()
    for k in range(1, TABLES):
        values = symbols[indices == k]
        reach = len(histograms[k]) // 2 - 1
        position = np.where(np.abs(values) <= reach, values + reach, 2 * reach + 1)
        histograms[k] += np.bincount(position, minlength=2 * reach + 2)


def _blend(histogram: NDArray[np.float64], prior: NDArray[np.int64]) -> NDArray[np.int64]:
    symmetric = histogram.copy()
    symmetric[:-1] = 0.5 * (histogram[:-1] + histogram[-2::-1])
    return to_counts(symmetric + PRIOR_SYMBOLS * prior / COUNTS_TOTAL)


def export(
    checkpoint: Checkpoint, pictures: PictureSet, held_out: PictureSet, path: Path, *, crops: int = 40
) -> LiveExport:
    """Writes the model of a run's averaged weights, with tables for them."""
    network = LiveNetwork(LiveConfig(**checkpoint.about["config"]))
    network.load_state_dict(checkpoint.ema)
    network.eval().requires_grad_(False)
    real = copy.deepcopy(network)
    for layer in real.integer_layers().values():
        layer.is_real = True
    for layer in network.integer_layers().values():
        layer.settle()
    tables = logistic_tables()
    for _ in range(2):  # the encoder's rounding follows the tables, and the tables the rounding
        tables = fit_tables(LiveModel(network, tables, b""), pictures, crops=crops)
    bits = [estimated_bits(LiveModel(n, tables, b""), held_out, crops=crops // 2) for n in (network, real)]
    return LiveExport(save_model(path, network, tables), 100.0 * (bits[0] / bits[1] - 1.0))


def estimated_bits(model: LiveModel, pictures: PictureSet, *, crops: int, size: int = 320) -> float:
    """Bits of crops at qualities from 0 to 1, by the model's tables."""
    pixels, _ = pictures.crops(crops, size, torch.Generator().manual_seed(12))
    bits = 0.0
    for i in range(crops):
        quality_map = np.full((size, size), QUALITIES[i % len(QUALITIES)], np.float32)
        bits += float(_coded(model, pixels[i].numpy(), quality_map).cell_bits().sum())
    return bits
