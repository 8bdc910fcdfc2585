import numpy as np
import torch

from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.model import load_model
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.pictures import Picture
from qmap_studio.training import passes_export
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.passes_export import export
from tests.fixtures import sample_photo


def test_an_exported_model_codes_pictures(trainer, data, tmp_path, monkeypatch):
    monkeypatch.setattr(passes_export, "CROPS", 4)
    trainer("run").run()
    checkpoint, path = Checkpoint.read(tmp_path / "run" / "checkpoint.pt"), tmp_path / "tiny.safetensors"
    network = LiveNetwork(LiveConfig(**checkpoint.about["config"]))
    network.load_state_dict(checkpoint.ema)
    done = export(network, "live", LiveCodec, path, *load_pictures(data))
    (remark,) = done.remarks
    assert abs(float(remark.split(":")[1].split("%")[0])) < 1.0

    codec = LiveCodec("live", load_model(path), torch.device("cpu"))
    assert codec.weights_hash == done.weights_hash
    picture = Picture(np.ascontiguousarray(sample_photo().pixels[100:228, 100:260]))
    encoding = codec.encode(picture, np.full((128, 160), 0.5, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)
