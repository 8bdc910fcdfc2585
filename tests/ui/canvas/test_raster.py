import numpy as np
import pytest
from PySide6.QtGui import QImage

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.buffers import PictureBuffers, amplified
from qmap_studio.ui.canvas.raster import IndexedRaster, Mipmap

pytestmark = pytest.mark.usefixtures("qapp")


def rgba(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (7, 13), (600, 1030)])
def test_a_mipmap_starts_transparent_and_keeps_what_is_written(height: int, width: int) -> None:
    pixels = noise(height, width)
    mipmap = Mipmap(height, width)
    assert not rgba(mipmap.levels[0]).any()
    mipmap.write(Rect.whole(height, width), pixels)
    np.testing.assert_array_equal(rgba(mipmap.levels[0])[:, :, :3], pixels)
    assert (rgba(mipmap.levels[0])[:, :, 3] == 255).all()


def test_levels_are_averages() -> None:
    pixels = noise(800, 1200)
    mipmap = Mipmap.of(pixels)
    averages = pixels.reshape(400, 2, 600, 2, 3).mean((1, 3))
    assert np.abs(rgba(mipmap.levels[1])[:, :, :3] - averages).max() <= 4


def test_writing_a_rectangle_is_writing_that_part_of_the_whole() -> None:
    pixels = noise(701, 1203)
    whole, parts = Mipmap.of(pixels), Mipmap.of(np.zeros_like(pixels))
    for rect in (Rect(0, 0, 601, 701), Rect(601, 0, 602, 333), Rect(601, 333, 602, 368)):
        parts.write(rect, pixels[rect.slices])
    for expected, found in zip(whole.levels, parts.levels, strict=True):
        np.testing.assert_array_equal(rgba(found), rgba(expected))


def test_a_level_is_never_coarser_than_the_screen() -> None:
    mipmap = Mipmap(4000, 6000)
    assert [mipmap.level_at(scale) for scale in (4.0, 1.0, 0.6, 0.5, 0.3, 0.25, 0.001)] == [0, 0, 0, 1, 1, 2, 4]


def test_indices_are_seen_in_their_colours() -> None:
    table = np.stack([np.arange(256, dtype=np.uint8)] * 3 + [np.full(256, 255, np.uint8)], axis=1)
    raster = IndexedRaster(5, 7, table)
    raster.indices[2, 3] = 200
    raster.indices[4, 6] = 255
    shown = rgba(raster.coloured())
    assert shown[2, 3].tolist() == [200, 200, 200, 255]
    assert shown[4, 6].tolist() == [255, 255, 255, 255]
    assert shown[:, :, 0].sum() == 455


def test_layers_know_what_is_reconstructed() -> None:
    original = noise(40, 60)
    layers = PictureBuffers(original)
    assert layers.reconstruction is None
    layers.write(Rect(0, 0, 60, 25), original[:25])
    assert not layers.complete
    layers.write(Rect(0, 20, 60, 20), original[20:])
    assert layers.complete
    layers.clear()
    assert not layers.complete
    assert layers.reconstruction is None


def test_the_difference_covers_what_was_known_before_and_comes_after() -> None:
    original = np.full((40, 60, 3), 100, np.uint8)
    layers = PictureBuffers(original)
    layers.write(Rect(0, 0, 30, 40), np.full((40, 30, 3), 103, np.uint8))
    for known in layers.known:
        layers.write_difference(known)
    layers.write(Rect(30, 0, 10, 40), np.full((40, 10, 3), 98, np.uint8))
    shown = rgba(layers.difference.levels[0])
    assert (shown[:, :30, :3] == 24).all()
    assert (shown[:, 30:40, :3] == 16).all()
    assert not shown[:, 40:, 3].any()


def test_errors_are_amplified_without_wrapping() -> None:
    assert amplified(np.uint8([0, 10, 255]), np.uint8([255, 8, 254]), 8).tolist() == [248, 16, 8]
