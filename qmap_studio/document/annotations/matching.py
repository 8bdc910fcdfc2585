"""Which of a file's pictures is the open one.

Names are compared ever more loosely, and the first way in which any are alike decides: as they are; whatever their
letter case, Unicode form and URL escapes; without what labelling tools add to them; without the suffix. Folders, then
sizes tell pictures of the same name apart. Where more than one is left, or none, a person is asked.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import PurePath, PurePosixPath
from typing import Self, TypeVar
from unicodedata import normalize
from urllib.parse import unquote

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.reader import PictureIdentity, PictureUnclearError, Source
from qmap_studio.document.annotations.values import number_of

E = TypeVar("E")

_MOST_PICTURES = 300_000


@dataclass(frozen=True)
class ListedPicture:
    """A picture as a file of annotations knows it.

    Attributes:
        key: what the annotations call it.
        name: of its file, with or without folders; "" if the file does not say.
        width, height: as listed, in pixels, or None.
    """

    key: str
    name: str = ""
    width: float | None = None
    height: float | None = None

    @classmethod
    def checked(cls, key: str, name: str, width: object, height: object) -> Self:
        """With the size if both sides are usable; a wrong one says nothing."""
        try:
            size = number_of(width, "width", ""), number_of(height, "height", "")
        except AnnotationError:
            return cls(key, name)
        return cls(key, name, *size) if min(size) >= 1 else cls(key, name)

    @property
    def file_name(self) -> str:
        """Without folders."""
        return as_path(self.name).name


class Listing:
    """The pictures that a file lists: one after the other can be found, each at once."""

    def __init__(self, pictures: Sequence[ListedPicture]) -> None:
        self._pictures = pictures
        self._by_name: dict[Callable[[str], str], dict[str, list[ListedPicture]]] = {}

    def find(self, source: Source) -> tuple[ListedPicture, tuple[str, ...]]:
        """As `find_picture` does."""
        listed = self._pictures
        if source.chosen is not None and source.chosen in self._labels:
            return listed[self._labels.index(source.chosen)], ()
        if len(listed) == 1 and _is_called_as(source):
            return listed[0], ()
        alike, is_guessed = self._alike(source.picture)
        if len(alike) == 1:
            return alike[0], _guess_notice(alike[0], source) if is_guessed else ()
        if not listed:
            raise AnnotationError(
                tr("{source} has no boxes for {name}: it lists 0 other pictures.").format(
                    source=source.name, name=source.picture.path.name
                )
            )
        order = sorted(range(len(listed)), key=lambda index: _unlikeliness(listed[index], alike, source.picture))
        raise PictureUnclearError(_question(listed, alike, source), tuple(self._labels[index] for index in order))

    def _alike(self, picture: PictureIdentity) -> tuple[list[ListedPicture], bool]:
        """The pictures that may be meant, and whether that is a guess from a name."""
        path = as_path(picture.path)
        for way in WAYS:
            if same_name := self._named(way).get(way(path.name)):
                return _narrowed(same_name, path, picture), way in (_without_marks, _stem)
        by_key = [entry for entry in self._nameless if is_named_by(entry.key, path)]
        if len(by_key) == 1 or len(self._pictures) != 1:
            return by_key, False
        return [entry for entry in self._pictures if _has_size_of(entry, picture)], False

    def _named(self, way: Callable[[str], str]) -> dict[str, list[ListedPicture]]:
        """Those that have a name, by what a way to compare makes of it."""
        if way not in self._by_name:
            named: dict[str, list[ListedPicture]] = {}
            for entry in self._pictures:
                if entry.name:
                    named.setdefault(way(entry.file_name), []).append(entry)
            self._by_name[way] = named
        return self._by_name[way]

    @cached_property
    def _nameless(self) -> list[ListedPicture]:
        return [entry for entry in self._pictures if not entry.name]

    @cached_property
    def _labels(self) -> list[str]:
        """What a person chooses from; no two are the same."""
        names = [entry.name or entry.key for entry in self._pictures]
        count = Counter(names)
        return [
            f"{name} ({entry.key})" if count[name] > 1 else name
            for entry, name in zip(self._pictures, names, strict=True)
        ]


def find_picture(listed: Sequence[ListedPicture], source: Source) -> tuple[ListedPicture, tuple[str, ...]]:
    """The picture that is meant, and a notice where its name had to be guessed from what a tool made of it.

    Raises:
        PictureUnclearError: a person has to choose.
        AnnotationError: there is nothing to choose from.
    """
    return Listing(listed).find(source)


def find_among(
    source: Source, pictures: Callable[[], Iterable[tuple[ListedPicture, E]]]
) -> tuple[ListedPicture, E, tuple[str, ...]]:
    """The picture that is meant among those of a file that lists each with what it knows of it.

    Args:
        pictures: goes through the file; it is asked twice, so that no more than one of them is held.
    Raises:
        PictureUnclearError: a person has to choose.
        AnnotationError: the file lists none, or too many.
    """
    listed = [picture for picture, _ in islice(pictures(), _MOST_PICTURES + 1)]
    if len(listed) > _MOST_PICTURES:
        raise AnnotationError(
            tr("{source} lists more than {most} pictures, too many to choose from.").format(
                source=source.name, most=_MOST_PICTURES
            )
        )
    found, notices = find_picture(listed, source)
    place = next(n for n, picture in enumerate(listed) if picture is found)
    return found, next(islice((entry for _, entry in pictures()), place, None)), notices


def as_path(name: PurePath | str) -> PurePosixPath:
    """A path of any system, by its folders and name."""
    return PurePosixPath(str(name).replace("\\", "/"))


def _is_called_as(source: Source) -> bool:
    """Whether the file of annotations has the picture's name, whatever it calls the picture."""
    names = source.path.stem, source.path.name.partition(".")[0]
    stem = source.picture.path.stem
    return any(way(name) == way(stem) for way in (_as_it_is, _plain) for name in names) and bool(stem)


