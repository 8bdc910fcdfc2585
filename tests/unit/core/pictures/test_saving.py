"""What pictures are saved with, and what is said of the rest."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Metadata, Picture, check_saved, read_picture, write_picture
from qmap_studio.core.pictures.exif import ASCII, BYTE, EXIF, GPS, UNDEFINED, Exif, Value, of_resolution
from qmap_studio.ui.screen_colours import on_screen
from tests.unit.core.pictures.test_metadata import MAKER_NOTE, RIGHTS, camera_block

PIXELS = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)
FULL = Metadata(camera_block(), RIGHTS, (300.0, 72.0), "a comment", "photo.jpg")
LOSSLESS = ["png", "tif", "webp", "bmp"]


def picture(metadata: Metadata = FULL) -> Picture:
    return Picture(PIXELS, icc_profile=srgb(), metadata=metadata)


@cache
def srgb() -> bytes:  # it holds the time at which it was made
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def grey_profile() -> bytes:
    return b"\0" * 16 + b"GRAY" + b"\0" * 108


def block_with(tag: int, value: bytes | str, thumbnail: bytes = b"") -> bytes:
    """An EXIF block whose EXIF directory has one long value, and a thumbnail behind its end."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.IFD.Exif] = {tag: value}
    return exif.tobytes().removeprefix(b"Exif\0\0") + thumbnail


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_all_that_is_known_of_a_picture_is_kept(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    assert write_picture(path, picture()) == ()
    again = read_picture(path)
    assert again.icc_profile == srgb()
    assert (again.metadata.xmp, again.metadata.dpi) == (FULL.xmp, FULL.dpi)
    kept = Image.Exif()
    kept.load(again.metadata.exif or b"")
    assert kept[ExifTags.Base.Make] == "Maker"
    assert kept.get_ifd(ExifTags.IFD.Exif)[MAKER_NOTE] == b"private" * 20
    assert kept.get_ifd(ExifTags.IFD.Interop) == {1: "R98"}
    assert kept.get_ifd(GPS)[2] == (48.0, 51.0, 29.0)
    if suffix == "tif":
        assert kept[ExifTags.Base.ImageDescription] == "a comment"
    else:
        assert (again.metadata.comment, again.metadata.exif) == ("a comment", FULL.exif)


@pytest.mark.parametrize("suffix", LOSSLESS)
@pytest.mark.parametrize("is_grey", [False, True])
@pytest.mark.parametrize("size", [(40, 30), (1, 1), (3, 29_000)])
def test_pixels_come_back(tmp_path: Path, suffix: str, is_grey: bool, size: tuple[int, int]) -> None:
    pixels = np.resize(PIXELS, (*size, 3))
    if is_grey:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    path = tmp_path / f"a.{suffix}"
    if suffix == "webp" and max(size) > 16_383:
        with pytest.raises(ImageError, match=r"a\.webp: WebP holds at most 16383 pixels a side"):
            write_picture(path, Picture(pixels))
        return
    assert write_picture(path, Picture(pixels, is_grey=is_grey)) == ()
    assert np.array_equal(read_picture(path).pixels, pixels)


def test_values_keep_their_types_through_tiff(tmp_path: Path) -> None:
    version = Value(UNDEFINED, b"0232")
    block = Exif("<", {270: Value(ASCII, b"a photo\0"), EXIF: {0x9000: version}, GPS: {0: Value(BYTE, b"\2\3\0\0")}})
    write_picture(tmp_path / "a.tif", picture(Metadata(exif=block.packed())))
    again = Exif.read(read_picture(tmp_path / "a.tif").metadata.exif or b"")
    assert again is not None
    assert again.tags == block.tags


def test_webp_tells_what_it_has_no_place_for(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    reason = "the format has no place for it."
    assert write_picture(path, picture()) == (f"a.webp was saved without the comment, the resolution: {reason}",)
    again = read_picture(path)
    assert (again.metadata.exif, again.metadata.xmp, again.icc_profile) == (FULL.exif, FULL.xmp, srgb())
    grey = Picture(PIXELS[..., :1].repeat(3, axis=2), icc_profile=grey_profile(), is_grey=True)
    assert write_picture(path, grey) == (f"a.webp was saved without the colour profile: {reason}",)


def test_a_resolution_becomes_the_exif_of_a_webp_that_has_none(tmp_path: Path) -> None:
    assert write_picture(tmp_path / "a.webp", picture(Metadata(dpi=(300.0, 72.5)))) == ()
    assert read_picture(tmp_path / "a.webp").metadata.dpi == (300.0, 72.5)


def test_a_resolution_that_exif_contradicts_is_told(tmp_path: Path) -> None:
    said = Metadata(of_resolution(72, 72).packed(), dpi=(300.0, 300.0))
    assert write_picture(tmp_path / "a.webp", picture(said)) == (
        "a.webp was saved without the resolution: the format has no place for it.",
    )
    assert write_picture(tmp_path / "a.webp", picture(replace(said, dpi=(72.0, 72.0)))) == ()


@pytest.mark.parametrize("suffix", [".bmp", ".webp"])
def test_without_a_place_for_the_profile_the_colours_stay(tmp_path: Path, suffix: str) -> None:
    grey = np.full((4, 5, 3), 55, np.uint8)
    linear = QColorSpace(QPointF(0.3127, 0.329), QColorSpace.TransferFunction.Linear)
    write_picture(tmp_path / f"a{suffix}", Picture(grey, icc_profile=bytes(linear.iccProfile()), is_grey=True))
    np.testing.assert_allclose(read_picture(tmp_path / f"a{suffix}").pixels, 128, atol=1)


def test_bmp_of_wide_colours_has_those_of_srgb(tmp_path: Path) -> None:
    display_p3 = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile())
    red = np.full((4, 5, 3), (200, 50, 50), np.uint8)
    write_picture(tmp_path / "a.bmp", Picture(red, icc_profile=display_p3))
    shown = on_screen(red, display_p3)
    np.testing.assert_allclose(read_picture(tmp_path / "a.bmp").pixels, shown, atol=1)
    assert not np.array_equal(shown, red)


def test_bmp_tells_what_it_has_no_place_for(tmp_path: Path) -> None:
    losses = write_picture(tmp_path / "a.bmp", picture())
    assert losses == (
        "a.bmp was saved without the EXIF metadata, the XMP metadata, the comment: the format has no place for it.",
        "a.bmp was saved without the colour profile: its colours were converted to sRGB.",
    )
    assert read_picture(tmp_path / "a.bmp").metadata.dpi == (300.0, 72.0)


@pytest.mark.parametrize(
    ("block", "left_out"),
    [
        (block_with(ExifTags.Base.UserComment, "small", thumbnail=bytes(70_000)), "the EXIF thumbnail"),
        (block_with(MAKER_NOTE, os.urandom(70_000)), "the EXIF thumbnail and the maker's note"),
        (block_with(ExifTags.Base.UserComment, "x" * 70_000), "the EXIF metadata"),
    ],
)
def test_jpeg_keeps_as_much_exif_as_fits(tmp_path: Path, block: bytes, left_out: str) -> None:
    path = tmp_path / "a.jpg"
    assert write_picture(path, picture(replace(FULL, exif=block))) == (
        f"a.jpg was saved without {left_out}: it is too large.",
    )
    exif = Exif.read(read_picture(path).metadata.exif or b"")
    assert (exif is None) == (left_out == "the EXIF metadata")
    assert exif is None or exif.camera == "Maker"


def test_jpeg_says_what_else_is_too_large_for_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    large = Metadata(xmp=b"<x>" * 30_000, comment="x" * 70_000, dpi=(70_000.0, 1.0))
    assert write_picture(path, picture(large)) == (
        "a.jpg was saved without the XMP metadata, the comment: it is too large.",
        "a.jpg was saved without the resolution: the format has no place for it.",
    )
    assert read_picture(path).icc_profile == srgb()


def test_a_profile_of_several_segments_stays_in_a_jpeg(tmp_path: Path) -> None:
    profile = srgb() + os.urandom(200_000)
    assert write_picture(tmp_path / "a.jpg", Picture(PIXELS, icc_profile=profile)) == ()
    assert read_picture(tmp_path / "a.jpg").icc_profile == profile


@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jpg"])
@pytest.mark.parametrize("block", [b"", b"Exif", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + bytes(40)])
def test_damaged_exif_is_left_out_and_said(tmp_path: Path, suffix: str, block: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    assert write_picture(path, Picture(PIXELS, metadata=Metadata(exif=block))) == (
        f"a.{suffix} was saved without the EXIF metadata: it is damaged.",
    )
    assert read_picture(path).metadata.exif is None


def test_the_sound_part_of_damaged_exif_is_kept_in_tiff(tmp_path: Path) -> None:
    block = camera_block()
    cut = block[: block.index(b"private") + 20]  # the maker's note and all behind it are gone
    assert write_picture(tmp_path / "a.tif", picture(replace(FULL, exif=cut))) == (
        "a.tif was saved without a part of the EXIF metadata: it is damaged.",
    )
    exif = Exif.read(read_picture(tmp_path / "a.tif").metadata.exif or b"")
    assert exif is not None
    assert exif.camera == "Maker"


def test_a_description_stands_where_tiff_would_have_the_comment(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "a description"
    said = Metadata(exif.tobytes().removeprefix(b"Exif\0\0"), comment="a comment")
    assert write_picture(tmp_path / "a.tif", picture(said)) == (
        "a.tif was saved without the comment: the format has no place for it.",
    )


@pytest.mark.parametrize("suffix", ["jpg", "bmp"])
def test_transparency_is_refused_where_there_is_none(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with pytest.raises(ImageError, match="cannot hold transparency"):
        write_picture(path, Picture(PIXELS, alpha=PIXELS[..., 0]))
    with pytest.raises(ImageError, match="cannot hold transparency"):
        check_saved(path, has_alpha=True)
    check_saved(path)
    assert not path.exists()


@pytest.mark.parametrize("error", [SyntaxError("?"), RuntimeError("?"), OverflowError("?"), MemoryError()])
def test_no_library_s_exception_reaches_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def save(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(ImageError, match=r"a\.png cannot be written"):
        write_picture(tmp_path / "a.png", picture())


@pytest.mark.parametrize("size", [0, 1 << 16, 3 << 20])
def test_a_png_that_was_written_can_be_read(tmp_path: Path, size: int) -> None:
    noise = os.urandom(size).hex()
    said = Metadata(block_with(MAKER_NOTE, os.urandom(size + 1)), f"<x>{noise}</x>".encode(), comment="ö–" + noise)
    given = Picture(PIXELS, icc_profile=srgb() + os.urandom(size), metadata=said)
    assert write_picture(tmp_path / "a.png", given) == ()
    again = read_picture(tmp_path / "a.png")
    assert again.icc_profile == given.icc_profile
    assert (again.metadata.exif, again.metadata.xmp, again.metadata.comment) == (said.exif, said.xmp, said.comment)
