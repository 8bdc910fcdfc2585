import numpy as np
import pytest
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.pictures import Picture
from qmap_studio.evaluation.metrics import psnr_db
from tests.fixtures import sample_photo
from tests.unit.evaluation.pictures import JpegCodec


@pytest.fixture(scope="module")
def codec():
    return load_codec(device="cpu")


def traced(codec, pixels, quality_map):
    rgb = torch.tensor(pixels).permute(2, 0, 1)[None].float() / 255
    return differentiable(codec)(rgb, torch.as_tensor(quality_map)[None, None])


def test_it_gives_what_the_codec_gives(codec):
    pixels = np.ascontiguousarray(sample_photo().pixels[40:232, 150:342])
    quality_map = np.linspace(0, 1, 192, dtype=np.float32)[None].repeat(192, axis=0)
    coded, trace = codec.preview(pixels, quality_map), traced(codec, pixels, quality_map)
    assert trace.bits.item() == pytest.approx(coded.estimated_bits, rel=0.03)
    shown = (255 * trace.reconstruction[0]).round().byte().permute(1, 2, 0).numpy()
    assert psnr_db(pixels, shown) == pytest.approx(psnr_db(pixels, coded.reconstruction), abs=0.1)


def test_any_size(codec):
    pixels = np.ascontiguousarray(sample_photo().pixels[100:137, 200:301])
    trace = traced(codec, pixels, np.full((37, 101), 0.5, np.float32))
    assert trace.reconstruction.shape == (1, 3, 37, 101)


def test_the_gradient_tells_what_more_quality_costs(codec):
    pixels = np.ascontiguousarray(sample_photo().pixels[40:168, 150:278])
    quality_map = torch.full((128, 128), 0.5, requires_grad=True)
    (gradient,) = torch.autograd.grad(traced(codec, pixels, quality_map).bits, quality_map)
    low, high = (codec.preview(pixels, np.full((128, 128), q, np.float32)).estimated_bits for q in (0.45, 0.55))
    assert 0.5 < gradient.sum().item() * 0.1 / (high - low) < 2.5


def test_the_codec_stays_exact(codec):
    picture, quality_map = Picture(sample_photo().pixels[:64, :64].copy()), np.full((64, 64), 0.5, np.float32)
    before = codec.encode(picture, quality_map).data
    traced(codec, picture.pixels, quality_map)
    assert codec.encode(picture, quality_map).data == before


def test_a_model_without_gradients_says_so():
    with pytest.raises(ComputeError, match="jpeg has no differentiable form"):
        differentiable(JpegCodec())
