"""The names of a mask's values: CVAT's labelmap.txt, else the lists that `class_names.py` finds.

    # label:color_rgb:parts:actions
    background:0,0,0::
    person:192,128,128::

A list that begins with a background counts from 0, any other from 1, for 0 is the background of masks.
"""

from dataclasses import dataclass, field
from pathlib import Path

from qmap_studio.document.annotations.formats.class_names import find_data_set
from qmap_studio.document.annotations.text_file import NoTextError, TextFile

_MAX_BYTES = 2**18
_BACKGROUNDS = {"background", "bg", "unlabeled", "unlabelled", "void"}
_OF_THINGS = "SegmentationObject"
"""The folder in which the values of Pascal VOC's masks are things, not classes."""


@dataclass(frozen=True)
class MaskNames:
    """Names by number, and by colour 0xRRGGBB."""

    by_number: tuple[str, ...] = ()
    by_colour: dict[int, str] = field(default_factory=dict)

    def name_of(self, number: int | None, colour: int | None) -> str | None:
        """The name of a value that is a number, or has a colour, or both."""
        if self.by_colour:
            return None if colour is None else self.by_colour.get(colour)
        return self.by_number[number] if number is not None and number < len(self.by_number) else None


def find_mask_names(path: Path) -> MaskNames:
    """Those beside a mask or in one of the three folders above it."""
    if path.absolute().parent.name == _OF_THINGS:
        return MaskNames()
    for folder in path.absolute().parents[:4]:
        if colours := _colours(folder / "labelmap.txt"):
            return MaskNames(by_colour=colours)
    names = find_data_set(path).names
    begins_with_background = bool(names) and names[0].strip(" _").casefold() in _BACKGROUNDS
    return MaskNames(names if begins_with_background or not names else ("", *names))


def _colours(path: Path) -> dict[int, str]:
    try:
        file = TextFile(path)
        text = file.text() if file.size_bytes <= _MAX_BYTES else ""
    except (OSError, NoTextError):
        return {}
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        channels = rest.partition(":")[0].split(",")
        if len(channels) == 3 and all(part.strip().isdecimal() and int(part) < 256 for part in channels):
            red, green, blue = map(int, channels)
            found[red << 16 | green << 8 | blue] = name.strip()
    return found
