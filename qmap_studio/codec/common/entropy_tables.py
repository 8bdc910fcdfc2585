"""Integer tables of symbols' probabilities, one for each scale. SFC.md tells how symbols are coded with them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNTS_TOTAL = 1 << 16
WIDEST = 255  # symbols further out are escaped
LATENT_BOUND = 30000  # of a symbol's magnitude
ESCAPE_OFFSET = 1 << 15  # an escaped symbol is coded as this plus its value, uniformly in 16 bits


@dataclass(frozen=True)
class Tables:
    """Integer counts of every table: table k holds the symbols -L..L and, last, the escape, with L = `reach[k]`.

    Table 0 codes nothing: its symbols are 0 by agreement.
    """

    counts: tuple[NDArray[np.int64], ...]

    @cached_property
    def reach(self) -> list[int]:
        return [len(c) // 2 - 1 for c in self.counts]

    @cached_property
    def signed_bits(self) -> NDArray[np.float32]:
        """Bits of the symbols -WIDEST - 1 to WIDEST + 1, (tables, 2 WIDEST + 3); past a table's reach: the escape's."""
        middle = WIDEST + 1
        bits = np.empty((len(self.counts), 2 * middle + 1), np.float32)
        for k, (counts, reach) in enumerate(zip(self.counts, self.reach, strict=True)):
            cost = -np.log2(counts / counts.sum())
            bits[k] = cost[-1] + 16.0
            bits[k, middle - reach : middle + reach + 1] = cost[:-1]
        bits[0] = 0.0
        return bits

    @cached_property
    def bits(self) -> NDArray[np.float32]:
        """Bits of a symbol by table and magnitude, (tables, WIDEST + 2): the mean of both signs."""
        middle = WIDEST + 1
        return 0.5 * (self.signed_bits[:, middle:] + self.signed_bits[:, middle::-1])

    @cached_property
    def saved_bits(self) -> NDArray[np.float32]:
        """Bits that the next symbol towards zero saves, laid out as `bits`; 0 where there is none or both escape."""
        saved = np.diff(self.bits, axis=1, prepend=self.bits[:, :1])
        saved[:, -1] = 0.0
        return saved

    @cached_property
    def models(self) -> list[Any]:
        import constriction

        # perfect=False on float64 counts: the one form whose stream was found to be reproducible.
        return [constriction.stream.model.Categorical(c.astype(np.float64), perfect=False) for c in self.counts]


def to_counts(mass: NDArray[np.float64]) -> NDArray[np.int64]:
    """Probabilities as integer counts of at least 1."""
    return np.maximum(np.round(mass / mass.sum() * COUNTS_TOTAL), 1.0).astype(np.int64)
