"""One quality everywhere, which is what a map begins with, or one error bound everywhere."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import level_of
from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.document.aspect import Aspect, painted
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.rendered import Rendered


@dataclass(frozen=True)
class _Everywhere(Layer):
    @property
    @abstractmethod
    def level(self) -> int:
        """The level that it puts everywhere."""

    def extent(self, height: int, width: int) -> Rect:
        return Rect.whole(height, width)

    def render(self, rect: Rect, below: NDArray[np.uint16]) -> Rendered:
        return Rendered(self.level)

    def covers(self, rect: Rect) -> bool:
        return True


@dataclass(frozen=True)
class UniformLayer(_Everywhere):
    """One quality, in [0, 1], over the whole map."""

    kind = "uniform"
    title = N_("Uniform quality")

    quality: float

    def __post_init__(self) -> None:
        super().__post_init__()
        level_of(self.quality)

    @property
    def level(self) -> int:
        return level_of(self.quality)


@dataclass(frozen=True)
class UniformBound(_Everywhere):
    """One error bound over the whole map: 0 to 8, or UNBOUNDED."""

    kind = "uniform bound"
    title = N_("Bound everywhere")

    bound: int

    def __post_init__(self) -> None:
        super().__post_init__()
        painted(0, self.bound)

    @property
    def aspect(self) -> Aspect:
        return Aspect.BOUND

    @property
    def level(self) -> int:
        return self.bound
