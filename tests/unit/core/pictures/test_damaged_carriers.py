"""Damage to the pieces of a file that carry metadata, bombs among them; damaged pixels are refused all the same."""

import struct
import tracemalloc
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Metadata, Picture, load_picture, write_picture
from tests.unit.core.pictures.whole_files import (
    LIMIT,
    PIXELS,
    PROFILE,
    XMP,
    assert_left_out,
    chunk,
    exif_block,
    loaded,
    png,
    skip_without,
    written,
)

NAME = b"name\0"
BOMB = zlib.compress(bytes(300 << 20), 9)
XMP_KEY = b"XML:com.adobe.xmp"
RAW_EXIF = b"Raw profile type exif\0\nexif\n      10\n"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "content", "part"),
    [
        (b"iCCP", NAME + b"\0" + b"no deflate", "colour profile"),
        (b"iCCP", NAME + b"\0" + zlib.compress(PROFILE)[:200], "colour profile"),
        (b"iCCP", NAME + b"\7" + zlib.compress(PROFILE), "colour profile"),
        (b"iCCP", b"", "colour profile"),
        (b"zTXt", NAME + b"\0no deflate", "text"),
        (b"zTXt", NAME + b"\7" + zlib.compress(b"words"), "text"),
        (b"zTXt", NAME, "text"),
        (b"iTXt", NAME + b"\1\0\0\0no deflate", "text"),
        (b"iTXt", NAME + b"\1\7\0\0" + zlib.compress(b"words"), "text"),
        (b"iTXt", NAME + b"\0\0\0\0\xff\xfe", "text"),
        (b"iTXt", NAME + b"\0\0", "text"),
        (b"iTXt", XMP_KEY + b"\0\1\0\0\0" + b"no deflate", "XMP data"),
        (b"tEXt", RAW_EXIF + b"no numbers", "EXIF data"),
        (b"tEXt", RAW_EXIF + b"00112233", "EXIF data"),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 10\nno numbers"), "EXIF data"),
        (b"eXIf", b"", "EXIF data"),
        (b"gAMA", b"\0\1", "description of the colours"),
        (b"cHRM", b"\0\1", "description of the colours"),
        (b"sRGB", b"", "description of the colours"),
        (b"pHYs", b"\0\0\1", "resolution"),
        (b"acTL", b"\0\0\1", "animation"),
        (b"fcTL", b"\0\0\1", "animation"),
    ],
)
def test_chunks_of_png(tmp_path: Path, kind: bytes, content: bytes, part: str, after: bool) -> None:
    assert_left_out(tmp_path, png((kind, content), after=after), png(), part)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (b"tEXt", "text"),
        (b"zTXt", "text"),
        (b"iTXt", "text"),
        (b"eXIf", "EXIF data"),
        (b"iCCP", "colour profile"),
        (b"gAMA", "description of the colours"),
        (b"pHYs", "resolution"),
        (b"tIME", "private data of a program"),
        (b"prIv", "private data of a program"),
    ],
)
def test_wrong_sum_of_a_chunk(tmp_path: Path, kind: bytes, part: str, after: bool) -> None:
    wrong = chunk(kind, bytes(40))[:-1] + b"\x5a"
    data = png((kind, bytes(40)), after=after).replace(chunk(kind, bytes(40)), wrong)
    assert_left_out(tmp_path, data, png(), part)


def test_png_that_ends_within_a_text(tmp_path: Path) -> None:
    data = png((b"tEXt", NAME + bytes(100)), after=True)
    assert_left_out(tmp_path, data[:-60], png(), "text")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("length", [0, 3, 39, 41, 60, 1000, 2**31, 2**32 - 1])
def test_wrong_length_of_a_chunk(tmp_path: Path, length: int, after: bool) -> None:
    content = NAME + bytes(35)
    data = png((b"tEXt", content), after=after)
    data = data.replace(struct.pack(">I4s", 40, b"tEXt"), struct.pack(">I4s", length, b"tEXt"))
    assert_left_out(tmp_path, data, png(), "text")


