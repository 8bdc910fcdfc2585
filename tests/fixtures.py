"""Inputs with a name, which tests and benchmarks share."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.document import Brush, Document, QualityMap


def sample_photo() -> Picture:
    """A real photo that is there wherever the program is: 512 x 600, a portrait."""
    return read_picture(sample_photo_path())


def six_soft_strokes(height: int, width: int) -> NDArray[np.float32]:
    """A map as a person paints it: six soft strokes of quality 0.9 over 0.3.

    The same strokes at every size: where they go is a share of the picture, how wide they are of its shorter side.

    Returns:
        float32 (height, width), quality in [0, 1].
    """
    random = np.random.default_rng(6)
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    document = Document(picture, quality_map=QualityMap.uniform(height, width, 0.3))
    size = np.array([width, height])
    for _ in range(6):
        diameter = random.uniform(0.12, 0.3) * min(height, width)
        brush = Brush(size_px=max(1.0, diameter), hardness=random.uniform(0.0, 0.4), flow=0.5, quality=0.9)
        point, heading = random.uniform(0.15, 0.85, 2), random.uniform(0, 2 * np.pi)
        bend = random.uniform(-0.35, 0.35)
        document.begin_stroke(brush, *(point * size))
        for _ in range(12):
            heading += bend
            point = np.clip(point + 0.035 * np.array([np.cos(heading), np.sin(heading)]), 0.05, 0.95)
            document.continue_stroke(*(point * size))
        document.end_stroke()
    return document.quality_map.quality()
