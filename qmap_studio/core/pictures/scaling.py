"""Samples of any type as bytes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr

_FULL_SCALES = (255, 65535)


@dataclass(frozen=True)
class Scale:
    """What counts as full intensity.

    Attributes:
        full: the value that becomes 255.
        is_guessed: the values led to it, not the file's own word.
    """

    full: int
    is_guessed: bool = False


def scale_of(values: NDArray[Any], name: str) -> Scale:
    """The scale of floats, of signed integers and of integers of 32 bits and more, by the range of their values.

    Floats from 0 to 1 are taken as they are. Otherwise full intensity is 255, 65535 or, for integers, the largest that
    they hold: the first that no value is above, if the brightest reaches a sixteenth of it.

    Raises:
        ImageError: none is; a value is negative, infinite or no number.
    """
    low, high = values.min().item(), values.max().item()
    if not np.isfinite([low, high]).all():
        raise ImageError(
            tr("{name} has values that are no numbers, or infinite; fill them with values from 0 to 1 first.").format(
                name=name
            )
        )
    is_float = values.dtype.kind == "f"
    scales = _FULL_SCALES if is_float else (*_FULL_SCALES, int(np.iinfo(values.dtype).max))
    if is_float and low >= 0 and high <= 1:
        return Scale(1)
    full = next((full for full in scales if high <= full), None)
    if low >= 0 and full is not None and (high * 16 >= full or (not is_float and full == 255)):
        return Scale(full, is_guessed=True)
    raise ImageError(
        tr(
            "{name} has values from {low:g} to {high:g}; values from 0 to 1, 0 to 255 or 0 to 65535 were expected. "
            "Scale them to that, or save it as TIFF or PNG of 16 bits."
        ).format(name=name, low=low, high=high)
    )


def to_bytes(values: NDArray[Any], scale: Scale, is_premultiplied: bool = False) -> NDArray[np.uint8]:
    """Rounds to 8 bits.

    Args:
        values: (H, W, C), from 0 to the scale's full intensity.
        is_premultiplied: the last channel is alpha and the others were multiplied by it.
    """
    if not is_premultiplied and values.dtype.kind == "u" and scale.full <= 65535:
        if scale.full == 255:
            return values.astype(np.uint8)
        if scale.full == 65535:  # rounds exactly, in half the time of a table
            return ((values.astype(np.uint32) * 255 + 32895) >> 16).astype(np.uint8)
        table = np.rint(np.arange(scale.full + 1) * (255 / scale.full)).astype(np.uint8)
        return np.take(table, values)
    pixels = np.empty(values.shape, np.uint8)
    for row, source in zip(pixels, values, strict=True):  # a row at a time: floats of 64 bits take eight times the room
        fractions = source / np.float64(scale.full)
        if is_premultiplied:
            alpha = fractions[..., -1:]
            fractions[..., :-1] = np.divide(
                fractions[..., :-1], alpha, out=np.zeros_like(fractions[..., :-1]), where=alpha > 0
            )
        row[...] = np.rint(np.clip(fractions, 0, 1) * 255)
    return pixels
