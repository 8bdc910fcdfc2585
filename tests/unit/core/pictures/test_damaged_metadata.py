"""Damaged metadata is left out and told; the pixels are those of the whole file."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.unit.core.pictures.whole_files import (
    PROFILE,
    XMP,
    assert_left_out,
    exif_block,
    png,
    skip_without,
    with_sums,
    written,
)

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
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2020:02:02 02:02:02"
    exif[ExifTags.IFD.Exif] = exif.get_ifd(ExifTags.IFD.Exif)
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
