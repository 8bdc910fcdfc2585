"""A network of the paper's kind as a codec: real files, read back the same on every machine."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.codec import load_codec
from qmap_studio.codec.common import container, installed
from qmap_studio.codec.common.detail import layer
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.codec.song2021 import tables
from qmap_studio.codec.song2021.codec import Song2021Codec
from qmap_studio.codec.song2021.model import load_model, save_model
from qmap_studio.codec.song2021.prior import FactorisedPrior
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.errors import BitstreamError, WeightsError
from qmap_studio.core.pictures import Metadata, Picture
from tests.fixtures import sample_photo
from tests.unit.codec.machines import assert_the_same_symbols
from tests.unit.codec.song2021.networks import golden_model

MODEL = "song2021-reduced"


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("models") / f"{MODEL}.safetensors"
    save_model(path, golden_model())
    return path


@pytest.fixture(scope="module")
def codec(weights) -> Song2021Codec:
    return Song2021Codec(MODEL, load_model(weights), torch.device("cpu"))


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(np.ascontiguousarray(sample_photo().pixels[60:276, 120:430]))


def box(picture: Picture) -> np.ndarray:
    quality_map = np.full((picture.height, picture.width), 0.2, np.float32)
    quality_map[64:192, 96:224] = 0.9
    return quality_map


def test_a_file_decodes_to_what_the_encoder_showed(codec, photo):
    encoding = codec.encode(photo, box(photo))
    decoding = codec.decode(encoding.data)
    np.testing.assert_array_equal(decoding.picture.pixels, encoding.reconstruction)
    np.testing.assert_array_equal(decoding.quality_cells, encoding.quality_cells)
    np.testing.assert_array_equal(decoding.cell_bits, encoding.cell_bits)
    assert decoding.model_id == MODEL
    estimate = codec.estimate_bytes(photo, box(photo))
    assert abs(estimate - len(encoding.data)) <= max(8, 0.001 * len(encoding.data))
    preview = codec.preview(photo.pixels, box(photo))
    np.testing.assert_array_equal(preview.reconstruction, encoding.reconstruction)
    np.testing.assert_array_equal(preview.cell_bits, encoding.cell_bits)


def test_the_file_holds_the_latents_of_the_paper(codec, photo):
    """round(y - means) of the network itself, on the padded picture, with the map that the file signals."""
    network, medians = golden_model().network, codec._model.medians
    encoding = codec.encode(photo, box(photo))
    padding = ((0, -photo.height % 64), (0, -photo.width % 64))
    pixels = torch.from_numpy(np.pad(photo.pixels, (*padding, (0, 0)), mode="edge")).permute(2, 0, 1)[None] / 255.0
    m = np.kron(encoding.quality_cells, np.ones((CELL_PX, CELL_PX), np.float32))
    m = np.pad(m, [(0, side - n) for side, n in zip(pixels.shape[-2:], m.shape, strict=True)], mode="edge")
    m = torch.from_numpy(m)[None, None]
    y = network.analyse(pixels, m)
    z_hat = torch.round(network.hyper_analyse(y, m) - medians) + medians
    expected = torch.round(y - network.hyper_synthesise(z_hat)[1])[0]
    found = torch.from_numpy(codec.decode_symbols(encoding.data).astype(np.float32))
    assert (found != expected).float().mean() < 0.01  # 16-bit weights and exact sums move a few over the edge
    assert (found - expected).abs().max() <= 1


def test_the_heat_map_sums_to_the_payload(codec, photo):
    encoding = codec.encode(photo, box(photo))
    file = container.unpack(encoding.data)
    payload_bits = 8 * sum(map(len, (file.map_stream, *file.streams, file.detail, file.kept)))
    assert encoding.cell_bits.shape == (-(-photo.height // CELL_PX), -(-photo.width // CELL_PX))
    assert encoding.estimated_bits == pytest.approx(payload_bits, rel=0.01)


@settings(max_examples=8)
@given(st.integers(1, 150), st.integers(1, 150))
def test_any_size_from_one_pixel(codec, height, width):
    pixels = np.random.default_rng(height * 100 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    encoding = codec.encode(Picture(pixels), np.linspace(0, 1, height * width, dtype=np.float32).reshape(height, width))
    decoding = codec.decode(encoding.data)
    np.testing.assert_array_equal(decoding.picture.pixels, encoding.reconstruction)
    assert encoding.cell_bits.shape == (-(-height // CELL_PX), -(-width // CELL_PX))


def test_tiles_give_the_symbols_and_the_picture_of_the_whole(weights, codec):
    photo = sample_photo()
    whole = codec.encode(photo, np.linspace(0, 1, photo.size_pixels, dtype=np.float32).reshape(photo.height, -1))
    tiled = Song2021Codec(MODEL, load_model(weights), torch.device("cpu"))
    tiled._tile = 24
    np.testing.assert_array_equal(tiled.decode_symbols(whole.data), codec.decode_symbols(whole.data))
    assert np.abs(tiled.decode(whole.data).picture.pixels.astype(int) - whole.reconstruction).max() <= 1


def test_symbols_do_not_depend_on_threads_kernels_or_float_weights(weights, codec, photo):
    data = codec.encode(photo, box(photo)).data
    reference = assert_the_same_symbols(codec, data)
    noisy = Song2021Codec(MODEL, load_model(weights), torch.device("cpu"))
    with torch.no_grad():
        for parameter in noisy._model.network.parameters():
            parameter.mul_(1.0 + 1e-4)  # far worse than any machine's rounding
    np.testing.assert_array_equal(noisy.decode_symbols(data), reference)


def test_the_differentiable_form_gives_what_the_networks_give(codec, photo, monkeypatch):
    monkeypatch.setattr(layer, "choose", lambda *_: None)  # untrained networks leave much to the detail layer
    pixels = np.ascontiguousarray(photo.pixels[:100, :150])
    quality_map = torch.linspace(0.0, 1.0, 150).repeat(1, 1, 100, 1).requires_grad_(True)
    rgb = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255.0
    trace, again = (differentiable(codec)(rgb, quality_map) for _ in range(2))
    coded = codec.preview(pixels, quality_map.detach().numpy()[0, 0])
    assert trace.bits.item() == again.bits.item() == pytest.approx(coded.estimated_bits, rel=0.02)
    shown = (255.0 * trace.reconstruction[0]).round().permute(1, 2, 0).detach().numpy()
    assert np.abs(shown - coded.reconstruction).mean() < 0.5
    for value in (trace.bits, trace.reconstruction.sum()):
        (gradient,) = torch.autograd.grad(value, quality_map, retain_graph=True)
        assert gradient.isfinite().all()
        assert gradient.abs().sum() > 0


def test_alpha_profile_metadata_and_grey_are_kept(codec, photo):
    alpha = np.linspace(0, 255, photo.size_pixels).reshape(photo.height, photo.width).astype(np.uint8)
    grey = np.repeat(photo.pixels[..., 1:2], 3, axis=2)
    picture = Picture(grey, alpha, b"profile" * 20, Metadata(b"II*\0\x08\0\0\0\0\0\0\0\0\0"), is_grey=True)
    decoded = codec.decode(codec.encode(picture, box(photo)).data).picture
    np.testing.assert_array_equal(decoded.alpha, alpha)
    assert (decoded.icc_profile, decoded.metadata, decoded.is_grey) == (picture.icc_profile, picture.metadata, True)
    assert np.ptp(decoded.pixels.astype(int), axis=2).max() == 0


def test_the_progress_of_both_directions_ends_at_one(codec, photo):
    encoding, decoding = [], []
    data = codec.encode(photo, box(photo), checkpoint=encoding.append).data
    codec.decode(data, checkpoint=decoding.append)
    for seen in (encoding, decoding):
        assert seen == sorted(seen)
        assert seen[-1] == pytest.approx(1.0)


def test_streams_that_no_encoder_wrote_are_told(codec, photo):
    file = container.unpack(codec.encode(photo, box(photo)).data)
    for streams in ((file.streams[0] + bytes(4000),), (file.streams[0] + b"1",), ()):
        with pytest.raises(BitstreamError):
            codec.decode(container.pack(dataclasses.replace(file, streams=streams)))


def test_a_model_is_loaded_by_its_id_where_it_is_installed(weights, codec, photo, monkeypatch):
    monkeypatch.setattr(installed, "user_path", lambda _name: weights.parent)
    data = codec.encode(photo, box(photo)).data
    loaded = load_codec(container.unpack(data).model_id, "cpu")
    np.testing.assert_array_equal(loaded.decode(data).picture.pixels, codec.decode(data).picture.pixels)


@pytest.mark.parametrize(
    ("model_id", "how"), [("song2021", "models import 2M_itrs.pt --as song2021"), ("song2021-naive", "training train")]
)
def test_missing_weights_say_how_to_get_them(model_id, how):
    with pytest.raises(WeightsError, match=f"{model_id} are not installed.*{how}"):
        load_codec(model_id, "cpu")


def test_every_limit_between_tables_is_clear_of_a_whole_number():
    """So that every machine computes the same limits."""
    scaled = 1024.0 * tables.SCALES[:-1]
    assert np.abs(scaled - np.round(scaled)).min() > 1e-4


def test_tables_cost_what_their_distributions_say():
    model = golden_model()
    sizes = [len(counts) // 2 - 1 for counts in model.tables.counts]
    assert len(sizes) == 1 + 64 + 16
    assert sizes[1] == 1
    assert sizes[64] == 255
    scale = tables.SCALES[30]
    normal = torch.distributions.Normal(0.0, scale)
    for symbol in (0, 1, -3):
        expected = -torch.log2(normal.cdf(torch.tensor(symbol + 0.5)) - normal.cdf(torch.tensor(symbol - 0.5)))
        assert model.tables.signed_bits[31, 256 + symbol] == pytest.approx(expected.item(), abs=0.02)
    z = model.medians.expand(16, 1, 5) + torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])
    expected = -torch.log2(model.prior.probability(z))[:, 0]
    found = model.tables.signed_bits[65:, 254:259]
    likely = expected.numpy() < 8.0
    assert likely.sum() > 40
    np.testing.assert_allclose(found[likely], expected.numpy()[likely], atol=0.05)


def test_prior_and_tables_are_those_of_compressai():
    models = pytest.importorskip("compressai.entropy_models")
    torch.manual_seed(2)
    theirs = models.EntropyBottleneck(6).eval().requires_grad_(False)
    for name, parameter in theirs.named_parameters():
        if "factor" in name:
            parameter.normal_(0.0, 0.5)
    prior = FactorisedPrior(6).requires_grad_(False)
    state = theirs.state_dict()
    prior.load_state_dict({name: state[name] for name in prior.state_dict()})
    z = torch.randint(-20, 21, (2, 6, 3, 4)) + 0.25
    likelihood = theirs._likelihood(z.transpose(0, 1).flatten(1)[:, None])[0]
    torch.testing.assert_close(prior.probability(z.transpose(0, 1).flatten(1)[:, None]), likelihood)
    assert prior.logits(prior.medians()).abs().max() < 1e-2

    gaussian = models.GaussianConditional(tables.SCALES.tolist())
    scales = torch.cat((torch.arange(0, 3000), torch.arange(3000, 300 * 1024, 97))).double() / 1024.0
    ours = tables.indices_of(scales).int() - tables.FIRST_GAUSSIAN
    assert torch.equal(ours, gaussian.build_indexes(scales.float()).int())
