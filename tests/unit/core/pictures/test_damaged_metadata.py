"""Damaged metadata is left out and told; the pixels are those of the whole file."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, features

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Metadata, Picture, ReadPicture, load_picture, write_picture

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


# EXIF, profile and XMP in every format that holds them.

EXIF_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "no TIFF header": lambda block: b"junk" + block[4:],
    "nothing but its header": lambda block: block[:8],
    "cut short": lambda block: block[:30],
    "its directory lies outside": lambda block: block[:4] + b"\xff\xff\xff\x7f" + block[8:],
    "values lie outside": lambda block: block.replace(struct.pack(">HHI", 0x10F, 2, 24), b"\1\x0f\0\2\0\x0f\0\0"),
    "its sub-directory lies outside": lambda block: (
        block[: block.index(b"\x87\x69") + 8] + b"\0\xff\xff\xff" + block[block.index(b"\x87\x69") + 12 :]
    ),
    "types that are none": lambda block: block[:12] + b"\xee\xee" + block[14:],
}
PROFILE_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "too short": lambda profile: profile[:60],
    "cut short": lambda profile: profile[:300],
    "says a larger size": lambda profile: struct.pack(">I", len(profile) + 1) + profile[4:],
    "no signature": lambda profile: profile[:36] + b"junk" + profile[40:],
    "a tag lies outside": lambda profile: profile[:136] + b"\0\xff\xff\xff" + profile[140:],
    "garbage": lambda profile: bytes(range(256)),
}
XMP_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "not UTF-8": lambda packet: packet.replace(b"rights", b"\xff\xfe\xfd\xe4\xf6\xfc"),
}


def cases(kinds: tuple[str, ...], faults: dict[str, Callable[[bytes], bytes]]) -> list[object]:
    return [pytest.param(kind, fault, id=f"{kind}, {name}") for kind in kinds for name, fault in faults.items()]


def skip_without(kind: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("Pillow was built without AVIF")
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    if kind == "JXL":
        pytest.importorskip("pillow_jxl")


@pytest.mark.parametrize(("kind", "fault"), cases(("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "JXL"), EXIF_FAULTS))
def test_exif(tmp_path: Path, kind: str, fault: Callable[[bytes], bytes]) -> None:
    skip_without(kind)
    block = exif_block()
    damaged = fault(block)
    assert damaged != block
    filler = b"\xfa" * len(damaged)  # so that writers, which read EXIF data too, take it
    if kind in ("AVIF", "HEIF", "JXL"):
        damaged = damaged.ljust(len(block), b"\xff")
        filler = block
    data = written(kind, exif=b"Exif\0\0" + filler)
    assert filler in data
    data = data.replace(filler, damaged)
    if kind == "PNG":
        data = with_sums(data)
    read = assert_left_out(tmp_path, data, written(kind, exif=b"Exif\0\0" + block), "EXIF data")
    assert read.picture.metadata.exif is None


@pytest.mark.parametrize(("kind", "fault"), cases(("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "HEIF"), PROFILE_FAULTS))
def test_profile(tmp_path: Path, kind: str, fault: Callable[[bytes], bytes]) -> None:
    skip_without(kind)
    data = written(kind, icc_profile=fault(PROFILE))
    read = assert_left_out(tmp_path, data, written(kind, icc_profile=PROFILE), "colour profile")
    assert read.picture.icc_profile is None


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


@pytest.mark.parametrize(("kind", "fault"), cases(("PNG", "JPEG", "WEBP", "AVIF", "TIFF"), XMP_FAULTS))
def test_xmp(tmp_path: Path, kind: str, fault: Callable[[bytes], bytes]) -> None:
    skip_without(kind)

    def with_packet(packet: bytes) -> bytes:
        if kind == "PNG":
            return png((b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + packet))
        return written(kind, tiffinfo={700: packet}) if kind == "TIFF" else written(kind, xmp=packet)

    assert_left_out(tmp_path, with_packet(fault(XMP)), with_packet(XMP), "XMP data")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_stays_upright(tmp_path: Path, kind: str) -> None:
    block = exif_block(6)
    damaged = EXIF_FAULTS["its sub-directory lies outside"](block)
    data = written(kind, exif=b"Exif\0\0" + block).replace(block, damaged)
    if kind == "PNG":
        data = with_sums(data)
    read = assert_left_out(tmp_path, data, written(kind, exif=b"Exif\0\0" + block), "EXIF data")
    assert (read.picture.height, read.picture.width) == (56, 40)
    assert read.picture.metadata.orientation == 6


def test_exif_directory_of_a_tiff_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2020:02:02 02:02:02"}
    whole = written("TIFF", exif=exif)
    at = whole.index(struct.pack("<HHI", 0x8769, 4, 1)) + 8
    (directory,) = struct.unpack("<I", whole[at : at + 4])
    for data in (
        whole[:at] + b"\xff\xff\xff\x7f" + whole[at + 4 :],
        whole[: directory + 10] + b"\xff\xff\xff\x7f" + whole[directory + 14 :],
        whole[:directory] + b"\xff\xff" + whole[directory + 2 :],
    ):
        read = assert_left_out(tmp_path, data, whole, "EXIF data")
        assert read.picture.metadata.exif is not None
        assert b"a camera" in read.picture.metadata.exif
