"""What somebody or a detector drew around something."""

from dataclasses import dataclass
from typing import Self

from qmap_studio.document.shapes import Rectangle, Shape


@dataclass(frozen=True)
class Annotation:
    """A labelled shape, in pixels of the picture; may reach beyond it.

    Attributes:
        label: the class, as the file names it.
        score: of the detector in [0, 1], or None.
    """

    label: str
    shape: Shape
    score: float | None = None

    @classmethod
    def box(cls, label: str, x: float, y: float, width: float, height: float, score: float | None = None) -> Self:
        """A box by its left and upper edge and its size, in pixels."""
        return cls(label, Rectangle(x, y, width, height), score)
