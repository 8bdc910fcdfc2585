import hashlib
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.codec.common.entropy_tables import ESCAPE_OFFSET, LATENT_BOUND, WIDEST
from qmap_studio.codec.common.passes.symbols import TABLES
from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.core.errors import BitstreamError

TABLES_FOR_TESTS = logistic_tables()
calls = st.lists(
    st.lists(st.tuples(st.integers(1, TABLES - 1), st.integers(-LATENT_BOUND, LATENT_BOUND)), max_size=60), max_size=4
)


@given(calls)
def test_symbols_come_back_call_by_call(parts):
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    arrays = [np.array(part, dtype=np.int64).reshape(-1, 2) for part in parts]
    for part in arrays:
        encoder.encode(part[:, 0], part[:, 1])
    decoder = SymbolDecoder(TABLES_FOR_TESTS, encoder.finish())
    for part in arrays:
        assert decoder.decode(part[:, 0]).tolist() == part[:, 1].tolist()
    decoder.finish()


def test_the_stream_is_as_long_as_the_tables_say():
    rng = np.random.default_rng(1)
    indices = rng.integers(1, TABLES, 20000)
    symbols = np.rint(rng.logistic(0.0, 1.0, 20000) * 0.06 * np.exp(0.103 * indices)).astype(int)
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    encoder.encode(indices, symbols)
    expected = TABLES_FOR_TESTS.bits[indices, np.minimum(np.abs(symbols), WIDEST + 1)].sum() / 8
    assert len(encoder.finish()) == pytest.approx(expected, rel=0.002)


def test_likelier_tables_cost_less():
    assert np.all(np.diff(TABLES_FOR_TESTS.bits[1:, 0]) > 0)


@given(st.binary(max_size=400))
def test_arbitrary_streams_decode_or_raise_a_bitstream_error(data):
    indices = np.arange(200) % (TABLES - 1) + 1
    try:
        decoder = SymbolDecoder(TABLES_FOR_TESTS, data)
        assert decoder.decode(indices).shape == (200,)
        decoder.finish()
    except BitstreamError:
        pass


def test_left_over_data_is_noticed():
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    encoder.encode(np.full(4000, 40), np.arange(4000) % 9 - 4)
    decoder = SymbolDecoder(TABLES_FOR_TESTS, encoder.finish())
    decoder.decode(np.full(1000, 40))
    with pytest.raises(BitstreamError, match="one of its streams"):
        decoder.finish()


def some_stream(count=4000):
    indices = np.arange(count) % (TABLES - 1) + 1
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    encoder.encode(indices, np.arange(count) % 9 - 4)
    return indices, encoder.finish()


def read_with(indices, data):
    decoder = SymbolDecoder(TABLES_FOR_TESTS, data)
    decoder.decode(indices)
    decoder.finish()


@pytest.mark.parametrize(
    "mutate",
    [
        lambda data: data + bytes(4),
        lambda data: data + b"more",
        lambda data: data + bytes(400),
        lambda data: data[:-4],
        lambda data: data[:4],
        lambda data: b"",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: bytes([data[0] ^ 1]) + data[1:],
    ],
)
@pytest.mark.parametrize("count", [*range(1, 40), 4000])
def test_only_the_stream_that_is_written_is_read(count, mutate):
    indices, stream = some_stream(count)

    read_with(indices, stream)
    with pytest.raises(BitstreamError):
        read_with(indices, mutate(stream))


def test_a_symbol_of_the_table_is_not_taken_as_an_escape():
    import constriction

    table, symbol = 40, 1
    reach = TABLES_FOR_TESTS.reach[table]
    coder = constriction.stream.queue.RangeEncoder()
    coder.encode(np.array([2 * reach + 1], np.int32), TABLES_FOR_TESTS.models[table])
    coder.encode(np.array([symbol + ESCAPE_OFFSET], np.int32), constriction.stream.model.Uniform(1 << 16))
    checksum = zlib.crc32(np.array([symbol], ">i2"))
    decoder = SymbolDecoder(
        TABLES_FOR_TESTS, checksum.to_bytes(4, "big") + coder.get_compressed().astype(">u4").tobytes()
    )
    assert decoder.decode(np.array([table])) == [symbol]
    with pytest.raises(BitstreamError):
        decoder.finish()


def test_another_network_is_told():
    indices, stream = some_stream(300)
    with pytest.raises(BitstreamError, match="does not fit the model's weights"):
        read_with(indices % (TABLES - 1) + 1, stream)


def test_the_stream_is_the_one_that_files_out_there_hold():
    """Guards the coder and its version: were it to change, no older file would open."""
    indices = np.arange(3000) * 7 % (TABLES - 1) + 1
    symbols = (np.arange(3000) * 31 % 101 - 50) * (indices > 30) // 8
    symbols[[5, 900]] = 29999, -30000
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    encoder.encode(indices[:1000], symbols[:1000])
    encoder.encode(indices[1000:], symbols[1000:])
    stream = encoder.finish()
    assert hashlib.sha256(stream).hexdigest()[:16] == "865c61f9fac5c3ba"
