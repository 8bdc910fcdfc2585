"""The .sfc container: all fields survive, no bytes harm."""

import struct
import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from qmap_studio.codec.common.alpha import pack_alpha, unpack_alpha
from qmap_studio.codec.common.container import (
    MAGIC,
    MAX_PIXELS_PER_BYTE,
    VERSION,
    SfcFile,
    pack,
    unpack,
)
from qmap_studio.core.errors import BitstreamError, ImageError
from qmap_studio.core.pictures import Metadata

SMALL = SfcFile(768, 512, False, "live", b"weights!", 20000, b"map", (b"first stream", b"second stream"))


def with_checksum(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4, "big")


def with_chunk(data: bytes, chunk: bytes) -> bytes:
    return with_checksum(data[:-4] + chunk)


def metadata() -> st.SearchStrategy[Metadata]:
    dpi = st.floats(0.1, 1e6)
    names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/\\"), min_size=1)
    return st.builds(
        Metadata,
        exif=st.none() | st.binary(),
        xmp=st.none() | st.binary(),
        dpi=st.none() | st.tuples(dpi, dpi),
        comment=st.none() | st.text(st.characters(codec="utf-8")),
        file_name=st.none() | names.filter(lambda name: name not in (".", "..") and len(name.encode()) <= 255),
        orientation=st.integers(1, 8),
    )


@st.composite
def sfc_files(draw: st.DrawFn) -> SfcFile:
    width = draw(st.integers(1, 30_000))
    return SfcFile(
        width=width,
        height=draw(st.integers(1, min(30_000, 200_000_000 // width))),
        is_grey=draw(st.booleans()),
        model_id=draw(st.text("abcxyz0189-_.", min_size=1, max_size=32)),
        weights_hash=draw(st.binary(min_size=8, max_size=8)),
        base_quality=draw(st.integers(0, 0xFFFF)),
        map_stream=draw(st.binary()),
        streams=tuple(draw(st.lists(st.binary(), max_size=5))),
        alpha=draw(st.none() | st.binary()),
        icc_profile=draw(st.none() | st.binary()),
        metadata=draw(metadata()),
    )


@given(sfc_files())
def test_all_fields_survive(file: SfcFile) -> None:
    data = pack(file)
    assert unpack(data) == file
    assert file.width * file.height <= MAX_PIXELS_PER_BYTE * len(data)


def test_costs_at_most_64_bytes() -> None:
    content = b"x" * 200_000
    file = SfcFile(4000, 3000, False, "live", bytes(8), 0, content, (content, content))
    assert len(pack(file)) - 3 * len(content) <= 64


@given(st.binary())
def test_arbitrary_bytes_raise_only_bitstream_errors(data: bytes) -> None:
    for candidate in (data, MAGIC + data, with_checksum(MAGIC + bytes([VERSION]) + data)):
        with pytest.raises(BitstreamError):
            unpack(candidate)


@given(sfc_files(), st.data())
def test_mutations_with_a_right_checksum_raise_only_bitstream_errors(file: SfcFile, data: st.DataObject) -> None:
    body = bytearray(pack(file)[:-4])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(len(MAGIC) + 1, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(len(MAGIC), len(body))) :]
    try:
        again = unpack(with_checksum(bytes(body)))
    except BitstreamError:
        return
    assert again.width * again.height <= MAX_PIXELS_PER_BYTE * (len(body) + 4)


def test_every_truncation_and_every_flipped_bit_is_found() -> None:
    said = Metadata(b"exif", b"<xmp/>", (300.0, 72.0), "a comment", "photo.jpg", 6)
    data = pack(replace(SMALL, alpha=b"alpha", icc_profile=b"profile", metadata=said))
    for size in range(len(data)):
        with pytest.raises(BitstreamError):
            unpack(data[:size])
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BitstreamError):
            unpack(bytes(flipped))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: bytes(byte & 0x7F for byte in data),
        lambda data: data.decode("latin-1").encode("utf-8"),
    ],
)
def test_text_mode_damage_is_named(damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BitstreamError, match=r"as text|not an \.sfc"):
        unpack(damage(pack(SMALL)))


def test_small_letters_are_skipped_and_capitals_are_not() -> None:
    data = pack(SMALL)
    assert unpack(with_chunk(data, b"z\x03abc")) == SMALL
    with pytest.raises(BitstreamError, match="newer version"):
        unpack(with_chunk(data, b"Z\x03abc"))
    with pytest.raises(BitstreamError, match="no type"):
        unpack(with_chunk(data, b"\x00\x03abc"))


@pytest.mark.parametrize("chunk", [b"H\x00", b"M\x01x", b"M\x00", b"S\x85\x00abcde", b"S\xff\xff\xff\xff\x7f", b"S"])
def test_malformed_chunks(chunk: bytes) -> None:
    with pytest.raises(BitstreamError):
        unpack(with_chunk(pack(SMALL), chunk))


