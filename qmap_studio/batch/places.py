"""Paths that other machines see elsewhere, and what people are told of them."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qmap_studio.batch import stores
from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.task import Task


@dataclass(frozen=True)
class PathMap:
    """Folders of this machine and where the workers see them.

    Attributes:
        pairs: here, there; for a path the longest "here" that holds it counts, and none leaves it as it is.
    """

    pairs: tuple[tuple[Path, Path], ...] = ()

    def there(self, path: Path) -> Path:
        """An absolute path as workers see it; an address in an object store is the same everywhere."""
        if stores.is_url(path):
            return path
        path = _absolute(path)
        fitting = [(_absolute(here), there) for here, there in self.pairs if path.is_relative_to(_absolute(here))]
        if not fitting:
            return path
        here, there = max(fitting, key=lambda pair: len(pair[0].parts))
        return there / path.relative_to(here)

    def task_there(self, task: Task) -> Task:
        """A task with the paths that workers see."""
        recipe = replace(
            task.recipe,
            map=self.there(task.recipe.map) if task.recipe.map is not None else None,
            annotations=self.there(task.recipe.annotations) if task.recipe.annotations is not None else None,
        )
        return replace(task, photo=self.there(task.photo), output=self.there(task.output), recipe=recipe)

    def text_here(self, text: str) -> str:
        """What a worker says, with the paths of this machine."""
        return with_paths(text, {str(there): str(_absolute(here)) for here, there in self.pairs})

    def outcome_here(self, outcome: Outcome) -> Outcome:
        """What has come of a task of `task_there`."""
        if not self.pairs:
            return outcome
        notices = tuple(map(self.text_here, outcome.notices))
        return replace(outcome, error=self.text_here(outcome.error), notices=notices)


def with_paths(text: str, names: Mapping[str, str]) -> str:
    """A text in which paths, and what lies below them, are called otherwise.

    >>> with_paths("/mnt/a/x.png is damaged, /mnt/ab is not.", {"/mnt/a": "/home/a"})
    '/home/a/x.png is damaged, /mnt/ab is not.'
    """
    if not names:
        return text
    return re.sub(_any_of(names), lambda found: names[found[0]], text)


def _any_of(paths: Iterable[str]) -> str:
    longest_first = sorted(paths, key=len, reverse=True)
    return rf"(?<![\w/\\.-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
