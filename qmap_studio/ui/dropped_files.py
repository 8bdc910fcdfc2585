"""What is meant by files that are dropped together."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qmap_studio.core.language import ngettext, tr

NOT_READ = (".jsonl",)
"""Of annotations of which reading them says what is to be done."""


@dataclass(frozen=True)
class DroppedFiles:
    """The first file of each kind counts.

    Attributes:
        photo: to be opened, a photo, a project or an `.sfc` file; also a file of no known kind, if there is no better
            one.
        quality_map, annotations: for that photo, or for the one that is open.
        left_out: how many files are none of these.
        more_photos: to be opened besides.
    """

    photo: Path | None
    quality_map: Path | None
    annotations: Path | None
    left_out: int
    more_photos: tuple[Path, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[Path]) -> "DroppedFiles":
        """Sorts files by their suffixes."""
        from qmap_studio.core.pictures import picture_suffixes  # behind the window

        annotated = {*annotation_suffixes(), *NOT_READ} - {*picture_suffixes(), ".npy"}
        photos, maps, annotations, others = [], [], [], []
        for path in paths:
            suffix = path.suffix.lower()
            if suffix in annotated:
                annotations.append(path)
            elif suffix == ".npy":
                maps.append(path)
            else:
                (photos if suffix in (*picture_suffixes(), ".sfc", ".qmapproj") else others).append(path)
        taken = [kind[:1] for kind in (photos or ([] if maps or annotations else others), maps, annotations)]
        left_out = sum(map(len, (photos[:1], maps, annotations, others))) - sum(map(len, taken))
        first = (kind[0] if kind else None for kind in taken)
        return cls(*first, left_out=left_out, more_photos=tuple(photos[1:]))

    @property
    def meaning(self) -> str:
        """What dropping them does, in a few words."""
        match self.photo, self.quality_map, self.annotations:
            case Path(), None, None if self.more_photos:
                count = 1 + len(self.more_photos)
                return ngettext("Open {count} file", "Open {count} files", count).format(count=count)
            case Path() as photo, None, None:
                return tr("Open {photo}").format(photo=photo.name)
            case Path() as photo, Path(), None:
                return tr("Open {photo} with its map").format(photo=photo.name)
            case Path() as photo, None, Path():
                return tr("Open {photo} with its annotations").format(photo=photo.name)
            case Path() as photo, Path(), Path():
                return tr("Open {photo} with its map and annotations").format(photo=photo.name)
            case None, Path() as quality_map, None:
                return tr("Import the map {name}").format(name=quality_map.name)
            case None, None, Path() as annotations:
                return tr("Import annotations from {name}").format(name=annotations.name)
            case _:
                return tr("Import a map and annotations")


def annotation_suffixes() -> list[str]:
    """Of every format of annotations that can be read, such as ".json"."""
    from qmap_studio.document.annotations.all_formats import all_formats  # loads OpenCV, which a photo needs anyway

    return list(all_formats().suffixes)
