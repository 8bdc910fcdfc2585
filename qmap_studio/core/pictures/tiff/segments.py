"""The samples of a TIFF file's strips and tiles."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.pictures.tiff.directory import Tag, TiffError
from qmap_studio.core.pictures.tiff.layout import Layout

NO_COMPRESSION = 1
COMPRESSIONS = (NO_COMPRESSION, 5, 8, 32773, 32946, 34925, 50000)  # LZW, Deflate, PackBits, Deflate, LZMA, Zstandard
_BATCH_BYTES = 1 << 24
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


@dataclass(frozen=True)
class Segment:
    """A strip or a tile: which of the file's, and what it covers."""

    index: int
    rows: slice
    columns: slice
    samples: slice
    stored_rows: int


def read_segments(file: BinaryIO, layout: Layout) -> Iterator[tuple[Segment, NDArray[Any]]]:
    """Strips or tiles, one after the other, each with its samples (rows, columns, samples), cut at the picture's edge.

    Raises:
        TiffError: one is missing or cut short.
    """
    for batch in _batches(layout):
        data = memoryview(_decompressed(file, layout, batch))
        start = 0
        for segment in batch:
            end = start + segment.stored_rows * layout.row_bytes
            if end > len(data):
                raise TiffError("a strip or tile is cut short")
            values = _samples(data[start:end], layout, segment.stored_rows)
            height, width = segment.rows.stop - segment.rows.start, segment.columns.stop - segment.columns.start
            yield segment, values[:height, :width]
            start = end


def _segments(layout: Layout) -> Iterator[Segment]:
    across, down = -(-layout.width // layout.segment_width), -(-layout.height // layout.segment_height)
    count = across * down * (layout.samples if layout.is_planar else 1)
    found = len(layout.offsets)
    if layout.compression != NO_COMPRESSION:
        found = min(found, len(layout.byte_counts))
    if found < count:
        raise TiffError(f"{found} strips or tiles of {count}")
    for index in range(count):
        plane, place = divmod(index, across * down)
        top, left = place // across * layout.segment_height, place % across * layout.segment_width
        bottom = min(top + layout.segment_height, layout.height)
        yield Segment(
            index,
            slice(top, bottom),
            slice(left, min(left + layout.segment_width, layout.width)),
            slice(plane, plane + 1) if layout.is_planar else slice(0, layout.samples),
            # The last strip is as high as the picture lets it be; a tile is whole.
            layout.segment_height if layout.is_tiled else bottom - top,
        )


def _batches(layout: Layout) -> Iterator[list[Segment]]:
    """Segments that are decompressed together: one is shorter only at the end."""
    batch: list[Segment] = []
    size_bytes = 0
    for segment in _segments(layout):
        batch.append(segment)
        size_bytes += segment.stored_rows * layout.row_bytes
        is_alone = layout.compression == NO_COMPRESSION or segment.stored_rows < layout.segment_height
        if is_alone or size_bytes >= _BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _decompressed(file: BinaryIO, layout: Layout, batch: list[Segment]) -> bytes:
    if layout.compression != NO_COMPRESSION:
        return _by_libtiff([_stored(file, layout, segment) for segment in batch], layout, batch)
    file.seek(layout.offsets[batch[0].index])
    data = file.read(batch[0].stored_rows * layout.row_bytes)
    return data.translate(_REVERSED) if layout.bits_are_reversed else data


def _stored(file: BinaryIO, layout: Layout, segment: Segment) -> bytes:
    file.seek(layout.offsets[segment.index])
    return file.read(layout.byte_counts[segment.index])


def _by_libtiff(stored: list[bytes], layout: Layout, batch: list[Segment]) -> bytes:
    """Undoes a compression of bytes, whatever they mean: as a file of 8-bit grey, whose strips they are."""
    rows, count = sum(segment.stored_rows for segment in batch), len(batch)
    start = 8 + 2 + 10 * 12 + 4
    data_start = start + 8 * count
    sizes = [len(data) for data in stored]
    offsets = [data_start + end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    tags = {
        Tag.WIDTH: (1, layout.row_bytes),
        Tag.LENGTH: (1, rows),
        Tag.BITS_PER_SAMPLE: (1, 8),
        Tag.COMPRESSION: (1, layout.compression),
        Tag.PHOTOMETRIC: (1, 1),
        Tag.FILL_ORDER: (1, 2 if layout.bits_are_reversed else 1),
        # The values of a single strip lie within their tags.
        Tag.STRIP_OFFSETS: (count, start if count > 1 else offsets[0]),
        Tag.SAMPLES_PER_PIXEL: (1, 1),
        Tag.ROWS_PER_STRIP: (1, batch[0].stored_rows),
        Tag.STRIP_BYTE_COUNTS: (count, start + 4 * count if count > 1 else sizes[0]),
    }
    directory = b"".join(struct.pack("<HHII", tag, 4, *value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + bytes(4)
    head += struct.pack(f"<{2 * count}I", *offsets, *sizes)
    with Image.open(BytesIO(b"".join([head, *stored])), formats=("TIFF",)) as image:
        return image.tobytes()


def _samples(data: memoryview, layout: Layout, rows: int) -> NDArray[Any]:
    """Samples (rows, columns, samples) in the machine's byte order."""
    width, count = layout.segment_width, layout.stored_samples
    if layout.predictor == 3:
        return _float_differences_undone(data, layout, rows)
    if layout.dtype is None:
        packed = np.frombuffer(data, np.uint8).reshape(rows, layout.row_bytes)
        if layout.bits == 24 and layout.order == "<":  # whole bytes, so that their order counts
            packed = packed.reshape(rows, -1, 3)[..., ::-1].reshape(rows, -1)
        values = unpacked(packed, layout.bits, width * count)
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


def _float_differences_undone(data: memoryview, layout: Layout, rows: int) -> NDArray[Any]:
    """The floating point predictor (Adobe Photoshop TIFF Technical Note 3): a row holds its bytes by their weight."""
    assert layout.dtype is not None
    width, count, size = layout.segment_width, layout.stored_samples, layout.dtype.itemsize
    steps = np.frombuffer(data, np.uint8).reshape(rows, width * size, count)
    planes = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(rows, size, width * count)
    values = np.ascontiguousarray(planes.swapaxes(1, 2)).view(layout.dtype.newbyteorder(">"))
    return values.astype(layout.dtype).reshape(rows, width, count)
