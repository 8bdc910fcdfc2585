"""The table of outcomes as CSV, one line a photo, there as soon as the photo is."""

import csv
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from qmap_studio.batch.outcome import COLUMNS, Outcome
from qmap_studio.core.files import is_reading, is_writing

NAME = "batch.csv"


class Table:
    """The file, begun anew.

    Args:
        folder: of the results.
    Raises:
        FileAccessError: while it is used; it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        with is_writing(self.path):
            # A name that is no UTF-8 is told with its bytes as escapes.
            self._file: TextIO = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file)
        self._write(list(COLUMNS))

    def add(self, outcome: Outcome, *, at_once: bool = True) -> None:
        """One more line.

        Args:
            at_once: others see it from now on.
        """
        self._write(outcome.row(), at_once)

    def _write(self, row: list[str], at_once: bool = True) -> None:
        with is_writing(self.path):
            self._writer.writerow(row)
            if at_once:
                self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with is_writing(self.path):
            self._file.close()


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a table that is whole."""
    with is_reading(path), path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
