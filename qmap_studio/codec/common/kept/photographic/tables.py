"""The networks and tables that come with the program, and which table codes a pixel."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.kept.photographic.neighbours import FRACTION, Floats
from qmap_studio.codec.common.kept.photographic.network import Network, to_network
from qmap_studio.core.resources import resource_path

KINDS = 2
LAYERS = 3
FINEST = -48
"""The least spread that is told apart, in sixteenths of an octave of an eighth of a level."""
BIN = 4
"""Sixteenths of an octave to a table."""
SCALES = 60
OFFSETS = FRACTION // 2 + 1
"""By how many eighths a prediction may be off its whole number, signs apart."""
FINE_SCALES = 28
"""The first so many scales tell offsets apart."""
TABLES = 1 + FINE_SCALES * OFFSETS + SCALES - FINE_SCALES
"""The first codes nothing."""


@cache
def network(plane: int, kind: int) -> Network:
    """The one for a plane and a kind of pass."""
    stored = _stored()
    return to_network([(stored[f"{plane}{kind}w{i}"], stored[f"{plane}{kind}b{i}"]) for i in range(LAYERS)])


@cache
def tables() -> Tables:
    """Of residuals, by scale and offset."""
    counts, reach = _stored()["counts"].astype(np.int64), _stored()["reach"]
    ends = np.cumsum(2 * reach.astype(np.intp) + 2)
    return Tables((np.array([1, 1]), *np.split(counts, ends[:-1])))


@cache
def mask_start() -> list[int]:
    """The probability, of 65536, with which each context of a mask's pixels begins."""
    start: list[int] = _stored()["mask"].tolist()
    return start


def table_of(log_spread: Floats, offset: Floats) -> NDArray[np.int16]:
    """Which table codes residuals, by the spread that is expected and what a prediction is off, 0..4 eighths."""
    scale = np.clip(np.floor((log_spread - FINEST) * (1 / BIN)), 0, SCALES - 1)
    fine = np.minimum(scale, FINE_SCALES)
    return (1 + fine * OFFSETS + np.where(scale < FINE_SCALES, offset, scale - fine)).astype(np.int16)


@cache
def _stored() -> dict[str, NDArray[Any]]:
    with np.load(resource_path("kept/photographic-1.npz"), allow_pickle=False) as file:
        return dict(file)
