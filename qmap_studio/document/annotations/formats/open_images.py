"""Open Images CSV: boxes of many pictures as shares of their width and height.

    ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,...
    000002b66c9c498e,xclick,/m/01g317,1,0.0125,0.1953,0.1484,0.5875,0,...

The name of a picture may have a suffix, a share may have a comma for the point. Names of classes such as /m/01g317 are
looked up in a class-descriptions file beside it. The confidence of a box that a person drew is 1.
"""

import csv
from pathlib import Path

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import columns, lines_with, table
from qmap_studio.document.annotations.text_file import NoTextError, TextFile
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import MOST_ANNOTATIONS, box_between, number_of, score_of

_SIDES = "XMin", "XMax", "YMin", "YMax"
_COLUMNS = "LabelName", "Confidence", *_SIDES
_MOST_PICTURES = 100_000
_MAX_BYTES = 4 * 2**20

_Row = dict[str, str]


def _recognises(source: Source) -> bool:
    return has_any(source.traits, ",ImageID ,LabelName ,XMin ,XMax ,YMin ,YMax")  # no text: columns


def _read(source: Source) -> AnnotationsFile:
    listed, rows, notices = _found(source)
    names = _class_names(source.path.parent)
    width, height = source.picture.width, source.picture.height

    def annotation(row: _Row, where: str) -> Annotation:
        left, right, top, bottom = (number_of(row.get(name), name, where) for name in _SIDES)
        label = row.get("LabelName", "").strip()
        box = box_between(left * width, top * height, right * width, bottom * height, where)
        return Annotation(names.get(label, label), box, score_of(row.get("Confidence", "").strip(), where))

    return placed(source, listed, rows, annotation, notices)


OPEN_IMAGES = Reader("Open Images CSV", (".csv",), _recognises, _read)  # no text: a format's name


def _found(source: Source) -> tuple[ListedPicture, list[tuple[str, _Row]], tuple[str, ...]]:
    """The picture that is meant and its rows; only if none has its very name, all pictures are listed."""
    path = source.picture.path
    likely = (source.chosen,) if source.chosen else (path.name, path.stem)
    if rows := _rows_of(source, *likely):
        return ListedPicture(path.name), rows, ()
    names: dict[str, None] = {}
    for _, row in table(source):
        names[row.get("ImageID", "").strip()] = None
        if len(names) > _MOST_PICTURES:
            text = tr("{source} has no boxes for {name}: it lists more than {count} other pictures.")
            raise AnnotationError(text.format(source=source.name, name=path.name, count=_MOST_PICTURES))
    listed, notices = find_picture([ListedPicture(name, name) for name in names if name], source)
    return listed, _rows_of(source, listed.name), notices


def _rows_of(source: Source, *names: str) -> list[tuple[str, _Row]]:
    """Those of a picture with one of some names; the last is in all of them."""
    header = [column.strip() for column in columns(source, source.head.lstrip().partition("\n")[0])]
    found: list[tuple[str, _Row]] = []
    for where, line in lines_with(source, names[-1]):
        row = dict(zip(header, columns(source, line), strict=False))
        if row.get("ImageID", "").strip() in names:
            found.append((where, {column: row[column] for column in _COLUMNS if column in row}))
            if len(found) > MOST_ANNOTATIONS:
                break  # which is told
    return found


def _class_names(folder: Path) -> dict[str, str]:
    """From a file such as oidv7-class-descriptions-boxable.csv, or none."""
    for path in sorted(folder.glob("*class-descriptions*.csv")):
        try:
            file = TextFile(path)
        except (OSError, NoTextError):
            continue
        if file.size_bytes <= _MAX_BYTES:
            rows = csv.reader(file.text().splitlines())
            return {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}
    return {}
