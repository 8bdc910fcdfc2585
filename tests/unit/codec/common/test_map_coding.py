"""The signalled map: exact, small, and safe against any bytes."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from qmap_studio.codec.common.map_coding import MAX_STEP, decode_steps, encode_steps
from qmap_studio.core.errors import BitstreamError

GRIDS = npst.array_shapes(min_dims=2, max_dims=2, max_side=24)


def six_soft_strokes() -> np.ndarray:
    """Steps of a 768 x 512 photo's cells: six soft round strokes of quality 0.9 on 0.3."""
    strokes = (  # from x, y, to x, y, diameter, hardness
        (90, 80, 250, 110, 90, 0.5),
        (480, 60, 650, 110, 120, 0.3),
        (600, 250, 640, 430, 80, 0.7),
        (120, 260, 220, 400, 140, 0.4),
        (330, 250, 450, 230, 60, 0.6),
        (350, 450, 480, 400, 100, 0.5),
    )
    rows, columns = np.mgrid[0:512, 0:768] + 0.5
    quality = np.full((512, 768), 0.3)
    for x, y, to_x, to_y, diameter, hardness in strokes:
        along = ((columns - x) * (to_x - x) + (rows - y) * (to_y - y)) / ((to_x - x) ** 2 + (to_y - y) ** 2)
        along = along.clip(0, 1)
        distance = np.hypot(columns - x - along * (to_x - x), rows - y - along * (to_y - y))
        ramp = ((1 - 2 * distance / diameter) / (1 - hardness)).clip(0, 1)
        quality += (0.9 - quality) * ramp * ramp * (3 - 2 * ramp)
    cells = quality.reshape(32, 16, 48, 16).mean((1, 3))
    return np.rint((cells - 0.3) * 32).astype(np.int32)


@given(st.data(), GRIDS, st.integers(-MAX_STEP, MAX_STEP), st.integers(-MAX_STEP, MAX_STEP))
def test_round_trip(data: st.DataObject, shape: tuple[int, int], one: int, other: int) -> None:
    elements = st.integers(min(one, other), max(one, other))
    steps = data.draw(npst.arrays(np.int32, shape, elements=elements))
    decoded = decode_steps(encode_steps(steps), *shape)
    assert decoded.dtype == np.int32
    assert np.array_equal(decoded, steps)


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (33, 47)])
def test_round_trip_of_noise(shape: tuple[int, int]) -> None:
    steps = np.random.default_rng(0).integers(-MAX_STEP, MAX_STEP + 1, shape)
    assert np.array_equal(decode_steps(encode_steps(steps), *shape), steps)


def test_constant_maps_cost_nothing_or_two_bytes() -> None:
    assert encode_steps(np.zeros((32, 48), np.int32)) == b""
    assert len(encode_steps(np.full((32, 48), -7))) == 2


def test_six_soft_strokes_cost_little() -> None:
    steps = six_soft_strokes()
    data = encode_steps(steps)
    assert np.array_equal(decode_steps(data, *steps.shape), steps)
    assert len(data) <= 190


def test_the_stream_is_pinned() -> None:
    """Files must open for ever: this changes only together with the container's version."""
    data = encode_steps(six_soft_strokes())
    assert hashlib.sha256(data).hexdigest()[:16] == "4de921688f179dbc"


@given(st.binary(max_size=200), st.integers(1, 20), st.integers(1, 20))
def test_arbitrary_bytes_give_steps_in_range_or_the_one_error(data: bytes, rows: int, cols: int) -> None:
    for candidate in (data, b"\x00\x40" + data):
        try:
            steps = decode_steps(candidate, rows, cols)
        except BitstreamError:
            continue
        assert steps.shape == (rows, cols)
        assert steps.min() >= -MAX_STEP
        assert steps.max() <= MAX_STEP


def test_truncated_and_lengthened_streams_are_found() -> None:
    steps = six_soft_strokes()
    data = encode_steps(steps)
    found = 0
    for size in range(1, len(data)):
        try:
            decode_steps(data[:size], *steps.shape)
        except BitstreamError:
            found += 1
    assert found > 0.95 * len(data)  # now and then a shorter stream is another map: the file's checksum finds these
    for more in (b"\0", b"\xff", b"more"):
        with pytest.raises(BitstreamError):
            decode_steps(data + more, *steps.shape)
    with pytest.raises(BitstreamError):
        decode_steps(encode_steps(np.full((2, 2), 5)) + b"\0", 2, 2)


def test_the_last_byte_is_the_one_that_a_writer_gives() -> None:
    steps = six_soft_strokes()
    data = encode_steps(steps)
    for last in set(range(256)) - {data[-1]}:
        try:
            other = decode_steps(data[:-1] + bytes([last]), *steps.shape)
        except BitstreamError:
            continue
        assert not np.array_equal(other, steps), f"{last} was taken for {data[-1]}"


def test_ranges_that_no_writer_gives() -> None:
    for bounds in (b"\x20", b"\x20\x20", b"\x21\x20", b"\x00\x41", b"\x41\x41", b"\xff\xff"):
        with pytest.raises(BitstreamError, match="range"):
            decode_steps(bounds, 4, 4)


def test_misuse() -> None:
    for wrong in (np.zeros(4, int), np.zeros((0, 4), int), np.full((2, 2), 33), np.full((2, 2), -33)):
        with pytest.raises(ValueError, match="steps"):
            encode_steps(wrong)
