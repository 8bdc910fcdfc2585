"""The search for a size, over codecs whose sizes are known."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from qmap_studio.codec import Coded, Encoding, encode_to_size, uniform_quality
from qmap_studio.codec.common import rate_model
from qmap_studio.codec.common.container import SfcFile, pack
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.size_curve import typical_log_bpp
from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import mean_of_cells
from qmap_studio.core.errors import TargetSizeError
from qmap_studio.core.pictures import Picture

PICTURE = Picture(np.zeros((640, 960, 3), np.uint8))


@pytest.fixture(autouse=True)
def typical_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detail lets expect the typical curve."""

    class Typical:
        def __init__(self, _pixels):
            pass

        def bits(self, quality, _cells):
            return 256.0 * np.exp(typical_log_bpp(quality))

    monkeypatch.setattr(rate_model, "RateModel", Typical)


@dataclass
class CurveCodec:
    """A cell costs what `log_bpp` says of its quality, a pixel with a bound 8 bits. Estimates are wrong by `error`.

    A thorough file has 4 % more.
    """

    log_bpp: Callable[[np.ndarray], np.ndarray] = typical_log_bpp
    error: float = 0.0
    calls: list[str] = field(default_factory=list)

    def estimate_bytes(self, picture, quality_map, *, bounds=None, base_offset=0, checkpoint=None):
        self.calls.append("estimate")
        size = self._size(quality_map, base_offset, checkpoint, bounds) + self._bounded(bounds)
        return round(size * (1.0 + self.error))

    def encode(self, picture, quality_map, *, bounds=None, base_offset=0, thorough=False, checkpoint=None):
        self.calls.append("thorough" if thorough else "encode")
        nothing = np.zeros((1, 1), np.float32)
        size = self._size(quality_map, base_offset, checkpoint, bounds)
        data = bytes(round(1.04 * size) if thorough else size)
        if bounds is not None:
            height, width = bounds.shape
            data = pack(
                SfcFile(width, height, False, "curve", bytes(8), 0, streams=(data,), kept=bytes(self._bounded(bounds)))
            )
        return Encoding(picture.pixels, nothing, nothing, data)

    def _bounded(self, bounds):
        return 0 if bounds is None else np.count_nonzero(bounds < UNBOUNDED)

    def _size(self, quality_map, base_offset, checkpoint, bounds):
        for fraction in (0.1, 0.5, 0.9):
            if checkpoint is not None:
                checkpoint(fraction)
        quality = MapCells.of(quality_map).moved(base_offset).quality
        free = 1.0 if bounds is None else np.maximum(mean_of_cells(bounds == UNBOUNDED), 0.05)
        return round(32.0 * (free * np.exp(self.log_bpp(quality))).sum(dtype=np.float64))


def steep(quality):
    return -4.0 + 4.0 * quality


def flat_then_steep(quality):
    return -3.0 + 1.8 * quality + 1.8 * np.maximum(quality - 0.5, 0.0)


def bent(quality):
    return -3.5 + 4.0 * np.sqrt(quality)


def uniform(quality=0.5):
    return np.full((PICTURE.height, PICTURE.width), quality, np.float32)


def box():
    quality_map = uniform(0.2)
    quality_map[100:400, 300:700] = 0.7
    return quality_map


@pytest.mark.parametrize("log_bpp", [typical_log_bpp, steep, flat_then_steep, bent])
@pytest.mark.parametrize("quality_map", [uniform(), box()], ids=["uniform", "box"])
@pytest.mark.parametrize("bpp", [0.12, 0.3, 0.6])
@pytest.mark.parametrize("error", [-0.001, 0.001])
def test_few_encodings_find_a_size(log_bpp, quality_map, bpp, error):
    codec, target = CurveCodec(log_bpp, error), int(bpp * PICTURE.size_pixels / 8)
    encoding = encode_to_size(codec, PICTURE, quality_map, target)
    assert 0.99 * target <= encoding.size_bytes <= target
    assert len(codec.calls) <= 5
    assert codec.calls.count("encode") <= 3


def test_a_known_size_saves_encodings():
    codec, target = CurveCodec(lambda quality: typical_log_bpp(quality) + 0.7), 20_000
    encode_to_size(codec, PICTURE, box(), target)
    assert codec.calls == ["estimate", "estimate", "encode"]
    known = codec.estimate_bytes(PICTURE, box())
    codec.calls.clear()
    encode_to_size(codec, PICTURE, box(), target, known=(0, known))
    assert codec.calls == ["estimate", "encode"]


@pytest.mark.parametrize("known", [(0, 100), (0, 10_000_000), (3000, 20_000)])
def test_a_known_size_may_be_wrong(known):
    encoding = encode_to_size(CurveCodec(steep), PICTURE, uniform(), 20_000, known=known)
    assert 19_800 <= encoding.size_bytes <= 20_000


