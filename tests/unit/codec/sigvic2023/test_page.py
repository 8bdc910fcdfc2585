"""The pages of the family tell how its files are read: a second reader, written from them alone, follows them."""

from pathlib import Path

import numpy as np
import pytest

from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo
from tests.second_reader.container import read_container
from tests.second_reader.map import quality16, read_steps
from tests.second_reader.passes import Network
from tests.second_reader.sigvic2023 import read_learned
from tests.unit.codec.sigvic2023.networks import SCHEMES, codec_of, write_weights


def two_photos() -> np.ndarray:
    """Wider than a tile; its windows are unlike each other."""
    photo = sample_photo().pixels
    return np.concatenate([photo[20:110, :300], 255 - photo[300:390, 100:400]], axis=1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("is_grey", [False, True])
def test_the_pages_tell_how_a_file_is_read(tmp_path: Path, scheme: str, is_grey: bool) -> None:
    weights = write_weights(tmp_path, SCHEMES[scheme])
    codec = codec_of(weights)
    pixels = two_photos()
    if is_grey:
        pixels = np.repeat(pixels[..., 1:2], 3, axis=2)
    quality = np.tile(np.linspace(0.1, 0.9, 600, dtype=np.float32), (90, 1))
    data = codec.encode(Picture(pixels, is_grey=is_grey), quality).data

    container = read_container(data)
    qualities = quality16(read_steps(container.chunks.get("M"), container.header), container.header)
    found = read_learned(container.streams[0], Network(weights, "sigvic2023"), container.header, qualities)

    latents, _ = codec.latents_of(data)
    assert np.array_equal(found["symbols"], latents.symbols.numpy())
    assert found["symbols"].any()
    off = np.abs(found["learned"] - latents.pixels)
    assert off.max() <= 1
    assert off.mean() < 0.001  # a level where a value lies near a half, and nowhere else
