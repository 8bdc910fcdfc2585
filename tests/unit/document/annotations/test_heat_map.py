import numpy as np
import pytest
import tifffile
from made_rasters import bumps, npy, pfm, picture

from qmap_studio.core.errors import AnnotationError

HEAT = bumps()
FLOATS = HEAT.astype(np.float32)


def tiff(values, **options):
    from io import BytesIO

    content = BytesIO()
    tifffile.imwrite(content, values, **options)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "off"),
    [
        ("a.png", picture(np.uint8(np.rint(HEAT * 255))), 1 / 500),
        ("a.png", picture(np.uint16(np.rint(HEAT * 65535))), 1e-5),
        ("a.png", picture(np.uint8(np.rint(HEAT * 255))[..., None].repeat(3, 2)), 1 / 500),
        ("a.png", picture(np.uint8(np.rint(HEAT * 255)), palette=[(n, n, n) for n in range(256)]), 1 / 500),
        ("a.jpg", picture(np.uint8(np.rint(HEAT * 255)), "JPEG", quality=90), 0.03),
        ("a.jpg", picture(np.uint8(np.rint(HEAT * 255))[..., None].repeat(3, 2), "JPEG", quality=90), 0.03),
        ("a.tif", picture(np.uint8(np.rint(HEAT * 255)), "TIFF"), 1 / 500),
        ("a.tif", picture(np.uint16(np.rint(HEAT * 65535)), "TIFF"), 1e-5),
        ("a.tif", picture(FLOATS, "TIFF"), 1e-7),
        ("a.tif", tiff(HEAT), 1e-7),
        ("a.tif", tiff(HEAT.astype(np.float16)), 1e-3),
        ("a.tif", tiff(FLOATS, compression="zlib"), 1e-7),
        ("a.npy", npy(FLOATS), 1e-7),
        ("a.npy", npy(HEAT.astype(">f8")), 1e-7),
        ("a.npy", npy(np.asfortranarray(HEAT.astype(np.float16))), 1e-3),
        ("a.npy", npy(FLOATS[..., None]), 1e-7),
        ("a.npy", npy(FLOATS[None, None]), 1e-7),
        ("a.npy", npy(np.uint16(np.rint(HEAT * 65535))), 1e-5),
        ("a.pfm", pfm(FLOATS), 1e-7),
        ("a.pfm", pfm(FLOATS, ">"), 1e-7),
    ],
)
def test_heat_from_0_to_1(files, name, content, off):
    found = files.read(content, name=name)
    assert found.annotations == found.notices == ()
    assert found.heat.dtype == np.float32
    assert np.abs(found.heat - HEAT).max() <= off


@pytest.mark.parametrize(
    "values", [FLOATS * 40 - 10, FLOATS * 1e300, FLOATS * 3e38 - 1e38, np.int32(HEAT * 1e6) - 5, FLOATS / 2 + 0.8]
)
def test_other_floats_are_stretched_and_told(files, values):
    found = files.read(npy(values), name="a.npy")
    expected = (HEAT - HEAT.min()) / np.ptp(HEAT)
    assert np.abs(found.heat - expected).max() < 1e-4
    assert "were stretched to 0 to 1" in found.notices[0]


def test_what_is_no_number_is_0_and_told(files):
    values = FLOATS.copy()
    values[:9], values[9], values[10] = np.nan, np.inf, -np.inf
    found = files.read(npy(values), name="a.npy")
    assert not found.heat[:11].any()
    assert np.array_equal(found.heat[11:], FLOATS[11:])
    assert found.notices == ("Values of a.npy that are no numbers count as 0.",)
    assert not files.read(npy(values * np.nan), name="a.npy").heat.any()


@pytest.mark.parametrize("size", [(250, 200), (1000, 800), (50, 40)])
def test_a_map_of_another_size_is_resized(files, size):
    found = files.read(npy(FLOATS), name="a.npy", size=size)
    assert found.heat.shape == size[::-1]
    rows, columns = (np.arange(side) * 500 // size[0] for side in size[::-1])
    assert np.abs(found.heat - FLOATS[np.ix_(rows, columns)]).max() < 0.08


def test_a_small_map_of_about_the_shape_is_the_pictures(files):
    assert files.read(npy(FLOATS[:23, :31]), name="a.npy", size=(500, 375)).heat.shape == (375, 500)


def test_a_map_of_another_shape_is_refused(files):
    with pytest.raises(AnnotationError, match=r"a\.npy are for a picture of 500 x 400 .* of another shape"):
        files.read(npy(FLOATS), name="a.npy", size=(500, 500))


def test_a_map_of_the_stored_photo_is_turned_with_it(files):
    found = files.read(npy(FLOATS), name="a.npy", size=(400, 500), orientation=6)
    assert np.array_equal(found.heat, np.rot90(FLOATS, -1))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.npy", npy(np.zeros((400, 500, 3))), "of the shape"),
        ("a.npy", npy(np.zeros((400, 500), complex)), "complex128 values"),
        ("a.npy", npy(np.array(["a"])), "U1 values"),
        ("a.npy", npy(np.zeros((0, 5))), "damaged"),
        ("a.npy", npy(FLOATS)[:-4], "damaged, cut short"),
        ("a.npy", npy(FLOATS).replace(b"(400, 500)", b"(90000, 9)"), "damaged, cut short"),
        ("a.npy", npy(FLOATS).replace(b"(400, 500)", b"((((((((((("), "damaged, cut short"),
        ("a.pfm", pfm(FLOATS)[:-4], "damaged or cut short"),
        ("a.pfm", b"PF\n500 400\n-1\n" + bytes(2400000), "colour picture"),
        ("a.tif", picture(FLOATS, "TIFF")[:-900], "damaged|cut short"),
        ("a.tif", tiff(np.zeros((400, 500, 3), np.float32), photometric="rgb"), "colour picture"),
        ("a.jpg", picture(np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8), "JPEG"), "colour"),
    ],
)
def test_what_is_refused(files, name, content, sentence):
    with pytest.raises(AnnotationError, match=rf"{name} .*({sentence})"):
        files.read(content, name=name)
