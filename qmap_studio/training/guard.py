"""What keeps a long run from being lost: steps far from the running mean are not taken, a run gone wrong goes back.

A run has gone wrong where a validation is worse than the best, where no step is taken any more, and where gradients
have grown little by little, so that none of them was far from the mean.
"""

from dataclasses import dataclass

LOSS_FACTOR = 2.0
NORM_FACTOR = 8.0
MEMORY = 0.99
FIRST_STEPS = 20
WORSE = 1.01
GROWN = 4.0
MOST_IN_A_ROW = 20


@dataclass
class Guard:
    """Running means of the steps that were taken.

    Attributes:
        loss, norm: means of the batches' losses and of the gradients' norms.
        taken, refused: steps, of this run.
        in_a_row: refused without one taken in between.
        best: the lowest loss of a validation.
        sound_norm: the mean norm when a validation was last sound, 0 before the first.
    """

    loss: float = 0.0
    norm: float = 0.0
    taken: int = 0
    refused: int = 0
    in_a_row: int = 0
    best: float = float("inf")
    sound_norm: float = 0.0

    def admits(self, loss: float, norm: float) -> bool:
        """Whether a step is to be taken; counts it."""
        known = self.taken >= FIRST_STEPS
        is_sane = abs(loss) < float("inf") and norm < float("inf")
        if not is_sane or (known and (loss > LOSS_FACTOR * self.loss or norm > NORM_FACTOR * self.norm)):
            self.refused += 1
            self.in_a_row += 1
            return False
        memory = min(MEMORY, self.taken / (self.taken + 1))
        self.loss, self.norm = memory * self.loss + (1 - memory) * loss, memory * self.norm + (1 - memory) * norm
        self.taken, self.in_a_row = self.taken + 1, 0
        return True

    @property
    def is_lost(self) -> bool:
        """Whether the steps alone show that the run has gone wrong."""
        has_grown = self.sound_norm > 0.0 and self.norm > GROWN * self.sound_norm
        return has_grown or self.in_a_row >= MOST_IN_A_ROW

    def is_good(self, loss: float) -> bool:
        """Whether a validation shows a sound run; remembers the best."""
        if not loss <= WORSE * self.best:
            return False
        self.best, self.sound_norm = min(self.best, loss), self.norm
        return True
