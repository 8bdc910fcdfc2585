import numpy as np
import pytest
from made_rasters import bumps, labels, npy, picture
from PIL import Image

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect

FIRST, SECOND, THIRD = Rect(30, 20, 50, 40), Rect(30, 100, 50, 50), Rect(250, 200, 150, 100)
VOC_PALETTE = [(0, 0, 0), (128, 0, 0), (0, 128, 0)] + [(0, 0, 0)] * 252 + [(224, 224, 192)]


def found_in(found):
    return [(annotation.label, annotation.shape.bounds) for annotation in found.annotations]


def coloured(pixels, colours):
    return np.array([(0, 0, 0), *colours], np.uint8)[pixels]


@pytest.mark.parametrize(
    ("name", "content", "names"),
    [
        ("a.png", picture(labels(), palette=VOC_PALETTE), "1 2"),
        ("a.png", picture(labels()), "1 2"),
        ("a.tif", picture(labels(), "TIFF", compression="tiff_adobe_deflate"), "1 2"),
        ("a.bmp", picture(labels(), "BMP"), "1 2"),
        ("a.gif", picture(labels(), "GIF", palette=VOC_PALETTE), "1 2"),
        ("a.pgm", picture(labels(), "PPM"), "1 2"),
        ("a.png", picture(labels(dtype=np.uint16, values=(24001, 26012))), "24001 26012"),
        ("a.tif", picture(labels(dtype=np.uint16, values=(24001, 26012)), "TIFF"), "24001 26012"),
        ("a.tif", picture(labels(dtype=np.int32, values=(1, 70000)), "TIFF"), "1 70000"),
        ("a.npy", npy(labels(dtype=np.int64)), "1 2"),
        ("a.png", picture(coloured(labels(), [(255, 128, 0), (0, 0, 255)])), "#ff8000 #0000ff"),
        ("a.png", picture(coloured(labels(), [(7, 7, 7), (90, 90, 90)])), "7 90"),
    ],
)
def test_each_value_is_a_class_and_each_part_of_it_a_mask(files, name, content, names):
    one, other = names.split()
    found = files.read(content, name=name)
    assert sorted(found_in(found), key=lambda row: row[1].y) == [(one, FIRST), (one, SECOND), (other, THIRD)]
    assert found.notices == ()
    assert found.heat is None


def test_the_mask_has_the_form_of_its_pixels(files):
    rows, columns = np.mgrid[0:400, 0:500]
    disc = np.hypot(rows - 200, columns - 250) < 90
    (annotation,) = files.boxes(picture(disc.astype(np.uint8) * 255), name="a.png")
    assert annotation.label == "1"
    assert ((annotation.shape.coverage(Rect.whole(400, 500)) > 0) == disc).all()
    (annotation,) = files.boxes(picture(disc), name="one-bit.png")
    assert annotation.label == "1"


def test_void_is_left_out_and_told(files):
    pixels = labels()
    pixels[15:20, 30:80] = 255
    for content in (picture(pixels, palette=VOC_PALETTE), picture(pixels)):
        found = files.read(content, name="a.png")
        assert {label for label, _ in found_in(found)} == {"1", "2"}
        assert "255 (void: not labelled) were left out" in found.notices[0]
    levels = files.read(picture(labels(values=(128, 255))), name="a.png")
    assert {label for label, _ in found_in(levels)} == {"128", "255"}


def test_without_zero_the_border_is_background(files):
    found = files.read(picture(labels() + np.uint8(5)), name="a.png")
    assert {label for label, _ in found_in(found)} == {"6", "7"}
    assert "No pixel of a.png is 0: 5 was taken for the background" in found.notices[0]


def test_transparent_pixels_are_background(files):
    pixels = np.full((400, 500, 4), 255, np.uint8)
    pixels[..., 3] = (labels() == 2) * np.uint8(255)
    assert found_in(files.read(picture(pixels), name="a.png")) == [("1", THIRD)]


def test_nothing_but_background_is_no_error(files):
    found = files.read(picture(np.zeros((400, 500), np.uint8)), name="a.png")
    assert found.annotations == ()
    assert "nothing but background" in found.notices[0]


def test_many_parts_are_one_mask(files):
    pixels = np.zeros((400, 500), np.uint8)
    pixels[::20, ::20] = 1
    (annotation,) = files.boxes(picture(pixels), name="a.png")
    assert annotation.shape.pixels.sum() == 20 * 25


