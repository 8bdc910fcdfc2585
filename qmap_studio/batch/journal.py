"""What is done, line by line: a run that ended in any way goes on from here."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from qmap_studio.batch.outcome import Outcome
from qmap_studio.core.files import is_reading, is_writing

NAME = "batch.jsonl"


class Journal:
    """A file of one JSON object a line, to which lines are added; the last one may be torn, as by a kill.

    Args:
        folder: of the results.
    Raises:
        FileAccessError: while it is used; it cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._file: TextIO | None = None

    def done(self) -> dict[str, str]:
        """By the photos that have a file what each was made of."""
        done: dict[str, str] = {}
        for made_of, outcome in self._lines():
            if outcome.error:
                done.pop(outcome.photo, None)
            else:
                done[outcome.photo] = made_of
        return done

    def outcomes(self, of: dict[str, str]) -> Iterator[Outcome]:
        """The outcomes of photos, by what they were made of."""
        told: set[str] = set()
        for made_of, outcome in self._lines():
            if not outcome.error and of.get(outcome.photo) == made_of and outcome.photo not in told:
                told.add(outcome.photo)
                yield outcome

    def add(self, made_of: str, outcome: Outcome) -> None:
        """One more photo; its file is whole by now."""
        if self._file is None:
            self._file = self._opened()
        with is_writing(self._path):
            self._file.write(json.dumps({"made_of": made_of, **outcome.to_json()}) + "\n")
            self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            with is_writing(self._path):
                self._file.close()

    def _opened(self) -> TextIO:
        with is_writing(self._path):
            file = self._path.open("a", encoding="utf-8")
            if file.tell() and not self._ends_with_a_line():
                file.write("\n")
            return file

    def _ends_with_a_line(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _lines(self) -> Iterator[tuple[str, Outcome]]:
        if not self._path.exists():
            return
        with is_reading(self._path), self._path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                entry = _parsed(line)
                if entry is not None:
                    yield entry


def _parsed(line: str) -> tuple[str, Outcome] | None:
    """None for a line that is torn, or of something else."""
    try:
        entry: Any = json.loads(line)
        return str(entry["made_of"]), Outcome.of_json(entry)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
