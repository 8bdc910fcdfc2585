"""Everything that shapes a run."""

from dataclasses import dataclass


@dataclass
class Recipe:
    """The trunk's: a warm-up once, then a constant rate, for as long as there is time.

    A snapshot for the program is a branch: the averaged weights, or a run of its own with a decay at its end.
    """

    steps: int = 1_000_000
    batch: int = 32
    crop: int = 128  # many pictures a step: better than a quarter as many, twice as wide
    learning_rate: float = 8e-4
    transform_rate: float = 0.05  # the DCT kernels learn this much slower
    warmup: int = 150
    decay: int = 0  # over so many of the last steps the rate falls to a hundredth
    ema: float = 0.9995
    clip: float = 1.0
    seed: int = 1
    validate_every: int = 1000
    save_minutes: float = 5.0
