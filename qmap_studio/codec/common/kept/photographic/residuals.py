"""From a question to what is expected: a whole prediction, the sign of the residual, and its table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept.photographic.colour import HIGHEST, LOWEST
from qmap_studio.codec.common.kept.photographic.neighbours import FRACTION, Floats
from qmap_studio.codec.common.kept.photographic.network import UNIT, Network
from qmap_studio.codec.common.kept.photographic.tables import table_of
from qmap_studio.codec.common.kept.photographic.walk import Question


@dataclass(frozen=True)
class Expected:
    """What is expected of n values.

    Attributes:
        eighths: (n,), of a level.
        values: (n,), the whole levels next to them.
        sign: (n,), 1 or -1: of a residual as tables have it.
        table: (n,).
    """

    eighths: Floats
    values: Floats
    sign: Floats
    table: NDArray[np.int16]


def expected(question: Question, network: Network) -> Expected:
    """What a plane's and kind's network answers."""
    around = question.around
    shift, widening = network(question.features)
    eighths = around.mean + np.floor(shift * around.spread * (1 / UNIT))
    eighths = np.clip(eighths, FRACTION * LOWEST[question.plane], FRACTION * HIGHEST[question.plane])
    values = np.floor((eighths + FRACTION / 2) * (1 / FRACTION))
    offset = eighths - FRACTION * values
    log_spread = around.log_spread + np.floor(widening * (1 / 4))
    sign = np.where(offset < 0, np.float32(-1), np.float32(1))
    return Expected(eighths, values, sign, table_of(log_spread, np.abs(offset)))