def test_picture_inside_of_a_chunk_of_wrong_length_is_not_shown(tmp_path: Path) -> None:
    data = png((b"prVW", written("PNG")))
    (tmp_path / "a.png").write_bytes(data.replace(struct.pack(">I", len(written("PNG"))) + b"prVW", b"\0\0\0\3prVW"))
    with pytest.raises(ImageError, match=r"a\.png"):
        load_picture(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("kind", "content", "part"),
    [
        (b"iCCP", NAME + b"\0" + BOMB, "colour profile"),
        (b"zTXt", NAME + b"\0" + BOMB, "text"),
        (b"iTXt", NAME + b"\1\0\0\0" + BOMB, "text"),
        (b"iTXt", XMP_KEY + b"\0\1\0\0\0" + BOMB, "XMP data"),
        (b"eXIf", exif_block() + bytes(LIMIT), "EXIF data"),
    ],
)
def test_bombs_take_no_memory(tmp_path: Path, kind: bytes, content: bytes, part: str) -> None:
    data = png(*[(kind, content)] * 10)
    tracemalloc.start()
    try:
        assert_left_out(tmp_path, data, png(), part, word="more than 16 MB")
        assert tracemalloc.get_traced_memory()[1] < 6 * LIMIT + 3 * len(data)
    finally:
        tracemalloc.stop()


def test_many_texts_together(tmp_path: Path) -> None:
    text = (b"zTXt", NAME + b"\0" + zlib.compress(bytes(15 << 20), 9))
    assert loaded(tmp_path, png(*[text] * 4)).notices == ()
    assert_left_out(tmp_path, png(*[text] * 5), png(), "text", word="more than 16 MB")


def test_large_metadata_that_is_whole_comes_back(tmp_path: Path) -> None:
    size = 5 << 20
    profile = struct.pack(">I", size) + PROFILE[4:] + np.random.default_rng(1).bytes(size - len(PROFILE))
    exif = exif_block() + np.random.default_rng(2).bytes(size)
    write_picture(tmp_path / "a.png", Picture(PIXELS, icc_profile=profile, metadata=Metadata(exif=exif)))
    read = load_picture(tmp_path / "a.png")
    assert read.notices == ()
    assert read.picture.icc_profile == profile
    assert read.picture.metadata.exif == exif
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", "<x/>" + " " * size, zip=True)
    assert loaded(tmp_path, written("PNG", pnginfo=text)).notices == ()


def test_damaged_animation(tmp_path: Path) -> None:
    file = BytesIO()
    frames = [Image.fromarray(PIXELS), Image.fromarray(255 - PIXELS)]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    for kind in (b"acTL", b"fcTL", b"fdAT"):
        at = file.getvalue().rindex(kind)
        data = bytearray(file.getvalue())
        data[at + 10] ^= 0xFF
        assert_left_out(tmp_path, bytes(data), png(), "animation")


def segment(marker: int, content: bytes, length: int | None = None) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2 if length is None else length) + content


THUMBNAIL = BytesIO()
Image.new("RGB", (8, 8)).save(THUMBNAIL, "JPEG")


