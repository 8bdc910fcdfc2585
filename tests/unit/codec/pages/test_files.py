"""The pages of the format are enough: a second reader, written from them alone, reads what the program reads."""

from pathlib import Path

import numpy as np
import pytest

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.codec.models import weights_path
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import BitstreamError, WeightsError
from qmap_studio.core.pictures import Metadata, Picture
from qmap_studio.core.resources import resource_path
from tests.benchmarks.fuzz import Mutator, small_files
from tests.fixtures import sample_photo, six_soft_strokes
from tests.golden.conftest import KEPT
from tests.release.examples import FOLDER, NAMES, NETWORK
from tests.second_reader.container import RefusedError
from tests.second_reader.picture import read_all

MODELS = {"live": weights_path("live"), "small": NETWORK}


@pytest.fixture(scope="module")
def codec() -> LearnedCodec:
    return load_codec("live", "cpu")


def read(data: bytes) -> dict[str, np.ndarray]:
    return read_all(data, MODELS, resource_path("kept/photographic-1.npz"))


def assert_read_alike(codec: LearnedCodec, data: bytes) -> None:
    expected, found = codec.decode(data).picture, read(data)
    assert np.abs(found["pixels"].astype(int) - expected.pixels).max() <= 1
    assert ("alpha" in found) == (expected.alpha is not None)
    if expected.alpha is not None:
        assert np.array_equal(found["alpha"], expected.alpha)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_step_by_step(name: str) -> None:
    found = read((FOLDER / f"{name}.sfc").read_bytes())
    with np.load(FOLDER / f"{name}.npz") as stated:
        for key in ("steps", "z", "psi", "tables", "symbols", "learned", "pixels"):
            assert np.abs(found[key].astype(int) - stated[key]).max() <= (key in ("learned", "pixels")), key


def test_a_file_that_was_kept(codec: LearnedCodec) -> None:
    assert_read_alike(codec, Path(KEPT / "live.sfc").read_bytes())


def photo(height: int, width: int) -> np.ndarray:
    return np.ascontiguousarray(sample_photo().pixels[100 : 100 + height, 150 : 150 + width])


RNG = np.random.default_rng(9)
SLOPE = np.tile(np.linspace(0, 1, 150, dtype=np.float32), (100, 1))


def bounds_of(height: int, width: int) -> np.ndarray:
    bounds = np.full((height, width), UNBOUNDED, np.uint8)
    bounds[10:40, 20:90], bounds[50:, :30], bounds[60:80, 60:] = WITHOUT_LOSS, 1, 8
    return bounds


FILES = {
    "one pixel": (Picture(photo(1, 1)), 0.5, None),
    "one cell": (Picture(photo(16, 16)), 1.0, None),
    "odd sides": (Picture(photo(17, 33)), 0.0, None),
    "strokes": (Picture(photo(200, 300)), six_soft_strokes(200, 300), None),
    "transparent": (Picture(photo(100, 150), alpha=RNG.integers(0, 256, (100, 150), np.uint8)), SLOPE, None),
    "rising": (Picture(photo(100, 150), alpha=np.tile(np.arange(150, dtype=np.uint8), (100, 1))), 0.6, None),
    "grey": (Picture(np.repeat(photo(100, 150)[..., 1:2], 3, axis=2), is_grey=True), SLOPE, None),
    "noise": (Picture(RNG.integers(0, 256, (70, 90, 3), np.uint8)), 0.8, None),
    "graphics": (Picture(np.tile(RNG.integers(0, 2, (16, 8, 1), np.uint8) * np.uint8(255), (5, 9, 3))), 0.5, None),
    "bounds": (Picture(photo(100, 150)), SLOPE, bounds_of(100, 150)),
    "one colour": (Picture(np.full((600, 600, 3), 128, np.uint8)), 0.2, None),
    "metadata": (Picture(photo(64, 64), icc_profile=b"p" * 99, metadata=Metadata(file_name="a.jpg")), 0.5, None),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_all_kinds(codec: LearnedCodec, name: str) -> None:
    picture, quality, bounds = FILES[name]
    quality_map = np.broadcast_to(np.float32(quality), picture.pixels.shape[:2]).astype(np.float32)
    assert_read_alike(codec, codec.encode(picture, quality_map, bounds=bounds).data)


def test_both_refuse_the_same_hostile_files(codec: LearnedCodec) -> None:
    mutator = Mutator(small_files(), seed=11)
    for _ in range(150):
        data, _must = mutator.next(with_right_checksum=True)
        try:
            codec.decode(data)
        except (BitstreamError, WeightsError):
            with pytest.raises(RefusedError):
                read(data)
        else:
            assert_read_alike(codec, data)
