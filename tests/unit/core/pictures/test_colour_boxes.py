"""Colours that AVIF, HEIC and JPEG 2000 files describe in boxes."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from qmap_studio.core.pictures import load_picture

COLOURS = ((180, 120, 90), (60, 140, 70), (40, 60, 150), (128, 128, 128))
PIXELS = np.repeat(np.repeat(np.array([COLOURS], np.uint8), 16, axis=0), 16, axis=1)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
NCLX = b"colrnclx"

needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow does not read AVIF")


def avif(primaries: int, transfer: int, **options: object) -> bytes:
    """Nearly without loss."""
    file = BytesIO()
    Image.fromarray(PIXELS).save(file, "AVIF", quality=100, subsampling="4:4:4", **options)
    data = file.getvalue()
    at = data.index(NCLX) + len(NCLX)
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def heic(primaries: int, transfer: int, **options: object) -> bytes:
    pytest.importorskip("pillow_heif").register_heif_opener()
    file = BytesIO()
    codes = {"color_primaries": primaries, "transfer_characteristics": transfer}
    Image.fromarray(PIXELS).save(file, "HEIF", quality=-1, chroma=444, **codes, **options)
    return file.getvalue()


def jp2(method: bytes) -> bytes:
    """Without loss, with the colour specification given."""
    file = BytesIO()
    Image.fromarray(PIXELS).save(file, "JPEG2000", irreversible=False)
    data = file.getvalue()
    start = data.index(b"jp2c") - 4
    height, width, channels = PIXELS.shape
    boxes = struct.pack(">I4sIIHBBBB", 22, b"ihdr", height, width, channels, 7, 7, 0, 0)
    boxes += struct.pack(">I4s", 8 + len(method), b"colr") + method
    head = b"\0\0\0\x0cjP  \r\n\x87\n" + struct.pack(">I4s4sI4s", 20, b"ftyp", b"jp2 ", 0, b"jp2 ")
    return head + struct.pack(">I4s", 8 + len(boxes), b"jp2h") + boxes + data[start:]


def named(number: int) -> bytes:
    return struct.pack(">BBBI", 1, 0, 0, number)


def colours(pixels: np.ndarray) -> np.ndarray:
    """The middle of each field."""
    return pixels[8, 8::16].astype(int)


P3 = ((190, 117, 84), (0, 142, 60), (34, 61, 156), (128, 128, 128))
ROMM = ((238, 122, 102), (0, 170, 70), (0, 81, 176), (146, 146, 146))


@pytest.mark.parametrize(
    ("make", "options", "expected", "space"),
    [
        pytest.param(avif, (12, 13), P3, "Display P3", marks=needs_avif, id="AVIF"),
        pytest.param(heic, (12, 13), P3, "Display P3", id="HEIC"),
        pytest.param(jp2, (named(21),), ROMM, "ProPhoto RGB gamma 1.8", id="JPEG 2000"),
    ],
)
def test_described_colours_are_converted(tmp_path, make, options, expected, space) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a").write_bytes(make(*options))
    read = load_picture(tmp_path / "a")
    assert np.abs(colours(read.picture.pixels) - expected).max() <= 4
    assert read.notices == (f"The colours of a were converted from {space} to sRGB.",)


@needs_avif
@pytest.mark.parametrize("name", ["AVIF", "HEIC"])
@pytest.mark.parametrize(("transfer", "told"), [(16, "BT.2020 PQ"), (18, "BT.2020 HLG")])
def test_hdr_is_toned_down(tmp_path: Path, name: str, transfer: int, told: str) -> None:
    (tmp_path / "a").write_bytes((avif if name == "AVIF" else heic)(9, transfer))
    read = load_picture(tmp_path / "a")
    assert f"The colours of a were converted from {told} to sRGB." in read.notices
    middle = colours(read.picture.pixels)
    assert np.abs(middle - COLOURS).max() > 20
    assert np.ptp(middle[3]) <= 2


@pytest.mark.parametrize("make", [pytest.param(avif, marks=needs_avif), heic])
@pytest.mark.parametrize("transfer", [1, 2, 6, 13])
def test_what_is_as_good_as_srgb_stays(tmp_path, make, transfer) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a").write_bytes(make(1, transfer))
    read = load_picture(tmp_path / "a")
    assert np.abs(colours(read.picture.pixels) - COLOURS).max() <= 3
    assert read.notices == ()


@pytest.mark.parametrize("make", [pytest.param(avif, marks=needs_avif), heic])
def test_a_profile_comes_first(tmp_path, make) -> None:  # type: ignore[no-untyped-def]
    data = make(9, 16, icc_profile=PROFILE) if make is heic else avif(9, 16, icc_profile=PROFILE)
    (tmp_path / "a").write_bytes(data)
    read = load_picture(tmp_path / "a")
    assert read.picture.icc_profile == PROFILE
    assert np.abs(colours(read.picture.pixels) - COLOURS).max() <= 3
    assert read.notices == ()


@pytest.mark.parametrize(
    ("make", "options", "description"),
    [
        pytest.param(avif, (9, 3), "nclx 9/3", marks=needs_avif, id="AVIF"),
        pytest.param(jp2, (named(20),), "colour space 20", id="JPEG 2000"),
    ],
)
def test_what_is_not_known_is_told(tmp_path, make, options, description) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a").write_bytes(make(*options))
    read = load_picture(tmp_path / "a")
    assert np.abs(colours(read.picture.pixels) - COLOURS).max() <= 3
    assert read.notices == (f"a describes its colours in a way that is not known ({description}), which was ignored.",)


@pytest.mark.parametrize("method", [2, 3])
def test_a_profile_of_jpeg_2000_is_kept(tmp_path: Path, method: int) -> None:
    (tmp_path / "a").write_bytes(jp2(bytes((method, 0, 0)) + PROFILE))
    assert load_picture(tmp_path / "a").picture.icc_profile == PROFILE


@needs_avif
@pytest.mark.parametrize("place", range(0, 260, 3))
def test_damaged_boxes_raise_nothing_else(tmp_path: Path, place: int) -> None:
    from qmap_studio.core.pictures.colours.nclx import nclx_codes

    data = bytearray(avif(9, 16))
    data[place : place + 3] = b"\xff\xff\xff"
    assert nclx_codes(BytesIO(data)) is None or len(nclx_codes(BytesIO(data)) or ()) == 2
