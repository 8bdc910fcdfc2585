"""Masks as run lengths, as COCO writes them: column by column, beginning with background.

{"size": [height, width], "counts": [5, 3, 40, ...]} or the same counts packed into text, 5 bits a character.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.rect import Rect
from qmap_studio.document.annotations.values import MOST_PIXELS
from qmap_studio.document.shapes import Mask


def mask_of_run_lengths(segmentation: Mapping[str, Any], where: str) -> Mask:
    """The mask, cut to what is set of it.

    Args:
        segmentation: `size` and `counts`.
        where: what is read, for messages.
    Raises:
        AnnotationError: the runs are damaged, do not fill the mask, or set nothing of it.
    """
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(type(side) is int and 0 < side < 2**31 for side in size)):
        raise AnnotationError(tr("{where} has a mask without a size [height, width].").format(where=where))
    if isinstance(counts, str):
        counts = _unpacked(counts, where)
    if not (isinstance(counts, list) and all(type(count) is int and 0 <= count < 2**62 for count in counts)):
        raise AnnotationError(tr("{where} has a mask whose run lengths are no counts.").format(where=where))
    height, width = size
    if height > MOST_PIXELS or width > MOST_PIXELS:
        raise AnnotationError(tr("{where} has a mask that is too large.").format(where=where))
    if sum(counts) != height * width:
        found = sum(counts)
        text = ngettext(
            "{where} has a mask of {found} pixel; its size says {expected}.",
            "{where} has a mask of {found} pixels; its size says {expected}.",
            found,
        )
        raise AnnotationError(text.format(where=where, found=found, expected=height * width))
    edges = np.concatenate([[0], np.cumsum(np.array(counts, np.int64))])
    starts, ends = edges[1:-1:2], edges[2::2]
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    if not starts.size:
        raise AnnotationError(tr("{where} has an empty mask.").format(where=where))
    bounds = _bounds(starts, ends - 1, height)
    if bounds.area > MOST_PIXELS:
        raise AnnotationError(tr("{where} has a mask that is too large.").format(where=where))
    columns = np.zeros(bounds.width * height, bool)  # the whole ones that the box is in
    for start, end in zip((starts - bounds.x * height).tolist(), (ends - bounds.x * height).tolist(), strict=True):
        columns[start:end] = True
    pixels = columns.reshape(bounds.width, height)[:, bounds.y : bounds.bottom]
    return Mask(bounds.x, bounds.y, np.ascontiguousarray(pixels.T))


def _bounds(first: NDArray[np.int64], last: NDArray[np.int64], height: int) -> Rect:
    left, right = int(first.min()) // height, int(last.max()) // height
    if (first // height != last // height).any():
        # A run over the end of a column holds that column's last pixel and the next one's first.
        top, bottom = 0, height - 1
    else:
        top, bottom = int((first % height).min()), int((last % height).max())
    return Rect(left, top, right - left + 1, bottom - top + 1)


def _unpacked(text: str, where: str) -> list[int]:
    """Counts from text: 5 bits a character from "0" on, lowest first, bit 5 says that more follow, the last of them
    carries the sign; from the fourth count on, the difference to the count two before."""
    counts: list[int] = []
    position = 0
    while position < len(text):
        value, shift, more = 0, 0, True
        while more:
            code = ord(text[position]) - 48 if position < len(text) else -1
            if not 0 <= code < 64 or shift > 60:
                raise AnnotationError(
                    tr("{where} has a mask whose packed run lengths are damaged.").format(where=where)
                )
            value |= (code & 31) << shift
            shift += 5
            more = bool(code & 32)
            position += 1
            if not more and code & 16:
                value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        counts.append(value)
    return counts
