import doctest
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmap_studio.codec.common import entropy
from qmap_studio.codec.common.entropy import LATENT_BOUND, WIDEST, SymbolDecoder, SymbolEncoder
from qmap_studio.codec.live.quantisation import TABLES
from qmap_studio.codec.live.tables import logistic_tables
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
    with pytest.raises(BitstreamError, match="more data"):
        decoder.finish()


def test_the_stream_is_the_one_that_files_out_there_hold():
    """Guards the coder and its version: were it to change, no older file would open."""
    indices = np.arange(3000) * 7 % (TABLES - 1) + 1
    symbols = (np.arange(3000) * 31 % 101 - 50) * (indices > 30) // 8
    symbols[[5, 900]] = 29999, -30000
    encoder = SymbolEncoder(TABLES_FOR_TESTS)
    encoder.encode(indices[:1000], symbols[:1000])
    encoder.encode(indices[1000:], symbols[1000:])
    stream = encoder.finish()
    assert hashlib.sha256(stream).hexdigest()[:16] == "065e5d85dcff520d"


def test_the_example_of_the_docstring_is_true():
    assert doctest.testmod(entropy).attempted > 0
    assert doctest.testmod(entropy).failed == 0
