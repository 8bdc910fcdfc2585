"""What a picture's file says besides its pixels: read, made upright, stripped."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from qmap_studio.core.pictures import Metadata, read_picture
from qmap_studio.core.pictures.exif import ORIENTATION, Exif, made_upright, without_gps

RIGHTS = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:rights="(c) someone"/></x:xmpmeta>'
GPS, MAKER_NOTE = ExifTags.IFD.GPSInfo, ExifTags.Base.MakerNote


def image() -> Image.Image:
    return Image.fromarray(np.arange(8 * 4 * 3, dtype=np.uint8).reshape(4, 8, 3))


def camera_block(orientation: int = 1) -> bytes:
    """As a camera writes it, by Pillow: with EXIF, GPS and Interop directories and a maker's note."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.ExposureTime: 0.005,
        ExifTags.Base.DateTimeOriginal: "2020:01:02 03:04:05",
        MAKER_NOTE: b"private" * 20,
        ExifTags.IFD.Interop: {1: "R98"},
    }
    exif[GPS] = {1: "N", 2: (48.0, 51.0, 29.0), 29: "2020:01:02"}
    return exif.tobytes().removeprefix(b"Exif\0\0")


def test_xmp_resolution_and_comment_of_a_jpeg_are_read(tmp_path: Path) -> None:
    image().save(
        tmp_path / "a.jpg", dpi=(300, 300), xmp=RIGHTS, comment=b"a comment", exif=b"Exif\0\0" + camera_block(6)
    )
    assert read_picture(tmp_path / "a.jpg").metadata == Metadata(
        camera_block(1), RIGHTS, (300.0, 300.0), "a comment", "a.jpg", 6
    )


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_resolutions_are_what_was_written(tmp_path: Path, suffix: str) -> None:
    image().save(tmp_path / f"a.{suffix}", dpi=(300, 72))
    assert read_picture(tmp_path / f"a.{suffix}").metadata.dpi == (300.0, 72.0)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp", "gif"])
def test_nothing_is_made_up_where_a_file_says_nothing(tmp_path: Path, suffix: str) -> None:
    image().save(tmp_path / f"a.{suffix}")
    metadata = read_picture(tmp_path / f"a.{suffix}").metadata
    assert (metadata.dpi, metadata.comment, metadata.xmp, metadata.orientation) == (None, None, None, 1)


@pytest.mark.parametrize(("comment", "text"), [("größe".encode(), "größe"), ("größe".encode("latin-1"), "größe")])
def test_comments_of_either_encoding_are_text(tmp_path: Path, comment: bytes, text: str) -> None:
    image().save(tmp_path / "a.jpg", comment=comment)
    assert read_picture(tmp_path / "a.jpg").metadata.comment == text


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_a_tiff_s_own_values_are_kept_and_its_orientation_remembered(tmp_path: Path, options: dict[str, Any]) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Maker"
    image().save(tmp_path / "a.tif", exif=exif, **options)
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data.replace(b"Maker", "Mük".encode() + b"r"))
    picture = read_picture(tmp_path / "a.tif")
    kept = Exif.read(picture.metadata.exif or b"")
    assert kept is not None
    assert (kept.camera, kept.number(ORIENTATION, 1)) == ("Mükr", 1)
    assert (picture.width, picture.height, picture.metadata.orientation) == (4, 8, 6)


def test_a_png_comment_is_read(tmp_path: Path) -> None:
    texts = PngInfo()
    texts.add_itxt("Comment", "größe")
    image().save(tmp_path / "a.png", pnginfo=texts)
    assert read_picture(tmp_path / "a.png").metadata.comment == "größe"


@pytest.mark.parametrize("orientation", [b' tiff:Orientation="6"', b"><tiff:Orientation>6</tiff:Orientation"])
def test_an_orientation_that_was_applied_is_not_told_again(tmp_path: Path, orientation: bytes) -> None:
    image().save(tmp_path / "a.jpg", xmp=RIGHTS.replace(b"/>", orientation + b"/>"))
    picture = read_picture(tmp_path / "a.jpg")
    assert (picture.width, picture.height, picture.metadata.orientation) == (4, 8, 6)
    assert picture.metadata.xmp == RIGHTS.replace(b"/>", orientation.replace(b"6", b"1") + b"/>")


def test_making_upright_touches_nothing_else() -> None:
    turned, upright = camera_block(8), camera_block(1)
    assert made_upright(turned) == upright
    assert made_upright(upright) == upright


