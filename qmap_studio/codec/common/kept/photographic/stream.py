"""The stream of a tile's kept pixels: their codes, their mean, and residuals."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.fields import FieldReader, number
from qmap_studio.codec.common.kept.codes import NOT_KEPT, Codes, are_valid
from qmap_studio.codec.common.kept.photographic.colour import HIGHEST, LOWEST, PLANES, to_pixels, to_planes
from qmap_studio.codec.common.kept.photographic.mask import pack_codes, unpack_codes
from qmap_studio.codec.common.kept.photographic.neighbours import Floats
from qmap_studio.codec.common.kept.photographic.residuals import expected
from qmap_studio.codec.common.kept.photographic.tables import network, tables
from qmap_studio.codec.common.kept.photographic.walk import Question, walk
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.language import tr

_GREY, _COLOUR = 1, PLANES


def pack(values: NDArray[np.uint8], codes: Codes) -> bytes:
    """Codes what is kept of a part of a tile, at least one pixel.

    Args:
        values: uint8 (H, W, 3), as they are stored.
        codes: uint8 (H, W).
    """
    kept = codes != NOT_KEPT
    mean = (values[kept].sum(axis=0, dtype=np.int64) // np.count_nonzero(kept)).astype(np.uint8)
    planes = to_planes(values).astype(np.float32)
    count = _COLOUR if planes[1:, kept].any() else _GREY
    encoder = SymbolEncoder(tables())

    def answer(question: Question) -> tuple[Floats, Floats]:
        told = expected(question, network(question.plane, question.kind))
        new = planes[question.plane, question.rows, question.columns]
        encoder.encode(told.table, (new - told.values) * told.sign)
        return new, told.eighths

    walk(kept, _means(mean, count), answer)
    present = np.unique(codes).tolist()
    which = pack_codes(codes, present)
    height, width = codes.shape
    head = bytes([height - 1, width - 1, count, len(present), *present])
    parts = [head, number(len(which)), which, mean[:count].tobytes()]
    return b"".join([*parts, encoder.finish()])


def unpack(data: bytes, most_height: int, most_width: int) -> tuple[NDArray[np.uint8], Codes]:
    """What is kept of a part that is no larger: values uint8 (H, W, 3), and codes; any bytes are safe to give.

    Raises:
        BitstreamError: the bytes are no such stream.
    """
    try:
        return _unpack(FieldReader(data), most_height, most_width)
    except BitstreamError as error:  # told as what it is to a person
        raise _damaged() from error


def _unpack(reader: FieldReader, most_height: int, most_width: int) -> tuple[NDArray[np.uint8], Codes]:
    height, width = (side + 1 for side in reader.take(2))
    if height > most_height or width > most_width:
        raise _damaged()
    count, present = reader.take(1)[0], list(reader.take(reader.take(1)[0]))
    if count not in (_GREY, _COLOUR) or not present or present != sorted(set(present)) or present == [NOT_KEPT]:
        raise _damaged()
    if not are_valid(np.array(present, np.uint8)):
        raise _damaged()
    codes = unpack_codes(reader.take_sized(), present, height, width)
    kept = codes != NOT_KEPT
    if not kept.any():
        raise _damaged()
    mean = np.frombuffer(reader.take(count), np.uint8)
    decoder = SymbolDecoder(tables(), reader.take_all())
    planes = np.zeros((PLANES, height, width), np.int16)

    def answer(question: Question) -> tuple[Floats, Floats]:
        plane = question.plane
        told = expected(question, network(plane, question.kind))
        new = told.values + told.sign * decoder.decode(told.table).astype(np.float32)
        if (new < LOWEST[plane]).any() or (new > HIGHEST[plane]).any():
            raise _damaged()
        planes[plane, question.rows, question.columns] = new
        return new, told.eighths

    walk(kept, _means(mean, count), answer)
    decoder.finish()
    values = to_pixels(planes)
    if values.min() < 0 or values.max() > 255:
        raise _damaged()
    return values.astype(np.uint8), codes


def _means(mean: NDArray[np.uint8], count: int) -> Sequence[int]:
    """Of the planes, from the mean colour or, of a grey picture, the mean."""
    return [int(plane) for plane in to_planes(np.broadcast_to(mean, (PLANES,)))[:count]]


def _damaged() -> BitstreamError:
    return BitstreamError(tr("The .sfc file is damaged: a part without loss cannot be read."))
