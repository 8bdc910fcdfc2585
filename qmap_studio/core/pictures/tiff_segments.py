"""The samples of a TIFF file's strips and tiles."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.pictures.tiff_directory import Tag, TiffError
from qmap_studio.core.pictures.tiff_layout import Layout

NO_COMPRESSION = 1
_DEFLATE = (8, 32946)
_BY_LIBTIFF = (5, 32773, 34925, 50000)  # LZW, PackBits, LZMA, Zstandard
COMPRESSIONS = (NO_COMPRESSION, *_DEFLATE, *_BY_LIBTIFF)
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def read_segments(file: BinaryIO, layout: Layout) -> Iterator[tuple[slice, slice, slice, NDArray[np.generic]]]:
    """Strips or tiles, one after the other.

    Yields:
        rows, columns and samples that it covers, and its samples (rows, columns, samples), cut at the picture's edge.
    Raises:
        TiffError: one is missing or cut short.
    """
    across, down = -(-layout.width // layout.segment_width), -(-layout.height // layout.segment_height)
    planes = layout.samples if layout.is_planar else 1
    if min(len(layout.offsets), len(layout.byte_counts)) < across * down * planes:
        raise TiffError(f"{len(layout.offsets)} strips or tiles of {across * down * planes}")
    for index in range(across * down * planes):
        plane, place = divmod(index, across * down)
        top, left = place // across * layout.segment_height, place % across * layout.segment_width
        rows = slice(top, min(top + layout.segment_height, layout.height))
        columns = slice(left, min(left + layout.segment_width, layout.width))
        samples = slice(plane, plane + 1) if layout.is_planar else slice(0, layout.samples)
        file.seek(layout.offsets[index])
        # The last strip is as high as the picture; a tile is whole.
        stored_rows = layout.segment_height if layout.is_tiled else rows.stop - top
        values = _samples(_decompressed(file, layout, index, stored_rows), layout, stored_rows)
        yield rows, columns, samples, values[: rows.stop - top, : columns.stop - left]


def _decompressed(file: BinaryIO, layout: Layout, index: int, rows: int) -> bytes:
    expected = rows * layout.row_bytes
    if layout.compression == NO_COMPRESSION:
        data = file.read(expected)
        data = data.translate(_REVERSED) if layout.bits_are_reversed else data
    else:
        data = file.read(layout.byte_counts[index])
        if layout.compression in _DEFLATE:
            data = data.translate(_REVERSED) if layout.bits_are_reversed else data
            data = zlib.decompressobj().decompress(data, expected)
        else:
            data = _by_libtiff(data, layout, rows)
    if len(data) < expected:
        raise TiffError(f"a strip or tile of {len(data)} bytes instead of {expected}")
    return data


def _by_libtiff(data: bytes, layout: Layout, rows: int) -> bytes:
    """Undoes a compression of bytes, whatever they mean: as a file of one strip of 8-bit grey."""
    tags = {
        Tag.WIDTH: layout.row_bytes,
        Tag.LENGTH: rows,
        Tag.BITS_PER_SAMPLE: 8,
        Tag.COMPRESSION: layout.compression,
        Tag.PHOTOMETRIC: 1,
        Tag.FILL_ORDER: 2 if layout.bits_are_reversed else 1,
        Tag.STRIP_OFFSETS: 8 + 2 + 10 * 12 + 4,
        Tag.SAMPLES_PER_PIXEL: 1,
        Tag.ROWS_PER_STRIP: rows,
        Tag.STRIP_BYTE_COUNTS: len(data),
    }
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + bytes(4)
    with Image.open(BytesIO(head + data), formats=("TIFF",)) as image:
        return image.tobytes()


def _samples(data: bytes, layout: Layout, rows: int) -> NDArray[np.generic]:
    """Samples (rows, columns, samples) in the machine's byte order."""
    width, count = layout.segment_width, layout.stored_samples
    if layout.predictor == 3:
        return _float_differences_undone(data, layout, rows)
    if layout.dtype is None:
        values = unpacked(np.frombuffer(data, np.uint8).reshape(rows, layout.row_bytes), layout.bits, width * count)
    else:
        values = np.frombuffer(data, layout.dtype.newbyteorder(layout.order))
        values = values.astype(layout.dtype, copy=False)
    values = values.reshape(rows, width, count)
    if layout.predictor == 2:
        values = np.cumsum(values, axis=1, dtype=values.dtype)
    return values


def unpacked(rows: NDArray[np.uint8], bits: int, count: int) -> NDArray[np.uint32]:
    """Unsigned integers of any number of bits that lie close together, the highest bit first.

    Args:
        rows: uint8 (H, bytes of a row); each row starts with a new byte.
        bits: of an integer, 1 to 31.
        count: integers in a row.
    """
    first_bit = np.arange(count) * bits
    first = first_bit >> 3
    padded = np.pad(rows, ((0, 0), (0, 4)))
    value = np.zeros((len(rows), count), np.uint64)
    for byte in range(5):
        value = (value << np.uint64(8)) | padded[:, np.minimum(first + byte, padded.shape[1] - 1)]
    shift = (40 - bits - (first_bit & 7)).astype(np.uint64)
    return ((value >> shift) & np.uint64((1 << bits) - 1)).astype(np.uint32)


def _float_differences_undone(data: bytes, layout: Layout, rows: int) -> NDArray[np.generic]:
    """The floating point predictor (Adobe Photoshop TIFF Technical Note 3): a row holds its bytes by their weight."""
    assert layout.dtype is not None
    width, count, size = layout.segment_width, layout.stored_samples, layout.dtype.itemsize
    steps = np.frombuffer(data, np.uint8).reshape(rows, width * size, count)
    planes = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(rows, size, width * count)
    values = np.ascontiguousarray(planes.swapaxes(1, 2)).view(layout.dtype.newbyteorder(">"))
    return values.astype(layout.dtype).reshape(rows, width, count)
