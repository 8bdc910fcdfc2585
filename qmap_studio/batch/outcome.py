"""What has come of a photo: one line of the table."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Outcome:
    """Figures of a photo's file, or why there is none.

    Attributes:
        photo: its path below the folders that were asked for.
        file: that of its `.sfc` file below the folder of results.
        bytes: of the file; None where there is none.
        psnr, ms_ssim: overall; the others where the map is above the quality that parts it best in two, and where it is
            not; None for a uniform map. Decibels; infinity where nothing was lost.
        seconds: it took.
        notices: sentences on what was decided or left out.
        error: why there is no file, in a sentence; empty if there is one.
        is_disk_full: no other photo can be written either.
    """

    photo: str
    file: str
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    bpp: float | None = None
    psnr: float | None = None
    psnr_inside: float | None = None
    psnr_outside: float | None = None
    ms_ssim: float | None = None
    ms_ssim_inside: float | None = None
    ms_ssim_outside: float | None = None
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    error: str = ""
    is_disk_full: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", (), False)}

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Self:
        """What `to_json` gave; what it does not know is left out.

        Raises:
            KeyError, TypeError: something else gave it.
        """
        known = {each.name: stored[each.name] for each in fields(cls) if each.name in stored}
        names = stored["photo"], stored["file"], known.get("error", "")
        numbers = [known[name] for name in _NUMBERS if name in known]
        notices = known.get("notices", [])
        if not all(isinstance(text, str) for text in (*names, *notices)) or not isinstance(notices, list):
            raise TypeError
        if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
            raise TypeError
        return cls(**{**known, "notices": tuple(notices)})

    def row(self) -> list[str]:
        """As cells of a table, in the order of `COLUMNS`."""
        return [_cell(getattr(self, name)) for name in COLUMNS]


COLUMNS = tuple(each.name for each in fields(Outcome) if each.name != "is_disk_full")
_NUMBERS = frozenset(COLUMNS) - {"photo", "file", "notices", "error"}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, float):
        return "inf" if math.isinf(value) else f"{value:.4f}"
    return str(value)
