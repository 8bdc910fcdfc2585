"""JPEG 2000 files as their channels and depths want it (ISO 15444-1, annexes A and I), where Pillow does not."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures.depth import jpeg2000_bits

_SYCC = 18
_HEAD_BYTES = 1 << 16
_BOXES = (b"jp2h",)  # those that hold boxes


def as_meant(image: Image.Image, file: BinaryIO, head: bytes, path: Path) -> Image.Image:
    """The image, decoded if needed, with its channels in order, its colour profile, and white at 255.

    Raises:
        ImageError: it would be shown in wrong colours.
    """
    bits = jpeg2000_bits(head)
    if bits > 8 and image.mode in ("RGB", "RGBA"):  # Pillow lets white run over to black
        return _of_deep_colours(image, file, head, path)
    ordered = in_usual_order(image, head, path)
    if not 0 < bits < 8:
        return ordered
    white = ((1 << bits) - 1) << (8 - bits)  # Pillow only shifts
    scaled = ordered.point([min(255, round(value * 255 / white)) for value in range(256)] * len(ordered.getbands()))
    scaled.info, scaled.format = ordered.info, ordered.format
    return scaled


def _of_deep_colours(image: Image.Image, file: BinaryIO, head: bytes, path: Path) -> Image.Image:
    """Colours of more than 8 bits a channel, with 8."""
    from qmap_studio.core.opencv import cv2

    boxes = dict(_boxes(head, 0, len(head)))
    count = len(image.getbands())
    order = _order(boxes.get(b"cdef", b""), count)
    is_plain = order == list(range(count)) and _steps(head) == (1, 1)
    if not is_plain or _colour_space(boxes.get(b"colr", b"")) == _SYCC:
        raise _refusal(path, tr("more than 8 bits and colours in an unusual form"))
    file.seek(0)
    values = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None or values.shape != (image.height, image.width, count):
        raise _refusal(path, tr("more than 8 bits and colours in an unusual form"))
    values = cv2.cvtColor(values, cv2.COLOR_BGR2RGB if count == 3 else cv2.COLOR_BGRA2RGBA)
    full = (1 << jpeg2000_bits(head)) - 1
    decoded = Image.fromarray(np.rint(values * np.float32(255 / full)).clip(0, 255).astype(np.uint8))
    if (profile := _profile(boxes.get(b"colr", b""))) is not None:
        image.info["icc_profile"] = profile
    decoded.info, decoded.format = image.info, image.format
    return decoded


def in_usual_order(image: Image.Image, head: bytes, path: Path) -> Image.Image:
    """The image, decoded if needed, with its channels as red, green, blue, alpha, and its colour profile.

    Raises:
        ImageError: its channels mean something that would be shown in wrong colours.
    """
    boxes = dict(_boxes(head, 0, len(head)))
    if (profile := _profile(boxes.get(b"colr", b""))) is not None:
        image.info["icc_profile"] = profile
    order = _order(boxes.get(b"cdef", b""), len(image.getbands()))
    if order is None:
        raise _refusal(path, tr("channels in an unusual order"))
    across, down = _steps(head)
    is_sycc = _colour_space(boxes.get(b"colr", b"")) == _SYCC
    if is_sycc and order != sorted(order):  # made RGB as if they were in order
        raise _refusal(path, tr("YCC channels in an unusual order"))
    if (across, down) != (1, 1) and not (is_sycc and image.width % across == 0 == image.height % down):
        raise _refusal(path, tr("colours at a lower resolution that does not fit"))
    if order == sorted(order):
        return image
    bands = image.split()
    merged = Image.merge(image.mode, [bands[index] for index in order])
    merged.info, merged.format = image.info, image.format
    return merged


def _order(definition: bytes, count: int) -> list[int] | None:
    """Which stored channel is which of the image; None where an image cannot be put in order."""
    usual = list(range(count))
    if len(definition) < 2:
        return usual
    (entries,) = struct.unpack_from(">H", definition)
    if len(definition) < 2 + 6 * entries:
        return usual
    order: dict[int, int] = {}
    for entry in range(entries):
        channel, kind, association = struct.unpack_from(">HHH", definition, 2 + 6 * entry)
        if kind == 0 and 1 <= association <= count:
            order[association - 1] = channel
        elif kind in (1, 2):
            order[count - 1] = channel
    places = [order.get(index, index) for index in usual]
    return places if sorted(places) == usual else None


def colour_space(file: BinaryIO) -> int | None:
    """The number of the colour space that a file names (annex I.5.3.3, and annex M of part 2); None for a profile."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    return _colour_space(dict(_boxes(head, 0, len(head))).get(b"colr", b""))


def _profile(specification: bytes) -> bytes | None:
    is_profile = specification[:1] in (b"\2", b"\3") and specification[39:43] == b"acsp"
    return specification[3:] if is_profile else None


def _colour_space(specification: bytes) -> int | None:
    """The enumerated colour space; None for a profile."""
    is_enumerated = len(specification) >= 7 and specification[0] == 1
    return int.from_bytes(specification[3:7], "big") if is_enumerated else None


def _steps(head: bytes) -> tuple[int, int]:
    """How much coarser than the first the coarsest component is, across and down (marker SIZ, annex A.5.1)."""
    start = head.find(b"\xff\x4f\xff\x51") + 4
    if start < 4 or len(head) < start + 41:
        return 1, 1
    (count,) = struct.unpack_from(">H", head, start + 36)
    steps = head[start + 38 : start + 38 + 3 * count]
    across, down = steps[1::3], steps[2::3]
    return max(across) // max(across[0], 1), max(down) // max(down[0], 1)


def _boxes(head: bytes, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file's first bytes, those inside of others too."""
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", head, start)
        stop = end if length == 0 else start + length
        if length == 1 or stop > end or stop < start + 8:
            return
        if kind in _BOXES:
            yield from _boxes(head, start + 8, stop)
        yield kind, head[start + 8 : stop]
        start = stop


def _refusal(path: Path, reason: str) -> ImageError:
    return ImageError(
        tr("{path} is a JPEG 2000 file with {reason}, which cannot be read rightly; save it as PNG or TIFF.").format(
            path=path, reason=reason
        )
    )
