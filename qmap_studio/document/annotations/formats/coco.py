"""COCO JSON: data sets (pictures, categories, annotations) and lists of detections.

    {"images": [{"id": 7, "file_name": "a/photo.jpg", "width": 500, "height": 375}, ...],
     "categories": [{"id": 1, "name": "person"}, ...],
     "annotations": [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height]}, ...]}

    [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height], "score": 0.93}, ...]

Ids may start anywhere and may be text. A segmentation (polygons or run lengths) is the shape, else the bbox. NaN and
infinity, which Python writes, spoil no more than the box they stand in.
"""

from collections.abc import Sequence

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.formats.coco_entries import Entry, annotation_of, object_of, picture_of
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_picture, is_named_by
from qmap_studio.document.annotations.placement import placed
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureUnclearError, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import id_of

_Numbered = tuple[int, Entry]
"""An annotation with its number in the file, from 1 on."""


def _recognises(source: Source) -> bool:
    """By any of its lists, for the other two may begin after the head: LVIS has 1000 categories first."""
    ways = "1:images", "2:image_id", "1:annotations 3:image_id", "1:categories 3:id 3:name"
    return has_any(source.traits, *ways) and "lines" not in source.traits


def _read(source: Source) -> AnnotationsFile:
    """The boxes of one picture; for a picture of the same shape but another size they are scaled to it."""
    if source.head.lstrip()[0] == "[":
        return _detections(source)
    return _DataSet(source).read()


COCO = Reader("COCO JSON", (".json",), _recognises, _read)  # no text: a format's name


class _DataSet:
    """A data set is read once, or twice if its annotations stand before its images."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._images: list[ListedPicture] = []
        self._names: dict[str, str] = {}
        self._found: ListedPicture | None = None
        self._notices: tuple[str, ...] = ()
        self._annotations: list[_Numbered] = []

    def read(self) -> AnnotationsFile:
        entries, name = JsonEntries(self._source.text), self._source.name
        is_complete = True
        number = 0
        for key, entry in entries:
            if key not in entries.lists:
                continue
            if key == "images":
                self._images.append(picture_of(object_of(entry, "images", name)))
            elif key == "categories":
                self._take_category(object_of(entry, "categories", name))
            elif key == "annotations":
                number += 1
                is_complete = self._take_annotation(number, object_of(entry, "annotations", name)) and is_complete
        self._check(entries)
        if not is_complete:
            self._annotations.clear()
            every = (entry for key, entry in JsonEntries(self._source.text) if key == "annotations")
            for number, entry in enumerate(every, 1):
                self._take_annotation(number, entry)
        return self._result()

    def _take_category(self, entry: Entry) -> None:
        if entry.get("name") is not None:
            self._names[id_of(entry.get("id"))] = str(entry["name"])

    def _take_annotation(self, number: int, entry: Entry) -> bool:
        """Keeps an annotation of the picture; False if it cannot be known yet whose it is."""
        if self._found is None:
            if not self._images:
                return False
            self._found, self._notices = find_picture(self._images, self._source)
        if id_of(entry.get("image_id")) == self._found.key:
            self._annotations.append((number, entry))
        return True

    def _check(self, entries: JsonEntries) -> None:
        name = self._source.name
        if "images" not in entries.lists:
            raise AnnotationError(tr("{source} is other JSON, not COCO JSON: it lists no images.").format(source=name))
        if "annotations" not in entries.lists:
            raise AnnotationError(
                tr("{source} lists images but no annotations; expected COCO JSON.").format(source=name)
            )
        if self._found is None:
            self._found, self._notices = find_picture(self._images, self._source)

    def _result(self) -> AnnotationsFile:
        assert self._found is not None
        return _placed(self._annotations, self._names, self._source, self._found, self._notices)


def _detections(source: Source) -> AnnotationsFile:
    """Lists of detections hold no file names: the id is the picture's name, or the only one there is."""
    ids: dict[str, None] = {}
    kept: list[_Numbered] = []
    for number, (_key, value) in enumerate(JsonEntries(source.text), 1):
        entry = object_of(value, "detections", source.name)
        key = id_of(entry.get("image_id"))
        ids[key] = None
        if len(ids) == 1 or is_named_by(key, source.picture.path) or key == source.chosen:
            kept.append((number, entry))
    if not ids:
        return AnnotationsFile(())
    found = _detected(list(ids), source)
    of_picture = [(number, entry) for number, entry in kept if id_of(entry.get("image_id")) == found.key]
    return _placed(of_picture, {}, source, found, ())


def _detected(ids: list[str], source: Source) -> ListedPicture:
    named = [key for key in ids if is_named_by(key, source.picture.path)]
    for only in ([key for key in ids if key == source.chosen], named, ids):
        if len(only) == 1:
            return ListedPicture(only[0])
    text = ngettext(
        "{source} is a list of detections in {count} picture, and none of their ids is {name}.",
        "{source} is a list of detections in {count} pictures, and none of their ids is {name}.",
        len(ids),
    )
    raise PictureUnclearError(
        text.format(source=source.name, count=len(ids), name=source.picture.path.stem), tuple(named or ids)
    )


def _placed(
    entries: Sequence[_Numbered], names: dict[str, str], source: Source, listed: ListedPicture, notices: tuple[str, ...]
) -> AnnotationsFile:
    text = tr("Annotation {number} in {source}")
    named = ((text.format(number=number, source=source.name), entry) for number, entry in entries)
    return placed(source, listed, named, lambda entry, where: annotation_of(entry, names, where), notices)
