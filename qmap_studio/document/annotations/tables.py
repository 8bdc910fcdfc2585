"""Tables as text: CSV of any dialect, one row at a time."""

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from qmap_studio.document.annotations.reader import Source

csv.field_size_limit(2**20)


def rows(source: "Source") -> Iterator[tuple[str, list[str]]]:
    """The rows of a table that are not empty, with the words that name each in messages.

    Raises:
        AnnotationError: while iterating; a row cannot be parsed.
    """
    text = tr("Line {number} of {name}")
    reader = csv.reader(_lines(source), delimiter=_delimiter(source.head), skipinitialspace=True)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield text.format(number=reader.line_num, name=source.name), fields
    except csv.Error as error:
        raise AnnotationError(tr("{name} is no table that can be read.").format(name=source.name)) from error


def table(source: "Source") -> Iterator[tuple[str, dict[str, str]]]:
    """The rows below the first, by the names that it gives the columns."""
    header: list[str] | None = None
    for where, fields in rows(source):
        if header is None:
            header = [name.strip().lstrip("#").strip() for name in fields]
        else:
            yield where, dict(zip(header, fields, strict=False))


def lines(source: "Source") -> Iterator[tuple[str, str]]:
    """The lines that are not empty, with the words that name each in messages."""
    text = tr("Line {number} of {name}")
    for number, line in enumerate(_lines(source), 1):
        if line.strip():
            yield text.format(number=number, name=source.name), line.strip()


def _lines(source: "Source") -> Iterator[str]:
    """Line by line, however long the file."""
    rest = ""
    for piece in source.text.pieces():
        *whole, rest = (rest + piece.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        yield from (line + "\n" for line in whole)
    if rest:
        yield rest


def _delimiter(head: str) -> str:
    first = head.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)
