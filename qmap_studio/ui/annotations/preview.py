"""What rules make of annotations, ready to be shown: made in a thread, for there may be very many."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from qmap_studio.document.annotations.layers import MapParts
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.tools.contours import contour_of

if TYPE_CHECKING:
    from qmap_studio.document import AnnotationsFile
    from qmap_studio.document.annotations.rules import Rules
    from qmap_studio.document.layers.placed_shape import PlacedShape

MOST_CONTOURS = 1000
_SIDE = 512


@dataclass(frozen=True)
class Preview:
    """Of one set of rules.

    Attributes:
        parts: for the map.
        count: of the shapes.
        share: of the picture that the shapes cover.
        contours: of the first shapes, by class.
    """

    rules: "Rules"
    parts: MapParts
    count: int
    share: float
    contours: dict[str, tuple[tuple[Point, ...], ...]]

    @classmethod
    def of(cls, found: "AnnotationsFile", rules: "Rules", name: str, height: int, width: int) -> Self:
        """For a picture of height x width pixels, as layers of a name."""
        parts = MapParts.of(found, rules, name).prepare()
        shapes = tuple(parts.placed)
        contours: dict[str, list[tuple[Point, ...]]] = defaultdict(list)
        for placed in shapes[:MOST_CONTOURS]:
            contours[placed.label].append(contour_of(placed.shape))
        by_class = {label: tuple(several) for label, several in contours.items()}
        return cls(rules, parts, len(shapes), _share(shapes, height, width), by_class)


def _share(shapes: "Sequence[PlacedShape]", height: int, width: int) -> float:
    """The share of the picture that shapes cover, to about a per cent."""
    import cv2

    scale = _SIDE / max(height, width)
    covered = np.zeros((max(round(height * scale), 1), max(round(width * scale), 1)), np.uint8)
    for placed in shapes:
        corners = np.array(contour_of(placed.shape)) * (covered.shape[1] / width, covered.shape[0] / height)
        cv2.fillPoly(covered, [np.rint(corners * 16 - 8).astype(np.int32)], 1, shift=4)
    return float(covered.mean())
