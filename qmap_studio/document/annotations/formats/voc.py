"""Pascal VOC XML: one picture, its objects with boxes, some with an outline or a turned box.

    <annotation><filename>photo.jpg</filename><size><width>500</width><height>375</height></size>
      <object><name>dog</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>
    </annotation>

The web tool LabelMe writes the same with <polygon> or <segm><box> for <bndbox>, <imagesize> for <size>, and a 1 in
<deleted> of what somebody took away again.

Corners are taken as lines between pixels, as those who convert these files to other formats do; the data sets
themselves count pixels from 1 and include the last one, so that their boxes begin up to a pixel further left and up.
"""

from math import degrees
from xml.etree.ElementTree import Element

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.values import box_between, box_of, numbered, polygon_of, score_of
from qmap_studio.document.annotations.xml_entries import elements, number_at, text_at
from qmap_studio.document.shapes import Shape


def _recognises(source: Source) -> bool:
    return "<annotation" in source.traits


def _read(source: Source) -> AnnotationsFile:
    root, *_ = (*elements(source, "annotation"), None)
    if root is None:
        raise AnnotationError(tr("{name} holds no annotation.").format(name=source.name))
    name = text_at(root, "filename")
    width = text_at(root, "size/width") or text_at(root, "imagesize/ncols")
    height = text_at(root, "size/height") or text_at(root, "imagesize/nrows")
    listed, notices = find_picture([ListedPicture.checked("", name, width, height)], source)
    return placed(source, listed, numbered(root.findall("object"), source.name), _annotation, notices)


VOC = Reader("Pascal VOC XML", (".xml",), _recognises, _read)  # no text: a format's name


def _annotation(element: Element, where: str) -> Annotation | None:
    if text_at(element, "deleted") == "1":
        return None
    return Annotation(text_at(element, "name"), _shape(element, where), score_of(text_at(element, "score"), where))


def _shape(element: Element, where: str) -> Shape:
    if (turned := element.find("robndbox")) is not None:
        x, y, width, height, angle = (number_at(turned, name, where) for name in ("cx", "cy", "w", "h", "angle"))
        return box_of(x - width / 2, y - height / 2, width, height, where, degrees(angle))
    if (polygon := element.find("polygon")) is not None:
        return polygon_of(_points(polygon, where), where)
    box = element.find("bndbox")
    if box is None:
        box = element.find("segm/box")
    if box is None:
        raise AnnotationError(tr("{where} has no bndbox.").format(where=where))
    left, top, right, bottom = (number_at(box, name, where) for name in ("xmin", "ymin", "xmax", "ymax"))
    return box_between(left, top, right, bottom, where)


def _points(polygon: Element, where: str) -> list[tuple[float, float]]:
    """As <x1>, <y1>, <x2>, ... or as <pt><x/><y/></pt>."""
    if polygon.find("pt") is not None:
        return [(number_at(point, "x", where), number_at(point, "y", where)) for point in polygon.findall("pt")]
    count = sum(polygon.find(f"x{n}") is not None for n in range(1, len(polygon) + 1))
    return [(number_at(polygon, f"x{n}", where), number_at(polygon, f"y{n}", where)) for n in range(1, count + 1)]
