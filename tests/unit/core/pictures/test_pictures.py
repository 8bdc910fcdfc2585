"""Pictures: every kind that is accepted, every kind that is refused, and the way back to a file."""

import base64
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin, features

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Metadata, Picture, load_picture, read_picture, write_picture

ORIENTATION = ExifTags.Base.Orientation


def colourful(height: int = 6, width: int = 9) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def is_reduced_in(path: Path) -> bool:
    """Whether it is told that a file has more than 8 bits."""
    return any("more than 8 bits" in notice for notice in load_picture(path).notices)


def test_rgb_is_read_as_it_is(tmp_path: Path) -> None:
    pixels = colourful()
    Image.fromarray(pixels).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.height, picture.width, picture.size_pixels) == (6, 9, 54)
    assert picture.alpha is None
    assert picture.icc_profile is None
    assert picture.metadata.exif is None
    assert not picture.is_grey


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_grey_stays_grey(tmp_path: Path, mode: str) -> None:
    Image.fromarray(colourful()).convert(mode).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.is_grey
    assert np.array_equal(picture.pixels[..., 0], picture.pixels[..., 2])
    assert (picture.alpha is not None) == (mode == "LA")


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_are_scaled_to_eight(tmp_path: Path, suffix: str) -> None:
    values = np.array([[0, 128, 129, 257, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / f"a{suffix}")
    picture = read_picture(tmp_path / f"a{suffix}")
    assert picture.is_grey
    assert picture.pixels[0, :, 1].tolist() == [0, 0, 1, 1, 128, 255]


@pytest.mark.parametrize(
    ("suffix", "channels"), [(".png", 1), (".png", 3), (".png", 4), (".tif", 1), (".tif", 3), (".pgm", 1), (".ppm", 3)]
)
def test_more_than_eight_bits_are_remembered(tmp_path: Path, suffix: str, channels: int) -> None:
    values = np.linspace(0, 65535, 12 * channels).astype(np.uint16).reshape(3, 4, channels)
    for array, is_reduced in ((values, True), ((values >> 8).astype(np.uint8), False)):
        cv2.imwrite(str(tmp_path / f"a{suffix}"), array)
        assert is_reduced_in(tmp_path / f"a{suffix}") is is_reduced


@pytest.mark.parametrize("suffix", [".jp2", ".j2k"])
def test_jpeg_2000_of_more_than_8_bits_is_reduced(tmp_path: Path, suffix: str) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (40, 50, 3)).astype(np.uint16)
    (tmp_path / "deep.jp2").write_bytes(cv2.imencode(".jp2", values)[1].tobytes())
    Image.fromarray((values >> 8).astype(np.uint8)).save(tmp_path / f"a{suffix}")
    assert is_reduced_in(tmp_path / "deep.jp2")
    assert not is_reduced_in(tmp_path / f"a{suffix}")


GREY_AVIF_OF_10_BITS = (  # 8 x 8 pixels, written by avifenc, base 85
    "0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh20002;ZDn*}000000000eXk=`10000000000aA{+7000000000000000Y-wU)"
    "c4=k+0000EaA|aH000000096103K;<Z({%e002Y)00962000010003R0000O0000eX=!d|000000096102*m-W@Q2Z00001003cj"
    "Ffl`KY;SS^0001LX>f9I0000>X>en20000KX>)L80000000008000080000GaA|mH000000}2WX0000CVRkV?fdEVZ0000JV{dG7"
    "ZewhC0096E00w{n000+haBX1#00000000310R#a8g9HEo03dB-VRRAz3J4eozhZ!fgF-S27C;Fkl0*Oic`5"
)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
def test_avif_of_more_than_8_bits_is_reduced(tmp_path: Path) -> None:
    (tmp_path / "deep.avif").write_bytes(base64.b85decode(GREY_AVIF_OF_10_BITS))
    Image.new("RGB", (8, 8), (117, 117, 117)).save(tmp_path / "a.avif")
    assert is_reduced_in(tmp_path / "deep.avif")
    assert not is_reduced_in(tmp_path / "a.avif")


def test_float_grey_is_reduced(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.5, 1.0]], dtype=np.float32)).save(tmp_path / "a.tif")
    assert is_reduced_in(tmp_path / "a.tif")


