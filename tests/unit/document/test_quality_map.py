import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import FileAccessError, QualityMapError, QualityMapShapeError
from qmap_studio.core.rect import Rect
from qmap_studio.document import QualityMap, map_file_notice, read_map_file, read_quality_map, write_quality_map

HEIGHT, WIDTH = 30, 44


def a_map():
    return QualityMap(np.random.default_rng(2).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16))


def test_uniform_and_quality():
    quality_map = QualityMap.uniform(3, 5, 1.0)
    assert (quality_map.height, quality_map.width) == (3, 5)
    assert (quality_map.values == MAX_LEVEL).all()
    quality = quality_map.quality(Rect(1, 0, 4, 2))
    assert quality.dtype == np.float32
    assert quality.shape == (2, 4)
    quality[...] = 0
    assert (quality_map.values == MAX_LEVEL).all()


@given(st.integers(0, MAX_LEVEL))
def test_levels_survive_the_way_through_quality(level):
    quality_map = QualityMap(np.full((1, 1), level, np.uint16))
    assert QualityMap.from_quality(quality_map.quality()).values.item() == level


@pytest.mark.parametrize(
    ("value", "sentence"), [(np.nan, "NaN"), (np.inf, "infinity"), (-0.01, "-0.01"), (1.5, "0.25 to 1.5")]
)
def test_qualities_that_are_none_are_refused(value, sentence):
    quality = np.full((4, 4), 0.25)
    quality[2, 2] = value
    with pytest.raises(QualityMapError, match=sentence):
        QualityMap.from_quality(quality)


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.zeros((3, 3, 1), np.uint16), np.zeros((0, 3), np.uint16)])
def test_other_arrays_are_a_programming_error(values):
    with pytest.raises(ValueError, match="uint16"):
        QualityMap(values)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF", ".npy"])
def test_every_format_gives_the_map_back_exactly(tmp_path, suffix):
    path = tmp_path / f"map{suffix}"
    write_quality_map(path, a_map())
    np.testing.assert_array_equal(read_quality_map(path, HEIGHT, WIDTH).values, a_map().values)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_eight_bits_are_near_enough(tmp_path, suffix):
    path = tmp_path / f"map{suffix}"
    write_quality_map(path, a_map(), bits=8)
    with Image.open(path) as image:
        assert image.mode == "L"
    found = read_quality_map(path, HEIGHT, WIDTH).quality()
    np.testing.assert_allclose(found, a_map().quality(), atol=0.5 / 255 + 1e-6)


def test_the_content_decides_not_the_name(tmp_path):
    path = tmp_path / "map.png"
    with path.open("wb") as file:
        np.save(file, a_map().quality())
    np.testing.assert_array_equal(read_quality_map(path, HEIGHT, WIDTH).values, a_map().values)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((HEIGHT, WIDTH), 255, np.uint8), MAX_LEVEL),
        (np.full((HEIGHT, WIDTH), 51, np.uint8), 13107),
        (np.full((HEIGHT, WIDTH), 1234, np.uint16), 1234),
        (np.full((HEIGHT, WIDTH), 1234, ">u2"), 1234),
        (np.ones((HEIGHT, WIDTH), bool), MAX_LEVEL),
        (np.full((HEIGHT, WIDTH), 0.2, np.float64), 13107),
        (np.asfortranarray(np.full((HEIGHT, WIDTH), 0.2, np.float16)), 13107),
    ],
)
def test_arrays_of_many_kinds(tmp_path, array, expected):
    np.save(tmp_path / "map.npy", array)
    values = read_quality_map(tmp_path / "map.npy", HEIGHT, WIDTH).values
    assert values.flags.writeable
    np.testing.assert_allclose(values, expected, atol=20 if array.dtype == np.float16 else 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_grey_pictures_of_many_kinds(tmp_path, mode):
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    image.paste(0, (0, 0, 10, 10))
    image.convert(mode).save(tmp_path / "map.png")
    quality = read_quality_map(tmp_path / "map.png", HEIGHT, WIDTH).quality()
    assert (quality[:10, :10] == 0).all()
    assert (quality[10:] == 1).all()


def test_a_tiff_of_floats(tmp_path):
    Image.fromarray(np.full((HEIGHT, WIDTH), 0.2, np.float32)).save(tmp_path / "map.tif")
    assert (read_quality_map(tmp_path / "map.tif", HEIGHT, WIDTH).values == 13107).all()


def broken(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_a_map_of_another_size_names_both(tmp_path):
    for name in ("map.png", "map.tif", "map.npy"):
        write_quality_map(tmp_path / name, a_map())
        with pytest.raises(QualityMapShapeError, match=r"44 x 30 pixels.*100 x 80"):
            read_quality_map(tmp_path / name, 80, 100)


@pytest.mark.parametrize("name", ["map.png", "map.tif", "map.npy"])
def test_every_way_of_being_cut_short_is_one_error(tmp_path, name):
    path = tmp_path / name
    write_quality_map(path, a_map())
    content = path.read_bytes()
    for length in range(0, len(content) - 20, 41):
        with pytest.raises(QualityMapError, match=r"cut short|no map|Cannot read"):
            read_quality_map(broken(tmp_path, "cut", content[:length]), HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no map"),
        (b"hello, this is text", "no map"),
        (b"\x93NUMPY\x01\x00\xff\xff", "damaged"),
        (b"\x93NUMPY\x01\x00\x06\x00((((((", "damaged"),
        (b"GIF89a", "no map"),
    ],
)
def test_what_is_no_map(tmp_path, content, sentence):
    with pytest.raises(QualityMapError, match=sentence):
        read_quality_map(broken(tmp_path, "map.png", content), HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.full((HEIGHT, WIDTH), np.nan, np.float32), "NaN"),
        (np.full((HEIGHT, WIDTH), 200.0), "200"),
        (np.zeros((HEIGHT, WIDTH), np.int64), "int64"),
        (np.zeros((HEIGHT, WIDTH), complex), "complex"),
        (np.zeros((HEIGHT, WIDTH), "U3"), "<U3"),
        (np.zeros((HEIGHT, WIDTH, 3)), "rows and columns alone"),
        (np.zeros((0, 5)), "5 x 0"),
    ],
)
def test_arrays_that_are_no_map(tmp_path, array, sentence):
    np.save(tmp_path / "map.npy", array)
    with pytest.raises(QualityMapError, match=sentence):
        read_quality_map(tmp_path / "map.npy", HEIGHT, WIDTH)


