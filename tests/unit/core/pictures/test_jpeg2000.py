"""JPEG 2000 files whose channels are not plainly red, green and blue."""

import base64
import struct
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import jpeg2000, read_picture

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 10, 4), dtype=np.uint8)


def jp2(pixels: np.ndarray, colour_space: int, *definition: tuple[int, int, int]) -> bytes:
    """A lossless file with a channel definition: channel, type, association."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG2000", irreversible=False)
    data = file.getvalue()
    start = data.index(b"jp2c") - 4
    signature = b"\0\0\0\x0cjP  \r\n\x87\n" + struct.pack(">I4s4sI4s", 20, b"ftyp", b"jp2 ", 0, b"jp2 ")
    height, width, channels = pixels.shape
    boxes = struct.pack(">I4sIIHBBBB", 22, b"ihdr", height, width, channels, 7, 7, 0, 0)
    boxes += struct.pack(">I4sBBBI", 15, b"colr", 1, 0, 0, colour_space)
    entries = b"".join(struct.pack(">HHH", *entry) for entry in definition)
    boxes += struct.pack(">I4sH", 10 + len(entries), b"cdef", len(definition)) + entries
    return signature + struct.pack(">I4s", 8 + len(boxes), b"jp2h") + boxes + data[start:]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_channels_are_put_in_order(tmp_path: Path, order: tuple[int, int, int]) -> None:
    stored = np.ascontiguousarray(PIXELS[..., order])
    definition = [(channel, 0, colour + 1) for channel, colour in enumerate(order)]
    (tmp_path / "a.jp2").write_bytes(jp2(stored, 16, *definition))
    assert np.array_equal(read_picture(tmp_path / "a.jp2").pixels, PIXELS[..., :3])


def test_alpha_that_comes_first(tmp_path: Path) -> None:
    stored = np.ascontiguousarray(PIXELS[..., [3, 0, 1, 2]])
    (tmp_path / "a.jp2").write_bytes(jp2(stored, 16, (0, 1, 0), (1, 0, 1), (2, 0, 2), (3, 0, 3)))
    picture = read_picture(tmp_path / "a.jp2")
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, PIXELS[..., 3])
    assert np.array_equal(picture.pixels, PIXELS[..., :3])


@pytest.mark.parametrize(
    ("colour_space", "definition"),
    [(16, [(0, 0, 1), (1, 0, 1), (2, 0, 3)]), (18, [(0, 0, 3), (1, 0, 2), (2, 0, 1)])],
    ids=["two are red", "YCC in another order"],
)
def test_wrong_colours_are_refused(tmp_path: Path, colour_space: int, definition: list[tuple[int, int, int]]) -> None:
    (tmp_path / "a.jp2").write_bytes(jp2(np.ascontiguousarray(PIXELS[..., :3]), colour_space, *definition))
    with pytest.raises(ImageError, match=r"a\.jp2 is a JPEG 2000 file with .*channels in an unusual order"):
        read_picture(tmp_path / "a.jp2")


# Of one colour (Y 120, Cb 90, Cr 170) as sYCC, its chroma at half the resolution; written by opj_compress, base 85.
ODD_422 = (
    "0000CYEU2`4GM<}0000KW^{RQYH%_j00000YH%_j0000jYH%`W0000MX=r3}000070000900RdH0000001sntY;pkr000005&!@I!D?_"
    "aWB*V8Q2;Lh000002><{92LJ#700000000002><{92LJ#7000000009A0RaaB0S5vB|55-900001000C800IA800cll|6~9q00BdCWnp"
    "w>WFTUBAWv{*Zc0!^M<8}(a&u{KZXhx)H7+p!kN^q*00000NdN)=lfm)^5l~dG|9{_rphrQYO{`Ff=+D3a3?acmPohdv58r^mM?s<VQT"
    "xhd7-IUY6FU=--9<1)(sP|b|Je"
)
ODD_420 = (
    "0000CYEU2`4GM<}0000KW^{RQYH%_j00000YH%_j0000jYH%`W0000MX=r3}000070000900RdH0000001sntY;pkr000005&!@Ivubc"
    "MWB*V8Q2;Lh000002><{92LJ#700000000002><{92LJ#7000000009A0RaaB0tW&D|55-900001000C800IA800cll|6~9q00BdCWnp"
    "w>WFTUBAWv{*Zc0!^M<8}(a&u{KZXhx)H7+p!kN^q*00000I{*Rylfm)^5l~dG|9{_rZ~)JxJi(v7;j1U5yd$sQfPetcpE_5jS&3+lT!"
    "2%PcJKe$"
)
EVEN_420 = (
    "0000CYEU2`4GM<}0000KW^{RQYH%_j00000YH%_j0000jYH%`W0000MX=r3}000080000800RdH0000001sntY;pkr000005&!@IsA_O"
    "BWB*V8Q2;Lh000002mk;82mk;800000000002mk;82mk;8000000009A0RaaB0tW&D|55-900001000C800IA800cll|6~9q00BdCWnp"
    "w>WFTUBAWv{*Zc0!^M<8}(a&u{KZXhx)H7+p!kN^q*00000FaQDnlfm)@5l~d4Z^zUW5l~572tq#PG(X4G6chkbW_KXKw0(&G*#"
)


def test_colours_at_half_the_resolution(tmp_path: Path) -> None:
    (tmp_path / "a.jp2").write_bytes(base64.b85decode(EVEN_420))
    want = np.asarray(Image.new("YCbCr", (1, 1), (120, 90, 170)).convert("RGB")).astype(int)
    assert np.abs(read_picture(tmp_path / "a.jp2").pixels - want).max() <= 2


@pytest.mark.parametrize("data", [ODD_422, ODD_420])
def test_colours_at_half_of_an_odd_size_are_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "a.jp2").write_bytes(base64.b85decode(data))
    with pytest.raises(ImageError, match=r"a\.jp2 is a JPEG 2000 file with colours at a lower resolution"):
        read_picture(tmp_path / "a.jp2")


@pytest.mark.parametrize("channels", [1, 3])
def test_white_of_more_than_8_bits_is_white(tmp_path: Path, channels: int) -> None:
    ramp = np.linspace(0, 65535, 64).round().astype(np.uint16)
    values = np.repeat(np.repeat(ramp[None, :, None], 64, axis=0), channels, axis=2)
    values[..., 0] = values[:, ::-1, 0]  # blue, or grey
    (tmp_path / "deep.jp2").write_bytes(cv2.imencode(".jp2", values)[1].tobytes())
    expected = np.broadcast_to(np.rint(values.astype(float) / 257)[..., ::-1], (64, 64, 3))
    np.testing.assert_allclose(read_picture(tmp_path / "deep.jp2").pixels, expected, atol=1)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_white_of_fewer_than_8_bits_is_white(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bits: int) -> None:
    """Pillow shifts: 4 bits of white are 240."""
    stored = (np.arange(1 << bits, dtype=np.uint8) << (8 - bits))[None].repeat(4, axis=0)
    Image.fromarray(stored).save(tmp_path / "a.jp2", irreversible=False)
    monkeypatch.setattr(jpeg2000, "jpeg2000_bits", lambda _head: bits)
    grey = read_picture(tmp_path / "a.jp2").pixels[0, :, 0]
    assert grey.tolist() == [round(level * 255 / ((1 << bits) - 1)) for level in range(1 << bits)]
