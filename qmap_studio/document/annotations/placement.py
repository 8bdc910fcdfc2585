"""Where boxes lie that were drawn on another copy of the picture: resized, or not yet turned upright.

A camera stores a picture as its sensor lies and notes in EXIF how to turn it; some tools draw on the stored picture,
most on the upright one. The size that a file lists tells them apart, if the turn swaps the sides and they differ.
Where it does not (a square picture, a mirrored one or one on its head, no size listed), the boxes are taken as drawn on
the upright picture, as viewers and labelling tools show it, and a notice says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureIdentity, Source
from qmap_studio.document.annotations.values import MOST_PIXELS, taken
from qmap_studio.document.shapes import Frame, Mask, Polygon, Shape

E = TypeVar("E")
S = TypeVar("S", bound=np.generic)

_MOST_MASKED = 2 * MOST_PIXELS
"""Pixels of all masks of a picture together, a byte each."""

_SWAPPING = range(5, 9)
"""The EXIF orientations that turn a picture by 90 degrees."""


@dataclass(frozen=True)
class Placement:
    """From the pixels of the annotated picture to those of the upright one.

    Attributes:
        scale_x, scale_y: to the size of the picture that is open, before it is turned.
        orientation: the EXIF orientation by which boxes are turned.
        width, height: of the picture before it is turned, in pixels.
    """

    scale_x: float
    scale_y: float
    orientation: int
    width: int
    height: int

    @classmethod
    def find(cls, listed: ListedPicture, source: Source) -> tuple[Self, tuple[str, ...]]:
        """The placement of a listed picture's boxes, and a notice where the orientation matters.

        Raises:
            AnnotationError: the listed picture has another shape.
        """
        picture = source.picture
        width, height = picture.width, picture.height
        if listed.width is None or listed.height is None:
            return cls(1.0, 1.0, 1, width, height), _unclear_notice(picture, source)
        if _has_shape(listed.width, listed.height, width, height):
            is_clear = width != height and picture.orientation in _SWAPPING
            notices = () if is_clear else _unclear_notice(picture, source)
            return cls(width / listed.width, height / listed.height, 1, width, height), notices
        if picture.orientation in _SWAPPING and _has_shape(listed.width, listed.height, height, width):
            turned = cls(height / listed.width, width / listed.height, picture.orientation, height, width)
            return turned, _turned_notice(source)
        raise _other_shape(listed, source)

    def placed(self, shape: Shape) -> Shape:
        """A shape of the annotated picture in the upright one."""
        if (self.scale_x, self.scale_y, self.orientation) == (1.0, 1.0, 1):
            return shape
        match shape:
            case Polygon(points, angle):
                return Polygon(tuple(self.point(x, y) for x, y in points), self._angle(angle))
            case Mask():
                return Mask(0, 0, self.turned(shape.pixels), self._frame(shape.frame))
        return shape.in_frame(self._frame(shape.frame))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of the annotated picture in the upright one."""
        return self._turned(x * self.scale_x, y * self.scale_y)

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        right, below = self.width - x, self.height - y
        return {5: (y, x), 6: (below, x), 7: (below, right), 8: (y, right)}.get(self.orientation, (x, y))

    def _frame(self, frame: Frame) -> Frame:
        if frame.angle:
            frame = frame.scaled(self.scale_x, self.scale_y, (0.0, 0.0))
            (x, y), across, down = self._turned(*frame.middle), frame.width, frame.height
            if self.orientation in _SWAPPING:
                across, down = down, across
            return Frame(x - across / 2, y - down / 2, across, down, self._angle(frame.angle))
        x, y = frame.x * self.scale_x, frame.y * self.scale_y
        width, height = frame.width * self.scale_x, frame.height * self.scale_y
        right, below = self.width - x - width, self.height - y - height
        match self.orientation:
            case 5:
                return Frame(y, x, height, width)
            case 6:
                return Frame(below, x, height, width)
            case 7:
                return Frame(below, right, height, width)
            case 8:
                return Frame(y, right, height, width)
        return Frame(x, y, width, height)

    def _angle(self, angle: float) -> float:
        """Of a box whose sides are swapped where the picture is turned; mirrored, it turns the other way."""
        return -angle if self.orientation in (5, 7) else angle

    def turned(self, pixels: NDArray[S]) -> NDArray[S]:
        """Values (H, W) of the annotated picture, upright."""
        match self.orientation:
            case 5:
                return np.ascontiguousarray(pixels.T)
            case 6:
                return np.ascontiguousarray(np.rot90(pixels, -1))
            case 7:
                return np.ascontiguousarray(np.rot90(pixels.T, 2))
            case 8:
                return np.ascontiguousarray(np.rot90(pixels))
        return pixels