def test_a_mask_of_a_resized_picture_is_scaled_and_one_of_another_shape_refused(files):
    half = picture(labels()[::2, ::2])
    found = files.read(half, name="a.png")
    assert ("2", THIRD) in found_in(found)
    with pytest.raises(AnnotationError, match="of another shape"):
        files.read(half, name="a.png", size=(300, 300))


def test_a_mask_of_the_stored_photo_is_turned_with_it(files):
    image = Image.fromarray(labels())
    found = files.read(picture(labels()), name="a.png", size=(400, 500), orientation=6)
    expected = np.asarray(image.transpose(Image.Transpose.ROTATE_270)) == 2
    assert "they were turned with it" in found.notices[0]
    assert ((found.annotations[-1].shape.coverage(Rect.whole(500, 400)) > 0) == expected).all()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("classes.txt", "person\ncar\n", {"person", "car"}),
        ("class_names.txt", "_background_\nperson\ncar\n", {"person", "car"}),
        ("classes.txt", "person\n", {"person", "2"}),
        ("labelmap.txt", "# label:color_rgb:parts:actions\nperson:128,0,0::\ncar:0,128,0::\n", {"person", "car"}),
    ],
)
def test_names_from_a_list(files, name, text, expected):
    (files.folder / name).write_text(text)
    found = files.read(picture(labels(), palette=VOC_PALETTE), name="a.png")
    assert {annotation.label for annotation in found.annotations} == expected


def test_values_of_things_have_no_names(files):
    (files.folder / "classes.txt").write_text("person\ncar\n")
    (files.folder / "SegmentationObject").mkdir()
    found = files.read(picture(labels(), palette=VOC_PALETTE), name="SegmentationObject/photo.png")
    assert {annotation.label for annotation in found.annotations} == {"1", "2"}


def noisy(values):
    return (values + np.random.default_rng(0).normal(0, 3, values.shape)).clip(0, 255).astype(np.uint8)


def soft_edged(size):
    small = Image.fromarray(np.uint8((np.hypot(*np.mgrid[-20:20, -25:25]) < 9) * 255))
    return np.asarray(small.resize((500, 400), Image.Resampling.BICUBIC).reduce(size).resize((500, 400)))


@pytest.mark.parametrize(
    "values",
    [
        np.uint8(bumps() * 255),
        np.uint8(bumps() * 40),  # few levels, in large areas
        np.uint8(bumps() * 12),
        np.uint16(bumps() * 900),
        noisy(bumps() * 255),
        noisy(labels() * 100.0),
        soft_edged(1),
        np.repeat(np.arange(0, 250, 10, np.uint8), 20)[None].repeat(400, 0),  # a ramp
    ],
)
def test_amounts_are_no_labels(files, values):
    found = files.read(picture(values), name="a.png")
    assert found.annotations == ()
    assert found.heat is not None


def test_a_stray_pixel_does_no_harm(files):
    pixels = labels()
    pixels[390, 490] = 77
    assert {annotation.label for annotation in files.boxes(picture(pixels), name="a.png")} == {"1", "2", "77"}


def test_sixty_labels_are_labels(files):
    rng = np.random.default_rng(0)
    pixels = np.zeros((400, 500), np.uint8)
    for value in rng.permutation(60) + 1:
        y, x = rng.integers(0, 360), rng.integers(0, 460)
        pixels[y : y + 40, x : x + 40] = value
    assert len({annotation.label for annotation in files.boxes(picture(pixels), name="a.png")}) > 40


def test_values_all_over_a_large_picture_are_refused(files):
    blocks = np.random.default_rng(0).integers(0, 300, (200, 200)).astype(np.uint16)
    with pytest.raises(AnnotationError, match=r"a\.png has 299 values that lie all over a large picture"):
        files.read(picture(np.kron(blocks, np.ones((10, 10), np.uint16))), name="a.png", size=(2000, 2000))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (picture(np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8)), "is a colour picture"),
        (picture(np.random.default_rng(0).integers(0, 3, (400, 500), np.uint8), palette=VOC_PALETTE), "is a colour"),
        (picture(labels())[:-200], "damaged or cut short"),
        (b"\x89PNG\r\n\x1a\n", "damaged or cut short"),
        (b"II*\0\x08\0\0\0", "damaged or cut short"),
        (picture(np.zeros((9000, 9000), bool)), "too large for a mask"),
    ],
)
def test_what_is_refused(files, content, sentence):
    with pytest.raises(AnnotationError, match=rf"a\.png .*{sentence}"):
        files.read(content, name="a.png")
