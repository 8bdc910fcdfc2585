"""The figures that ship with the model are those of the weights that ship."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from qmap_studio.codec import load_codec
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.resources import resource_path
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.recipes.evaluate import sample_photo

KODAK = Path(os.environ.get("QMAP_KODAK", "../shared/data/kodak"))
QUALITY = 0.5


@pytest.fixture(scope="module")
def figures():
    return json.loads(resource_path("models/live.json").read_text())


@pytest.fixture(scope="module")
def codec():
    return load_codec("live", "cpu")


def point(measured, name):
    return next(s for s in measured["pictures"][name] if s["setting"] == QUALITY)


def measure(codec, picture):
    encoding = codec.encode(picture, np.full((picture.height, picture.width), QUALITY, np.float32))
    return encoding.size_bytes, psnr_db(picture.pixels, codec.decode(encoding.data).picture.pixels)


def test_they_name_the_weights(figures, codec):
    assert (figures["model"], figures["weights"]) == (codec.model_id, codec.weights_hash.hex())


def test_the_sample_photo_gives_them_again(figures, codec):
    size_bytes, psnr = measure(codec, sample_photo())
    stated = point(figures["sample_photo"], "sample photo")
    assert size_bytes == pytest.approx(stated["size_bytes"], rel=0.005)
    assert psnr == pytest.approx(stated["psnr_db"], abs=0.02)


@pytest.mark.skipif(not KODAK.is_dir(), reason="the Kodak photos are not at hand; QMAP_KODAK names their folder")
def test_kodak_gives_them_again(figures, codec):
    photos = sorted(KODAK.glob("kodim*.png"))
    assert [photo.name for photo in photos] == list(figures["learned"]["pictures"])
    for photo in photos:
        size_bytes, psnr = measure(codec, Picture(read_picture(photo).pixels))
        stated = point(figures["learned"], photo.name)
        assert size_bytes == pytest.approx(stated["size_bytes"], rel=0.005), photo.name
        assert psnr == pytest.approx(stated["psnr_db"], abs=0.02), photo.name