@pytest.mark.parametrize(
    ("piece", "part"),
    [
        (segment(0xE0, b"JFIF\0"), "resolution"),
        (segment(0xE1, b"Exif\0\0"), "EXIF data"),
        (segment(0xE1, b"Exif\0\0" + THUMBNAIL.getvalue()), "EXIF data"),
        (segment(0xE1, b"Exif\0\0" + THUMBNAIL.getvalue(), 9), "EXIF data"),
        (segment(0xE1, b"Exif\0\0" + THUMBNAIL.getvalue(), 60_000), "EXIF data"),
        (segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0\xff\xfe\xfd"), "XMP data"),
        (segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>", 0), "private data of a program"),
        (segment(0xE2, b"ICC_PROFILE\0"), "colour profile"),
        (segment(0xE2, b"ICC_PROFILE\0\1\2" + PROFILE), "colour profile"),
        (segment(0xE2, b"ICC_PROFILE\0\1\1" + PROFILE, 60_000), "colour profile"),
        (segment(0xE2, b"MPF\0"), "private data of a program"),
        (segment(0xED, b"Photoshop 3.0\0" + b"8BIM"), "private data of a program"),
        (segment(0xEE, b"Adobe"), "description of the colours"),
        (segment(0xFE, b"a comment", 60_000), "text"),
    ],
)
def test_segments_of_jpeg(tmp_path: Path, piece: bytes, part: str) -> None:
    whole = written("JPEG")
    assert_left_out(tmp_path, whole[:20] + piece + whole[20:], whole, part)


def test_inks_of_jpeg_stay_with_junk_behind_what_describes_them(tmp_path: Path) -> None:
    file = BytesIO()
    Image.fromarray(PIXELS).convert("CMYK").save(file, "JPEG")
    whole = file.getvalue()
    end = whole.index(b"Adobe") + 12
    read = loaded(tmp_path, whole[:end] + b"junk" + whole[end:])
    assert np.array_equal(read.picture.pixels, loaded(tmp_path, whole).picture.pixels)
    assert read.notices == loaded(tmp_path, whole).notices


@pytest.mark.parametrize(("kind", "part"), [(b"EXIF", "EXIF data"), (b"XMP ", "XMP data")])
def test_webp_that_ends_within_metadata(tmp_path: Path, kind: bytes, part: str) -> None:
    options = {"exif": b"Exif\0\0" + exif_block()} if kind == b"EXIF" else {"xmp": b"<x/>" + b" " * 40}
    whole = written("WEBP", **options)
    assert kind in whole
    assert_left_out(tmp_path, whole[:-20], whole, part)


@pytest.mark.parametrize("length", [0, 2, 30, 10_000, 2**32 - 1])
@pytest.mark.parametrize(("kind", "part"), [(b"ICCP", "colour profile"), (b"EXIF", "EXIF data"), (b"XMP ", "XMP data")])
def test_wrong_length_in_webp(tmp_path: Path, kind: bytes, part: str, length: int) -> None:
    options = {b"ICCP": "icc_profile", b"EXIF": "exif", b"XMP ": "xmp"}
    content = {b"ICCP": PROFILE, b"EXIF": b"Exif\0\0" + exif_block(), b"XMP ": XMP}[kind]
    whole = written("WEBP", **{options[kind]: content})
    at = whole.index(kind) + 4
    assert_left_out(tmp_path, whole[:at] + struct.pack("<I", length) + whole[at + 4 :], whole, part)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_exif_of_an_item_that_lies_outside(tmp_path: Path, kind: str) -> None:
    skip_without(kind)
    block = exif_block()
    whole = written(kind, exif=b"Exif\0\0" + block)
    start = whole.index(block[:20])
    for before in (4, 10):  # the item begins with an offset, and with the prefix in some files
        place = struct.pack(">I", start - before)
        if whole.count(place) == 1:
            data = whole.replace(place, struct.pack(">I", 2**30))
    assert_left_out(tmp_path, data, whole, "EXIF data")


def test_packed_exif_of_jpeg_xl(tmp_path: Path) -> None:
    skip_without("JXL")
    whole = written("JXL", exif=b"Exif\0\0" + exif_block(), use_container=True, compress_metadata=True)
    at = whole.index(b"brobExif") + 8
    assert_left_out(tmp_path, whole[:at] + b"\xfa" * 40 + whole[at + 40 :], whole, "EXIF data")


def test_resolution_of_jpeg_2000(tmp_path: Path) -> None:
    whole = written("JPEG2000")
    start = whole.index(b"jp2h") - 4
    (length,) = struct.unpack(">I", whole[start : start + 4])
    box = struct.pack(">I4sI4s", 16, b"res ", 20, b"resc")
    data = whole[:start] + struct.pack(">I", length + 16) + whole[start + 4 : start + length] + box
    assert_left_out(tmp_path, data + whole[start + length :], whole, "resolution")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "JPEG2000"])
def test_damaged_pixels_are_refused(tmp_path: Path, kind: str) -> None:
    options = {"exif": b"Exif\0\0" + bytes(20)} if kind in ("PNG", "WEBP") else {}
    noise = np.random.default_rng(4).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(noise).save(file, kind, **options)
    (tmp_path / f"a.{kind}").write_bytes(file.getvalue()[: len(file.getvalue()) // 2])
    with pytest.raises(ImageError, match="a\\."):
        load_picture(tmp_path / f"a.{kind}")