def placed(
    source: Source,
    listed: ListedPicture,
    entries: Iterable[tuple[str, E]],
    make: Callable[[E, str], Annotation | None],
    notices: tuple[str, ...] = (),
) -> AnnotationsFile:
    """What the entries of a listed picture say of the one that is open.

    Args:
        entries, make: as of `taken`; what is made is in pixels of the listed picture.
        notices: on how the picture was found.
    Raises:
        AnnotationError: the listed picture has another shape, or there are entries and none can be read.
    """
    placement, more = Placement.find(listed, source)
    masked = 0

    def in_place(entry: E, where: str) -> Annotation | None:
        nonlocal masked
        annotation = make(entry, where)
        if annotation is not None and isinstance(annotation.shape, Mask):
            masked += annotation.shape.pixels.size
            if masked > _MOST_MASKED:
                raise AnnotationError(tr("{where} is one mask too many for the memory.").format(where=where))
        return annotation and replace(annotation, shape=placement.placed(annotation.shape))

    annotations, left_out = taken(entries, in_place, source.name)
    return AnnotationsFile(annotations, notices + more + left_out if annotations else ())


def _has_shape(listed_width: float, listed_height: float, width: int, height: int) -> bool:
    """Whether one is the other resized: of its shape, up to the rounding of a side to whole pixels of either."""
    scale_x, scale_y = width / listed_width, height / listed_height
    by_width = abs(scale_x * listed_height - height) <= max(1.0, scale_x / 2)
    return by_width or abs(scale_y * listed_width - width) <= max(1.0, scale_y / 2)


def _unclear_notice(picture: PictureIdentity, source: Source) -> tuple[str, ...]:
    if picture.orientation == 1:
        return ()
    text = tr(
        "{name} was turned upright by its EXIF orientation. {source} does not tell whether its boxes were drawn before "
        "or after; they are taken as drawn on the upright photo."
    )
    return (text.format(name=picture.path.name, source=source.name),)


def _turned_notice(source: Source) -> tuple[str, ...]:
    text = tr("The boxes in {source} are for {name} before it was turned upright; they were turned with it.")
    return (text.format(name=source.picture.path.name, source=source.name),)


def _other_shape(listed: ListedPicture, source: Source) -> AnnotationError:
    picture = source.picture
    assert listed.width is not None
    assert listed.height is not None
    if _has_shape(listed.width, listed.height, picture.height, picture.width):
        text = tr(
            "The boxes in {source} are for a picture of {listed_width:g} x {listed_height:g} pixels, this one is "
            "{width} x {height}: it was turned, and no EXIF orientation says which way. Open the photo that was "
            "annotated."
        )
    else:
        text = tr(
            "The boxes in {source} are for a picture of {listed_width:g} x {listed_height:g} pixels, this one is "
            "{width} x {height}, of another shape. Open the photo that was annotated."
        )
    return AnnotationError(
        text.format(
            source=source.name,
            listed_width=listed.width,
            listed_height=listed.height,
            width=picture.width,
            height=picture.height,
        )
    )
