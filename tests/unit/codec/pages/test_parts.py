"""The pages of the format tell what the program writes: a second reader, written from them alone, reads each part."""

import numpy as np
import pytest

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.detail.coding import pack as pack_details
from qmap_studio.codec.common.detail.layer import DetailFile
from qmap_studio.codec.common.detail.tables import detail_tables
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.kept import photographic
from qmap_studio.codec.common.kept.photographic.tables import tables as kept_tables
from qmap_studio.codec.common.map_coding import encode_steps
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.resources import resource_path
from tests.fixtures import sample_photo
from tests.second_reader import details
from tests.second_reader.container import Header, Payload, RefusedError
from tests.second_reader.kept import Photographic, photographic_part
from tests.second_reader.map import read_steps
from tests.second_reader.symbols import Stream, Table


@pytest.mark.parametrize("shape", [(1, 2), (7, 1), (2, 3), (20, 30)])
@pytest.mark.parametrize("kind", ["noise", "ramp", "blobs", "offset", "one step"])
def test_maps(shape: tuple[int, int], kind: str) -> None:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    steps = {
        "noise": np.random.default_rng(3).integers(-32, 33, shape),
        "ramp": (rows + 2 * columns) // 5 - 7,
        "blobs": np.rint(19 / (1 + np.exp((np.hypot(rows % 12 - 6, columns % 14 - 7) - 4) * 1.5))).astype(int),
        "offset": 5 + (columns > 3) * 8 + (rows == columns),
        "one step": np.full(shape, -7),
    }[kind]
    header = Header(16 * shape[1], 16 * shape[0], False, 0, b"", "")
    assert np.array_equal(read_steps(encode_steps(steps) or None, header), steps)


TABLES = {"live": load_codec("live", "cpu").tables, "details": detail_tables(), "kept": kept_tables()}


def second_tables(tables: Tables) -> list[Table | None]:
    return [None, *(Table(counts.tolist()) for counts in tables.counts[1:])]


def drawn(tables: Tables, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    indices = rng.integers(1, len(tables.counts), count)
    symbols = np.rint(rng.laplace(0, 0.3, count) * np.array(tables.reach)[indices]).astype(int)
    symbols[rng.random(count) < 0.02] = rng.integers(-30000, 30001)
    return indices, symbols


@pytest.mark.parametrize("name", TABLES)
def test_streams_of_symbols(name: str) -> None:
    tables = TABLES[name]
    encoder, groups = SymbolEncoder(tables), [drawn(tables, 300, seed) for seed in range(4)]
    for indices, symbols in groups:
        encoder.encode(indices, symbols)
    reader, second = Stream(encoder.finish()), second_tables(tables)
    for indices, symbols in groups:
        assert np.array_equal(reader.group(indices, second), symbols)
    reader.end()


def test_both_readers_find_the_same_streams_used_up() -> None:
    tables, rng = TABLES["live"], np.random.default_rng(0)
    second, outcomes = second_tables(tables), {True: 0, False: 0}

    def read_by_page(data: bytes) -> None:
        reader = Stream(data)
        reader.group(indices, second)
        reader.end()

    def read_by_program(data: bytes) -> None:
        decoder = SymbolDecoder(tables, data)
        decoder.decode(indices)
        decoder.finish()

    for seed in range(300):
        indices, symbols = drawn(tables, 1 + seed % 7, seed)
        encoder = SymbolEncoder(tables)
        encoder.encode(indices, symbols)
        checksum, words = (good := encoder.finish())[:4], good[4:]
        ends = (words, words + bytes(4), words[:-4], words[:-1] + rng.bytes(1), words[:-4] + rng.bytes(4))
        for data in (checksum + end for end in ends):
            accepted = is_accepted(read_by_page, data)
            assert accepted == is_accepted(read_by_program, data), (seed, data.hex())
            outcomes[accepted] += 1
    assert outcomes[True] >= 300
    assert outcomes[False] >= 900


def is_accepted(read, data: bytes) -> bool:  # type: ignore[no-untyped-def]
    try:
        read(data)
    except (RefusedError, BitstreamError):
        return False
    return True


@pytest.mark.parametrize("level", [0, 0x7FFF, 0xFFFF])
def test_details(level: int) -> None:
    rng = np.random.default_rng(3)
    kinds = rng.choice([0, 1, 2, 3], (18, 2), p=[0.6, 0.2, 0.1, 0.1]).astype(np.uint8)
    kinds[:4] = [[1, 1], [1, 2], [3, 1], [3, 3]]
    symbols = np.rint(rng.laplace(0, 1, (np.count_nonzero(kinds), 3, 16, 16)) * rng.random((1, 3, 16, 16)) * 2)
    for own, kind in zip(symbols, kinds[kinds > 0], strict=True):
        if kind == 3:
            own.reshape(3, 256)[:, 1:] = 0
    data, levels = pack_details(kinds, symbols.astype(np.int16))[0], np.full(kinds.shape, level, np.uint16)
    pixels = rng.integers(0, 256, (16 * 18 - 5, 16 * 2 - 9, 3), np.uint8)
    by_page = details.add_details(data, pixels.astype(np.int64), levels.astype(np.int64))
    DetailFile.unpack(data, *kinds.shape).add_to(pixels, levels)
    assert np.array_equal(by_page, pixels)


@pytest.mark.parametrize("is_grey", [False, True])
def test_the_photographic_coder(is_grey: bool) -> None:
    values = sample_photo().pixels[120:161, 200:229]
    if is_grey:
        values = np.repeat(values[..., :1], 3, axis=2)
    rows, columns = np.mgrid[-20:21, -14:15]
    codes = np.where(rows**2 + 2 * columns**2 <= 20**2, 255, 0).astype(np.uint8)
    codes[25:35] &= 252
    codes[:9] &= 127
    data = photographic.pack(values, codes)
    assert data[2] == (1 if is_grey else 3)
    arrays = Photographic(resource_path("kept/photographic-1.npz"))
    found, opacity = photographic_part(Payload(data), 41, 29, arrays)
    assert np.array_equal(opacity, codes)
    assert np.array_equal(found[codes > 0], values[codes > 0])
