"""Pixels that are kept: without loss or within a bound, to the pixel; and cells that no network has to carry."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from qmap_studio.codec import load_codec
from qmap_studio.codec.common import container
from qmap_studio.codec.common.kept import KeptFile
from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT, are_valid, codes_of
from qmap_studio.codec.common.kept.tile import pack_tile, unpack_tile
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import BitstreamError, QualityMapShapeError
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo

HEIGHT, WIDTH = 300, 340  # two tiles a side, neither of them whole


@pytest.fixture(scope="module")
def codec() -> LearnedCodec:
    return load_codec("live", "cpu")


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(np.ascontiguousarray(sample_photo().pixels[60 : 60 + HEIGHT, 120 : 120 + WIDTH]))


def uniform(quality: float, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.float32]:
    return np.full(shape, quality, np.float32)


def disc(bound: int) -> NDArray[np.uint8]:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.where((y - 140) ** 2 + (x - 200) ** 2 < 90**2, bound, UNBOUNDED).astype(np.uint8)


def mixed() -> NDArray[np.uint8]:
    bounds = disc(WITHOUT_LOSS)
    bounds[10:50, 20:120], bounds[200:290, 30:60] = 3, LARGEST_BOUND
    return bounds


def page_of_text() -> NDArray[np.uint8]:
    image = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    for line in range(12):
        draw.text((4, 4 + 20 * line), "where the bits of a picture go", "black", ImageFont.load_default(14))
    return np.asarray(image)


def assert_within(bounds: NDArray[np.uint8], original: NDArray[np.uint8], found: NDArray[np.uint8]) -> None:
    errors = np.abs(original.astype(int) - found).max(axis=2)
    for bound in range(LARGEST_BOUND + 1):
        assert errors[bounds == bound].max(initial=0) <= bound


def test_bounds_hold_to_the_pixel_and_are_in_the_file(codec, photo):
    encoding = codec.encode(photo, uniform(0.3), bounds=mixed())
    decoding = codec.decode(encoding.data)
    assert_within(mixed(), photo.pixels, encoding.reconstruction)
    assert_within(mixed(), photo.pixels, decoding.picture.pixels)
    np.testing.assert_array_equal(decoding.bounds, mixed())
    outside = mixed() == UNBOUNDED
    assert np.abs(decoding.picture.pixels.astype(int) - encoding.reconstruction)[outside].max() <= 1
    assert (decoding.picture.pixels[outside] != photo.pixels[outside]).any()
    np.testing.assert_allclose(decoding.cell_bits, encoding.cell_bits, rtol=1e-4)
    estimate = codec.estimate_bytes(photo, uniform(0.3), bounds=mixed())
    assert estimate == pytest.approx(encoding.size_bytes, rel=0.001, abs=8)


def test_a_looser_bound_costs_less(codec, photo):
    sizes = [codec.encode(photo, uniform(0.3), bounds=disc(bound)).size_bytes for bound in (0, 1, 3, 8)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.5 * sizes[0]


def test_a_photo_wholly_without_loss_costs_the_networks_next_to_nothing(codec, photo):
    encoding = codec.encode(photo, uniform(1.0), bounds=np.zeros((HEIGHT, WIDTH), np.uint8))
    np.testing.assert_array_equal(encoding.reconstruction, photo.pixels)
    file = container.unpack(encoding.data)
    assert sum(map(len, file.streams)) < 0.02 * len(file.kept)
    assert not file.detail


def test_grey_pictures_and_the_smallest_ones_are_kept_too(codec, photo):
    grey = Picture(np.repeat(photo.pixels[..., :1], 3, axis=2), is_grey=True)
    np.testing.assert_array_equal(codec.encode(grey, uniform(0.5), bounds=disc(0)).reconstruction.ptp(axis=2), 0)
    for height, width in ((1, 1), (17, 5), (16, 257)):
        picture = Picture(np.ascontiguousarray(photo.pixels[:height, :width]))
        data = codec.encode(picture, uniform(0.5, (height, width)), bounds=np.zeros((height, width), np.uint8)).data
        np.testing.assert_array_equal(codec.decode(data).picture.pixels, picture.pixels)


def test_text_comes_out_identical_for_less_than_networks_need(codec):
    text = Picture(page_of_text())
    encoding = codec.encode(text, uniform(0.3, (256, 256)))
    letters = text.pixels.min(axis=2) < 128
    np.testing.assert_array_equal(encoding.reconstruction[letters], text.pixels[letters])
    assert np.abs(encoding.reconstruction.astype(int) - text.pixels).max() <= 8
    file = container.unpack(encoding.data)
    assert len(file.kept) > 5 * sum(map(len, file.streams))
    decoding = codec.decode(encoding.data)
    assert decoding.bounds is None  # nobody asked
    assert np.abs(decoding.picture.pixels.astype(int) - encoding.reconstruction).max() <= 1


@pytest.mark.parametrize("colour", [(128, 128, 128), (255, 255, 255), (40, 90, 160)])
@pytest.mark.parametrize(("height", "width"), [(512, 512), (300, 340), (9, 70)])
def test_a_flat_picture_comes_out_identical(codec, height, width, colour):
    pixels = np.full((height, width, 3), colour, np.uint8)
    encoding = codec.encode(Picture(pixels), uniform(0.3, (height, width)))
    np.testing.assert_array_equal(encoding.reconstruction, pixels)
    np.testing.assert_array_equal(codec.decode(encoding.data).picture.pixels, pixels)


def test_the_flat_ground_around_a_photo_and_its_soft_shadow_comes_out_identical(codec, photo):
    shadow = Image.new("L", (640, 512), 0)
    shadow.paste(110, (190, 130, 410, 350))
    shadow = shadow.filter(ImageFilter.GaussianBlur(14))
    page = Image.composite(Image.new("RGB", (640, 512), "black"), Image.new("RGB", (640, 512), "#ecf0f4"), shadow)
    page.paste(Image.fromarray(photo.pixels[:200, :200]), (200, 130))
    ground = np.asarray(shadow.filter(ImageFilter.MaxFilter(63))) == 0  # and two cells beside it
    pixels = np.asarray(page)
    encoding = codec.encode(Picture(pixels), uniform(0.3, (512, 640)))
    assert ground.mean() > 0.5
    np.testing.assert_array_equal(encoding.reconstruction[ground], pixels[ground])


def test_nothing_of_a_photo_is_taken_for_text(codec, photo):
    for quality in (0.0, 0.5, 1.0):
        assert not container.unpack(codec.encode(photo, uniform(quality)).data).kept


def test_bounds_that_change_while_a_picture_is_kept_encoded_give_what_coding_anew_gives(codec, photo):
    means = np.full((-(-HEIGHT // 16), -(-WIDTH // 16)), 20_000.0)
    encoder = codec.incremental(photo, means, 20_000)
    everything = np.ones(encoder.stale.shape, bool)
    encoder.update(everything)
    plain = encoder.finish().data
    bounds = np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8)
    for part, bound in ((np.s_[20:70, 30:200], 0), (np.s_[40:290, 150:160], 2), (np.s_[40:290, 150:160], UNBOUNDED)):
        bounds[part] = bound  # the same array again, as somebody who paints has it
        encoder.change_map(means, 20_000, bounds)
        assert encoder.stale.sum() > 0
        encoder.update(everything)
        assert_within(bounds, photo.pixels, encoder.reconstruction)
        np.testing.assert_array_equal(codec.decode(encoder.finish().data).bounds, bounds)
    anew = codec.encode(photo, uniform(20_000 / 65535), bounds=bounds)
    assert encoder.finish().size_bytes == pytest.approx(anew.size_bytes, rel=0.001)
    encoder.change_map(means, 20_000, None)
    assert len(encoder.finish().data) == pytest.approx(len(plain), rel=0.001)


def test_text_in_a_map_that_changes_gives_what_coding_anew_gives(codec):
    text = Picture(page_of_text())
    means = np.full((16, 16), 30_000.0)
    encoder = codec.incremental(text, means, 30_000)
    encoder.update(np.ones(encoder.stale.shape, bool))
    means[3:7, 4:9] = 60_000
    encoder.change_map(means, 30_000)
    found, quality_map = encoder.finish(), np.kron(means / 65535, np.ones((16, 16))).astype(np.float32)
    anew = codec.encode(text, quality_map)
    assert found.size_bytes == pytest.approx(anew.size_bytes, rel=0.001)
    assert np.abs(found.reconstruction.astype(int) - anew.reconstruction).max() <= 1


def test_bounds_must_fit_the_picture(codec, photo):
    with pytest.raises(QualityMapShapeError, match="340 x 300"):
        codec.encode(photo, uniform(0.5), bounds=np.zeros((10, 10), np.uint8))
    with pytest.raises(ValueError, match="bounds are"):
        codec.encode(photo, uniform(0.5), bounds=disc(20))


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_any_tile_comes_back(height, width, data):
    pixels = data.draw(npst.arrays(np.uint8, (height, width, 3)))
    each = st.sampled_from([NOT_KEPT, CHOSEN, 255, 252, 247])
    codes = data.draw(npst.arrays(np.uint8, (height, width), elements=each))
    if not codes.any():
        return
    content = unpack_tile(pack_tile(pixels, codes), height, width)
    part = np.s_[content.y : content.y + content.codes.shape[0], content.x : content.x + content.codes.shape[1]]
    found, kept = np.zeros_like(codes), codes[part] != NOT_KEPT
    found[part] = content.codes
    np.testing.assert_array_equal(found, codes)
    allowed = np.where(codes[part] == CHOSEN, 0, 255 - codes[part])[kept]
    assert (np.abs(content.pixels.astype(int) - pixels[part]).max(axis=2)[kept] <= allowed).all()


def test_codes_are_told_from_other_numbers():
    assert are_valid(codes_of(mixed()))
    assert not are_valid(np.array([[1]], np.uint8))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_damaged_chunk_at_worst(data):
    try:
        KeptFile.unpack(data, HEIGHT, WIDTH)
    except BitstreamError:
        return
    assert not data


def test_a_damaged_chunk_is_refused_or_read(codec, photo):
    file = container.unpack(codec.encode(photo, uniform(0.3), bounds=disc(0)).data)
    random = np.random.default_rng(1)
    for _ in range(30):
        damaged = bytearray(file.kept)
        at = int(random.choice([random.integers(0, 40), random.integers(0, len(damaged))]))
        damaged[at] ^= random.integers(1, 256)
        cut = random.choice([len(damaged), at])
        with suppress(BitstreamError):
            KeptFile.unpack(bytes(damaged[:cut]), HEIGHT, WIDTH).put_into(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
