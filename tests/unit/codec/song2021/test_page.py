"""The page of the family tells how its files are read: a second reader follows it, for the network and its variants."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from qmap_studio.codec.song2021.codec import Song2021Codec
from qmap_studio.codec.song2021.model import load_model, save_model
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo
from tests.second_reader.container import read_container
from tests.second_reader.song2021 import Network, read_learned
from tests.unit.codec.song2021.networks import NARROW, golden_model, random_model

CONFIGS = {
    "convolutions": NARROW,
    "no source": dataclasses.replace(NARROW, source_conditioning=False),
    "no scaling": dataclasses.replace(NARROW, convolutional_scaling=False),
    "concatenated": dataclasses.replace(NARROW, conditioning="concatenated"),
    "input": dataclasses.replace(NARROW, conditioning="input"),
    "none": dataclasses.replace(NARROW, conditioning="none"),
}


@pytest.mark.parametrize("name", ["the authors' narrow network", *CONFIGS])
@pytest.mark.parametrize("is_grey", [False, True])
def test_the_page_tells_how_a_file_is_read(tmp_path: Path, name: str, is_grey: bool) -> None:
    weights = tmp_path / "model.safetensors"
    save_model(weights, random_model(CONFIGS[name]) if name in CONFIGS else golden_model())
    codec = Song2021Codec("model", load_model(weights), torch.device("cpu"))
    pixels = np.ascontiguousarray(sample_photo().pixels[60:150, 120:330])
    if is_grey:
        pixels = np.repeat(pixels[..., 1:2], 3, axis=2)
    quality = np.tile(np.linspace(0.2, 0.9, 210, dtype=np.float32), (90, 1))
    data = codec.encode(Picture(pixels, is_grey=is_grey), quality).data
    container = read_container(data)
    found = read_learned(container.streams[0], Network(weights), container.header)
    latents, _ = codec.latents_of(data)
    assert np.array_equal(found["symbols"], latents.symbols.numpy())
    assert found["symbols"].any()
    assert len(np.unique(latents.pixels)) > 5
    assert np.abs(found["learned"] - latents.pixels).max() <= 1
