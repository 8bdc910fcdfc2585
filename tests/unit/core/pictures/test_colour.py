"""Colours that PNG files describe without a profile; what is expected was computed with the package colour-science."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms

from qmap_studio.core.opencv import cv2
from qmap_studio.core.pictures import ReadPicture, load_picture
from qmap_studio.core.pictures.colours.space import BT2020, pq_encoded

COLOURS = ((180, 120, 90), (60, 140, 70), (40, 60, 150), (128, 128, 128))
DIM = ((100, 80, 70), (60, 80, 60), (50, 60, 80), (90, 90, 90))
P3 = ((190, 117, 84), (0, 142, 60), (34, 61, 156), (128, 128, 128))
WIDE = ((209, 110, 83), (0, 147, 57), (0, 61, 157), (128, 128, 128))
LINEAR = ((219, 182, 160), (133, 196, 143), (110, 133, 202), (188, 188, 188))

SRGB_CHRM = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
ADOBE_CHRM = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile_of_hdr() -> bytes:
    """A profile that says BT.2020 PQ by codes, and sRGB otherwise."""
    codes = b"cicp" + bytes((0, 0, 0, 0, 9, 16, 0, 1))
    first_tag = struct.pack(">4sII", b"cicp", len(SRGB_PROFILE), len(codes))  # instead of a description
    data = SRGB_PROFILE[:132] + first_tag + SRGB_PROFILE[144:] + codes
    return struct.pack(">I", len(data)) + data[4:]


HDR_PROFILE = profile_of_hdr()

Colours = tuple[tuple[int, int, int], ...]


def row(colours: Colours) -> np.ndarray:
    return np.array([colours], np.uint8)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def cicp(primaries: int, transfer: int, is_full: int = 1) -> bytes:
    return chunk(b"cICP", bytes((primaries, transfer, 0, is_full)))


def gama(value: int) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", value))


def chrm(values: tuple[int, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *values))


def iccp(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    return png[:33] + b"".join(chunks) + png[33:]  # after the header


def read_png(folder: Path, pixels: np.ndarray, *chunks: bytes) -> ReadPicture:
    """Pixels of 8 or 16 bits, RGB or grey, in a file with some more chunks."""
    stored = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., ::-1])
    path = folder / "a.png"
    path.write_bytes(with_chunks(cv2.imencode(".png", stored)[1].tobytes(), *chunks))
    return load_picture(path)


def is_close(read: ReadPicture, expected: np.ndarray, levels: int = 1) -> bool:
    return bool(np.abs(read.picture.pixels.astype(int) - expected).max() <= levels)


@pytest.mark.parametrize(
    ("chunks", "expected", "space"),
    [
        ([cicp(12, 13)], P3, "Display P3"),
        ([cicp(9, 14)], WIDE, "BT.2020"),
        ([cicp(1, 8)], LINEAR, "BT.709 linear"),
        ([cicp(1, 13, 0)], ((191, 121, 86), (51, 144, 63), (28, 51, 156), (130, 130, 130)), "BT.709"),
        ([gama(100_000)], LINEAR, "BT.709 linear"),
        ([gama(55_556)], ((193, 139, 109), (77, 158, 88), (53, 77, 167), (146, 146, 146)), "BT.709 gamma 1.8"),
        (
            [gama(45_455), chrm(ADOBE_CHRM)],
            ((199, 121, 88), (0, 141, 63), (20, 57, 154), (129, 129, 129)),
            "Adobe RGB gamma 2.2",
        ),
        ([cicp(12, 13), chunk(b"sRGB", b"\0"), gama(100_000)], P3, "Display P3"),
        ([cicp(12, 13), iccp(SRGB_PROFILE)], P3, "Display P3"),
        ([cicp(12, 13), iccp(HDR_PROFILE)], P3, "Display P3"),
    ],
)
def test_a_png_that_is_not_srgb_is_converted(
    tmp_path: Path, chunks: list[bytes], expected: Colours, space: str
) -> None:
    read = read_png(tmp_path, row(COLOURS), *chunks)
    assert is_close(read, row(expected))
    assert read.picture.icc_profile is None
    assert read.notices == (f"The colours of a.png were converted from {space} to sRGB.",)


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [cicp(1, 13)],
        [cicp(1, 1)],
        [cicp(2, 2)],
        [gama(45_455)],
        [gama(45_455), chrm(SRGB_CHRM)],
        [chunk(b"sRGB", b"\0"), gama(100_000)],
        [iccp(SRGB_PROFILE), gama(100_000)],
    ],
    ids=["nothing", "sRGB", "BT.709", "unspecified", "2.2", "2.2 and sRGB's", "sRGB first", "profile first"],
)
def test_a_png_that_is_as_good_as_srgb_stays(tmp_path: Path, chunks: list[bytes]) -> None:
    read = read_png(tmp_path, row(COLOURS), *chunks)
    assert np.array_equal(read.picture.pixels, row(COLOURS))
    assert read.notices == ()


@pytest.mark.parametrize(
    ("chunks", "description"),
    [
        ([cicp(77, 13)], "cICP 77/13"),
        ([gama(0)], "gAMA"),
        ([chrm((31270, 0, *SRGB_CHRM[2:]))], "cHRM"),
        ([chrm((31270, 32900, *SRGB_CHRM[2:4] * 3))], "cHRM"),
        ([cicp(1, 99), gama(0), chrm((0,) * 8)], "cICP 1/99 gAMA cHRM"),
    ],
)
def test_a_description_that_is_not_known_is_told(tmp_path: Path, chunks: list[bytes], description: str) -> None:
    read = read_png(tmp_path, row(COLOURS), *chunks)
    assert np.array_equal(read.picture.pixels, row(COLOURS))
    assert read.notices == (
        f"a.png describes its colours in a way that is not known ({description}), which was ignored.",
    )


def test_a_profile_that_says_the_same_is_kept(tmp_path: Path) -> None:
    """It carries the colours that sRGB does not have."""
    read = read_png(tmp_path, row(COLOURS), cicp(1, 13, 1), iccp(SRGB_PROFILE))
    assert read.picture.icc_profile == SRGB_PROFILE
    assert np.array_equal(read.picture.pixels, row(COLOURS))


@pytest.mark.parametrize(
    ("transfer", "name", "expected"),
    [
        (16, "PQ", ((125, 62, 49), (0, 71, 35), (8, 40, 71), (86, 86, 86))),
        (18, "HLG", ((112, 79, 70), (43, 82, 57), (36, 58, 78), (92, 93, 93))),
    ],
)
def test_hdr_that_is_not_bright_keeps_its_look(tmp_path: Path, transfer: int, name: str, expected: Colours) -> None:
    read = read_png(tmp_path, row(DIM), cicp(9, transfer))
    assert is_close(read, row(expected))
    assert read.notices == (f"The colours of a.png were converted from BT.2020 {name} to sRGB.",)


def test_a_profile_of_hdr_counts_as_its_codes(tmp_path: Path) -> None:
    read = read_png(tmp_path, row(DIM), iccp(HDR_PROFILE))
    assert read.picture.icc_profile is None
    assert is_close(read, row(((125, 62, 49), (0, 71, 35), (8, 40, 71), (86, 86, 86))))
    assert read.notices == ("The colours of a.png were converted from BT.2020 PQ to sRGB.",)


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_bright_light_is_toned_down(tmp_path: Path, transfer: int) -> None:
    """White is the brightest, no brighter grey becomes darker, no two that differ much become one, greys stay grey."""
    ramp = np.repeat(np.arange(192, dtype=np.uint8)[None, :, None], 3, axis=2)  # PQ: up to 1000 cd/m²
    pixels = read_png(tmp_path, ramp, cicp(9, transfer)).picture.pixels.astype(int)
    assert (np.ptp(pixels, axis=2) == 0).all()
    steps = np.diff(pixels[0, ::12, 0])
    assert (steps >= 1).all()
    assert pixels[0, -1, 0] >= 254


def test_what_was_srgb_before_it_became_hdr_looks_the_same(tmp_path: Path) -> None:
    """Its white is the reference white, so that nothing is brighter than a display shows."""
    levels = np.linspace(0, 255, 6).round()
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(12, 18, 3)
    values = colours / 255
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    stored = (pq_encoded(203 * light @ np.linalg.inv(BT2020.to_srgb()).T) * 65535).round().astype(np.uint16)
    assert is_close(read_png(tmp_path, stored, cicp(9, 16)), colours)


def test_a_bright_colour_keeps_its_hue(tmp_path: Path) -> None:
    """Clipped a channel, orange light would become yellow."""
    orange = np.full((8, 8, 3), (190, 150, 110), np.uint8)
    red, green, blue = read_png(tmp_path, orange, cicp(1, 16)).picture.pixels[0, 0].astype(float)
    light = ((np.array([red, green, blue]) / 255 + 0.055) / 1.055) ** 2.4
    assert light / light[0] == pytest.approx([1, 0.2321, 0.0484], abs=0.003)


def test_linear_light_of_16_bits_is_read_with_all_of_them(tmp_path: Path) -> None:
    """Of 8 bits, the darkest tenth of what is seen would be two steps."""
    ramp = np.repeat(np.arange(0, 400, 4, dtype=np.uint16)[None, :, None], 3, axis=2)
    read = read_png(tmp_path, ramp, gama(100_000))
    assert len(np.unique(read.picture.pixels)) > 15
    grey = read_png(tmp_path, ramp[..., 0], gama(100_000))
    assert np.array_equal(grey.picture.pixels, read.picture.pixels)


def test_grey_stays_grey(tmp_path: Path) -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]
    read = read_png(tmp_path, ramp, cicp(12, 8))
    assert read.picture.is_grey
    assert (np.ptp(read.picture.pixels, axis=2) == 0).all()
    untouched = read_png(tmp_path, ramp, cicp(12, 13))
    assert np.array_equal(untouched.picture.pixels[..., 0], ramp)
    assert untouched.notices == ()
