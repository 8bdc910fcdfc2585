"""Masks as pictures or arrays: each value of a pixel is a class, or one thing.

    0 0 1 1        numbers of a palette (Pascal VOC's PNG), greys of 8 or 16 bits, at most 256 colours,
    0 0 1 1        or integers in an NPY file; PNG, TIFF, BMP, GIF, PPM
    0 2 2 0

`areas.py` tells them from heat maps. Background is left out: 0, black, or what is transparent; where no pixel is, the
most frequent value of the picture's border, and a notice says so. So are negative numbers and 255 beside numbers up to
64 (void, as Pascal VOC and others mark what nobody labelled). A value is one mask for each connected part, or a single
one if there are more than 200 of them. Its class is the name from a list near the file, else its number, such as "15",
or its colour, such as "#ff8000". A mask of another size is taken as the picture's resized.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import N_, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.areas import Areas, bounds_of, connected
from qmap_studio.document.annotations.formats.mask_names import MaskNames, find_mask_names
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.rasters import Raster
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.values import MOST_PIXELS, mask_of, numbered

_MOST_PARTS = 200
_VOID, _MOST_BESIDE_VOID = 255, 64


@dataclass(frozen=True)
class _Part:
    """A mask: what it shows, and its bool (H, W) in a rectangle of the raster."""

    label: str
    pixels: NDArray[np.bool_]
    x: int
    y: int


def _recognises(source: Source) -> bool:
    return source.raster is not None and source.raster.areas is not None


def _read(source: Source) -> AnnotationsFile:
    raster = source.raster
    assert raster is not None
    assert raster.areas is not None
    labels, notices = _labels(raster, source)
    if not labels:
        return AnnotationsFile((), (tr("{name} holds nothing but background.").format(name=source.name),))
    width, height = raster.size
    listed = ListedPicture("", "", width, height)
    parts = _parts(raster.areas, labels, source)
    return placed(source, listed, numbered(parts, source.name), _annotation, notices)


LABEL_RASTER = Reader(N_("masks (PNG, TIFF, BMP, NPY)"), (".png", ".tif", ".tiff", ".bmp", ".npy"), _recognises, _read)


def _annotation(part: _Part, where: str) -> Annotation:
    return Annotation(part.label, mask_of(part.pixels, where, part.x, part.y))


def _labels(raster: Raster, source: Source) -> tuple[dict[int, str], tuple[str, ...]]:
    """The classes by their place among the values of the areas, and what there is to say of the others."""
    assert raster.areas is not None
    values, notices = raster.areas.values, []
    background = 0
    if 0 not in values and len(values) > 1:
        background = values[_most_frequent(_border(raster.areas.numbers))]
        text = tr("No pixel of {name} is 0: {value} was taken for the background, as most of its border is.")
        notices.append(text.format(name=source.name, value=_number(raster, background)))
    others = [value for value in values if value != background and value >= 0]
    without_void = [value for value in others if value != _VOID]
    are_numbers = not raster.is_colour and raster.step == 1
    if are_numbers and len(without_void) < len(others) and 0 < max(without_void, default=0) <= _MOST_BESIDE_VOID:
        others = without_void
        text = tr("The pixels of {name} that are {value} (void: not labelled) were left out.")
        notices.append(text.format(name=source.name, value=_VOID))
    names = find_mask_names(source.path)
    return {values.index(value): _name(raster, value, names) for value in others}, tuple(notices)


def _name(raster: Raster, value: int, names: MaskNames) -> str:
    colour = value if raster.is_colour else None
    if raster.palette is not None and value < len(raster.palette):
        colour = raster.palette[value]
    number = None if raster.is_colour else value // _step(raster)
    return names.name_of(number, colour) or _number(raster, value)


def _number(raster: Raster, value: int) -> str:
    return f"#{value:06x}" if raster.is_colour else str(value // _step(raster))


def _step(raster: Raster) -> int:
    """By which the numbers were multiplied; black and white are 0 and 1."""
    assert raster.areas is not None
    is_black_and_white = raster.palette is None and raster.areas.values in ((0, 255), (255,))
    return 255 if is_black_and_white else raster.step


def _border(numbers: NDArray[np.uint16]) -> NDArray[np.uint16]:
    return np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])


def _most_frequent(numbers: NDArray[np.uint16]) -> int:
    return int(np.bincount(numbers).argmax())


def _parts(areas: Areas, labels: dict[int, str], source: Source) -> Iterator[_Part]:
    bounds = bounds_of(areas)
    # Each mask is looked for in its rectangle, and kept: many that reach over a large picture take too long, and much.
    pixels, kept = areas.numbers.size, 0
    if sum(bounds[number].area for number in labels) > max(4 * MOST_PIXELS, 8 * pixels):
        raise _too_many(labels, source)
    for number, label in labels.items():
        rect = bounds[number]
        for mask, part in connected(areas.numbers[rect.slices] == number, _MOST_PARTS):
            kept += part.area
            if kept > max(2 * MOST_PIXELS, 8 * pixels):
                raise _too_many(labels, source)
            yield _Part(label, mask, rect.x + part.x, rect.y + part.y)


def _too_many(labels: dict[int, str], source: Source) -> AnnotationError:
    text = tr("{name} has {count} values that lie all over a large picture: too many for masks.")
    return AnnotationError(text.format(name=source.name, count=len(labels)))
