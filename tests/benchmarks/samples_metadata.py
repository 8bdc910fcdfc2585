"""What picture files say besides their pixels, as ExifTool reads them, and what one says that another does not."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

Facts = dict[str, object]  # ExifTool's values by "group:subgroup:tag"

# Of a TIFF file's first directory only what describes the picture; the rest lays out its pixels.
_DESCRIPTIVE = {
    *("Make", "Model", "Software", "ModifyDate", "Artist", "Copyright", "ImageDescription", "DocumentName"),
    *("HostComputer", "XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject", "Rating"),
}
_DIRECTORIES = ("EXIF:ExifIFD:", "EXIF:GPS:", "EXIF:InteropIFD:")
_INCH_AND_CENTIMETRE = {"JFIF": (1, 2), "EXIF:IFD0": (2, 3), "Photoshop": (1, 2)}
_COMMENTS = ("File:Comment", "GIF:Comment", "PNG:Comment")
_DESCRIPTION = "EXIF:IFD0:ImageDescription"  # where a comment stands in a TIFF file


def facts_of(exiftool: str, *paths: Path) -> list[Facts]:
    """What each file says; nothing where ExifTool does not read it."""
    command = [exiftool, "-json", "-G0:1", "-n", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    answers = {facts["SourceFile"]: facts for facts in json.loads(done.stdout or b"[]")}
    return [answers.get(str(path), {}) for path in paths]


def losses(before: Facts, after: Facts) -> Iterator[tuple[str, str, str]]:
    """What the second file lacks: its kind, a pattern of the words that tell it, and the details."""
    exif = sorted(_exif_tags(before) - _exif_tags(after))
    if exif:
        yield "EXIF", "EXIF|metadata", ", ".join(exif[:6]) + (f" and {len(exif) - 6} more" if len(exif) > 6 else "")
    for kind, group, words in (
        ("the maker's note", "MakerNotes", "EXIF|maker|metadata"),
        ("the colour profile", "ICC_Profile", "profile|colours"),
        ("XMP", "XMP", "XMP|metadata"),
        ("IPTC", "IPTC", "IPTC|metadata"),
    ):
        if _has(before, group) and not _has(after, group):
            yield kind, words, ""
    is_kept = any(name in after for name in _COMMENTS) or (_DESCRIPTION in after and _DESCRIPTION not in before)
    if not is_kept and (comments := [str(before[name]) for name in _COMMENTS if name in before]):
        yield "the comment", "comment|metadata", comments[0][:40]
    if _resolution(before) is not None and _resolution(after) is None:
        yield "the resolution", "resolution|dpi|metadata", str(_resolution(before))


def _exif_tags(facts: Facts) -> set[str]:
    tags = {name.rsplit(":", 1)[1] for name in facts if name.startswith(_DIRECTORIES)}
    described = {name.rsplit(":", 1)[1] for name in facts if name.startswith("EXIF:IFD0:")}
    return tags | (described & _DESCRIPTIVE)


def _has(facts: Facts, group: str) -> bool:
    return any(name.startswith(f"{group}:") for name in facts)


def _resolution(facts: Facts) -> float | None:
    """Pixels an inch across, where a unit of length is given."""
    if facts.get("PNG:PNG-pHYs:PixelUnits") == 1:
        return round(float(str(facts["PNG:PNG-pHYs:PixelsPerUnitX"])) * 0.0254, 1)
    for group, (inch, centimetre) in _INCH_AND_CENTIMETRE.items():
        unit, value = facts.get(f"{group}:ResolutionUnit"), facts.get(f"{group}:XResolution")
        if unit in (inch, centimetre) and isinstance(value, int | float):
            return round(value * (2.54 if unit == centimetre else 1), 1)
    return None
