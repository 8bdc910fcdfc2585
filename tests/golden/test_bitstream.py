"""A file written once goes on opening as the same picture. Other weights are other files: then it is written anew."""

import numpy as np
import pytest

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo, six_soft_strokes
from tests.golden.conftest import KEPT, Check

FILE = KEPT / "live.sfc"


@pytest.fixture(scope="module")
def encoded() -> bytes:
    """A part of the sample photo with a painted map, as this machine encodes it."""
    picture = Picture(np.ascontiguousarray(sample_photo().pixels[84:213, 200:351]))
    return load_codec("live", "cpu").encode(picture, six_soft_strokes(picture.height, picture.width)).data


def test_a_file_of_before_opens_as_the_same_picture(
    request: pytest.FixtureRequest, encoded: bytes, check_picture: Check
) -> None:
    if request.config.getoption("--update-golden"):
        KEPT.mkdir(exist_ok=True)
        FILE.write_bytes(encoded)
    decoding = load_codec("live", "cpu").decode(FILE.read_bytes())
    check_picture("live", decoding.picture.pixels)


def test_the_same_picture_still_takes_as_many_bytes(encoded: bytes) -> None:
    # The encoder works in float32: another processor may round a symbol otherwise.
    assert len(encoded) == pytest.approx(len(FILE.read_bytes()), rel=0.01)
