"""JSON of any size, one entry at a time: memory holds one entry, and other threads run between two of them.

Python's own parser reads each entry whole, so that numbers, NaN among them, are what `json.loads` makes of them.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.text_file import TextFile

_MAX_ENTRY = 16 * 2**20
"""Characters; the largest entries are masks as run lengths, some 100 kB."""

_TEXT_END = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")


class JsonEntries:
    """The entries of the outermost list, or those of the lists in the outermost object.

    Iterating gives (key, entry); the key is None for an outermost list. A value in the outermost object that is no list
    is one entry.

    Args:
        opened: keys of the outermost object; the members of the objects they hold stand for themselves.
        skipped: keys of the outermost object whose values, if they are text, are passed over, however long.
    Attributes:
        lists: the keys, seen so far, whose values are lists.
    Raises:
        AnnotationError: while iterating; the file is no whole JSON.
    """

    def __init__(self, file: TextFile, opened: Collection[str] = (), skipped: Collection[str] = ()) -> None:
        self._file = file
        self._opened, self._skipped = opened, skipped
        self.lists: set[str | None] = set()

    def __iter__(self) -> Iterator[tuple[str | None, Any]]:
        scanner = _Scanner(self._file)
        if scanner.next_character() == "[":
            self.lists.add(None)
            yield from ((None, entry) for entry in scanner.elements())
        else:
            yield from self._members(scanner)
        if scanner.next_character() == "{":
            raise AnnotationError(
                tr("{name} holds JSON lines, one object after the other; expected one JSON value.").format(
                    name=self._file.path.name
                )
            )
        if scanner.next_character():
            raise scanner.damaged()

    def _members(self, scanner: "_Scanner") -> Iterator[tuple[str | None, Any]]:
        for key in scanner.member_keys():
            if scanner.next_character() == "[":
                self.lists.add(key)
                for entry in scanner.elements():
                    yield key, entry
            elif key in self._opened and scanner.next_character() == "{":
                yield from ((inner, scanner.value()) for inner in scanner.member_keys())
            elif key in self._skipped and scanner.next_character() == '"':
                scanner.skip_text()
            else:
                yield key, scanner.value()


def one_entry(file: TextFile) -> Any:
    """The outermost value, of the size of an entry.

    Raises:
        AnnotationError: it is no JSON, or larger.
    """
    return _Scanner(file).value()


def _damaged(file: TextFile) -> AnnotationError:
    return AnnotationError(tr("{name} is damaged or cut short: no valid JSON.").format(name=file.path.name))


class _Scanner:
    """Walks over the text and keeps no more of it than the entry that is read."""

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self._pieces = file.pieces()
        self._text = ""
        self._position = 0
        self._decode = json.JSONDecoder().raw_decode

    def damaged(self) -> AnnotationError:
        return _damaged(self._file)

    def next_character(self) -> str:
        """The next one that is no space, not taken; "" at the end."""
        while True:
            space = _SPACE.match(self._text, self._position)
            self._position = space.end() if space else self._position
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._read_on():
                return ""

    def elements(self) -> Iterator[Any]:
        """The values of the list that begins here."""
        self._take("[")
        if self.next_character() == "]":
            self._position += 1
            return
        while True:
            yield self.value()
            if self._take(",]") == "]":
                return

    def member_keys(self) -> Iterator[str]:
        """The keys of the object that begins here; the value of each is to be taken before the next."""
        self._take("{")
        if self.next_character() == "}":
            self._position += 1
            return
        while True:
            if self.next_character() != '"':
                raise self.damaged()
            key = str(self.value())
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return

    def value(self) -> Any:
        """The whole value that begins here."""
        if not self.next_character():
            raise self.damaged()
        while True:
            try:
                value, end = self._decode(self._text, self._position)
            except json.JSONDecodeError as error:
                if not self._read_on():
                    raise self.damaged() from error
            except (ValueError, RecursionError) as error:
                raise self.damaged() from error
            else:
                # A number at the end of what is read may go on.
                length = end - self._position
                if end < len(self._text) or not self._read_on():
                    self._position += length
                    return value

    def skip_text(self) -> None:
        """Passes over the text that begins here, of which nothing is kept."""
        self._take('"')
        while not (end := _TEXT_END.match(self._text, self._position)):
            # A backslash at the end goes with what follows.
            self._position = len(self._text) - (len(self._text) - len(self._text.rstrip("\\"))) % 2
            if not self._read_on():
                raise self.damaged()
        self._position = end.end()

    def _take(self, expected: str) -> str:
        found = self.next_character()
        if not found or found not in expected:
            raise self.damaged()
        self._position += 1
        return found

    def _read_on(self) -> bool:
        """Doubles what is left of the text, at least; False at the end of the file."""
        rest = self._text[self._position :]
        if len(rest) > _MAX_ENTRY:
            raise AnnotationError(
                tr("{name} is damaged, or has one entry of more than {most} MB.").format(
                    name=self._file.path.name, most=_MAX_ENTRY >> 20
                )
            )
        added = []
        wanted = max(len(rest), 1)
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            added.append(piece)
            wanted -= len(piece)
        self._text, self._position = rest + "".join(added), 0
        return any(added)
