"""The entropy tables that a network begins with."""

import numpy as np

from qmap_studio.codec.common.entropy_tables import WIDEST, Tables, to_counts
from qmap_studio.codec.common.passes.quantisation import LOG_RATIO, SCALE_MIN
from qmap_studio.codec.common.passes.symbols import TABLES


def logistic_tables() -> Tables:
    """Tables of the logistic distributions that the network was trained with."""
    tables = []
    for k in range(TABLES):
        scale = SCALE_MIN * np.exp(LOG_RATIO * k)
        reach = int(np.clip(np.ceil(scale * np.log(2.0**15)), 1, WIDEST))
        edges = (np.arange(-reach, reach + 2) - 0.5) / scale
        cumulative = 1.0 / (1.0 + np.exp(-np.clip(edges, -700.0, 700.0)))
        mass = np.diff(cumulative)
        tables.append(to_counts(np.append(mass, max(1.0 - mass.sum(), 0.0))))
    return Tables(tuple(tables))
