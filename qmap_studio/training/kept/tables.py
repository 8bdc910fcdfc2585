"""Fits the tables of residuals and where the probabilities of a mask begin."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.entropy_tables import COUNTS_TOTAL, WIDEST
from qmap_studio.codec.common.kept.photographic.neighbours import FRACTION, Floats
from qmap_studio.codec.common.kept.photographic.network import to_network
from qmap_studio.codec.common.kept.photographic.residuals import expected
from qmap_studio.codec.common.kept.photographic.tables import FINE_SCALES, OFFSETS, TABLES
from qmap_studio.codec.common.kept.photographic.walk import Question
from qmap_studio.training.kept.networks import Networks
from qmap_studio.training.kept.samples import Sample

MOST = 511  # a residual's magnitude
SPREADS = np.geomspace(0.03, 300, 160)
PRIOR_WEIGHT, TAIL_SHARE, TAIL_WIDTH = 300.0, 0.03, 3.0
LEAST_SEEN = 200  # residuals for a table of their own shape


def residuals(samples: Iterable[Sample], networks: Networks) -> NDArray[np.int64]:
    """How often each table's residuals are, (TABLES, 2 MOST + 1)."""
    counts = np.zeros((TABLES, 2 * MOST + 1), np.int64)
    exact = {key: to_network(layers) for key, layers in networks.items()}
    for sample in samples:

        def answer(question: Question, planes: Floats = sample.planes) -> tuple[Floats, Floats]:
            values = planes[question.plane, question.rows, question.columns]
            told = expected(question, exact[question.plane, question.kind])
            np.add.at(counts, (told.table, ((values - told.values) * told.sign).astype(int) + MOST), 1)
            return values, told.eighths

        sample.walk(answer)
    return counts


def fitted(seen: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """The tables as the program's file holds them: what was seen, smoothed by the logistic that fits it best."""
    tables, spread = [], SPREADS[0]
    for table in range(1, TABLES):
        is_fine = table <= FINE_SCALES * OFFSETS
        offset = (table - 1) % OFFSETS / FRACTION if is_fine else 0.0
        counts = seen[table].astype(np.float64)
        if not is_fine:
            counts = (counts + counts[::-1]) / 2
        if counts.sum() >= LEAST_SEEN:
            spread = min(SPREADS, key=lambda s: -(counts * np.log(_logistic(s, offset) + 1e-12)).sum())
        tables.append(_counts(counts + PRIOR_WEIGHT * _logistic(spread, offset), spread))
    reach = np.array([len(counts) // 2 - 1 for counts in tables], np.uint8)
    return {"counts": np.concatenate(tables), "reach": reach}


def _logistic(spread: float, offset: float) -> NDArray[np.float64]:
    edges = np.arange(-MOST - 0.5, MOST + 1) - offset

    def mass(width: float) -> NDArray[np.float64]:
        return np.diff(1 / (1 + np.exp(-np.clip(edges / width, -500, 500))))

    mixed = (1 - TAIL_SHARE) * mass(spread) + TAIL_SHARE * mass(TAIL_WIDTH * spread)
    normed: NDArray[np.float64] = mixed / mixed.sum()
    return normed


def _counts(mass: NDArray[np.float64], spread: float) -> NDArray[np.uint16]:
    reach = int(min(WIDEST, max(2, np.ceil(14 * max(spread, 0.1)))))
    inside = mass[MOST - reach : MOST + reach + 1] / mass.sum()
    escape = max(1 - inside.sum(), 1e-5)
    return np.clip(np.rint(np.append(inside, escape) * COUNTS_TOTAL), 1, COUNTS_TOTAL - 1).astype(np.uint16)
