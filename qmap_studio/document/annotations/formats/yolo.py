"""YOLO text: one thing a line, as shares of the picture's width and height.

    class x_centre y_centre width height [confidence] [track]
    class confidence x_centre y_centre width height
    class x1 y1 x2 y2 x3 y3 ... [confidence] [track]             a polygon, or the corners of a turned box
    class x_centre y_centre width height keypoints ...           a pose; its box is taken

yolo_layouts.py tells them apart. An empty file is a picture without boxes. Shares are of the upright picture, which is
what YOLO's tools load: they turn a photo by its EXIF orientation.
"""

from dataclasses import dataclass
from math import isfinite

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.formats.class_names import DataSet, find_data_set
from qmap_studio.document.annotations.formats.outline import in_order, is_parallelogram
from qmap_studio.document.annotations.formats.yolo_layouts import are_tracks, find_layout, is_score_first
from qmap_studio.document.annotations.left_out import LeftOut
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import head_lines
from qmap_studio.document.annotations.values import quad_of
from qmap_studio.document.shapes import Rectangle, Shape

_MAX_BYTES = 8 * 2**20


@dataclass(frozen=True)
class _Row:
    """A line of numbers; `where` names it in messages."""

    where: str
    index: int
    numbers: tuple[float, ...]


def _recognises(source: Source) -> bool:
    """Most of its lines begin with a whole number and hold numbers alone; an empty file is one, too."""
    lines = [line.split() for line in head_lines(source)]
    if source.path.suffix.lower() == ".txt" and not source.head.strip():
        return source.is_text
    return 2 * sum(_is_row(fields) for fields in lines) > len(lines)


def _is_row(fields: list[str]) -> bool:
    numbers = [_number(field) for field in fields]
    return len(fields) > 1 and None not in numbers and fields[0].isdigit()


def _read(source: Source) -> AnnotationsFile:
    if source.text.size_bytes > _MAX_BYTES:
        raise AnnotationError(
            tr("{name} is larger than {most} MB, too large for the boxes of one picture.").format(
                name=source.name, most=_MAX_BYTES >> 20
            )
        )
    lines = [(number, line.split()) for number, line in enumerate(source.text.text().splitlines(), 1) if line.strip()]
    left_out = LeftOut(source.name)
    rows = []
    for number, fields in lines:
        try:
            rows.append(_row(fields, tr("Line {number} of {name}").format(number=number, name=source.name)))
        except AnnotationError as error:
            left_out.add(error)
    lines_read = _Lines(rows, find_data_set(source.path) if rows else DataSet(), source)
    annotations = []
    for row in rows:
        try:
            annotations.append(lines_read.annotation(row))
        except AnnotationError as error:
            left_out.add(error)
    return AnnotationsFile(tuple(annotations), lines_read.notices + left_out.notices(len(lines)))


YOLO = Reader("YOLO text", (".txt",), _recognises, _read)  # no text: a format's name


