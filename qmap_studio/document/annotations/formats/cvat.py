"""CVAT XML 1.1, "for images" and "for video".

    <annotations><image id="0" name="a/photo.jpg" width="500" height="375">
      <box label="dog" xtl="1.00" ytl="2.00" xbr="30.50" ybr="40.00" rotation="30.00"/>
      <polygon label="dog" points="1.00,2.00;30.50,2.00;30.50,40.00"/>
      <mask label="dog" rle="2, 5, 1, 3" left="10" top="20" width="4" height="3"/></image></annotations>

    <annotations><meta><task><original_size><width>500</width><height>375</height></original_size></task></meta>
      <track label="dog"><box frame="7" outside="0" keyframe="1" xtl="1.00" ytl="2.00" xbr="30.50" ybr="40.00"/></track>
    </annotations>

In pixels, where the first pixel spans 0 to 1; a rotation is in degrees clockwise about the middle. The runs of a mask
go row by row through its box and begin with background. Cuboids, skeletons and sets of points are the boxes around
them; points and lines become as wide as `radius_of_points` says. Frames of a video have no names: the one is meant that
the picture's name ends in, as in frame_000007.PNG.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.drawn import ellipse_of, radius_of_points, stroke_of
from qmap_studio.document.annotations.matching import ListedPicture, find_among, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.values import (
    MOST_PIXELS,
    Point,
    box_around,
    box_of,
    mask_of,
    number_of,
    numbered,
    points_of,
    polygon_of,
    score_of,
)
from qmap_studio.document.annotations.xml_entries import elements, text_at
from qmap_studio.document.shapes import Mask, Shape


def _recognises(source: Source) -> bool:
    return "<annotations" in source.traits


def _read(source: Source) -> AnnotationsFile:
    first = next(elements(source, "image", "track"), None)
    if first is None:
        raise AnnotationError(tr("{name} holds no images and no tracks.").format(name=source.name))
    return _video(source) if first.tag == "track" else _images(source)


CVAT = Reader("CVAT XML", (".xml",), _recognises, _read)  # no text: a format's name


def _images(source: Source) -> AnnotationsFile:
    def pictures() -> Iterator[tuple[ListedPicture, Element]]:
        for image in elements(source, "image"):
            key, name, width, height = (image.get(part, "") for part in ("id", "name", "width", "height"))
            # Pictures of a project lie in the folders of its subsets.
            path = f"{image.get('subset')}/{name}" if image.get("subset") else name
            yield ListedPicture.checked(key, path, width, height), image

    listed, image, notices = find_among(source, pictures)
    entries = ((shape.get("label", ""), shape) for shape in image if shape.tag != "tag")
    return _placed(source, listed, entries, notices)


def _video(source: Source) -> AnnotationsFile:
    frame, size = _ending_number(source.picture.path.stem), ("", "")
    frames: set[str] = set()
    for element in elements(source, "track", "original_size"):
        if element.tag == "track":
            frames.update(shape.get("frame", "") for shape in element)
        else:
            size = text_at(element, "width"), text_at(element, "height")
    order = sorted((name for name in frames if name.isdecimal() and len(name) < 19), key=int)
    listed = [ListedPicture.checked(name, "", *size) for name in order]
    named = [picture for picture in listed if picture.key == frame] if source.chosen is None else []
    if not named and source.chosen is None and frame and order and int(frame) < int(order[-1]):
        return AnnotationsFile(())
    found, notices = (named[0], ()) if named else find_picture(listed, source)
    entries = (
        (track.get("label", ""), shape)
        for track in elements(source, "track")
        for shape in track
        if shape.get("frame") == found.key and shape.get("outside") != "1"
    )
    return _placed(source, found, entries, notices)


def _ending_number(stem: str) -> str:
    digits = re.search(r"[0-9]{1,18}$", stem)
    return str(int(digits.group())) if digits else ""


def _placed(
    source: Source, listed: ListedPicture, entries: Iterator[tuple[str, Element]], notices: tuple[str, ...]
) -> AnnotationsFile:
    radius = radius_of_points(listed.width or source.picture.width, listed.height or source.picture.height)

    def annotation(entry: tuple[str, Element], where: str) -> Annotation:
        label, element = entry
        return Annotation(label, _shape(element, radius, where), score_of(element.get("score"), where))

    return placed(source, listed, numbered(entries, source.name), annotation, notices)


def _shape(element: Element, radius: float, where: str) -> Shape:
    def values(*names: str) -> list[float]:
        return [number_of(element.get(name), name, where) for name in names]

    angle = number_of(element.get("rotation", "0"), "rotation", where)
    match element.tag:
        case "box":
            left, top, right, bottom = values("xtl", "ytl", "xbr", "ybr")
            return box_of(left, top, right - left, bottom - top, where, angle)
        case "ellipse":
            x, y, radius_x, radius_y = values("cx", "cy", "rx", "ry")
            return ellipse_of(x, y, radius_x, radius_y, where, angle)
        case "polygon":
            return polygon_of(_points(element, where), where)
        case "polyline":
            return stroke_of(_points(element, where), radius, where)
        case "points":
            points = _points(element, where)
            return box_around(points, where) if len(points) > 1 else stroke_of(points, radius, where)
        case "mask":
            return _mask(element, values("left", "top", "width", "height"), where)
        case "skeleton":
            seen = (point for point in element.findall("points") if point.get("outside") != "1")
            return box_around([point for part in seen for point in _points(part, where)], where)
        case "cuboid":
            corners = [f"{side}{end}" for side in ("tl", "tr", "bl", "br") for end in "12"]
            xs, ys = (values(*(axis + corner for corner in corners)) for axis in "xy")
            return box_around(list(zip(xs, ys, strict=True)), where)
    raise AnnotationError(tr("{where} is of an unknown kind: {kind}.").format(where=where, kind=element.tag))


def _points(element: Element, where: str) -> list[Point]:
    pairs: list[Any] = [pair.split(",") for pair in element.get("points", "").split(";") if pair.strip()]
    return points_of(pairs, where)


def _mask(element: Element, box: list[float], where: str) -> Mask:
    left, top, width, height = (int(value) for value in box)
    try:
        counts = np.array([int(count) for count in element.get("rle", "").split(",")], np.int64)
    except (ValueError, OverflowError):
        counts = np.zeros(0, np.int64)
    area = max(width, 0) * max(height, 0)
    if not 0 < area <= MOST_PIXELS:
        raise AnnotationError(tr("{where} has a mask that is empty or too large.").format(where=where))
    if not counts.size or counts.min() < 0 or counts.max() > area or counts.sum() != area:
        raise AnnotationError(tr("{where} has a mask that is damaged.").format(where=where))
    pixels = np.repeat(np.arange(counts.size) % 2 == 1, counts).reshape(height, width)
    return mask_of(pixels, where, left, top)
