"""SigVIC as a codec: real files, the same on every machine, steered by the map; and what it finds important."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.codec.common import container
from qmap_studio.codec.common.detail import layer
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.codec.common.importance import importance, offering_importance
from qmap_studio.codec.models import load_codec
from qmap_studio.codec.sigvic2023.codec import Sigvic2023Codec
from qmap_studio.core.cells import CELL_PX, mean_of_cells
from qmap_studio.core.errors import BitstreamError, ComputeError, WeightsError
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo
from tests.unit.codec.machines import assert_the_same_symbols
from tests.unit.codec.sigvic2023.networks import MODEL, NARROW, SCHEMES, codec_of, write_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return write_weights(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def codec(weights) -> Sigvic2023Codec:
    return codec_of(weights)


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(np.ascontiguousarray(sample_photo().pixels[60:276, 120:430]))


def slope(picture: Picture) -> np.ndarray:
    return np.tile(np.linspace(0.1, 0.9, picture.width, dtype=np.float32), (picture.height, 1))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_file_decodes_to_what_the_encoder_showed(scheme, photo, tmp_path):
    codec = codec_of(write_weights(tmp_path, SCHEMES[scheme]))
    encoding = codec.encode(photo, slope(photo))
    decoding = codec_of(tmp_path / f"{MODEL}.safetensors").decode(encoding.data)
    np.testing.assert_array_equal(decoding.picture.pixels, encoding.reconstruction)
    np.testing.assert_array_equal(decoding.quality_cells, encoding.quality_cells)
    np.testing.assert_array_equal(decoding.cell_bits, encoding.cell_bits)
    payload = container.unpack(encoding.data)
    bits = 8 * sum(map(len, (payload.map_stream, *payload.streams, payload.detail, payload.kept)))
    assert encoding.estimated_bits == pytest.approx(bits, rel=0.02)


@settings(max_examples=8)
@given(st.integers(1, 150), st.integers(1, 150))
def test_any_size_from_one_pixel(codec, height, width):
    pixels = np.random.default_rng(height * 100 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    encoding = codec.encode(Picture(pixels), np.full((height, width), 0.4, np.float32))
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, encoding.reconstruction)
    assert encoding.cell_bits.shape == (-(-height // CELL_PX), -(-width // CELL_PX))


def test_what_lies_beyond_a_picture_is_coded_as_if_it_were_inside(codec):
    """Else the last cells, whose synthesis sees it, would be far worse than the others."""
    part = np.ascontiguousarray(sample_photo().pixels[:497, :300])
    repeated = np.pad(part, ((0, 15), (0, 20), (0, 0)), mode="edge")  # to whole blocks
    learned = []
    for pixels in (part, repeated):
        encoding = codec.encode(Picture(pixels), np.full(pixels.shape[:2], 0.6, np.float32))
        decoder, _ = codec.latents_of(encoding.data)
        learned.append(decoder.pixels[:497, :300])
        assert encoding.estimated_bits == pytest.approx(8 * len(encoding.data), rel=0.02)
    np.testing.assert_array_equal(*learned)


def test_tiles_give_the_symbols_and_the_picture_of_the_whole(weights, codec):
    photo = sample_photo()
    whole = codec.encode(photo, slope(photo))
    tiled = codec_of(weights)
    tiled._tile = 12
    np.testing.assert_array_equal(tiled.decode_symbols(whole.data), codec.decode_symbols(whole.data))
    learned, of_tiles = (c.latents_of(whole.data)[0].pixels.astype(int) for c in (codec, tiled))
    assert np.abs(learned - of_tiles).max() <= 1


def test_symbols_do_not_depend_on_threads_kernels_or_float_weights(weights, codec, photo):
    data = codec.encode(photo, slope(photo)).data
    reference = assert_the_same_symbols(codec, data)
    noisy = codec_of(weights)
    exact = {id(p) for layer in noisy._model.network.integer_layers().values() for p in layer.parameters()}
    with torch.no_grad():
        for parameter in noisy._model.network.parameters():
            if id(parameter) not in exact:
                parameter.mul_(1.0 + 1e-4)  # far worse than any machine's rounding
    np.testing.assert_array_equal(noisy.decode_symbols(data), reference)


def test_the_decoder_needs_the_file_and_the_decoders_weights_alone(weights, codec, photo):
    """What the encoder chose of the first stage's channels is no part of what the decoder reads."""
    data = codec.encode(photo, slope(photo)).data
    other = codec_of(weights)
    with torch.no_grad():
        for module in (other._model.network.g_a, other._model.network.h_a):
            for value in (*module.parameters(), *module.buffers()):
                value.zero_()
    np.testing.assert_array_equal(other.decode(data).picture.pixels, codec.decode(data).picture.pixels)


