"""Rules that make shapes of the map from annotations: what each class gets, and what becomes of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.shapes import Ellipse, Frame, Mask, Polygon, Rectangle, Shape, padded

DEFAULT_QUALITY = 0.9
LARGEST_FEATHER_PX = 500.0
MOST_PADDING = 1000.0


class Outline(Enum):
    """What becomes of what was drawn."""

    AS_DRAWN = "polygon"
    BOX = "box"
    ELLIPSE = "ellipse"


class Overlap(Enum):
    """Which of two shapes lies over the other."""

    HIGHEST = "highest"
    """The one of the higher quality, or the stricter bound."""
    ORDER = "order"
    """The one whose class comes first in the rules; classes that are not named come last."""


@dataclass(frozen=True)
class Length:
    """So many pixels, or so many per cent of a shape's shorter side."""

    value: float = 0.0
    is_percent: bool = False

    def pixels(self, frame: Frame) -> float:
        """For a shape in this frame."""
        return self.value * min(frame.width, frame.height) / 100 if self.is_percent else self.value


@dataclass(frozen=True)
class ClassRule:
    """What a class gets.

    Attributes:
        quality: in [0, 1].
        bound: an error bound in its place, 0 to 8, or None.
        is_on: its annotations count at all.
    """

    quality: float = DEFAULT_QUALITY
    bound: int | None = None
    is_on: bool = True


@dataclass(frozen=True)
class Rules:
    """From classes to qualities.

    Attributes:
        classes: by name, in an order that may matter; letter case does not.
        others: all classes that are not named.
        score: annotations with a lower score do not count; those without any do.
        padding: is added around each shape, below 0 taken away.
        feather: how far outside of a shape its quality reaches, falling smoothly.
        rest: the quality everywhere else; None leaves the map as it is there.
        heat: the qualities where a heat map is 0 and where it is 1.
    """

    classes: tuple[tuple[str, ClassRule], ...] = ()
    others: ClassRule = field(default_factory=ClassRule)
    score: float = 0.0
    padding: Length = Length()
    feather: Length = Length(16)
    outline: Outline = Outline.AS_DRAWN
    overlap: Overlap = Overlap.HIGHEST
    rest: float | None = None
    heat: tuple[float, float] = (0.1, DEFAULT_QUALITY)

    def of(self, label: str) -> ClassRule:
        """What a class gets."""
        return self._by_name.get(label.casefold(), self.others)

    def with_class(self, label: str, rule: ClassRule) -> "Rules":
        """The same with another rule for a class, at its place or, if it had none, at the end."""
        name = label.casefold()
        classes = tuple((known, rule if known.casefold() == name else old) for known, old in self.classes)
        if name not in self._by_name:
            classes = (*classes, (label, rule))
        return replace(self, classes=classes)

    def counted(self, annotations: Iterable[Annotation]) -> list[Annotation]:
        """Those whose class is on and whose score is high enough."""
        by_name = self._by_name
        return [
            annotation
            for annotation in annotations
            if by_name.get(annotation.label.casefold(), self.others).is_on
            and (annotation.score is None or annotation.score >= self.score)
        ]

    def shapes(self, annotations: Iterable[Annotation]) -> tuple[PlacedShape, ...]:
        """The shapes of the map, of qualities and of bounds, those that lie over others after them."""
        by_name, places = self._by_name, {name.casefold(): n for n, (name, _) in enumerate(self.classes)}
        found = [(self._placed(one, by_name.get(one.label.casefold(), self.others)), one) for one in annotations]
        if self.overlap is Overlap.ORDER:
            found.sort(key=lambda pair: -places.get(pair[1].label.casefold(), len(places)))
        else:
            found.sort(key=lambda pair: _height(pair[0]))
        return tuple(placed for placed, _ in found)

    def _placed(self, annotation: Annotation, rule: ClassRule) -> PlacedShape:
        shape = _outlined(annotation.shape, self.outline)
        if self.padding.value:
            shape = padded(shape, self.padding.pixels(shape.frame))
        feather_px = 0.0 if rule.bound is not None else min(self.feather.pixels(shape.frame), LARGEST_FEATHER_PX)
        return PlacedShape(shape, rule.quality, feather_px, annotation.label, rule.bound)

    @cached_property
    def _by_name(self) -> dict[str, ClassRule]:
        return {name.casefold(): rule for name, rule in self.classes}


def of_aspect(shapes: Sequence[PlacedShape], aspect: Aspect) -> tuple[PlacedShape, ...]:
    """The shapes of qualities, or those of bounds, in their order."""
    return tuple(placed for placed in shapes if placed.aspect is aspect)


def _height(placed: PlacedShape) -> int:
    """Of two shapes of one aspect the higher one lies over the other."""
    return placed.level if placed.bound is None else -placed.level


def _outlined(shape: Shape, outline: Outline) -> Shape:
    if outline is Outline.AS_DRAWN:
        return shape
    if isinstance(shape, Mask | Polygon):
        frame = shape.frame
        shape = Rectangle(frame.x, frame.y, frame.width, frame.height)
    if outline is Outline.ELLIPSE and isinstance(shape, Rectangle) and shape.width > 0 and shape.height > 0:
        return Ellipse(shape.x, shape.y, shape.width, shape.height, shape.angle)
    if outline is Outline.BOX and isinstance(shape, Ellipse):
        return Rectangle(shape.x, shape.y, shape.width, shape.height, shape.angle)
    return shape
