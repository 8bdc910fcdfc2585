"""Masks as Label Studio's brush writes them: the RGBA bytes of the whole picture, run by run, as a list of bytes.

Its bits, the highest first, are: 32 for the count of words (4 a pixel); 5 for the bits of a word, less 1; four times 4
for the bits of a length, less 1; then runs. A run is a bit that is 1 if one word stands for all of it, 2 bits that
choose how long its length is, the length less 1, and its word or words. What is set of a mask has an alpha above 0.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.values import MOST_PIXELS

_WORD, _HEADER = 8, 53
_MOST_BYTES = 2**20


def brush_mask(rle: Any, width: int, height: int, where: str) -> NDArray[np.bool_]:
    """The pixels that are set, bool (height, width).

    Args:
        rle: bytes as numbers.
    Raises:
        AnnotationError: they are no such mask, or one of another size.
    """
    if width * height > MOST_PIXELS or (isinstance(rle, list) and len(rle) > _MOST_BYTES):
        raise AnnotationError(tr("{where} has a mask that is too large.").format(where=where))
    try:
        data = bytes(rle if isinstance(rle, list) else [])
    except (TypeError, ValueError):
        data = b""
    header = int.from_bytes(data[:8].ljust(8, b"\0"), "big")
    sizes = [(header >> shift & 15) + 1 for shift in (23, 19, 15, 11)]
    pixels = np.zeros(width * height, bool)
    if header >> 32 != 4 * pixels.size or (header >> 27 & 31) + 1 != _WORD or not _fill(pixels, data, sizes):
        raise AnnotationError(tr("{where} has a mask that is damaged.").format(where=where))
    return pixels.reshape(height, width)


def _fill(pixels: NDArray[np.bool_], data: bytes, sizes: list[int]) -> bool:
    """Sets pixels by the runs; False if the data end too early or too late."""
    words, end = 4 * pixels.size, 8 * len(data)
    data += bytes(8)
    word, bit = 0, _HEADER
    while word < words:
        offset = bit & 7
        window = int.from_bytes(data[bit >> 3 : (bit >> 3) + 8], "big")
        kind = window >> (61 - offset) & 7
        size = sizes[kind & 3]
        count = (window >> (61 - offset - size) & ((1 << size) - 1)) + 1
        bit += 3 + size
        # The alpha of pixel n is word 4 n + 3.
        part = slice(word // 4, (word + count) // 4)
        is_one = kind & 4 or count == 1
        bits = _WORD if is_one else _WORD * count
        word += count
        if word > words or bit + bits > end:
            return False
        if is_one:
            pixels[part] = window >> (61 - offset - size - _WORD) & 255
        else:
            pixels[part] = _words(data, bit, count)[(3 - word + count) % 4 :: 4]
        bit += bits
    return True


def _words(data: bytes, bit: int, count: int) -> NDArray[np.uint8]:
    """Words that begin at a bit, uint8 (count,)."""
    parts = np.frombuffer(data, np.uint8, count + 1, bit >> 3).astype(np.uint16)
    return ((parts[:-1] << 8 | parts[1:]) >> (8 - (bit & 7))).astype(np.uint8)
