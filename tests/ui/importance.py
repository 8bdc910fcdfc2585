"""What a model finds important, as tests play it."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from qmap_studio.core.pictures import Picture
from qmap_studio.engine import AtQuality, ImportanceStudied, Result
from tests.ui.conftest import HEIGHT, WIDTH

SIDES = (2, 4, 8, 16)
Deliver = Callable[[Result], None]


def stages(mask: float = 0.25, scale: float = 2.0) -> tuple[SimpleNamespace, ...]:
    """Each has a mask of one value, and scale factors of which a column is ten times as large as the others."""
    found = []
    for side_px in SIDES:
        shape = -(-HEIGHT // side_px), -(-WIDTH // side_px)
        factors = np.full(shape, scale * side_px, np.float32)
        factors[:, 0] *= 10
        found.append(SimpleNamespace(side_px=side_px, mask=np.full(shape, mask, np.float32), scale=factors))
    return tuple(found)


def studied(picture: Picture, job_id: int = 2) -> ImportanceStudied:
    """The higher the quality, the larger everything."""
    bits = np.full((6, 10), 256.0, np.float32)
    found = tuple(
        AtQuality(quality, 0.01 * quality, stages(quality, 10 * quality), quality * bits, quality, 30 + quality)  # type: ignore[arg-type]
        for quality in (0.1, 0.5, 0.9)
    )
    return ImportanceStudied(job_id, picture, "sigvic2023", found)
