"""Where boxes lie that were drawn on another copy of the picture: resized, or not yet turned upright.

A camera stores a picture as its sensor lies and notes in EXIF how to turn it; some tools draw on the stored picture,
most on the upright one. The size that a file lists tells them apart, if the turn swaps the sides and they differ.
Where it does not (a square picture, a mirrored one or one on its head, no size listed), the boxes are taken as drawn on
the upright picture, as viewers and labelling tools show it, and a notice says so.
"""

from dataclasses import dataclass
from typing import Self

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.reader import PictureIdentity, Source

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

    def box(self, label: str, bounds: tuple[float, float, float, float], score: float | None) -> Annotation:
        """A box (x, y, width, height) of the annotated picture."""
        x, y, width, height = bounds
        across, down = self.scale_x, self.scale_y
        return Annotation.box(label, *self._turned(x * across, y * down, width * across, height * down), score)

    def _turned(self, x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
        right, below = self.width - x - width, self.height - y - height
        match self.orientation:
            case 5:
                return y, x, height, width
            case 6:
                return below, x, height, width
            case 7:
                return below, right, height, width
            case 8:
                return y, right, height, width
        return x, y, width, height


def _has_shape(listed_width: float, listed_height: float, width: int, height: int) -> bool:
    """Whether one is the other resized: of its shape, up to the rounding of the shorter side to whole pixels."""
    scale_x, scale_y = width / listed_width, height / listed_height
    return abs(scale_x * listed_height - height) <= 1 or abs(scale_y * listed_width - width) <= 1


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