def test_float_grey_outside_zero_to_one_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.5, 1.0]], dtype=np.float32)).save(tmp_path / "a.tif")
    assert read_picture(tmp_path / "a.tif").pixels[0, :, 0].tolist() == [0, 128, 255]
    for wrong, words in ((np.nan, "no numbers"), (np.inf, "infinite"), (2.0, "from 0 to 2"), (-1.0, "from -1 to 0")):
        Image.fromarray(np.array([[0.0, wrong]], dtype=np.float32)).save(tmp_path / "b.tif")
        with pytest.raises(ImageError, match=rf"b\.tif .*{words}"):
            read_picture(tmp_path / "b.tif")


def test_palette_with_transparency(tmp_path: Path) -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.putdata([0, 1, 2])
    image.save(tmp_path / "a.png", transparency=1)
    picture = read_picture(tmp_path / "a.png")
    assert picture.pixels[0].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[255, 0, 255]]


def test_colour_key_becomes_alpha(tmp_path: Path) -> None:
    pixels = np.array([[[1, 2, 3], [4, 5, 6]]], dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png", transparency=(4, 5, 6))
    picture = read_picture(tmp_path / "a.png")
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[255, 0]]


def test_inks_become_rgb(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.jpg", icc_profile=srgb_profile())
    read = load_picture(tmp_path / "a.jpg")
    assert read.picture.pixels.min() >= 250
    assert read.picture.icc_profile is None
    assert read.notices == ("The inks of a.jpg were converted to sRGB.",)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_orientation_is_applied_and_reset(tmp_path: Path, orientation: int, suffix: str) -> None:
    pixels = colourful()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[ExifTags.Base.Make] = "a camera"
    image = Image.fromarray(pixels)
    image.save(tmp_path / f"a{suffix}", exif=exif)

    picture = read_picture(tmp_path / f"a{suffix}")

    methods = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    upright = image if orientation == 1 else image.transpose(Image.Transpose(methods[orientation]))
    assert np.array_equal(picture.pixels, np.asarray(upright))
    assert picture.metadata.exif is not None
    kept = Image.Exif()
    kept.load(picture.metadata.exif)
    assert kept[ExifTags.Base.Make] == "a camera"
    assert kept.get(ORIENTATION, 1) == 1


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("is_grey", [False, True])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_lossless_round_trip(tmp_path: Path, suffix: str, is_grey: bool, has_alpha: bool) -> None:
    pixels = colourful()
    if is_grey:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "somebody"
    picture = Picture(
        pixels,
        alpha=colourful()[..., 1].copy() if has_alpha else None,
        icc_profile=None if is_grey else srgb_profile(),
        metadata=Metadata(exif.tobytes().removeprefix(b"Exif\0\0")),
        is_grey=is_grey,
    )
    write_picture(tmp_path / f"a{suffix}", picture)
    again = read_picture(tmp_path / f"a{suffix}")
    assert np.array_equal(again.pixels, pixels)
    assert np.array_equal(again.alpha, picture.alpha) if has_alpha else again.alpha is None
    assert again.icc_profile == picture.icc_profile
    assert again.metadata.exif is not None
    assert b"somebody" in again.metadata.exif


def test_jpeg_keeps_profile_and_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "somebody"
    picture = Picture(
        colourful(), icc_profile=srgb_profile(), metadata=Metadata(exif.tobytes().removeprefix(b"Exif\0\0"))
    )
    write_picture(tmp_path / "a.jpg", picture)
    again = read_picture(tmp_path / "a.jpg")
    assert again.icc_profile == picture.icc_profile
    assert again.metadata.exif == picture.metadata.exif


def test_profile_of_other_channels_is_dropped(tmp_path: Path) -> None:
    Image.fromarray(colourful()).convert("L").save(tmp_path / "a.png", icc_profile=srgb_profile())
    assert read_picture(tmp_path / "a.png").icc_profile is None


def test_formats_that_cannot_hold_the_picture(tmp_path: Path) -> None:
    pixels = colourful()
    with pytest.raises(ImageError, match="transparency"):
        write_picture(tmp_path / "a.jpg", Picture(pixels, alpha=pixels[..., 0]))
    with pytest.raises(ImageError, match=r"\.png"):
        write_picture(tmp_path / "a.xyz", Picture(pixels))
    with pytest.raises(ImageError, match=r"a\.webp"):
        write_picture(tmp_path / "a.webp", Picture(np.zeros((1, 16384, 3), np.uint8)))
    assert list(tmp_path.iterdir()) == []


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 1000) + b"IDAT"


