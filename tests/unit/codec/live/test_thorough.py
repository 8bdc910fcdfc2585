"""Thorough encoding: what it gains on a real photo, and what it must not lose."""

import threading

import numpy as np
import pytest

from qmap_studio.codec import encode_to_size, load_codec
from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import Cancelled
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import quality_to_lambda
from tests.fixtures import sample_photo

PATIENCE_S = 60


@pytest.fixture(scope="module")
def codec() -> LiveCodec:
    return load_codec("live", "cpu")


@pytest.fixture(scope="module")
def photo() -> Picture:
    """Of no whole number of cells."""
    return Picture(np.ascontiguousarray(sample_photo().pixels[60:250, 120:350]))


def in_halves(picture: Picture, left: float, right: float) -> np.ndarray:
    quality_map = np.full((picture.height, picture.width), left, np.float32)
    quality_map[:, 112:] = right
    return quality_map


def costs(picture: Picture, encoding, quality_map: np.ndarray) -> tuple[float, float]:
    """Bits of the file, and those with what the errors are worth."""
    errors = np.square(picture.pixels.astype(float) - encoding.reconstruction).mean(axis=-1)
    bits = 8.0 * encoding.size_bytes
    return bits, bits + float((quality_to_lambda(quality_map.astype(float)) * errors).sum())


@pytest.mark.parametrize(("left", "right"), [(0.3, 0.3), (0.9, 0.2)])
def test_it_is_worth_more_than_two_percent_of_the_bytes(codec, photo, left, right):
    quality_map = in_halves(photo, left, right)
    usual, thorough = (codec.encode(photo, quality_map, thorough=each) for each in (False, True))
    (bits, cost), (_, found) = (costs(photo, each, quality_map) for each in (usual, thorough))
    assert found < cost - 0.02 * bits
    np.testing.assert_array_equal(codec.decode(thorough.data).picture.pixels, thorough.reconstruction)


def test_the_same_picture_gives_the_same_file(codec, photo):
    files = {codec.encode(photo, in_halves(photo, 0.5, 0.5), thorough=True).data for _ in range(2)}
    assert len(files) == 1


def test_what_is_to_be_without_loss_is(codec, photo):
    bounds = np.full((photo.height, photo.width), UNBOUNDED, np.uint8)
    bounds[40:90, 50:120] = WITHOUT_LOSS
    shown = codec.decode(codec.encode(photo, in_halves(photo, 0.4, 0.4), bounds=bounds, thorough=True).data)
    np.testing.assert_array_equal(shown.picture.pixels[40:90, 50:120], photo.pixels[40:90, 50:120])


@pytest.mark.parametrize("size", [(1, 1), (17, 70)])
def test_a_small_picture_is_no_trouble(codec, photo, size):
    small = Picture(np.ascontiguousarray(photo.pixels[: size[0], : size[1]]))
    encoding = codec.encode(small, np.full(size, 0.5, np.float32), thorough=True)
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)


def test_a_size_is_met(codec, photo):
    encoding = encode_to_size(codec, photo, in_halves(photo, 0.7, 0.3), 5000, thorough=True)
    assert 4950 <= encoding.size_bytes <= 5000


def test_its_progress_is_told_all_along(codec, photo):
    told = list[float]()
    codec.encode(photo, in_halves(photo, 0.5, 0.5), thorough=True, checkpoint=told.append)
    assert told == sorted(told)
    assert max(np.diff(told)) < 0.5
    assert told[-1] > 0.8


def test_it_ends_in_the_middle_of_a_tile_when_it_is_cancelled(codec, photo):
    def cancel(_fraction: float) -> None:
        if any(thread.name.startswith("qmap-studio-watched") for thread in threading.enumerate()):
            raise Cancelled

    with pytest.raises(Cancelled):
        codec.encode(photo, in_halves(photo, 0.5, 0.5), thorough=True, checkpoint=cancel)
    for thread in threading.enumerate():
        if thread.name.startswith("qmap-studio-watched"):
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
