import pytest

from qmap_studio.core.pictures import Picture, write_picture
from tests.unit.evaluation.pictures import JpegCodec, waves


@pytest.fixture
def codec(monkeypatch):
    """A codec without weights in place of the learned one; keeps what it was loaded with in `loaded`."""
    codec = JpegCodec()
    codec.loaded = []

    def load_codec(model_id="live", device="auto"):
        codec.loaded.append((model_id, device))
        return codec

    monkeypatch.setattr("qmap_studio.codec.load_codec", load_codec)
    return codec


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    write_picture(path, Picture(waves(48, 64)))
    return path