def test_refused_with_a_sentence(tmp_path: Path) -> None:
    whole = tmp_path / "whole.png"
    Image.fromarray(colourful(200, 200)).save(whole)
    cases = {
        "text.png": (b"this is no picture", "not a picture"),
        "empty.png": (b"", "0 bytes"),
        "cut.png": (whole.read_bytes()[:9000], "cut short"),
        "wide.png": (png_header(60_000, 10), "60000 x 10"),
        "high.png": (png_header(10, 60_000), "10 x 60000"),
        "large.png": (png_header(20_000, 20_000), "20000 x 20000"),
        "vast.png": (png_header(29_999, 29_999), "megapixels"),
    }
    for name, (data, words) in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ImageError, match=words):
            read_picture(tmp_path / name)
    with pytest.raises(ImageError, match="does not exist"):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(ImageError, match="folder"):
        read_picture(tmp_path)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_transparent_grey_of_a_png_file_is_that_of_its_depth(tmp_path: Path, bits: int) -> None:
    grey = (1 << bits) - 1
    rows = b"\0" + bytes([int(f"{grey:0{bits}b}" + "0" * (8 - bits), 2)]) + bytes(max(bits - 4, 0) // 4)
    header = struct.pack(">IIBBBBB", 2, 1, bits, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"tRNS", struct.pack(">H", grey)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    data = b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    picture = read_picture(tmp_path / "a.png")
    assert picture.pixels[0, :, 0].tolist() == [255, 0]
    assert picture.alpha is not None
    assert picture.alpha[0].tolist() == [0, 255]


@pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
def test_an_avif_file_is_not_turned_by_its_xmp(tmp_path: Path) -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6"/></x:xmpmeta>'
    Image.fromarray(colourful()).save(tmp_path / "a.avif", xmp=xmp)
    assert (read_picture(tmp_path / "a.avif").width, read_picture(tmp_path / "a.avif").height) == (9, 6)


def test_iptc_data_that_are_left_out_are_told(tmp_path: Path) -> None:
    Image.fromarray(colourful()).save(tmp_path / "a.jpg")
    assert load_picture(tmp_path / "a.jpg").notices == ()
    data = (tmp_path / "a.jpg").read_bytes()
    caption = b"\x1c\x02\x78\x00\x04cats"
    resource = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(caption)) + caption + b"\0"
    segment = b"\xff\xed" + struct.pack(">H", len(resource) + 2) + resource
    (tmp_path / "a.jpg").write_bytes(data[:2] + segment + data[2:])
    (notice,) = load_picture(tmp_path / "a.jpg").notices
    assert notice.startswith("a.jpg: IPTC data")


def test_texts_of_a_png_file_that_are_left_out_are_told(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    for key in ("Title", "Software", "Copyright", "Comment"):
        info.add_text(key, "text")
    Image.fromarray(colourful()).save(tmp_path / "a.png", pnginfo=info)
    assert load_picture(tmp_path / "a.png").notices == ("a.png: its texts were left out: Title, Copyright.",)


def test_xmp_that_imagemagick_wrote_into_a_png_file_is_read(tmp_path: Path) -> None:
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type xmp", f"\nxmp\n{len(packet):8}\n{packet.hex()}\n")
    Image.fromarray(colourful()).save(tmp_path / "a.png", pnginfo=info)
    assert read_picture(tmp_path / "a.png").metadata.xmp == packet


def test_a_kind_of_file_that_is_not_supported_is_not_called_damaged(tmp_path: Path) -> None:
    Image.fromarray(colourful()).save(tmp_path / "a.bmp")
    data = bytearray((tmp_path / "a.bmp").read_bytes())
    data[30] = 9  # no compression that there is
    (tmp_path / "a.bmp").write_bytes(data)
    with pytest.raises(ImageError, match=r"a\.bmp cannot be read: Unsupported .* Save it as PNG"):
        read_picture(tmp_path / "a.bmp")
