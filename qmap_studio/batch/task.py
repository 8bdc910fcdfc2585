"""One photo to be coded: paths and numbers, which travel to another process or machine."""

from dataclasses import dataclass
from pathlib import Path

from qmap_studio.core.strip import Strip
from qmap_studio.recipes.maps import MapRecipe


@dataclass(frozen=True)
class Task:
    """What makes a photo's file.

    Attributes:
        place: of the photo below the folders that were asked for; names it in the table and the journal.
        photo, output: where it lies, and where its file goes.
        recipe: of its own map.
        made_of: names everything that the file is made of: where that is the same, the file is.
        notices: sentences on how its map was found.
        size: of the photo's file, in bytes; -1 where it is not known.
        thorough: the file is searched for.
    """

    place: str
    photo: Path
    output: Path
    recipe: MapRecipe
    target_bytes: int | None = None
    target_bpp: float | None = None
    strip: Strip = "none"
    made_of: str = ""
    notices: tuple[str, ...] = ()
    size: int = -1
    thorough: bool = False

    @property
    def file(self) -> str:
        """The name of its file below the folder of results."""
        return self.place + SUFFIX


SUFFIX = ".sfc"
"""Follows the photo's whole name, so that a.jpg and a.png in one folder do not meet."""
