"""Files of pictures with metadata that is whole, for tests to damage."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, features

from qmap_studio.core.pictures import ReadPicture, load_picture

PIXELS = np.kron(np.random.default_rng(3).integers(0, 256, (5, 7, 3)), np.ones((8, 8, 1))).astype(np.uint8)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- rights --></x:xmpmeta>"
LIMIT = 16 << 20  # bytes of a profile, EXIF data, XMP data or a text


def exif_block(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    if orientation != 1:
        exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "a camera of some length"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2020:02:02 02:02:02"
    return exif.tobytes().removeprefix(b"Exif\0\0")


def written(kind: str, **options: object) -> bytes:
    file = BytesIO()
    if kind == "WEBP":
        options["lossless"] = True
    Image.fromarray(PIXELS).save(file, kind, **options)
    return file.getvalue()


def loaded(folder: Path, data: bytes) -> ReadPicture:
    (folder / "a.picture").write_bytes(data)
    return load_picture(folder / "a.picture")


def assert_left_out(folder: Path, data: bytes, whole: bytes, *parts: str, word: str = "damaged") -> ReadPicture:
    """The pixels are those of a whole file, and one notice names the file and exactly these parts."""
    expected = loaded(folder, whole)
    assert expected.notices == ()
    read = loaded(folder, data)
    assert np.array_equal(read.picture.pixels, expected.picture.pixels)
    (notice,) = read.notices
    assert notice.startswith("a.picture")
    assert word in notice
    assert notice.endswith(f": {', '.join(parts)}.")
    return read


def skip_without(kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("Pillow was built without AVIF")
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    if kind == "JXL":
        pytest.importorskip("pillow_jxl")


def png(*extra: tuple[bytes, bytes], after: bool = False) -> bytes:
    """A PNG file with more chunks, before or after its pixels."""
    header, *rest, end = chunks(written("PNG"))
    listed = [header, *rest, *extra, end] if after else [header, *extra, *rest, end]
    return written("PNG")[:8] + b"".join(chunk(*each) for each in listed)


def with_sums(data: bytes) -> bytes:
    """A PNG file with the right sums of its chunks."""
    return data[:8] + b"".join(chunk(kind, content) for kind, content in chunks(data))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, offset = [], 8
    while offset < len(data):
        (length,) = struct.unpack(">I", data[offset : offset + 4])
        found.append((data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]))
        offset += 12 + length
    return found
