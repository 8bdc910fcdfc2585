"""COCO JSON of many pictures: annotations by their picture in a data base, so that each is read when it is wanted."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.formats.coco_entries import object_of, picture_of
from qmap_studio.document.annotations.formats.coco_pictures import check_lists, detected, placed_entries
from qmap_studio.document.annotations.json_entries import JsonEntries
from qmap_studio.document.annotations.matching import ListedPicture, Listing
from qmap_studio.document.annotations.reader import AnnotationsFile, Source
from qmap_studio.document.annotations.values import id_of

# What is half written is thrown away: nothing need be safe against a fall of the power.
_SCHEMA = """
pragma journal_mode = off;
pragma synchronous = off;
create table about (value text);
create table entries (picture blob, number integer, entry text);
begin;
"""
_ORDER = "create index by_picture on entries (picture, number)"

_Row = tuple[bytes, int, str]


def coco_index(source: Source, path: Path) -> "CocoIndex":
    """The index of a data set or of a list of detections.

    Args:
        path: of the index; it is written unless it is there.
    Raises:
        AnnotationError: the file is damaged, or the index cannot be written.
    """
    try:
        if not path.exists():
            _write(source, path)
        return CocoIndex(path)
    except sqlite3.Error as error:
        text = tr("The annotations of {source} cannot be kept in {folder} while they are used: {reason}.")
        raise AnnotationError(text.format(source=source.name, folder=path.parent, reason=error)) from error


class CocoIndex:
    """An index that is written.

    Raises:
        sqlite3.Error: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        about = json.loads(self._database.execute("select value from about").fetchone()[0])
        self._is_data_set: bool = about["is_data_set"]
        self._names: dict[str, str] = about["names"]
        self._ids: list[str] = about["ids"]
        self._listing = Listing([ListedPicture(*each) for each in about["pictures"]])

    def read(self, source: Source) -> AnnotationsFile:
        """The boxes of one picture."""
        if self._is_data_set:
            listed, notices = self._listing.find(source)
        elif self._ids:
            listed, notices = detected(self._ids, source), ()
        else:
            return AnnotationsFile(())
        query = "select number, entry from entries where picture = ? order by number"
        rows = self._database.execute(query, [_key(listed.key)])
        return placed_entries(
            ((number, json.loads(entry)) for number, entry in rows), self._names, source, listed, notices
        )


def _write(source: Source, path: Path) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    contents = _Contents(source)
    with closing(sqlite3.connect(part, isolation_level=None)) as database:
        database.executescript(_SCHEMA)
        database.executemany("insert into entries values (?, ?, ?)", contents.rows())
        database.execute("insert into about values (?)", [json.dumps(contents.about())])
        database.execute(_ORDER)
        database.execute("commit")
    os.replace(part, path)


class _Contents:
    """A file that is gone through once."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._entries = JsonEntries(source.text)
        self._is_data_set = source.head.lstrip()[0] != "["
        self._pictures: list[ListedPicture] = []
        self._names: dict[str, str] = {}
        self._ids: dict[str, None] = {}

    def rows(self) -> Iterator[_Row]:
        """All annotations or detections; what else there is, is known after them."""
        number = 0
        for key, value in self._entries:
            if key not in self._entries.lists:
                continue
            if key == "images":
                self._pictures.append(picture_of(object_of(value, key, self._name)))
            elif key == "categories":
                category = object_of(value, key, self._name)
                if category.get("name") is not None:
                    self._names[id_of(category.get("id"))] = str(category["name"])
            elif key in (None, "annotations"):
                number += 1
                entry = object_of(value, key or "detections", self._name)
                picture = id_of(entry.get("image_id"))
                if not self._is_data_set:
                    self._ids[picture] = None
                yield _key(picture), number, json.dumps(entry)
        if self._is_data_set:
            check_lists(self._entries, self._name)

    def about(self) -> dict[str, Any]:
        return {
            "is_data_set": self._is_data_set,
            "names": self._names,
            "ids": list(self._ids),
            "pictures": [astuple(picture) for picture in self._pictures],
        }


def _key(picture: str) -> bytes:
    """As bytes, because not every text of JSON is Unicode."""
    return picture.encode("utf-8", "surrogatepass")
