import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qmap_studio.core.cells import pixels_of_cells
from qmap_studio.core.rect import Rect
from qmap_studio.evaluation.block_figures import MARGIN, BlockFigures
from tests.unit.evaluation.pictures import measure, posterised, waves

sizes = st.one_of(
    st.tuples(st.integers(1, 24), st.integers(1, 24)), st.tuples(st.integers(1, 300), st.integers(1, 500))
)
seeds = st.integers(0, 2**32 - 1)


def degraded(picture, rng):
    """Noise of its own strength in some places."""
    strength = rng.choice([0, 2, 20, 90], size=(4, 4)).repeat(-(-picture.shape[0] // 4), 0)
    strength = strength.repeat(-(-picture.shape[1] // 4), 1)[: picture.shape[0], : picture.shape[1], None]
    return np.clip(picture + strength * rng.uniform(-1, 1, picture.shape), 0, 255).astype(np.uint8)


def some_rect(rng, height, width, most=500):
    x, y = int(rng.integers(width)), int(rng.integers(height))
    return Rect(x, y, int(rng.integers(1, most)), int(rng.integers(1, most))).clipped(width, height)


def some_region(rng, height, width):
    """None, a rectangle, a disc, specks, or one of the extremes."""
    kind, region = rng.integers(6), np.zeros((height, width), bool)
    if kind == 1:
        region[some_rect(rng, height, width).slices] = True
    if kind == 2:
        y, x = np.ogrid[:height, :width]
        region = (y - rng.integers(height)) ** 2 + (x - rng.integers(width)) ** 2 < rng.integers(1, 200) ** 2
    if kind == 3:
        region = rng.random((height, width)) < 0.01
    return None if kind == 0 else ~region if kind == 4 else region


def cells(height, width, rng):
    return rng.uniform(1, 50, pixels_of_cells(height, width).shape).astype(np.float32)


def measure_all(blocks, reconstruction, rng):
    """In two portions, at random."""
    blocks.measure(reconstruction, rng.random(blocks.measured.shape) < 0.5)
    blocks.measure(reconstruction, np.ones_like(blocks.measured))
    assert blocks.measured.all()


def around(blocks, rect):
    """The blocks that a rectangle touches."""
    touched = np.zeros_like(blocks.measured)
    touched[rect.y // 64 : -(-rect.bottom // 64), rect.x // 64 : -(-rect.right // 64)] = True
    return touched


def measured(rng, size):
    """A picture, its reconstruction, a region and bits at random, and all blocks measured."""
    picture, region, bits = waves(*size), some_region(rng, *size), cells(*size, rng)
    reconstruction = degraded(picture, rng)
    blocks = BlockFigures(picture)
    blocks.set_region(region)
    measure_all(blocks, reconstruction, rng)
    return picture, reconstruction, region, bits, blocks


def assert_same(figures, expected):
    for part in ("inside", "outside", "overall"):
        ours, theirs = getattr(figures, part), getattr(expected, part)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert (ours.pixels, ours.bits, ours.bpp) == (theirs.pixels, theirs.bits, theirs.bpp)
            assert ours.share_of_bits == theirs.share_of_bits
            assert ours.psnr_db == pytest.approx(theirs.psnr_db, abs=1e-3)
            assert ours.ms_ssim == pytest.approx(theirs.ms_ssim, abs=1e-5)
    assert (figures.size_bytes, figures.estimated) == (expected.size_bytes, expected.estimated)


@settings(max_examples=60)
@given(size=sizes, seed=seeds)
def test_all_blocks_give_the_figures_of_the_picture(size, seed):
    rng = np.random.default_rng(seed)
    picture, reconstruction, region, bits, blocks = measured(rng, size)
    assert_same(blocks.figures(bits), measure(picture, reconstruction, bits, region))
    assert_same(blocks.figures(bits, size_bytes=9), measure(picture, reconstruction, bits, region, size_bytes=9))


@settings(max_examples=40)
@given(size=sizes, seed=seeds)
@example(size=(289, 497), seed=499)  # Summed in 32 bits, the whole picture's figure was off in the fifth digit.
def test_after_edits_it_is_as_if_measured_afresh(size, seed):
    rng = np.random.default_rng(seed)
    picture, reconstruction, region, bits, blocks = measured(rng, size)
    for _ in range(3):
        rect = some_rect(rng, *size, most=40)
        if rng.random() < 0.5:
            reconstruction[rect.slices] = rng.integers(256, size=3)
            blocks.changed(around(blocks, rect))
        else:
            region = np.zeros(size, bool) if region is None else region.copy()
            region[rect.slices] ^= True
            blocks.set_region(region)
    measure_all(blocks, reconstruction, rng)
    assert_same(blocks.figures(bits), measure(picture, reconstruction, bits, region))


@pytest.mark.parametrize("offset", [0, 31, 63])
def test_a_small_edit_leaves_most_blocks_measured(offset):
    picture = waves(700, 900)
    blocks = BlockFigures(picture)
    blocks.measure(picture, np.ones_like(blocks.measured))
    rect = Rect(320 + offset, 256 + offset, 5, 5)
    blocks.changed(around(blocks, rect))
    assert 0 < np.count_nonzero(~blocks.measured) <= 49

    unmeasured = ~blocks.measured
    blocks.measure(picture, unmeasured)
    region = np.zeros(picture.shape[:2], bool)
    region[rect.slices] = True
    blocks.set_region(region)
    assert 0 < np.count_nonzero(~blocks.measured) <= 16
    assert unmeasured[~blocks.measured].all()


def test_what_did_not_change_stays_measured():
    picture = waves(100, 130)
    blocks = BlockFigures(picture)
    region = np.zeros((100, 130), bool)
    blocks.measure(picture, np.ones_like(blocks.measured))
    blocks.set_region(region)
    blocks.changed(np.zeros_like(blocks.measured))
    assert blocks.measured.all()
    blocks.changed(np.ones_like(blocks.measured))
    assert not blocks.measured.any()


@given(size=st.tuples(st.integers(200, 400), st.integers(200, 400)), seed=seeds)
@settings(max_examples=20)
def test_pixels_beyond_the_margin_do_not_matter(size, seed):
    rng = np.random.default_rng(seed)
    picture = waves(*size)
    reconstruction = degraded(picture, rng)
    results = []
    row, column = int(rng.integers(-(-size[0] // 64))), int(rng.integers(-(-size[1] // 64)))
    around = Rect(64 * column, 64 * row, 64, 64).expanded(MARGIN).clipped(size[1], size[0])
    elsewhere = np.full_like(reconstruction, 7)
    elsewhere[around.slices] = reconstruction[around.slices]
    for valid in (reconstruction, elsewhere):
        blocks = BlockFigures(picture)
        wanted = np.zeros_like(blocks.measured)
        wanted[row, column] = True
        blocks.measure(valid, wanted)
        results.append(blocks.figures(cells(*size, np.random.default_rng(0))).overall)
    assert results[0].psnr_db == results[1].psnr_db
    assert results[0].ms_ssim == pytest.approx(results[1].ms_ssim, abs=1e-6, nan_ok=True)


def test_figures_of_some_blocks():
    picture = waves(192, 256)
    reconstruction = picture.copy()
    reconstruction[:, 128:] = posterised(picture[:, 128:], 60)
    left = np.zeros((192, 256), bool)
    left[:, :128] = True
    bits = np.ones((12, 16), np.float32)
    blocks = BlockFigures(picture)
    blocks.set_region(left)
    nothing = blocks.figures(bits)
    assert (nothing.inside.pixels, nothing.outside.pixels, nothing.overall.bits) == (192 * 128, 192 * 128, 192)
    assert math.isnan(nothing.overall.psnr_db)
    assert math.isnan(nothing.inside.ms_ssim)

    wanted = np.zeros_like(blocks.measured)
    wanted[:, 0] = True
    blocks.measure(reconstruction, wanted)
    some = blocks.figures(bits)
    assert (some.overall.psnr_db, some.overall.pixels) == (math.inf, 192 * 256)
    assert math.isnan(some.outside.psnr_db)


def test_rectangles_may_be_spread_over_threads():
    picture = waves(1100, 1200)
    reconstruction = posterised(picture, 30)
    bits = np.ones((69, 75), np.float32)
    blocks = BlockFigures(picture)
    with ThreadPoolExecutor(2) as pool:
        blocks.measure(reconstruction, np.ones_like(blocks.measured), pool.map)
    assert_same(blocks.figures(bits), measure(picture, reconstruction, bits))


def test_other_shapes_are_misuse():
    blocks = BlockFigures(waves(20, 30))
    with pytest.raises(ValueError, match="shape"):
        blocks.set_region(np.zeros((20, 31), bool))
    with pytest.raises(ValueError, match="shape"):
        blocks.measure(waves(20, 31), blocks.measured)
    with pytest.raises(ValueError, match="cells"):
        blocks.figures(np.zeros((2, 3), np.float32))
