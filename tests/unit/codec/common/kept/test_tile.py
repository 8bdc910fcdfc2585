"""Tiles with kept pixels: exact or within bounds, small, and safe against any bytes."""

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from qmap_studio.codec.common.kept import photographic, webp
from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT, codes_of, stored
from qmap_studio.codec.common.kept.tile import Coder, pack_tile, unpack_tile
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import BitstreamError
from tests.fixtures import sample_photo

SHAPES = st.tuples(st.integers(1, 24), st.integers(1, 24))
CODES = st.sampled_from([NOT_KEPT, CHOSEN, *range(247, 256)])


def photo() -> np.ndarray:
    """A tile of a face."""
    return sample_photo().pixels[60:316, 130:386]


def disc(radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:256, :256] - 127.5
    return np.where(np.hypot(rows, columns) <= radius, WITHOUT_LOSS, UNBOUNDED).astype(np.uint8)


def unpacked(data: bytes, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixels, 0 where nothing is kept, and codes of the whole tile."""
    content = unpack_tile(data, height, width)
    pixels, codes = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    part = np.s_[content.y : content.y + len(content.codes), content.x : content.x + content.codes.shape[1]]
    pixels[part], codes[part] = content.pixels * (content.codes > 0)[..., None], content.codes
    return pixels, codes


@given(st.data(), SHAPES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_photographic_round_trip(data: st.DataObject, shape: tuple[int, int], is_grey: bool) -> None:
    codes = data.draw(npst.arrays(np.uint8, shape, elements=CODES).filter(lambda codes: codes.any()))
    values = data.draw(npst.arrays(np.uint8, (*shape, 1 if is_grey else 3))) + np.zeros(3, np.uint8)
    decoded, decoded_codes = photographic.unpack(photographic.pack(values, codes), *shape)
    assert np.array_equal(decoded_codes, codes)
    assert np.array_equal(decoded[codes > 0], values[codes > 0])


@pytest.mark.parametrize("radius", [20, 60, 110])
def test_discs_of_a_photo_need_fewer_bytes_than_webp_and_are_exact(radius: float) -> None:
    codes = codes_of(disc(radius))
    data = pack_tile(photo(), codes)
    rows, columns = (np.flatnonzero(codes.any(axis=axis)) for axis in (1, 0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert data[0] == Coder.PHOTOGRAPHIC
    assert len(data) < 0.93 * len(webp.pack(photo()[part], codes[part]))
    pixels, decoded_codes = unpacked(data, 256, 256)
    assert np.array_equal(decoded_codes, codes)
    assert np.array_equal(pixels[codes > 0], photo()[codes > 0])


def test_a_disc_needs_fewer_bytes_than_its_share_of_the_photo_in_webp() -> None:
    file = io.BytesIO()
    Image.fromarray(photo()).save(file, "WEBP", lossless=True, method=6, quality=100)
    bounds = disc(110)
    share = (bounds == WITHOUT_LOSS).mean()
    assert len(pack_tile(photo(), codes_of(bounds))) < 1.02 * share * len(file.getvalue())


@pytest.mark.parametrize("bound", [1, 3, 8])
def test_errors_are_within_the_bound_and_bring_fewer_bytes(bound: int) -> None:
    exact, bounds = disc(100), disc(100)
    bounds[bounds == WITHOUT_LOSS] = bound
    data = pack_tile(photo(), codes_of(bounds))
    pixels, _ = unpacked(data, 256, 256)
    inside = bounds == bound
    assert np.abs(pixels[inside].astype(int) - photo()[inside]).max() == bound
    assert len(data) < 0.8 * len(pack_tile(photo(), codes_of(exact)))


def test_bounds_of_several_kinds_lie_side_by_side() -> None:
    bounds = disc(100)
    bounds[:, 128:][bounds[:, 128:] == WITHOUT_LOSS] = 3
    codes = codes_of(bounds)
    codes[:16, :16] = CHOSEN
    values = stored(photo(), codes)
    decoded, decoded_codes = photographic.unpack(photographic.pack(values, codes), 256, 256)
    assert np.array_equal(decoded_codes, codes)
    assert np.array_equal(decoded[codes > 0], values[codes > 0])


def test_grey_photos_cost_what_their_luma_costs() -> None:
    codes = codes_of(disc(110))
    grey = np.repeat(photo()[..., 1:2], 3, axis=2)
    assert len(photographic.pack(grey, codes)) < 0.6 * len(photographic.pack(photo(), codes))


def test_what_is_not_kept_makes_no_difference() -> None:
    codes = codes_of(disc(60))
    other = np.where((codes > 0)[..., None], photo(), 255 - photo())
    assert photographic.pack(photo(), codes) == photographic.pack(other, codes)


def test_how_arrays_lie_in_memory_makes_no_difference() -> None:
    codes = codes_of(disc(60))
    data = photographic.pack(np.ascontiguousarray(photo()), codes)
    assert photographic.pack(np.asfortranarray(photo()), np.asfortranarray(codes)) == data


def test_graphics_that_were_chosen_go_to_webp() -> None:
    checkers = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = np.repeat(checkers[..., None], 3, axis=2)
    assert pack_tile(pixels, np.full((64, 64), CHOSEN, np.uint8))[0] == Coder.WEBP


@pytest.mark.parametrize("size", [0, 1, 2, 3, 6, 20, 100, 400])
def test_a_tile_that_is_cut_short_is_refused(size: int) -> None:
    data = pack_tile(photo(), codes_of(disc(20)))
    with pytest.raises(BitstreamError):
        unpack_tile(data[:size], 256, 256)


def test_a_part_that_reaches_out_of_its_tile_is_refused() -> None:
    data = pack_tile(photo(), codes_of(disc(110)))
    with pytest.raises(BitstreamError):
        unpack_tile(data, 256, 220)
    with pytest.raises(BitstreamError):
        unpack_tile(data, 220, 256)


@given(st.binary(max_size=80), st.sampled_from([0, 1]))
@settings(deadline=None)
def test_any_bytes_give_a_tile_or_a_bitstream_error(data: bytes, coder: int) -> None:
    with suppress(BitstreamError):
        unpack_tile(bytes([coder]) + data, 40, 40)


@given(st.integers(0, 2000), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_damage_gives_a_tile_or_a_bitstream_error(at: int, change: int) -> None:
    data = bytearray(pack_tile(photo(), codes_of(disc(20))))
    data[at % len(data)] ^= change
    with suppress(BitstreamError):
        unpack_tile(bytes(data), 256, 256)
