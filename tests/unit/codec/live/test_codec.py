"""The shipped `live` model on a real photo: what a user relies on."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.codec import encode_to_size, load_codec
from qmap_studio.codec.common import container
from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.core.cells import CELL_PX, median_of_middles
from qmap_studio.core.errors import (
    BitstreamError,
    Cancelled,
    ComputeError,
    QualityMapError,
    QualityMapShapeError,
    TargetSizeError,
    WeightsError,
)
from qmap_studio.core.pictures import Metadata, Picture
from tests.fixtures import sample_photo
from tests.unit.codec.machines import assert_the_same_symbols


@pytest.fixture(scope="module")
def codec() -> LiveCodec:
    return load_codec("live", "cpu")


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(np.ascontiguousarray(sample_photo().pixels[60:316, 120:440]))


def uniform(picture: Picture, quality: float) -> np.ndarray:
    return np.full((picture.height, picture.width), quality, np.float32)


def box(picture: Picture, inside: float, outside: float) -> np.ndarray:
    quality_map = uniform(picture, outside)
    quality_map[64:192, 96:224] = inside
    return quality_map


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10.0 * math.log10(255.0**2 / np.mean((a.astype(np.float64) - b) ** 2))


def test_a_file_decodes_to_what_the_encoder_showed(codec, photo):
    encoding = codec.encode(photo, box(photo, 0.9, 0.2))
    decoding = codec.decode(encoding.data)
    assert np.abs(decoding.picture.pixels.astype(int) - encoding.reconstruction).max() <= 1
    np.testing.assert_array_equal(decoding.quality_cells, encoding.quality_cells)
    np.testing.assert_allclose(decoding.cell_bits, encoding.cell_bits, rtol=1e-5)


def test_rate_and_fidelity_rise_with_quality(codec, photo):
    encodings = [codec.encode(photo, uniform(photo, q)) for q in (0.0, 0.25, 0.5, 0.75, 1.0)]
    sizes = [e.size_bytes for e in encodings]
    fidelity = [psnr(photo.pixels, e.reconstruction) for e in encodings]
    assert sizes == sorted(set(sizes))
    assert fidelity == sorted(set(fidelity))


def test_bits_go_where_the_map_says(codec, photo):
    encoding = codec.encode(photo, box(photo, 0.9, 0.1))
    same_size = encode_to_size(codec, photo, uniform(photo, 0.5), encoding.size_bytes)
    inside = (slice(64, 192), slice(96, 224))
    gain = psnr(photo.pixels[inside], encoding.reconstruction[inside]) - psnr(
        photo.pixels[inside], same_size.reconstruction[inside]
    )
    assert gain > 2.0


def test_the_heat_map_sums_to_the_payload(codec, photo):
    for quality_map in (uniform(photo, 0.1), box(photo, 1.0, 0.0)):
        encoding = codec.encode(photo, quality_map)
        file = container.unpack(encoding.data)
        payload_bits = 8 * sum(map(len, (file.map_stream, *file.streams, file.detail, file.kept)))
        assert encoding.estimated_bits == pytest.approx(payload_bits, rel=0.01)


def test_the_preview_is_the_file_without_the_file(codec, photo):
    quality_map = box(photo, 0.8, 0.3)
    preview, encoding = codec.preview(photo.pixels, quality_map), codec.encode(photo, quality_map)
    np.testing.assert_array_equal(preview.reconstruction, encoding.reconstruction)
    np.testing.assert_array_equal(preview.cell_bits, encoding.cell_bits)


def test_a_part_with_the_base_of_the_whole_gives_the_numbers_of_the_whole(codec, photo):
    quality_map = uniform(photo, 0.313)
    quality_map[:, 200:] = np.linspace(0.2, 0.9, 120, dtype=np.float32)
    whole = codec.preview(photo.pixels, quality_map)
    part = codec.preview(photo.pixels[:, 64:], quality_map[:, 64:], base=median_of_middles(quality_map))
    np.testing.assert_array_equal(part.quality_cells, whole.quality_cells[:, 4:])
    assert np.abs(part.reconstruction[:, 200:].astype(int) - whole.reconstruction[:, 264:]).max() <= 8


@settings(max_examples=12)
@given(st.integers(1, 90), st.integers(1, 90))
def test_any_size_from_one_pixel(height, width):
    codec = load_codec("live", "cpu")
    pixels = np.random.default_rng(height * 100 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    encoding = codec.encode(Picture(pixels), np.linspace(0, 1, height * width, dtype=np.float32).reshape(height, width))
    decoding = codec.decode(encoding.data)
    assert decoding.picture.pixels.shape == (height, width, 3)
    assert encoding.cell_bits.shape == (-(-height // CELL_PX), -(-width // CELL_PX))


def test_alpha_profile_metadata_and_grey_are_kept(codec, photo):
    alpha = np.linspace(0, 255, photo.size_pixels).reshape(photo.height, photo.width).astype(np.uint8)
    grey = np.repeat(photo.pixels[..., 1:2], 3, axis=2)
    picture = Picture(grey, alpha, b"profile" * 20, Metadata(b"II*\0\x08\0\0\0\0\0\0\0\0\0"), is_grey=True)
    decoded = codec.decode(codec.encode(picture, uniform(photo, 0.5)).data).picture
    np.testing.assert_array_equal(decoded.alpha, alpha)
    assert (decoded.icc_profile, decoded.metadata, decoded.is_grey) == (picture.icc_profile, picture.metadata, True)
    assert np.ptp(decoded.pixels.astype(int), axis=2).max() == 0


@pytest.mark.parametrize("tile", [16, 32])
def test_tiles_give_the_symbols_of_the_whole(codec, photo, tile):
    whole = codec.encode(photo, box(photo, 0.9, 0.2))
    tiled_codec = load_codec("live", "cpu")
    tiled_codec._tile = tile
    np.testing.assert_array_equal(tiled_codec.decode_symbols(whole.data), codec.decode_symbols(whole.data))
    tiled = tiled_codec.decode(whole.data).picture.pixels.astype(int)
    assert np.abs(tiled - whole.reconstruction).max() <= 1


def test_symbols_do_not_depend_on_threads_or_kernels(codec, photo):
    assert_the_same_symbols(codec, codec.encode(photo, box(photo, 0.9, 0.2)).data)


def test_symbols_survive_another_float_precision(codec, photo):
    data = codec.encode(photo, box(photo, 0.9, 0.2)).data
    noisy = load_codec("live", "cpu")
    with torch.no_grad():
        for parameter in noisy._model.network.mean_context.parameters():
            parameter.mul_(1.0 + 1e-4)  # far worse than any machine's rounding
    np.testing.assert_array_equal(noisy.decode_symbols(data), codec.decode_symbols(data))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_decodes_the_same_symbols(codec, photo):
    data = codec.encode(photo, box(photo, 0.9, 0.2)).data
    cuda = load_codec("live", "cuda")
    np.testing.assert_array_equal(cuda.decode_symbols(data), codec.decode_symbols(data))
    assert np.abs(cuda.decode(data).picture.pixels.astype(int) - codec.decode(data).picture.pixels).max() <= 1


@pytest.mark.parametrize("quality", [0.0, 0.3, 0.6, 1.0])
def test_a_size_is_estimated_without_the_file(codec, photo, quality):
    for pixels in (photo.pixels, photo.pixels[100:171, 30:130], photo.pixels[:5, :9]):
        alpha = np.arange(pixels[..., 0].size, dtype=np.uint32).reshape(pixels.shape[:2]).astype(np.uint8)
        picture = Picture(np.ascontiguousarray(pixels), alpha, b"profile" * 20)
        quality_map = np.linspace(0.0, quality, pixels[..., 0].size, dtype=np.float32).reshape(pixels.shape[:2])
        for offset in (0, 9000):
            size = codec.encode(picture, quality_map, base_offset=offset).size_bytes
            estimate = codec.estimate_bytes(picture, quality_map, base_offset=offset)
            assert abs(estimate - size) <= max(8, 0.001 * size)


@pytest.mark.parametrize("share", [0.4, 1.0, 1.7])
def test_a_target_size_is_met_within_one_percent_below(codec, photo, share):
    quality_map = box(photo, 0.7, 0.3)
    target = round(share * codec.encode(photo, quality_map).size_bytes)
    encoding = encode_to_size(codec, photo, quality_map, target)
    assert 0.99 * target <= encoding.size_bytes <= target


@pytest.mark.parametrize("target", [0, 60])
def test_a_size_that_is_too_small_is_refused_with_what_can_be_had(codec, photo, target):
    with pytest.raises(TargetSizeError, match=f"{target:,} bytes or less: the smallest has [0-9,]+ bytes"):
        encode_to_size(codec, photo, uniform(photo, 0.5), target)


def test_a_size_that_is_too_large_gives_the_largest_file(codec, photo):
    largest = codec.encode(photo, uniform(photo, 1.0))
    assert encode_to_size(codec, photo, uniform(photo, 0.5), 10_000_000).data == largest.data


def test_bad_maps_are_refused_with_what_was_expected(codec, photo):
    with pytest.raises(QualityMapShapeError, match="320 x 256 like the picture, found 320 x 255"):
        codec.encode(photo, uniform(photo, 0.5)[1:])
    for value in (np.nan, 1.5, -0.1):
        quality_map = uniform(photo, 0.5)
        quality_map[3, 4] = value
        with pytest.raises(QualityMapError, match="from 0 to 1"):
            codec.encode(photo, quality_map)


def test_files_of_other_weights_are_refused(codec, photo):
    data = codec.encode(photo, uniform(photo, 0.2)).data
    foreign = dataclasses.replace(container.unpack(data), weights_hash=bytes(8))
    with pytest.raises(WeightsError, match="0000000000000000"):
        codec.decode(container.pack(foreign))


def test_a_stream_of_another_picture_is_a_bitstream_error(codec, photo):
    file = container.unpack(codec.encode(photo, uniform(photo, 0.8)).data)
    smaller = dataclasses.replace(file, width=64, height=64)
    with pytest.raises(BitstreamError):
        codec.decode(container.pack(smaller))


def test_work_stops_at_a_checkpoint(codec, photo):
    seen = []

    def stop(fraction: float) -> None:
        seen.append(fraction)
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        codec.encode(photo, uniform(photo, 0.5), checkpoint=stop)
    assert len(seen) == 3


def test_progress_rises_to_one(codec, photo):
    seen: list[float] = []
    codec.encode(photo, uniform(photo, 0.5), checkpoint=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_a_full_gpu_is_worked_around_and_said(codec, photo, monkeypatch):
    patient = load_codec("live", "cpu")
    patient._device = torch.device("meta")  # stands for a GPU: moving to it is free, and it always runs out
    network = patient._model.network
    attempts = []

    def run_out() -> int:
        attempts.append((str(patient._device), patient._tile))
        if patient._device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return 7

    assert patient.with_fallback(run_out) == 7
    assert attempts == [("meta", 64), ("meta", 32), ("meta", 16), ("cpu", 64)]
    assert "CPU" in patient.notices[-1]
    assert patient._model.network is not network, "work under way on the GPU keeps its network"


def test_missing_devices_and_models_are_named():
    with pytest.raises(ComputeError, match="tpu"):
        load_codec("live", "tpu")
    with pytest.raises(WeightsError, match="nonsense"):
        load_codec("nonsense", "cpu")
