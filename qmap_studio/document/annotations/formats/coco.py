"""COCO JSON: data sets (pictures, categories, annotations) and lists of detections.

    {"images": [{"id": 7, "file_name": "a/photo.jpg", "width": 500, "height": 375}, ...],
     "categories": [{"id": 1, "name": "person"}, ...],
     "annotations": [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height]}, ...]}

    [{"image_id": 7, "category_id": 1, "bbox": [x, y, width, height], "score": 0.93}, ...]

Ids may start anywhere and may be text. A segmentation (polygons or run lengths) is the shape, else the bbox. NaN and
infinity, which Python writes, spoil no more than the box they stand in.
"""

from qmap_studio.document.annotations.formats.coco_entries import Entry, object_of, picture_of
from qmap_studio.document.annotations.formats.coco_index import coco_index
from qmap_studio.document.annotations.formats.coco_pictures import Numbered, check_lists, detected, placed_entries
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, find_picture, is_named_by
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source
from qmap_studio.document.annotations.traits import has_any
from qmap_studio.document.annotations.values import id_of


def _recognises(source: Source) -> bool:
    """By any of its lists, for the other two may begin after the head: LVIS has 1000 categories first."""
    ways = "1:images", "2:image_id", "1:annotations 3:image_id", "1:categories 3:id 3:name"
    return has_any(source.traits, *ways) and "lines" not in source.traits


def _read(source: Source) -> AnnotationsFile:
    """The boxes of one picture; for a picture of the same shape but another size they are scaled to it."""
    if source.head.lstrip()[0] == "[":
        return _detections(source)
    return _DataSet(source).read()


COCO = Reader("COCO JSON", (".json",), _recognises, _read, coco_index)  # no text: a format's name


class _DataSet:
    """A data set is read once, or twice if its annotations stand before its images."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._images: list[ListedPicture] = []
        self._names: dict[str, str] = {}
        self._found: ListedPicture | None = None
        self._notices: tuple[str, ...] = ()
        self._annotations: list[Numbered] = []

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
        check_lists(entries, self._source.name)
        if self._found is None:
            self._found, self._notices = find_picture(self._images, self._source)

    def _result(self) -> AnnotationsFile:
        assert self._found is not None
        return placed_entries(self._annotations, self._names, self._source, self._found, self._notices)


def _detections(source: Source) -> AnnotationsFile:
    """Lists of detections hold no file names: the id is the picture's name, or the only one there is."""
    ids: dict[str, None] = {}
    kept: list[Numbered] = []
    for number, (_key, value) in enumerate(JsonEntries(source.text), 1):
        entry = object_of(value, "detections", source.name)
        key = id_of(entry.get("image_id"))
        ids[key] = None
        if len(ids) == 1 or is_named_by(key, source.picture.path) or key == source.chosen:
            kept.append((number, entry))
    if not ids:
        return AnnotationsFile(())
    found = detected(list(ids), source)
    of_picture = [(number, entry) for number, entry in kept if id_of(entry.get("image_id")) == found.key]
    return placed_entries(of_picture, {}, source, found, ())