def test_an_array_of_objects_is_not_unpickled(tmp_path):
    np.save(tmp_path / "map.npy", np.array([[print]], object), allow_pickle=True)
    with pytest.raises(QualityMapError, match="holds no numbers"):
        read_quality_map(tmp_path / "map.npy", 1, 1)


def test_a_colour_picture_is_no_map(tmp_path):
    Image.new("RGB", (WIDTH, HEIGHT), (255, 0, 0)).save(tmp_path / "map.png")
    with pytest.raises(QualityMapError, match="colour"):
        read_quality_map(tmp_path / "map.png", HEIGHT, WIDTH)


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "nothing.png", tmp_path):
        with pytest.raises(QualityMapError, match="Cannot read the map"):
            read_quality_map(path, HEIGHT, WIDTH)


def test_what_cannot_be_written(tmp_path):
    with pytest.raises(QualityMapError, match=r"map\.gif"):
        write_quality_map(tmp_path / "map.gif", a_map())
    with pytest.raises(QualityMapError, match="of that size"):
        write_quality_map(tmp_path / "map.webp", QualityMap.uniform(1, 16384, 0.5))
    with pytest.raises(FileAccessError):
        write_quality_map(tmp_path / "missing" / "map.png", a_map())
    with pytest.raises(ValueError, match="bits"):
        write_quality_map(tmp_path / "map.png", a_map(), bits=12)


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_formats_with_losses_are_read_and_written_with_a_warning(tmp_path, suffix, mode):
    ramp = QualityMap.from_quality(np.tile(np.linspace(0, 1, WIDTH), (HEIGHT, 1)))
    path = tmp_path / f"map{suffix}"
    write_quality_map(path, ramp)
    assert "does not keep" in map_file_notice(path)
    with Image.open(path) as image:
        image.convert(mode).save(path)
    found, notices = read_map_file(path, HEIGHT, WIDTH)
    np.testing.assert_allclose(found.quality(), ramp.quality(), atol=0.05)
    assert "may have changed" in notices[0]


def test_what_keeps_every_level_is_not_warned_of(tmp_path):
    for name in ("map.png", "map.tif", "map.npy"):
        write_quality_map(tmp_path / name, a_map())
        assert (map_file_notice(tmp_path / name), read_map_file(tmp_path / name, HEIGHT, WIDTH)[1]) == (None, ())
    assert "256" in map_file_notice(tmp_path / "map.png", bits=8)


def test_a_photo_with_losses_is_no_map(tmp_path):
    colour = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    colour[:, : WIDTH // 2] = 200, 40, 30
    Image.fromarray(colour).save(tmp_path / "photo.jpg")
    with pytest.raises(QualityMapError, match="colour"):
        read_quality_map(tmp_path / "photo.jpg", HEIGHT, WIDTH)


def test_the_transparency_of_a_colour_picture_is_a_map(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 4)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "cut out.png")
    found, notices = read_map_file(tmp_path / "cut out.png", HEIGHT, WIDTH)
    np.testing.assert_array_equal(found.values, pixels[..., 3].astype(np.uint16) * 257)
    assert notices == ("The map is the transparency of cut out.png.",)
