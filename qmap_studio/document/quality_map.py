"""The quality map: how much detail every pixel of a picture keeps."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL, level_of
from qmap_studio.core.errors import QualityMapError
from qmap_studio.core.language import tr
from qmap_studio.core.rect import Rect


@dataclass(frozen=True)
class QualityMap:
    """A quality for every pixel.

    Attributes:
        values: uint16 (H, W); 0 to 65535 is quality 0 to 1. A document's are composed of its layers.
    """

    values: NDArray[np.uint16]

    def __post_init__(self) -> None:
        if self.values.dtype != np.uint16 or self.values.ndim != 2 or not self.values.size:
            raise ValueError(f"a quality map is uint16 (H, W), not {self.values.dtype} {self.values.shape}")

    @classmethod
    def uniform(cls, height: int, width: int, quality: float) -> Self:
        """A map of one quality, in [0, 1], everywhere."""
        return cls(np.full((height, width), level_of(quality), np.uint16))

    @classmethod
    def from_quality(cls, quality: NDArray[np.floating[Any]]) -> Self:
        """A map from qualities.

        Args:
            quality: float (H, W) in [0, 1].
        Raises:
            QualityMapError: a value is no number or out of range.
        """
        lowest, highest = float(np.min(quality)), float(np.max(quality))
        if not (np.isfinite(lowest) and np.isfinite(highest)):
            raise QualityMapError(tr("The quality map holds values that are no finite numbers (NaN or infinity)."))
        if lowest < 0 or highest > 1:
            raise QualityMapError(
                tr(
                    "The quality map holds values from {lowest:g} to {highest:g}; expected qualities from 0 to 1."
                ).format(lowest=lowest, highest=highest)
            )
        levels = np.empty(quality.shape, np.uint16)
        # Row by row: a float copy of a large map is several times its size.
        for row, row_quality in zip(levels, quality, strict=True):
            row[...] = np.rint(np.float64(MAX_LEVEL) * row_quality)
        return cls(levels)

    @property
    def height(self) -> int:
        return int(self.values.shape[0])

    @property
    def width(self) -> int:
        return int(self.values.shape[1])

    def quality(self, rect: Rect | None = None) -> NDArray[np.float32]:
        """The qualities as a copy.

        Args:
            rect: inside the map; the whole map without it.
        Returns:
            float32 (H, W) in [0, 1], of the rectangle's size.
        """
        part = self.values if rect is None else self.values[rect.slices]
        return part / np.float32(MAX_LEVEL)