@pytest.mark.parametrize(
    ("version", "advice"), [(1, "version 1, which an earlier version"), (3, "version 3, .* Is there a newer program")]
)
def test_other_versions_are_named(version: int, advice: str) -> None:
    data = bytearray(pack(SMALL))
    data[len(MAGIC)] = version
    with pytest.raises(BitstreamError, match=advice):
        unpack(with_checksum(bytes(data[:-4])))


def test_a_small_file_cannot_claim_a_large_picture() -> None:
    flat = pack(replace(SMALL, width=20_000, height=10_000))  # padded by the writer
    assert unpack(flat).width == 20_000
    start = flat.rindex(b"p")  # the padding is the last chunk
    with pytest.raises(BitstreamError, match="too many for its"):
        unpack(with_checksum(flat[:start]))


def test_writer_refuses_what_the_reader_would() -> None:
    for wrong in (
        {"width": 0},
        {"height": 30_001},
        {"width": 30_000, "height": 30_000},
        {"model_id": ""},
        {"model_id": "Live"},
        {"weights_hash": b""},
        {"base_quality": 65_536},
        {"streams": (b"",) * 65},
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each names its own field
            pack(replace(SMALL, **wrong))  # type: ignore[arg-type]
    with pytest.raises(ImageError, match="profile"):
        pack(replace(SMALL, icc_profile=bytes((1 << 26) + 1)))


@pytest.mark.parametrize("kind", [b"i", b"e", b"x", b"c"])
def test_unpacking_metadata_is_bounded(kind: bytes) -> None:
    bomb = zlib.compress(bytes(1 << 28), 9)
    data = with_chunk(pack(SMALL), kind + _number(len(bomb)) + bomb)
    tracemalloc.start()
    with pytest.raises(BitstreamError, match="profile or metadata"):
        unpack(data)
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@given(npst.arrays(np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_alpha_round_trip(alpha: np.ndarray) -> None:
    assert np.array_equal(unpack_alpha(pack_alpha(alpha), *alpha.shape), alpha)


def test_a_soft_mask_is_small() -> None:
    rows, columns = np.mgrid[0:512, 0:768]
    distance = np.hypot(rows - 256, columns - 384)
    mask = (np.clip((200 - distance) / 20, 0, 1) * 255).astype(np.uint8)
    assert len(pack_alpha(mask)) < 9000


@given(st.binary(max_size=40))
def test_hostile_alpha(data: bytes) -> None:
    for candidate in (data, data[:1] + zlib.compress(data)):
        try:
            alpha = unpack_alpha(candidate, 3, 5)
        except BitstreamError:
            continue
        assert alpha.shape == (3, 5)


def test_alpha_of_another_size() -> None:
    packed = pack_alpha(np.zeros((10, 10), np.uint8))
    for height, width in ((1, 1), (10, 11), (9, 10)):
        with pytest.raises(BitstreamError, match=f"{width} x {height}"):
            unpack_alpha(packed, height, width)
    with pytest.raises(BitstreamError):
        unpack_alpha(packed + b"more", 10, 10)
    with pytest.raises(BitstreamError):
        unpack_alpha(packed[:-1], 10, 10)
    with pytest.raises(BitstreamError):
        unpack_alpha(b"\0" + zlib.compress(bytes(1 << 26), 9), 10, 10)


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        (b"d", struct.pack(">2d", 300, 0), "resolution"),
        (b"d", struct.pack(">2d", float("nan"), 72), "resolution"),
        (b"d", struct.pack(">2d", 72, float("inf")), "resolution"),
        (b"d", bytes(15), "resolution"),
        (b"c", zlib.compress(b"\xff\xfe"), "comment"),
        (b"x", b"not deflated", "unpacked"),
        (b"n", b"", "source"),
        (b"n", b"\0photo.jpg", "source"),
        (b"n", b"\x09photo.jpg", "source"),
        (b"n", b"\1../photo.jpg", "source"),
        (b"n", b"\1C:\\photo.jpg", "source"),
        (b"n", b"\1..", "source"),
        (b"n", b"\1photo\x1b[2J.jpg", "source"),
        (b"n", b"\1photo\xff.jpg", "source"),
        (b"n", b"\1" + b"x" * 256, "source"),
    ],
)
def test_hostile_metadata_is_refused(kind: bytes, payload: bytes, said: str) -> None:
    with pytest.raises(BitstreamError, match=said):
        unpack(with_chunk(pack(SMALL), kind + _number(len(payload)) + payload))


@pytest.mark.parametrize("name", ["a\\b.jpg", "a\nb.jpg", "\udcff.jpg", "x" * 256])
def test_a_name_that_no_reader_would_take_is_left_out(name: str) -> None:
    data = pack(replace(SMALL, metadata=Metadata(file_name=name, orientation=3)))
    assert unpack(data).metadata == Metadata(orientation=3)