def is_named_by(key: str, path: PurePath) -> bool:
    """Whether an id is the picture's name: "000000000139.jpg" is picture 139."""
    return key in (path.name, path.stem) or (_is_digits(path.stem) and key == str(int(path.stem)))


def _as_it_is(name: str) -> str:
    return name


def _plain(name: str) -> str:
    return normalize("NFC", normalize("NFC", unquote(name)).casefold())


def _without_marks(name: str) -> str:
    """Without Label Studio's "a1b2c3d4-" before a name and Roboflow's "_jpg.rf.<hash>" in it; both change spaces."""
    name = re.sub(r"^[0-9a-f]{8}-", "", _plain(name))
    name = re.sub(r"_(\w{3,4})\.rf\.[0-9a-z]{8,}\.\w+$", r".\1", name)
    stem, dot, suffix = name.rpartition(".")
    return re.sub(r"[\s._-]+", "_", stem) + dot + suffix


def _stem(name: str) -> str:
    return PurePosixPath(_without_marks(name)).stem


WAYS: tuple[Callable[[str], str], ...] = (_as_it_is, _plain, _without_marks, _stem)
"""To compare names of pictures, from the strictest to the loosest."""


def _narrowed(same_name: list[ListedPicture], path: PurePosixPath, picture: PictureIdentity) -> list[ListedPicture]:
    """Those that share the most folders with the path; of these, the one of the picture's size."""
    shared = [_common_end(as_path(entry.name), path) for entry in same_name]
    nearest = [entry for entry, count in zip(same_name, shared, strict=True) if count == max(shared)]
    same_size = [entry for entry in nearest if _has_size_of(entry, picture)]
    return same_size if len(same_size) == 1 else nearest


def _common_end(one: PurePosixPath, other: PurePosixPath) -> int:
    """How many folders two paths share, counted from their ends; their names are alike already."""
    count = 0
    for a, b in zip(reversed(one.parts[:-1]), reversed(other.parts[:-1]), strict=False):
        if _plain(a) != _plain(b):
            break
        count += 1
    return count


def _has_size_of(entry: ListedPicture, picture: PictureIdentity) -> bool:
    size = (picture.width, picture.height)
    return (entry.width, entry.height) in ((size, size[::-1]) if picture.orientation > 4 else (size,))


def _unlikeliness(entry: ListedPicture, alike: list[ListedPicture], picture: PictureIdentity) -> tuple[bool, bool]:
    return entry not in alike, not _has_size_of(entry, picture)


def _question(listed: Sequence[ListedPicture], alike: list[ListedPicture], source: Source) -> str:
    name = source.picture.path.name
    if alike:
        text = ngettext(
            "{source} lists {count} picture named {name}: it is not clear which one.",
            "{source} lists {count} pictures named {name}: it is not clear which one.",
            len(alike),
        )
        return text.format(source=source.name, count=len(alike), name=name)
    examples = [entry.file_name or entry.key for entry in listed[:3]] + ["..."] * (len(listed) > 3)
    text = ngettext(
        "{source} has no boxes for {name}: it lists {count} other picture ({examples}).",
        "{source} has no boxes for {name}: it lists {count} other pictures ({examples}).",
        len(listed),
    )
    return text.format(source=source.name, name=name, count=len(listed), examples=", ".join(examples))


def _guess_notice(entry: ListedPicture, source: Source) -> tuple[str, ...]:
    text = tr("The boxes are those of {listed} in {source}; no picture there has the very name {name}.")
    return (text.format(listed=entry.name, source=source.name, name=source.picture.path.name),)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20
