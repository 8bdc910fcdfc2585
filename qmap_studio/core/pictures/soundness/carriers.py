"""Where a picture's file keeps its metadata, and how a part of it is put out of effect."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import BinaryIO

from qmap_studio.core.language import N_, tr

# No JPEG file can hold a larger profile, so whatever was read once can be written and read again.
MAX_BYTES = 16 << 20


class Part(Enum):
    """What metadata tells; the value is its name for people, marked for translation."""

    EXIF = N_("EXIF data")
    PROFILE = N_("colour profile")
    XMP = N_("XMP data")
    TEXT = N_("text")
    RESOLUTION = N_("resolution")
    COLOUR = N_("description of the colours")
    ANIMATION = N_("animation")
    EXTRA = N_("private data of a program")


class State(Enum):
    """What is wrong with a part."""

    SOUND = "sound"
    DAMAGED = "damaged"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Carrier:
    """A piece of a file that holds metadata.

    Attributes:
        patches: offsets in the file and the bytes that, written there, make readers pass over the piece.
    """

    part: Part
    state: State
    patches: tuple[tuple[int, bytes], ...]


def without(file: BinaryIO, carriers: Iterable[Carrier]) -> BinaryIO:
    """A file in memory that is the given one without some of its metadata; all else stays where it is."""
    file.seek(0)
    content = bytearray(file.read())
    for carrier in carriers:
        for offset, patch in carrier.patches:
            content[offset : offset + len(patch)] = patch
    return BytesIO(content)


def notices(left_out: Iterable[tuple[Part, State]], name: str) -> tuple[str, ...]:
    """What was left out of a file, in sentences that name it."""
    found = list(dict.fromkeys(left_out))
    damaged = [tr(part.value) for part, state in found if state is State.DAMAGED]
    large = [tr(part.value) for part, state in found if state is State.TOO_LARGE]
    sentences = []
    if damaged:
        # For translators: {parts} is a list such as "EXIF data, colour profile".
        sentences.append(
            tr("{name}: metadata is damaged and was left out: {parts}.").format(name=name, parts=", ".join(damaged))
        )
    if large:
        sentences.append(
            tr("{name}: metadata of more than {limit} MB was left out: {parts}.").format(
                name=name, limit=MAX_BYTES >> 20, parts=", ".join(large)
            )
        )
    return tuple(sentences)
