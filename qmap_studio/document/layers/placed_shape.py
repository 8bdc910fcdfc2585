"""A shape in the map: its quality or bound, its feather, what it is of."""

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document.aspect import Aspect, painted
from qmap_studio.document.layers.layer import new_key
from qmap_studio.document.shapes import Shape, reach_of


@dataclass(frozen=True)
class PlacedShape:
    """A shape of the map.

    Attributes:
        quality: inside of it, in [0, 1].
        feather_px: how far outside of it the quality reaches, falling smoothly; a bound reaches half as far.
        label: its class, as a detector's; may be empty.
        bound: the error bound inside of it in place of a quality, where there is one: 0 to 8, or UNBOUNDED.
        name: that a person gave it; may be empty.
        is_inside: it is what figures call inside.
        key: the same in every version of it, and in no other shape.
    """

    shape: Shape
    quality: float
    feather_px: float = 0.0
    label: str = ""
    bound: int | None = None
    name: str = ""
    is_inside: bool = False
    key: int = field(default_factory=new_key, compare=False)

    def __post_init__(self) -> None:
        painted(self.quality, self.bound)
        if not (isfinite(self.feather_px) and self.feather_px >= 0):
            raise ValueError(f"a feather is 0 or more pixels, not {self.feather_px}")

    @property
    def aspect(self) -> Aspect:
        return Aspect.QUALITY if self.bound is None else Aspect.BOUND

    @property
    def level(self) -> int:
        """The level inside of it."""
        return level_of(self.quality) if self.bound is None else self.bound

    @cached_property
    def reach(self) -> Rect:
        """Outside of this rectangle it covers nothing."""
        return reach_of(self.shape, self.feather_px)
