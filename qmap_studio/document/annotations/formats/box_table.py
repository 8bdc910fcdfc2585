"""CSV with a box a row, as VoTT, Roboflow and the scripts of TensorFlow's Object Detection API write it.

    filename,width,height,class,xmin,ymin,xmax,ymax
    photo.jpg,500,400,dog,100,20,180,60

The columns may stand in any order. Those of the corners may also be x_min, ... or x1, y1, x2, y2. Without one for the
picture, the file is of one picture. Corners are pixels, unless no row has one above 1: then they are shares.
"""

from dataclasses import replace

from qmap_studio.core.language import N_
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.matching import ListedPicture, find_picture
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.tables import delimiter, table
from qmap_studio.document.annotations.values import are_numbers, box_between, number_of, score_of, with_usable_scores

_PICTURES = "filename", "file_name", "image", "image_name", "image_path", "path"
_CLASSES = "class_name", "label_name", "label", "name", "class", "category"
_SCORES = "confidence", "score"
_CORNERS = ("xmin", "ymin", "xmax", "ymax"), ("x_min", "y_min", "x_max", "y_max"), ("x1", "y1", "x2", "y2")

_Row = dict[str, str]


def _recognises(source: Source) -> bool:
    first = source.head.lstrip().partition("\n")[0]
    columns = {name.strip(' "\r') for name in first.split(delimiter(source.head))}
    return source.path.suffix.lower() == ".csv" and any(columns.issuperset(names) for names in _CORNERS)


def _read(source: Source) -> AnnotationsFile:
    pictures = list(dict.fromkeys(_picture(row) for _, row in table(source)))
    listed, notices = find_picture(pictures, source) if any(one.name for one in pictures) else (ListedPicture(""), ())
    rows = [(where, row) for where, row in table(source) if _picture(row) == listed and any(_corners(row))]
    width, height = listed.width or source.picture.width, listed.height or source.picture.height
    across, down = (width, height) if _holds_shares(source) else (1, 1)

    def annotation(row: _Row, where: str) -> Annotation:
        left, top, right, bottom = (number_of(corner, "corner", where) for corner in _corners(row))
        box = box_between(left * across, top * down, right * across, bottom * down, where)
        return Annotation(_first(row, _CLASSES) or "object", box, score_of(_first(row, _SCORES), where))

    found = placed(source, listed, rows, annotation, notices)
    return replace(found, annotations=with_usable_scores(found.annotations))


BOX_TABLE = Reader(N_("boxes (CSV)"), (".csv",), _recognises, _read)


def _holds_shares(source: Source) -> bool:
    corners = (_corners(row) for _, row in table(source))
    return all(are_numbers(numbers) and max(map(float, numbers)) <= 1 for numbers in corners if any(numbers))


def _first(row: _Row, names: tuple[str, ...]) -> str:
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")


def _picture(row: _Row) -> ListedPicture:
    name = _first(row, _PICTURES)
    return ListedPicture.checked(name, name, row.get("width"), row.get("height"))


def _corners(row: _Row) -> list[str]:
    return next(([row.get(name, "").strip() for name in names] for names in _CORNERS if names[0] in row), [])