@pytest.mark.parametrize("target", [0, 1000])
@pytest.mark.parametrize("log_bpp", [typical_log_bpp, steep])
def test_a_size_below_the_smallest_file_is_refused_soon_with_that_files_size(log_bpp, target):
    codec = CurveCodec(log_bpp, 0.001)
    size = codec.encode(PICTURE, uniform(0.0)).size_bytes
    codec.calls.clear()
    with pytest.raises(TargetSizeError, match=f"the smallest has {size:,} bytes"):
        encode_to_size(codec, PICTURE, box(), target)
    assert len(codec.calls) <= 4


@pytest.mark.parametrize("log_bpp", [typical_log_bpp, steep])
def test_a_size_above_the_largest_file_gives_the_largest(log_bpp):
    codec = CurveCodec(log_bpp, 0.001)
    size = codec.encode(PICTURE, uniform(1.0)).size_bytes
    codec.calls.clear()
    assert encode_to_size(codec, PICTURE, box(), 10**6).size_bytes == size
    assert len(codec.calls) <= 4


@pytest.mark.parametrize("error", [0.0, 0.001])
def test_in_a_gap_of_the_sizes_the_file_below_it_is_taken(error):
    def jump(quality):
        return typical_log_bpp(quality) + 0.5 * (quality > 0.6)

    codec = CurveCodec(jump, error)
    below, above = (codec.encode(PICTURE, uniform(q)).size_bytes for q in (0.6, 0.601))
    codec.calls.clear()
    found = encode_to_size(codec, PICTURE, uniform(), (below + above) // 2)
    assert 0.99 * below <= found.size_bytes <= below
    assert len(codec.calls) <= 14


def test_progress_never_goes_back_and_ends_at_1():
    seen = []
    encode_to_size(CurveCodec(bent), PICTURE, box(), 20_000, checkpoint=seen.append)
    assert all(a < b for a, b in itertools.pairwise(seen))
    assert seen[-1] == 1.0


def test_a_typical_picture_needs_the_bits_of_its_map_at_the_uniform_quality():
    quality = MapCells.of(box()).quality
    bits = (256.0 * np.exp(typical_log_bpp(quality))).astype(np.float32)
    coded = Coded(PICTURE.pixels, bits, quality)
    same = 256.0 * math.exp(typical_log_bpp(uniform_quality(coded))) * bits.size
    assert same == pytest.approx(coded.estimated_bits, rel=1e-3)


def bounded(share):
    """The left part of the picture without loss."""
    bounds = np.full((PICTURE.height, PICTURE.width), UNBOUNDED, np.uint8)
    bounds[:, : round(share * PICTURE.width)] = 0
    return bounds


@pytest.mark.parametrize("log_bpp", [typical_log_bpp, steep, flat_then_steep, bent])
@pytest.mark.parametrize("quality_map", [uniform(), box()], ids=["uniform", "box"])
@pytest.mark.parametrize("share", [0.03, 0.5, 0.9])
@pytest.mark.parametrize("bpp", [0.12, 0.3, 0.6])
def test_a_part_without_loss_is_a_constant_share_of_the_size(log_bpp, quality_map, share, bpp):
    codec, bounds = CurveCodec(log_bpp, 0.0005), bounded(share)
    of_bounded = np.count_nonzero(bounds < UNBOUNDED)
    target = of_bounded + int(bpp * (1 - share) * PICTURE.size_pixels / 8)
    encoding = encode_to_size(codec, PICTURE, quality_map, target, bounds=bounds)
    assert 0.99 * target <= encoding.size_bytes <= target
    assert len(codec.calls) <= 6


def test_a_size_below_the_part_without_loss_is_refused_with_what_it_needs():
    bounds = bounded(0.5)
    with pytest.raises(TargetSizeError, match=r"alone need 307,200 bytes; the limit was 300,000 bytes"):
        encode_to_size(CurveCodec(steep), PICTURE, box(), 300_000, bounds=bounds)
    with pytest.raises(TargetSizeError, match=r"the smallest has .*, 307,200 bytes for the pixels"):
        encode_to_size(CurveCodec(steep), PICTURE, box(), 307_300, bounds=bounds)


@pytest.mark.parametrize("log_bpp", [typical_log_bpp, steep])
@pytest.mark.parametrize("bpp", [0.15, 0.4, 0.8])
def test_two_thorough_files_are_made_for_a_size(log_bpp, bpp):
    codec = CurveCodec(log_bpp)
    target = round(bpp * 640 * 960 / 8)
    reported = list[float]()
    quality_map = np.full((640, 960), 0.4, np.float32)
    encoding = encode_to_size(codec, PICTURE, quality_map, target, thorough=True, checkpoint=reported.append)
    assert 0.99 * target <= encoding.size_bytes <= target
    assert codec.calls.count("thorough") <= 2
    assert "encode" not in codec.calls
    assert reported == sorted(reported)


def test_a_size_that_no_thorough_file_has_is_refused():
    with pytest.raises(TargetSizeError):
        encode_to_size(CurveCodec(), PICTURE, np.full((640, 960), 0.4, np.float32), 100, thorough=True)
