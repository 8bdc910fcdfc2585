"""From trained weights to the model that the program loads: exact modules, fitted tables, 16-bit floats.

For every network that codes in four passes.
"""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common.coding import Coding
from qmap_studio.codec.common.entropy_tables import COUNTS_TOTAL, Tables, to_counts
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.model import PassesModel, save_model
from qmap_studio.codec.common.passes.symbols import TABLES
from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.common.source import Source
from qmap_studio.training.data import PictureSet
from qmap_studio.training.family import Exported
from qmap_studio.training.maps import random_maps
from qmap_studio.training.validation import QUALITIES

CROPS = 40  # that tables are fitted to, each under two maps
PRIOR_SYMBOLS = 400.0  # the logistic table counts as much as so many observed symbols


def export(
    network: Any,
    family_id: str,
    codec_type: Any,
    path: Path,
    pictures: PictureSet,
    held_out: PictureSet,
) -> Exported:
    """Writes the model of a network, with tables for it.

    Args:
        network: with trained weights; its integer layers settle.
        codec_type: the family's `LearnedCodec`.
    """
    network.eval().requires_grad_(False)
    real = copy.deepcopy(network)
    for layer in real.integer_layers().values():
        layer.is_real = True
    for layer in network.integer_layers().values():
        layer.settle()

    def codec(coder: Any, tables: Tables) -> Any:
        return codec_type("", PassesModel(coder, tables, b""), torch.device("cpu"))

    tables = logistic_tables()
    for _ in range(2):  # the encoder's rounding follows the tables, and the tables the rounding
        tables = fit_tables(codec(network, tables), pictures, crops=CROPS)
    exact, rounded = (estimated_bits(codec(n, tables), held_out, crops=CROPS // 2) for n in (real, network))
    cost = 100.0 * (rounded / exact - 1.0)
    remark = f"integers in place of real numbers: {cost:+.3f} % of the rate on held-out photos"
    return Exported(save_model(path, family_id, network, tables), (remark,))


def fit_tables(codec: Any, pictures: PictureSet, *, crops: int, size: int = 320) -> Tables:
    """Tables from the symbols that training crops really give, mixed with the logistic ones where those are few."""
    histograms = [np.zeros(2 * reach + 2) for reach in codec.tables.reach]
    pixels, labels = pictures.crops(crops, size, torch.Generator().manual_seed(11))
    torch.manual_seed(11)
    varied = random_maps(labels)[:, 0].numpy()
    for i in range(crops):
        uniform = np.full((size, size), QUALITIES[i % len(QUALITIES)], np.float32)
        for quality_map in (uniform, varied[i]):
            _count(_coded(codec, pixels[i].numpy(), quality_map), histograms)
    return Tables(tuple(_blend(h, c) for h, c in zip(histograms, codec.tables.counts, strict=True)))


def estimated_bits(codec: Any, pictures: PictureSet, *, crops: int, size: int = 320) -> float:
    """Bits of crops at qualities from 0 to 1, by the model's tables."""
    pixels, _ = pictures.crops(crops, size, torch.Generator().manual_seed(12))
    bits = 0.0
    for i in range(crops):
        quality_map = np.full((size, size), QUALITIES[i % len(QUALITIES)], np.float32)
        bits += float(_coded(codec, pixels[i].numpy(), quality_map).cell_bits().sum())
    return bits


def _coded(codec: Any, pixels: NDArray[np.uint8], quality_map: NDArray[np.float32]) -> Coding:
    coding: Coding = codec.begin(MapCells.of(quality_map), Source(pixels))
    coding.encode(None)
    return coding


def _count(coding: Any, histograms: list[NDArray[np.float64]]) -> None:
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
