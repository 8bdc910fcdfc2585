"""What a person asks of a batch, as the settings remember it, and the plan that comes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio.core.language import tr
from qmap_studio.core.settings import Settings
from qmap_studio.core.threads import cores

if TYPE_CHECKING:
    from qmap_studio.batch import Plan
    from qmap_studio.document.annotations.rules import Rules


@dataclass(frozen=True)
class Choices:
    """All there is to choose.

    Attributes:
        folders: of photos.
        results: a folder; empty as long as none is chosen.
        map: "quality", "pattern" or "annotations": which of the three fields of these names counts.
        rules: a file, or empty for those that were used last.
        limit: "none", "bytes" or "bpp".
        strip: the metadata that the files do not get.
        processes: side by side.
        thorough: the files are searched for.
    """

    folders: tuple[str, ...]
    results: str
    map: str
    quality: float
    pattern: str
    annotations: str
    rules: str
    limit: str
    kilobytes: float
    bpp: float
    strip: str
    processes: int
    thorough: bool

    @classmethod
    def of(cls, settings: Settings) -> "Choices":
        return cls(
            tuple(settings.batch_folders),
            settings.batch_results,
            settings.batch_map,
            settings.batch_quality,
            settings.batch_pattern,
            settings.batch_annotations,
            settings.batch_rules,
            settings.batch_limit,
            settings.batch_kilobytes,
            settings.batch_bpp,
            settings.strip_metadata,
            round(settings.batch_processes) or usual_processes(),
            settings.export_thorough,
        )

    def keep(self, settings: Settings) -> None:
        """Has them remembered."""
        settings.batch_folders, settings.batch_results = list(self.folders), self.results
        settings.batch_map, settings.batch_quality, settings.batch_pattern = self.map, self.quality, self.pattern
        settings.batch_annotations, settings.batch_rules = self.annotations, self.rules
        settings.batch_limit, settings.batch_kilobytes, settings.batch_bpp = self.limit, self.kilobytes, self.bpp
        settings.strip_metadata, settings.export_thorough = self.strip, self.thorough
        settings.batch_processes = 0 if self.processes == usual_processes() else self.processes

    @property
    def missing(self) -> str:
        """What is to be said first, in a sentence; empty if it can start."""
        if not self.folders:
            return tr("Add a folder of photos.")
        if not self.results:
            return tr("Choose a folder for the results.")
        if self.map == "pattern" and not self.pattern:
            return tr("Say where the maps are.")
        if self.map == "annotations" and not self.annotations:
            return tr("Choose the annotations.")
        return ""

    def plan(self, model: str, last_rules: str) -> "Plan":
        """Reads the rules and looks for the model's weights, which takes a moment.

        Args:
            last_rules: the text of those that were used last.
        Raises:
            QMapStudioError: a choice does not hold; says which.
        """
        from qmap_studio.batch import Plan
        from qmap_studio.batch.weights import weights_digest
        from qmap_studio.core.errors import FileAccessError
        from qmap_studio.recipes.maps import MapRecipe

        folders, results = tuple(map(_path, self.folders)), _path(self.results)
        if any(
            results == folder or (results.exists() and folder.exists() and results.samefile(folder))
            for folder in folders
        ):
            raise FileAccessError(tr("The results need a folder of their own, not one of photos."))
        recipe = MapRecipe(self.quality)
        if self.map == "annotations":
            annotations = _path(self.annotations)
            if not annotations.exists():
                raise FileAccessError(tr("{path} does not exist.").format(path=annotations))
            recipe = MapRecipe(annotations=annotations, rules=self._read_rules(last_rules))
        return Plan(
            folders,
            results,
            recipe,
            str(Path(self.pattern).expanduser()) if self.map == "pattern" else None,
            round(self.kilobytes * 1000) if self.limit == "bytes" else None,
            self.bpp if self.limit == "bpp" else None,
            self.strip,
            weights_digest(model),
            thorough=self.thorough,
        )

    def _read_rules(self, last_rules: str) -> "Rules":
        from qmap_studio.document.annotations.rules_file import read_rules, rules_of

        return read_rules(_path(self.rules)) if self.rules else rules_of(last_rules, tr("settings"))


def usual_processes() -> int:
    """One core is left to the window and its engine."""
    return max(cores() - 1, 1)


def last_rules(settings: Settings) -> str:
    """The text of the rules that were used last; empty, which stands for the usual ones, before there were any."""
    return next(reversed(settings.annotated.values()), ("", ""))[1]


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()
