"""What is done with each photo, decided once for all."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from string import Formatter

from qmap_studio.batch import stores
from qmap_studio.batch.photos import Found, photos_below
from qmap_studio.batch.task import SUFFIX, Task
from qmap_studio.core.errors import AnnotationError, FileAccessError, QualityMapError
from qmap_studio.core.language import tr
from qmap_studio.core.strip import Strip
from qmap_studio.document.annotations.folders import FolderIndex
from qmap_studio.document.annotations.reader import PictureIdentity
from qmap_studio.document.annotations.rules_file import rules_text
from qmap_studio.recipes.maps import MapRecipe

FIELDS = ("stem", "name", "folder")
"""What the pattern of maps may hold: the photo's name without and with its suffix, and its folder."""


@dataclass(frozen=True)
class Plan:
    """The folders and the recipe.

    Attributes:
        folders: of photos, with all below them.
        out: where the results go, in the same structure.
        recipe: for every photo; its annotations may be a folder with a file for each.
        map_for: a pattern of the maps' paths, such as "maps/{stem}.png"; None where the recipe says it.
        records: the folder of this machine where journal, table and summary lie; None for that of the results.
        weights: names the model's weights, so that with others everything is done anew.
        thorough: the files are searched for.
    """

    folders: tuple[Path, ...]
    out: Path
    recipe: MapRecipe
    map_for: str | None = None
    target_bytes: int | None = None
    target_bpp: float | None = None
    strip: Strip = "none"
    weights: str = ""
    records: Path | None = None
    thorough: bool = False

    def __post_init__(self) -> None:
        if stores.is_url(self.records or self.out):
            text = tr("{folder} is an object store; a folder of this machine is needed for the journal and the table.")
            raise FileAccessError(text.format(folder=stores.url_of(self.records or self.out)))
        if self.map_for is not None:
            check_pattern(self.map_for)

    def entries(self) -> Iterator["Task | Found"]:
        """A task for each photo, and what could not be looked into."""
        for found in photos_below(self.folders, self.out):
            yield found if found.error else self._task(found)

    @property
    def kept(self) -> Path:
        """The folder of journal, table and summary."""
        return self.records or self.out

    def is_written(self, task: Task) -> bool:
        """Whether a task's file is there."""
        if stores.is_url(task.output):
            return self._listings.state(task.output) is not None
        return task.output.is_file()

    def _task(self, found: Found) -> Task:
        recipe, notices = self._recipe(found)
        return Task(
            found.place,
            found.path,
            self.out / (found.place + SUFFIX),
            recipe,
            self.target_bytes,
            self.target_bpp,
            self.strip,
            self._made_of(found, recipe),
            notices,
            found.size,
            self.thorough,
        )

    def _recipe(self, found: Found) -> tuple[MapRecipe, tuple[str, ...]]:
        """That of a photo, and a sentence where it has no annotations: then it is all rest."""
        path = found.path
        if self.map_for is not None:
            values = {"stem": path.stem, "name": path.name, "folder": path.parent}
            return replace(self.recipe, map=Path(self.map_for.format(**values))), ()
        if self._annotations is None:
            return self.recipe, ()
        own = self._annotations.of(PictureIdentity(PurePath(path), 1, 1))
        if own is not None:
            return replace(self.recipe, annotations=own), ()
        rest = self.recipe.rules.rest
        quality = self.recipe.quality if rest is None else rest
        text = tr("{folder} has no file of annotations for {name}.")
        notice = text.format(folder=self.recipe.annotations, name=path.name)
        return replace(self.recipe, annotations=None, quality=quality), (notice,)

    @cached_property
    def _annotations(self) -> FolderIndex | None:
        annotations = self.recipe.annotations
        if annotations is None:
            return None
        if not stores.is_url(annotations):
            return FolderIndex(annotations) if annotations.is_dir() else None
        if not stores.is_folder(annotations):
            text = tr("{url} is no folder; in an object store a folder with a file for each photo was expected.")
            raise AnnotationError(text.format(url=stores.url_of(annotations)))
        return FolderIndex(annotations, self._listings.names(annotations))

    @cached_property
    def _listings(self) -> stores.Listings:
        return stores.Listings()

    def _made_of(self, found: Found, recipe: MapRecipe) -> str:
        parts = [found.size, found.changed_ns, self._state(recipe.map), self._state(recipe.annotations), recipe.quality]
        return hashlib.sha256(json.dumps([parts, self._for_all]).encode()).hexdigest()[:24]

    @cached_property
    def _for_all(self) -> list[object]:
        """What is the same for every photo."""
        recipe = self.recipe
        searched = ["thorough"] if self.thorough else []
        sizes = [self.target_bytes, self.target_bpp]
        return [rules_text(recipe.rules), recipe.chosen, *sizes, self.strip, self.weights, *searched]

    def _state(self, path: Path | None) -> list[object] | None:
        """Which file it is, and of when."""
        if path is None:
            return None
        if stores.is_url(path):
            return [str(path), self._listings.state(path)]
        try:
            status = path.stat()
        except OSError:
            return [str(path)]
        return [str(path), status.st_size, status.st_mtime_ns]


def check_pattern(pattern: str) -> None:
    """QualityMapError if a pattern of maps' paths has no place for what tells photos apart."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError as error:
        raise QualityMapError(tr("{pattern} is no pattern: {reason}.").format(pattern=pattern, reason=error)) from error
    if not names & {"stem", "name"} or not names <= set(FIELDS):
        text = tr("{pattern} needs {{stem}} or {{name}}, for the photo's name without or with its suffix.")
        raise QualityMapError(text.format(pattern=pattern))
