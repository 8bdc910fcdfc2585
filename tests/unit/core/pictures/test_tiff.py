"""TIFF: what people see is the same however the samples are stored; what is not known is refused."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import load_picture, read_picture

FULL = {"u1": 255, "u2": 65535, "u4": 2**32 - 1}


def ramp(channels: int) -> np.ndarray:
    """Values from 0 to 1, (37, 29, channels)."""
    values = np.linspace(0, 1, 37 * 29 * channels).reshape(37, 29, channels)
    return np.random.default_rng(0).permuted(values, axis=0)


def bytes_of(values: np.ndarray) -> np.ndarray:
    return np.rint(values * 255)


def tiff(width: int, height: int, bits: int, data: bytes, **tags: int) -> bytes:
    """A little-endian file of one strip of grey."""
    values = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 0, 277: 1, 278: height, 279: len(data)}
    values |= {int(tag[1:]): value for tag, value in tags.items()}
    values[273] = values[273] or 8 + 2 + 12 * len(values) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(values.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + bytes(4) + data


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "f2", "f4", "f8"])
@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"planarconfig": "separate"},
        {"tile": (16, 32)},
        {"tile": (16, 32), "planarconfig": "separate", "compression": "zlib"},
        {"byteorder": ">", "rowsperstrip": 5},
        {"bigtiff": True, "byteorder": ">"},
        {"compression": "zlib", "rowsperstrip": 5},
    ],
    ids=str,
)
def test_colours_are_those_stored(tmp_path: Path, dtype: str, layout: dict[str, Any]) -> None:
    values = ramp(3)
    stored = np.rint(values * FULL[dtype]).astype(dtype) if dtype in FULL else values.astype(dtype)
    if layout.get("planarconfig") == "separate":
        stored = np.moveaxis(stored, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", **layout)
    picture = read_picture(tmp_path / "a.tif")
    assert np.abs(picture.pixels - bytes_of(values)).max() <= 1
    assert picture.alpha is None


@pytest.mark.parametrize("dtype", ["u2", "u4"])
@pytest.mark.parametrize("layout", [{}, {"planarconfig": "separate"}, {"tile": (16, 32)}, {"byteorder": ">"}], ids=str)
def test_differences_of_integers_are_summed(tmp_path: Path, dtype: str, layout: dict[str, Any]) -> None:
    values = ramp(3)
    stored = np.rint(values * FULL[dtype]).astype(dtype)
    stored = np.moveaxis(stored, 2, 0) if "planarconfig" in layout else stored
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", compression="zlib", predictor=True, **layout)
    assert np.abs(read_picture(tmp_path / "a.tif").pixels - bytes_of(values)).max() <= 1


def test_differences_of_floats_are_summed(tmp_path: Path) -> None:
    values = np.linspace(0, 1, 6 * 5).reshape(5, 6).astype(np.float32)
    planes = values.astype(">f4").view(np.uint8).reshape(5, 6, 4).swapaxes(1, 2).reshape(5, 24)
    differences = np.diff(planes, axis=1, prepend=np.uint8(0))
    (tmp_path / "a.tif").write_bytes(tiff(6, 5, 32, zlib.compress(differences.tobytes()), t259=8, t317=3, t339=3))
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels[..., 0], bytes_of(values))


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "zstd", "lzma"])
def test_deep_samples_in_compressions_of_bytes(tmp_path: Path, compression: str) -> None:
    values = np.rint(ramp(1)[..., 0] * 65535).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.tif", compression=compression)
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels[..., 0], np.rint(values / 257))


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 24])
def test_odd_numbers_of_bits_are_scaled_by_themselves(tmp_path: Path, bits: int) -> None:
    full = (1 << bits) - 1
    values = [0, full // 4, full // 2, full, 1]
    row = "".join(f"{value:0{bits}b}" for value in values)
    packed = int(row.ljust(-(-len(row) // 8) * 8, "0"), 2).to_bytes(-(-len(row) // 8), "big")
    if bits == 24:
        packed = b"".join(value.to_bytes(3, "little") for value in values)
    (tmp_path / "a.tif").write_bytes(tiff(5, 2, bits, packed * 2))
    read = load_picture(tmp_path / "a.tif")
    assert read.picture.pixels[1, :, 0].tolist() == [round(value * 255 / full) for value in values]
    assert any("more than 8 bits" in notice for notice in read.notices)


def test_grey_of_which_less_is_brighter(tmp_path: Path) -> None:
    values = ramp(1)[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", np.rint(values * 65535).astype(np.uint16), photometric="miniswhite")
    picture = read_picture(tmp_path / "a.tif")
    assert picture.is_grey
    assert np.abs(picture.pixels[..., 1] - (255 - bytes_of(values))).max() <= 1


@pytest.mark.parametrize("kind", ["assocalpha", "unassalpha", "unspecified"])
def test_alpha_is_divided_out_where_colours_hold_it(tmp_path: Path, kind: str) -> None:
    colour, alpha = ramp(3) * 0.9, 0.2 + 0.8 * ramp(1)
    stored = np.concatenate([colour * alpha if kind == "assocalpha" else colour, alpha], axis=2)
    stored = np.rint(stored * 65535).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", extrasamples=[kind])
    picture = read_picture(tmp_path / "a.tif")
    assert np.abs(picture.pixels - bytes_of(colour)).max() <= 1
    if kind == "unspecified":
        assert picture.alpha is None
    else:
        assert picture.alpha is not None
        assert np.abs(picture.alpha - bytes_of(alpha[..., 0])).max() <= 1


def test_inks_of_16_bits_are_those_of_8(tmp_path: Path) -> None:
    values = ramp(4)
    for name, dtype in (("8.tif", "u1"), ("16.tif", "u2")):
        stored = np.rint(values * FULL[dtype]).astype(dtype)
        tifffile.imwrite(tmp_path / name, stored, photometric="separated", planarconfig="contig")
    few, many = (read_picture(tmp_path / name).pixels.astype(int) for name in ("8.tif", "16.tif"))
    assert np.abs(few - many).max() <= 1


@pytest.mark.parametrize(
    ("values", "full"),
    [
        (np.array([[0, 127.5, 255]], np.float32), 255),
        (np.array([[0, 32767.5, 65535]], np.float64), 65535),
        (np.array([[0, 128, 255]], np.uint32), 255),
        (np.array([[0, 32768, 65535]], np.int32), 65535),
    ],
)
def test_a_guessed_scale_is_told(tmp_path: Path, values: np.ndarray, full: int) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    read = load_picture(tmp_path / "a.tif")
    assert read.picture.pixels[0, :, 0].tolist() == [0, 128, 255]
    assert any(f"taken as 0 to {full}" in notice for notice in read.notices)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.array([[0, np.nan]], np.float32), "no numbers"),
        (np.array([[-0.5, 1]], np.float32), "from -0.5 to 1"),
        (np.array([[0, 3.5]], np.float32), "from 0 to 3.5"),
        (np.array([[0, 1e6]], np.float32), r"from 0 to 1e\+06"),
        (np.array([[-3, 255]], np.int16), "from -3 to 255"),
        (np.array([[0, 100_000]], np.uint32), "from 0 to 100000"),
    ],
)
def test_values_without_a_scale_are_refused_with_their_range(tmp_path: Path, values: np.ndarray, words: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    with pytest.raises(ImageError, match=rf"a\.tif has values .*{words}"):
        read_picture(tmp_path / "a.tif")


def test_description_of_a_deep_file_is_kept(tmp_path: Path) -> None:
    values = np.rint(ramp(3) * 65535).astype(np.uint16)
    tags = [(274, "H", 1, 6, True), (271, "s", 0, "a camera", True)]
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", iccprofile=srgb.tobytes(),
                     resolution=(300, 300), resolutionunit="INCH", extratags=tags)  # fmt: skip
    picture = read_picture(tmp_path / "a.tif")
    assert np.abs(picture.pixels - np.rot90(values / 257, -1)).max() <= 1
    assert picture.icc_profile is not None
    assert picture.metadata.exif is not None
    assert b"a camera" in picture.metadata.exif


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tiff(4, 4, 16, bytes(32), t259=7), "compressed as JPEG"),
        (tiff(4, 4, 16, bytes(32), t262=3), "a palette"),
        (tiff(4, 4, 16, bytes(32), t262=32845), "LogLuv"),
        (tiff(4, 4, 24, bytes(48), t339=3), "24 bits"),
        (tiff(4, 4, 16, bytes(32), t339=6), "of the kind 6"),
        (tiff(4, 4, 16, bytes(31)), "damaged or cut short"),
        (tiff(4, 4, 16, bytes(32), t273=1 << 31), "damaged or cut short"),
        (tiff(60_000, 4, 16, b""), "too large: 60000 x 4"),
        (tiff(20_000, 20_000, 16, b""), "too large: 20000 x 20000"),
        (tiff(0, 4, 16, b""), "no pixels"),
        (tiff(20_000, 9_000, 32, b"", t339=3, t259=8), "strips of more than"),
        (tiff(4, 4, 16, bytes(32), t277=60_000), "60000 samples"),
        (tiff(4, 4, 32, bytes(64), t339=3, t322=1 << 30, t323=1 << 30, t324=8, t325=8), "tiles of"),
        (tiff(4, 4, 16, bytes(32))[:40], "damaged or cut short"),
    ],
)
def test_what_is_not_known_or_hostile_is_refused_by_name(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(ImageError, match=rf"a\.tif .*{words}"):
        read_picture(tmp_path / "a.tif")


def test_tags_that_share_a_large_value_are_not_read(tmp_path: Path) -> None:
    whole = tiff(4, 4, 16, bytes(32))
    entries = b"".join(struct.pack("<HHII", tag, 7, 4000, 0) for tag in range(40_000, 41_000))
    count = struct.unpack("<H", whole[8:10])[0]
    (tmp_path / "a.tif").write_bytes(
        whole[:8] + struct.pack("<H", count + 1000) + whole[10 : 10 + 12 * count] + entries + bytes(40)
    )
    with pytest.raises(ImageError, match="tags of"):
        read_picture(tmp_path / "a.tif")
