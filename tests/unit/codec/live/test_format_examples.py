"""What the page's examples say is what the program finds in them."""

import numpy as np
import pytest
import torch

from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.model import load_model
from tests.release.examples import FOLDER, NAMES, NETWORK, found_in

PICTURES = ("learned", "pixels")


@pytest.fixture(scope="module")
def codec() -> LiveCodec:
    return LiveCodec("small", load_model(NETWORK), torch.device("cpu"))


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_beside_a_file_is_what_is_in_it(codec: LiveCodec, name: str) -> None:
    found = found_in(codec, (FOLDER / f"{name}.sfc").read_bytes())
    with np.load(FOLDER / f"{name}.npz") as stated:
        assert set(stated) == set(found)
        for key, value in stated.items():
            off = np.abs(found[key].astype(int) - value)
            assert off.shape == value.shape
            assert off.max() <= (key in PICTURES), key
