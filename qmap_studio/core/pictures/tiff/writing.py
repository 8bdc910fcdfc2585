"""TIFF files whose metadata are the values of an EXIF block, as they are (TIFF 6.0)."""

import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.pictures.exif import (
    ASCII,
    BYTE,
    DESCRIPTION,
    DESCRIPTIVE,
    EXIF,
    GPS,
    INCH,
    RESOLUTION_UNIT,
    UNDEFINED,
    X_RESOLUTION,
    Y_RESOLUTION,
    Exif,
    Order,
    Tags,
    Value,
    fraction,
    longs,
    pack_directory,
    shorts,
)
from qmap_studio.core.pictures.picture import Picture
from qmap_studio.core.pictures.tiff.directory import Tag

_HEADER_BYTES = 8
_STRIP_BYTES = 1 << 18
_DEFLATE, _DIFFERENCES = 8, 2
_GREY, _RGB = 1, 2
_UNASSOCIATED_ALPHA = 2


def tiff_bytes(picture: Picture, exif: Exif | None) -> bytes:
    """A TIFF file of one page, deflated, with the picture's profile and metadata.

    Args:
        exif: the picture's EXIF block; its byte order becomes the file's.
    """
    order: Order = "<" if exif is None else exif.order
    samples = _samples(picture)
    rows = max(1, _STRIP_BYTES // samples[0].size)
    strips = list(_strips(samples, rows))
    sizes = [len(strip) for strip in strips]
    offsets = [*accumulate(sizes, initial=_HEADER_BYTES)]
    end = offsets.pop()
    padding = bytes(end % 2)  # directories begin at even offsets
    tags = _description(picture, exif, order) | _layout(samples, picture, order)
    tags[Tag.ROWS_PER_STRIP] = longs(order, rows)
    tags[Tag.STRIP_OFFSETS] = longs(order, *offsets)
    tags[Tag.STRIP_BYTE_COUNTS] = longs(order, *sizes)
    directory = end + len(padding)
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", directory)
    return b"".join((header, *strips, padding, pack_directory(tags, order, directory)))


def has_place_for_comment(exif: Exif | None) -> bool:
    """Whether no description of the EXIF block stands where a comment would."""
    return exif is None or DESCRIPTION not in exif.tags


def _samples(picture: Picture) -> NDArray[np.uint8]:
    """uint8 (H, W, samples): what a pixel is stored as."""
    channels = [picture.pixels[..., :1] if picture.is_grey else picture.pixels]
    if picture.alpha is not None:
        channels.append(picture.alpha[..., None])
    return np.concatenate(channels, axis=2)


def _strips(samples: NDArray[np.uint8], rows: int) -> Iterator[bytes]:
    for top in range(0, len(samples), rows):
        differences = samples[top : top + rows].copy()
        differences[:, 1:] -= samples[top : top + rows, :-1]
        yield zlib.compress(differences.tobytes(), 6)


def _layout(samples: NDArray[np.uint8], picture: Picture, order: Order) -> Tags:
    height, width, count = samples.shape
    tags: Tags = {
        Tag.WIDTH: longs(order, width),
        Tag.LENGTH: longs(order, height),
        Tag.BITS_PER_SAMPLE: shorts(order, *[8] * count),
        Tag.COMPRESSION: shorts(order, _DEFLATE),
        Tag.PHOTOMETRIC: shorts(order, _GREY if picture.is_grey else _RGB),
        Tag.SAMPLES_PER_PIXEL: shorts(order, count),
        Tag.PREDICTOR: shorts(order, _DIFFERENCES),
    }
    if picture.alpha is not None:
        tags[Tag.EXTRA_SAMPLES] = shorts(order, _UNASSOCIATED_ALPHA)
    return tags


def _description(picture: Picture, exif: Exif | None, order: Order) -> Tags:
    metadata = picture.metadata
    tags: Tags = {} if exif is None else {t: v for t, v in exif.tags.items() if t in (*DESCRIPTIVE, EXIF, GPS)}
    if metadata.dpi is not None:
        across, down = metadata.dpi
        tags[X_RESOLUTION], tags[Y_RESOLUTION] = fraction(order, across), fraction(order, down)
        tags[RESOLUTION_UNIT] = shorts(order, INCH)
    if metadata.comment is not None:
        tags.setdefault(DESCRIPTION, Value(ASCII, metadata.comment.encode("utf-8", "replace") + b"\0"))
    if metadata.xmp is not None:
        tags[Tag.XMP] = Value(BYTE, metadata.xmp)
    if picture.icc_profile is not None:
        tags[Tag.ICC_PROFILE] = Value(UNDEFINED, picture.icc_profile)
    return tags
