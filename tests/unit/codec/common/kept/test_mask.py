"""Masks of kept pixels: exact and small."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from qmap_studio.codec.common.kept.photographic.mask import pack_codes, unpack_codes
from qmap_studio.core.errors import BitstreamError


def disc(radius: int) -> np.ndarray:
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.where(rows**2 + columns**2 <= radius**2, 255, 0).astype(np.uint8)


@given(
    npst.arrays(
        np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=30), elements=st.sampled_from([0, 252, 255])
    )
)
@settings(deadline=None)
def test_round_trip(codes: np.ndarray) -> None:
    present = np.unique(codes).tolist()
    assert np.array_equal(unpack_codes(pack_codes(codes, present), present, *codes.shape), codes)


@pytest.mark.parametrize("radius", [60, 127])
def test_a_disc_costs_less_than_a_byte_a_row(radius: int) -> None:
    assert len(pack_codes(disc(radius), [0, 255])) < 0.9 * (2 * radius + 1)


def test_one_code_costs_nothing() -> None:
    assert pack_codes(np.full((200, 100), 255, np.uint8), [255]) == b""


def test_bytes_too_few_or_too_many_are_refused() -> None:
    codes = disc(40)
    data = pack_codes(codes, [0, 255])
    for wrong in (data[: len(data) // 2], data + b"\0"):
        with pytest.raises(BitstreamError):
            unpack_codes(wrong, [0, 255], *codes.shape)
    with pytest.raises(BitstreamError):
        unpack_codes(b"\0", [255], 8, 8)
