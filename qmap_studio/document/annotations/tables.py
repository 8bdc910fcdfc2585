"""Tables as text: CSV of any dialect, one row at a time."""

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.text_file import HEAD_BYTES

if TYPE_CHECKING:
    from qmap_studio.document.annotations.reader import Source

_MAX_LINE = 2**20
"""Characters."""

csv.field_size_limit(_MAX_LINE)


def rows(source: "Source") -> Iterator[tuple[str, list[str]]]:
    """The rows of a table that are not empty, with the words that name each in messages.

    Raises:
        AnnotationError: while iterating; a row cannot be parsed.
    """
    text = tr("Line {number} of {name}")
    reader = csv.reader(_lines(source), delimiter=delimiter(source.head), skipinitialspace=True)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield text.format(number=reader.line_num, name=source.name), fields
    except csv.Error as error:
        raise _no_table(source) from error


def columns(source: "Source", line: str) -> list[str]:
    """The columns of one line of a table.

    Raises:
        AnnotationError: it cannot be parsed.
    """
    try:
        return next(csv.reader([line], delimiter=delimiter(source.head), skipinitialspace=True), [])
    except csv.Error as error:
        raise _no_table(source) from error


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


def head_lines(source: "Source") -> list[str]:
    """The lines at the beginning of the file that are not empty; a last one that may be cut is left out."""
    found = source.head.splitlines()
    if len(source.magic) == HEAD_BYTES:
        found = found[:-1]
    return [line.strip() for line in found if line.strip()]


def lines_with(source: "Source", text: str) -> Iterator[tuple[str, str]]:
    """Those of many million lines that hold a text, with the words that name each in messages."""
    words = tr("Line {number} of {name}")
    before = 0
    for block in blocks(source):
        if text in block:
            for number, line in enumerate(block.split("\n"), before + 1):
                if text in line:
                    yield words.format(number=number, name=source.name), line
        before += block.count("\n")


def _lines(source: "Source") -> Iterator[str]:
    """Line by line, however long the file."""
    for block in blocks(source):
        yield from (line + "\n" for line in block.removesuffix("\n").split("\n"))


def blocks(source: "Source") -> Iterator[str]:
    """Some whole lines at a time."""
    rest = ""
    for piece in source.text.pieces():
        whole, end, rest = (rest + piece.replace("\r\n", "\n").replace("\r", "\n")).rpartition("\n")
        if len(rest) > _MAX_LINE:
            raise AnnotationError(tr("{name} has a line that is too long.").format(name=source.name))
        if end:
            yield whole + end
    if rest:
        yield rest


def _no_table(source: "Source") -> AnnotationError:
    return AnnotationError(tr("{name} is no table that can be read.").format(name=source.name))


def delimiter(head: str) -> str:
    """What stands between the columns of a table, by its first line."""
    first = head.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)