def test_a_map_steers_where_it_says_and_nowhere_else(codec, monkeypatch):
    """With 16 px cells and bounded reach: what lies far from a change keeps its every symbol."""
    monkeypatch.setattr(layer, "choose", lambda *_: None)  # untrained networks leave much to the detail layer
    photo = sample_photo().pixels
    wide = Picture(np.concatenate((photo[:128], photo[128:256], photo[256:384]), axis=1))  # 1536 px
    before = np.full((wide.height, wide.width), 0.25, np.float32)
    after = before.copy()
    after[:, 1024:] = 0.75
    low, high = codec.encode(wide, before), codec.encode(wide, after)
    changed = 1024 // CELL_PX
    assert high.cell_bits[:, changed:].sum() > 1.2 * low.cell_bits[:, changed:].sum()
    symbols = [codec.latents_of(x.data)[0].symbols.numpy() for x in (low, high)]
    far = (1024 - 640) // CELL_PX // 2  # a phase has every other column
    np.testing.assert_array_equal(symbols[0][:, :, :, :far], symbols[1][:, :, :, :far])
    assert (symbols[0][:, :, :, changed // 2 :] != symbols[1][:, :, :, changed // 2 :]).any()


def test_a_stroke_brings_up_to_date_what_a_new_encoding_gives(codec, photo):
    before, after = slope(photo), slope(photo)
    after[40:90, 100:160] = 1.0
    base = 32768
    kept = codec.incremental(photo, mean_of_cells(before) * 65535, base)
    kept.finish()
    kept.change_map(mean_of_cells(after) * 65535, base)
    assert kept.stale.any()
    again = codec.incremental(photo, mean_of_cells(after) * 65535, base).finish()
    found = kept.finish()
    np.testing.assert_array_equal(found.reconstruction, again.reconstruction)
    assert found.data == again.data


def test_what_is_important_is_told_for_every_stage(codec, photo):
    quality = slope(photo)
    stages = importance(codec, photo.pixels, quality)
    assert [stage.side_px for stage in stages] == [2, 4, 8, 16]
    for stage in stages:
        shape = -(-photo.height // stage.side_px), -(-photo.width // stage.side_px)
        assert stage.mask.shape == stage.scale.shape == shape
        assert 0.0 <= stage.mask.min() < stage.mask.max() <= 1.0
        assert (stage.scale > 0.0).all()
    coarsest = stages[-1].scale
    assert coarsest[:, -1].mean() > 2.0 * coarsest[:, 0].mean()  # the map rises to the right


def test_importance_in_tiles_is_that_of_the_whole(weights, photo):
    tiled = codec_of(weights)
    tiled._tile = 8
    for a, b in zip(*(importance(c, photo.pixels, slope(photo)) for c in (codec_of(weights), tiled)), strict=True):
        np.testing.assert_allclose(a.mask, b.mask, atol=1e-5)
        np.testing.assert_allclose(a.scale, b.scale, rtol=1e-4)


def test_its_qualities_stand_for_the_lambdas_between_the_papers_boundaries(codec):
    assert [offering_importance(codec).lmbda_of(quality) for quality in (0.0, 1.0)] == pytest.approx([0.0016, 0.045])


def test_a_model_that_learns_no_importance_says_so(photo):
    with pytest.raises(ComputeError, match="live does not learn what is important"):
        importance(load_codec("live", "cpu"), photo.pixels, slope(photo))


def test_the_differentiable_form_gives_what_the_codec_gives(codec, monkeypatch):
    monkeypatch.setattr(layer, "choose", lambda *_: None)
    pixels = np.ascontiguousarray(sample_photo().pixels[100:228, 100:292])
    coded = codec.preview(pixels, np.full((128, 192), 0.5, np.float32))
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255.0
    quality = torch.full((1, 1, 128, 192), 0.5, requires_grad=True)
    trace = differentiable(codec)(x, quality)
    shown = trace.reconstruction[0].detach().mul(255).round().permute(1, 2, 0).numpy()
    assert np.mean(np.abs(shown - coded.reconstruction)) < 1.0
    assert trace.bits.item() == pytest.approx(coded.estimated_bits, rel=0.1)
    trace.bits.backward()
    assert quality.grad is not None
    assert quality.grad.abs().sum() > 0.0


def test_a_damaged_stream_is_refused(codec, photo):
    data = codec.encode(photo, slope(photo)).data
    file = container.unpack(data)
    for stream in (file.streams[0][:-4], file.streams[0] + bytes(4), bytes(len(file.streams[0]))):
        with pytest.raises(BitstreamError):
            codec.decode(container.pack(replace(file, streams=(stream,))))
    flipped = bytearray(file.streams[0])
    for place in range(8, len(flipped), len(flipped) // 20):
        flipped[place] ^= 0x10
        with pytest.raises(BitstreamError):
            codec.decode(container.pack(replace(file, streams=(bytes(flipped),))))
        flipped[place] ^= 0x10


def test_weights_of_another_network_are_refused(tmp_path, weights):
    other = codec_of(write_weights(tmp_path, SCHEMES["A"]))
    photo = Picture(np.zeros((64, 64, 3), np.uint8))
    data = other.encode(photo, np.full((64, 64), 0.5, np.float32)).data
    with pytest.raises(WeightsError, match="Open it with the version"):
        codec_of(weights).decode(data)
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "damaged.safetensors").write_bytes(damaged)
    with pytest.raises(WeightsError, match="damaged"):
        codec_of(tmp_path / "damaged.safetensors")
    assert NARROW.passes.latent == NARROW.N + NARROW.shallow


def test_a_thorough_encoding_is_refused(codec, photo):
    with pytest.raises(ComputeError, match="thorough"):
        codec.encode(photo, slope(photo), thorough=True)
