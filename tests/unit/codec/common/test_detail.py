"""The detail layer: exact, safe against any bytes, and worth what it costs."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from qmap_studio.codec.common.detail.cells import cells_at
from qmap_studio.codec.common.detail.choice import choose
from qmap_studio.codec.common.detail.coding import pack, unpack
from qmap_studio.codec.common.detail.transform import ABSENT, FLAT, FREQUENCIES, PIXELS, added
from qmap_studio.core.cells import levels_of
from qmap_studio.core.errors import BitstreamError
from qmap_studio.core.rate import quality_to_lambda

GRIDS = npst.array_shapes(min_dims=2, max_dims=2, max_side=7)


def random_symbols(kinds: np.ndarray, seed: int, largest: int) -> np.ndarray:
    """Mostly zeros, and now and then anything up to the largest."""
    rng = np.random.default_rng(seed)
    shape = (np.count_nonzero(kinds), 3, 16, 16)
    symbols = rng.integers(-largest, largest + 1, shape) * (rng.random(shape) < rng.random())
    flat = symbols[kinds[kinds != ABSENT] == FLAT]
    flat.reshape(-1, 3, 256)[..., 1:] = 0
    symbols[kinds[kinds != ABSENT] == FLAT] = flat
    return symbols.astype(np.int16)


def uniform(quality: float, *shape: int) -> np.ndarray:
    """Levels of so many cells."""
    return levels_of(np.full(shape, quality, np.float32))


def with_details(original: np.ndarray, reconstruction: np.ndarray, quality: float) -> tuple[np.ndarray, int]:
    """The picture as a decoder shows it, and the bytes of its details; sides are whole cells."""
    rows, columns = original.shape[0] // 16, original.shape[1] // 16
    levels = uniform(quality, rows, columns)
    chosen = choose(original, reconstruction, levels)
    if chosen is None:
        return reconstruction, 0
    data, _ = pack(chosen.kinds, chosen.symbols)
    kinds, symbols, _ = unpack(data, rows, columns)
    where = np.nonzero(kinds)
    cells = cells_at(reconstruction, *where)
    shown = reconstruction.reshape(rows, 16, columns, 16, 3).swapaxes(1, 2).copy()
    shown[where] = np.clip(cells + added(kinds[where], symbols, levels[where], cells), 0, 255)
    return shown.swapaxes(1, 2).reshape(original.shape), len(data)


def mean_square(one: np.ndarray, other: np.ndarray) -> float:
    return float(((one.astype(float) - other) ** 2).mean())


@given(npst.arrays(np.uint8, GRIDS, elements=st.integers(0, 3)), st.integers(0, 99), st.sampled_from([1, 40, 30000]))
@settings(deadline=None, max_examples=60)
def test_round_trip(kinds: np.ndarray, seed: int, largest: int) -> None:
    symbols = random_symbols(kinds, seed, largest)
    data, _ = pack(kinds, symbols)
    found_kinds, found_symbols, _ = unpack(data, *kinds.shape)
    assert np.array_equal(found_kinds, kinds)
    assert found_symbols.dtype == np.int16
    assert np.array_equal(found_symbols, symbols)
    assert (data == b"") == (not kinds.any())


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (35, 18)])
def test_round_trip_of_larger_grids(shape: tuple[int, int]) -> None:
    kinds = np.random.default_rng(1).integers(0, 4, shape).astype(np.uint8)
    kinds[0, 0] = PIXELS
    symbols = random_symbols(kinds, 2, 3)
    found = unpack(pack(kinds, symbols)[0], *shape)
    assert np.array_equal(found[0], kinds)
    assert np.array_equal(found[1], symbols)


@given(st.binary(max_size=300), st.integers(0, 9), GRIDS)
@settings(deadline=None, max_examples=60)
def test_arbitrary_bytes_decode_or_raise_a_bitstream_error(data: bytes, words: int, shape: tuple[int, int]) -> None:
    for given_bytes in (data, words.to_bytes(4, "big") + data):
        try:
            kinds, symbols, _ = unpack(given_bytes, *shape)
        except BitstreamError:
            continue
        assert kinds.shape == shape
        assert len(symbols) == np.count_nonzero(kinds)


def test_what_is_cut_short_or_goes_on_is_damaged() -> None:
    kinds = np.array([[1, 0, 2], [3, 1, 0]], np.uint8)
    data, _ = pack(kinds, random_symbols(kinds, 3, 5))
    for length in range(1, len(data)):
        with pytest.raises(BitstreamError):
            unpack(data[:length], 2, 3)
    for more in (b"\0", b"\0\0\0\0", b"\1\2\3\4\5\6\7\x08"):
        with pytest.raises(BitstreamError):
            unpack(data + more, 2, 3)
    with pytest.raises(BitstreamError):
        unpack(bytes([*data[:3], data[3] + 1]) + b"\1\2\3\4" + data[4:], 2, 3)


def test_the_bits_of_the_cells_are_those_of_the_bytes() -> None:
    rng = np.random.default_rng(4)
    kinds = rng.integers(0, 4, (9, 13)).astype(np.uint8)
    symbols = random_symbols(kinds, 5, 4)
    data, bits = pack(kinds, symbols)
    assert bits.dtype == np.float32
    assert bits.sum() / 8 == pytest.approx(len(data), rel=0.001, abs=8)
    assert bits[kinds == FREQUENCIES].mean() > 100 * bits[kinds == ABSENT].mean()
    np.testing.assert_array_equal(unpack(data, *kinds.shape)[2], bits)
    assert not pack(np.zeros((2, 3), np.uint8), symbols[:0])[1].any()


def test_a_cell_far_from_all_details_costs_next_to_nothing() -> None:
    """What a person sees of where the bits go is where they went."""
    kinds = np.zeros((60, 40), np.uint8)
    kinds[30:] = np.random.default_rng(3).integers(0, 2, (30, 40))
    _, bits = pack(kinds, random_symbols(kinds, 3, 5))
    assert bits[2:28].mean() < 0.05
    assert bits[30:][kinds[30:] == ABSENT].mean() > 0.5


def test_the_stream_is_the_one_that_files_out_there_hold() -> None:
    kinds = (np.arange(20 * 5).reshape(20, 5) * 7 % 11 % 4).astype(np.uint8)
    places = np.arange(np.count_nonzero(kinds) * 768).reshape(-1, 3, 16, 16)
    symbols = (places * 31 % 101 - 50) * (places % 7 == 0) // 6
    symbols[kinds[kinds != 0] == FLAT, :, 1:] = 0
    symbols[kinds[kinds != 0] == FLAT, :, :, 1:] = 0
    digest = hashlib.sha256(pack(kinds, symbols.astype(np.int16))[0]).hexdigest()
    assert digest == "e40291a636527f92be506e8322f697b54b24b43d344d6ba565a9c14b393da59b"


def test_what_is_added_is_the_same_on_every_machine_and_in_every_company() -> None:
    rng = np.random.default_rng(6)
    kinds = rng.integers(1, 4, 23).astype(np.uint8)
    symbols = rng.integers(-9, 10, (23, 3, 16, 16)).astype(np.int16)
    symbols[:2] *= 3000
    levels = rng.integers(0, 65536, 23).astype(np.uint16)
    cells = (np.arange(23 * 768).reshape(23, 16, 16, 3) * 37 % 256).astype(np.uint8)
    together = added(kinds, symbols, levels, cells)
    assert together.dtype == np.int16
    for k in range(23):
        alone = slice(k, k + 1)
        assert np.array_equal(added(kinds[alone], symbols[alone], levels[alone], cells[alone])[0], together[k])
    assert (
        hashlib.sha256(together.astype("<i2").tobytes()).hexdigest()
        == "34cdfcf27dbe35a50ea2fe87903286f3828e0f89335714ed43d29c6c7ec8cb78"
    )


def test_a_part_is_given_what_the_whole_is_given() -> None:
    rng = np.random.default_rng(7)
    original = rng.integers(0, 256, (75, 90, 3)).astype(np.uint8)
    original[16:40, 20:70] = 200
    original[::9, ::7] = 255
    reconstruction = np.clip(original + rng.normal(0, np.linspace(0, 60, 90)[:, None], original.shape), 0, 255)
    reconstruction = reconstruction.astype(np.uint8)
    levels = rng.integers(0, 65536, (5, 6)).astype(np.uint16)
    whole = choose(original, reconstruction, levels)
    assert whole is not None
    assert {FREQUENCIES, PIXELS, FLAT} & set(whole.kinds.ravel())
    order = np.cumsum(whole.kinds.ravel() != ABSENT).reshape(levels.shape) - 1
    for row, column in np.ndindex(*levels.shape):
        area = slice(16 * row, 16 * row + 16), slice(16 * column, 16 * column + 16)
        part = choose(original[area], reconstruction[area], levels[row : row + 1, column : column + 1])
        if whole.kinds[row, column] == ABSENT:
            assert part is None
        else:
            assert part is not None
            assert part.kinds[0, 0] == whole.kinds[row, column]
            assert np.array_equal(part.symbols[0], whole.symbols[order[row, column]])


@pytest.mark.parametrize("quality", [0.3, 0.5, 0.7, 1.0])
def test_a_cell_is_not_left_much_worse_than_its_mean_colour(quality: float) -> None:
    """By no more than some 40 bits are worth."""
    rng = np.random.default_rng(8)
    original = np.full((64, 64, 3), 90, np.uint8)
    original[:, 32:] = rng.integers(0, 256, (64, 32, 3))
    original[20:30, 4:12] = (250, 10, 10)
    reconstruction = np.clip(original + rng.normal(0, 70, original.shape), 0, 255).astype(np.uint8)
    shown, _ = with_details(original, reconstruction, quality)
    worth = quality_to_lambda(quality) / 3
    for row, column in np.ndindex(4, 4):
        area = slice(16 * row, 16 * row + 16), slice(16 * column, 16 * column + 16)
        own = original[area].astype(float)
        spread = ((own - np.rint(own.mean(axis=(0, 1)))) ** 2).sum()
        assert worth * (((own - shown[area]) ** 2).sum() - spread) < 40


def test_noise_is_kept_at_quality_1() -> None:
    original = np.random.default_rng(9).integers(0, 256, (128, 128, 3)).astype(np.uint8)
    shown, size_bytes = with_details(original, np.full_like(original, 128), 1.0)
    assert 10 * np.log10(255**2 / mean_square(original, shown)) > 32
    assert size_bytes < 1.6 * 128 * 128


def test_lone_dots_cost_little() -> None:
    original = np.zeros((128, 128, 3), np.uint8)
    original[5::16, 9::16] = 255
    shown, size_bytes = with_details(original, np.zeros_like(original), 1.0)
    assert mean_square(original, shown) < 0.5
    assert size_bytes < 64 * 3


def test_what_is_as_good_as_it_should_be_is_left_alone() -> None:
    original = np.random.default_rng(10).integers(90, 160, (48, 64, 3)).astype(np.uint8)
    assert choose(original, original, uniform(1.0, 3, 4)) is None
    assert choose(original, original + np.uint8(1), uniform(0.5, 3, 4)) is None


def test_pixels_beyond_the_picture_count_for_nothing() -> None:
    """One column of pixels in a cell is not worth what sixteen would be."""
    original = np.zeros((16, 17, 3), np.uint8)
    reconstruction = original.copy()
    reconstruction[:, 16] = 20
    levels = uniform(0.5, 1, 2)
    assert choose(original, reconstruction, levels) is None
    assert choose(np.zeros((16, 32, 3), np.uint8), np.pad(reconstruction, ((0, 0), (0, 15), (0, 0)), "edge"), levels)