def test_the_position_goes_and_all_else_stays_in_its_place() -> None:
    block = camera_block()
    stripped = Metadata(exif=block).without_gps().exif
    assert stripped is not None
    assert len(stripped) == len(block)
    assert b"2020:01:02\0" in block
    assert b"2020:01:02\0" not in stripped, "values are overwritten, not only forgotten"
    before, after = Exif.read(block), Exif.read(stripped)
    assert before is not None
    assert after is not None
    assert after.tags == before.without(GPS).tags
    at = block.index(b"private")
    assert stripped.index(b"private") == at, "makers' notes point to places in the block"
    assert Metadata(exif=block).has_gps
    assert not Metadata(exif=stripped).has_gps


def directory(*entries: tuple[int, int, int, int], then: int = 0) -> bytes:
    """Entries of tag, type, count and value, and where the next directory begins."""
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", then)


def block_of(*parts: bytes) -> bytes:
    return b"".join((b"II*\0", struct.pack("<I", 8), *parts))


MAKE = (ExifTags.Base.Make, 2, 4, int.from_bytes(b"Abc\0", "little"))
POSITION = directory((GPS, 4, 1, 44)) + directory((29, 2, 11, 62)) + b"2020:01:02\0"


@pytest.mark.parametrize(
    "block",
    [block_of(directory((ExifTags.IFD.Exif, 4, 1, 26)), POSITION), block_of(directory(MAKE, then=26), POSITION)],
    ids=["EXIF", "thumbnail"],
)
def test_the_position_goes_from_other_directories(block: bytes) -> None:
    assert Metadata(exif=block).has_gps
    stripped = Metadata(exif=block).without_gps()
    assert not stripped.has_gps
    assert stripped.exif is not None
    assert b"2020:01:02" not in stripped.exif


def test_a_position_that_claims_the_whole_block_is_taken_out() -> None:
    block = block_of(directory((GPS, 4, 1, 26)), directory((2, 7, 44, 0)))
    assert len(block) == 44
    assert not Metadata(exif=block).without_gps().has_gps


@pytest.mark.parametrize(
    "position",
    [
        b'<a exif:GPSLatitude="48,51.5N" b="1"/>',
        b"<a gps:GPSLongitude = '2,17.7E'/>",
        b"<exif:GPSAltitude>35/1</exif:GPSAltitude>",
        b"<exif:GPSTimeStamp/>",
    ],
)
def test_the_position_goes_from_xmp(position: bytes) -> None:
    packet = b"<x>" + position + RIGHTS + b"</x>"
    assert Metadata(xmp=packet).has_gps
    stripped = Metadata(xmp=packet).without_gps()
    assert not stripped.has_gps
    assert stripped.xmp is not None
    assert RIGHTS in stripped.xmp


@pytest.mark.parametrize("packet", [RIGHTS.decode().encode("utf-16"), b"<exif:GPSAltitude>35", b":GPS" * (1 << 19)])
def test_what_cannot_be_searched_for_a_position_goes_whole(packet: bytes) -> None:
    assert Metadata(xmp=packet).without_gps().xmp is None
    assert Metadata(exif=b"no block" * 4).without_gps().exif is None


def test_stripping() -> None:
    full = Metadata(camera_block(), RIGHTS, (300.0, 300.0), "a comment", "photo.jpg", 6)
    assert full.stripped("none") == full
    assert full.stripped("gps").file_name == "photo.jpg"
    assert not full.stripped("gps").has_gps
    assert full.stripped("all") == Metadata()


@given(st.data())
def test_no_damage_of_a_block_raises(data: st.DataObject) -> None:
    block = bytearray(camera_block())
    for _ in range(data.draw(st.integers(1, 6))):
        block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(block[: data.draw(st.integers(0, len(block)))])
    stripped = without_gps(damaged)
    if stripped is not None:
        assert not Metadata(exif=stripped).has_gps
    exif = Exif.read(made_upright(damaged))
    if exif is not None and exif.is_whole:
        assert Exif.read(exif.packed()) == exif


def test_directories_that_lead_to_each_other_are_read_once() -> None:
    pointer = struct.pack("<HHII", ExifTags.IFD.Exif, 4, 1, 8)
    exif = Exif.read(b"II*\0" + struct.pack("<IH", 8, 2) + struct.pack("<HHIHH", 274, 3, 1, 1, 0) + pointer + bytes(4))
    assert exif is not None
    assert not exif.is_whole
    assert list(exif.tags) == [274]
