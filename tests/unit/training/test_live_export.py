import numpy as np

from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.model import load_model
from qmap_studio.core.pictures import Picture
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.live_export import export
from tests.fixtures import sample_photo


def test_an_exported_model_codes_pictures(trainer, data, tmp_path):
    trainer("run").run()
    path = tmp_path / "tiny.safetensors"
    done = export(Checkpoint.read(tmp_path / "run" / "checkpoint.pt"), *load_pictures(data), path, crops=4)
    assert abs(done.integer_cost_percent) < 1.0

    import torch

    codec = LiveCodec("live", load_model(path), torch.device("cpu"))
    assert codec.weights_hash == done.weights_hash
    picture = Picture(np.ascontiguousarray(sample_photo().pixels[100:228, 100:260]))
    encoding = codec.encode(picture, np.full((128, 160), 0.5, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)