class _Lines:
    """Makes annotations of lines, once it is known from all of them what they hold."""

    def __init__(self, rows: list[_Row], data: DataSet, source: Source) -> None:
        self._data, self._picture = data, source.picture
        _check_shares(rows)
        self.notices: tuple[str, ...] = ()
        self._is_score_first = is_score_first([row.numbers for row in rows])
        if self._is_score_first:
            text = tr("{name} was read with the confidence before the box: behind it, boxes would leave the picture.")
            self.notices = (text.format(name=source.name),)
        has_poses = bool(data.keypoints) if data.is_described else None
        self._layout = find_layout([row.numbers for row in rows], has_poses, source.name)
        tails = [tail for row in rows if len(tail := self._parts(row)[1]) == 1]
        self._has_tracks = are_tracks([tail[0] for tail in tails])
        if len(rows) == 1 and self._layout.tail == 2 and self._layout.is_box and rows[0].numbers[-1] == 1:
            text = tr("{name} was read as a box with a confidence and a track, not as a triangle.")
            self.notices = (text.format(name=source.name),)

    def annotation(self, row: _Row) -> Annotation:
        """What a line says.

        Raises:
            AnnotationError: nothing that can be used.
        """
        numbers, tail = self._parts(row)
        if not numbers:
            raise self._wrong_count(row)
        if _are_no_shares(numbers):
            raise _no_shares(row)
        names, index = self._data.names, row.index
        label = names[index] if index < len(names) else f"class {index}"
        return Annotation(label, self._shape(numbers, row), self._score(tail, row))

    def _shape(self, numbers: tuple[float, ...], row: _Row) -> Shape:
        width, height = self._picture.width, self._picture.height
        if len(numbers) == 4:
            centre_x, centre_y, box_width, box_height = numbers
            if box_width < 0 or box_height < 0:
                raise _no_shares(row)
            left, top = centre_x - box_width / 2, centre_y - box_height / 2
            return Rectangle(left * width, top * height, box_width * width, box_height * height)
        points = [(x * width, y * height) for x, y in zip(numbers[0::2], numbers[1::2], strict=True)]
        if is_parallelogram(numbers):
            points = in_order(points)
        return quad_of(points, row.where)

    def _parts(self, row: _Row) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The numbers of the box or polygon, and those of confidence and track; no shape if they do not fit."""
        numbers, layout = row.numbers, self._layout
        if self._is_score_first:
            return numbers[1:], numbers[:1]
        if len(numbers) <= 5:
            return (numbers[:4], numbers[4:]) if len(numbers) > 3 else ((), ())
        if self._data.keypoints:
            points, size = self._data.keypoints
            tail = numbers[4 + points * size :] if len(numbers) > 6 else numbers[4:]
            is_whole = len(numbers) in (6, *range(4 + points * size, 7 + points * size))
            return (numbers[:4], tail) if is_whole else ((), ())
        if not layout.fits(numbers) and not _are_no_shares(numbers):
            return (), ()
        return tuple(layout.shape_of(numbers)), numbers[len(numbers) - layout.tail :]

    def _score(self, tail: tuple[float, ...], row: _Row) -> float | None:
        if not tail or (len(tail) == 1 and self._has_tracks):
            return None
        if not 0 <= tail[0] <= 1:
            raise AnnotationError(
                tr("{where} has a confidence of {confidence:g}; expected 0 to 1.").format(
                    where=row.where, confidence=tail[0]
                )
            )
        return tail[0]

    def _wrong_count(self, row: _Row) -> AnnotationError:
        count = len(row.numbers) + 1
        if self._data.keypoints and count > 6:
            points, size = self._data.keypoints
            text = tr("{where} has {count} fields; with {points} keypoints of {size} numbers a pose has {expected}.")
            return AnnotationError(
                text.format(where=row.where, count=count, points=points, size=size, expected=5 + points * size)
            )
        text = ngettext(
            "{where} has {count} field; a YOLO box has 5 (class x y width height) or 6.",
            "{where} has {count} fields; a YOLO box has 5 (class x y width height) or 6.",
            count,
        )
        return AnnotationError(text.format(where=row.where, count=count))


def _row(fields: list[str], where: str) -> _Row:
    values = [_number(field) for field in fields]
    numbers = tuple(value for value in values if value is not None)
    if len(numbers) < len(values) or numbers[0] < 0 or numbers[0] != int(numbers[0]):
        raise AnnotationError(
            tr(
                "{where} is no YOLO box: expected a class number and 4 shares of the picture (class x y width "
                'height), found "{found}".'
            ).format(where=where, found=_shortened(fields))
        )
    return _Row(where, int(numbers[0]), numbers[1:])


def _check_shares(rows: list[_Row]) -> None:
    """Refuses a file whose numbers are mostly pixels, though some may be small enough for shares."""
    wrong = [row for row in rows if _are_no_shares(row.numbers[:4])]
    if len(wrong) * 2 > len(rows):
        raise _no_shares(wrong[0])


def _are_no_shares(numbers: tuple[float, ...]) -> bool:
    """Shares may leave 0 to 1, as boxes may reach beyond the picture; far beyond they are pixels."""
    return any(not -1 <= number <= 2 for number in numbers)


def _no_shares(row: _Row) -> AnnotationError:
    return AnnotationError(
        tr("{where} has values outside of 0 to 1; YOLO boxes are shares of the picture's size, not pixels.").format(
            where=row.where
        )
    )


def _number(field: str) -> float | None:
    try:
        value = float(field)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _shortened(fields: list[str]) -> str:
    text = " ".join(fields)
    return text if len(text) <= 40 else text[:39] + "…"
