"""A file written once goes on opening as the same picture, of every family.

Other weights are other files: then they are written anew. Families of which no weights ship have narrow networks of
random numbers here.
"""

import numpy as np
import pytest

from qmap_studio.codec import Codec, load_codec
from qmap_studio.codec.registry import FAMILIES
from qmap_studio.codec.song2021.model import save_model as save_song2021
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo, six_soft_strokes
from tests.golden.conftest import KEPT, Check
from tests.unit.codec.sigvic2023 import networks as sigvic2023
from tests.unit.codec.song2021.networks import random_model

NARROW = {
    "song2021": lambda path: save_song2021(path, random_model()),
    "sigvic2023": lambda path: sigvic2023.write_weights(path.parent).rename(path),
}
"""What writes the weights of a family that ships none."""


@pytest.fixture(scope="module", params=[family.family_id for family in FAMILIES])
def codec(request: pytest.FixtureRequest) -> Codec:
    name = request.param
    if name not in NARROW:
        return load_codec(name, "cpu")
    path = KEPT / f"{name}.safetensors"
    if request.config.getoption("--update-golden"):
        NARROW[name](path)
    return next(family for family in FAMILIES if family.family_id == name).load(name, path, "cpu")


@pytest.fixture(scope="module")
def encoded(codec: Codec) -> bytes:
    """A part of the sample photo with a painted map, as this machine encodes it."""
    picture = Picture(np.ascontiguousarray(sample_photo().pixels[84:213, 200:351]))
    return codec.encode(picture, six_soft_strokes(picture.height, picture.width)).data


def test_a_file_of_before_opens_as_the_same_picture(
    request: pytest.FixtureRequest, codec: Codec, encoded: bytes, check_picture: Check
) -> None:
    file = KEPT / f"{codec.model_id}.sfc"
    if request.config.getoption("--update-golden"):
        file.write_bytes(encoded)
    check_picture(codec.model_id, codec.decode(file.read_bytes()).picture.pixels)


def test_the_same_picture_still_takes_as_many_bytes(codec: Codec, encoded: bytes) -> None:
    # The encoder works in float32: another processor may round a symbol otherwise.
    assert len(encoded) == pytest.approx(len((KEPT / f"{codec.model_id}.sfc").read_bytes()), rel=0.01)
