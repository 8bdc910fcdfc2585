"""Pictures and maps to files, and what is told of them."""

from dataclasses import replace

import numpy as np
import pytest

from qmap_studio.codec.common.container import SfcFile, pack, unpack
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.errors import FileAccessError, TargetSizeError
from qmap_studio.core.pictures import Metadata, Picture
from qmap_studio.recipes import sfc_files
from qmap_studio.recipes.compare import compare, uniform_of_same_size
from qmap_studio.recipes.encode import encode, encode_picture, size_notice, uniform_map
from qmap_studio.recipes.figures import measure_file
from qmap_studio.recipes.sfc_files import read_sfc, stripped_sfc, write_sfc
from tests.unit.evaluation.pictures import JpegCodec, measure, waves


@pytest.fixture
def picture():
    return Picture(waves(130, 170))


def test_without_a_size_the_file_is_the_codec_s(picture):
    quality_map = uniform_map(picture, 0.4)
    assert encode(JpegCodec(), picture, quality_map).data == JpegCodec().encode(picture, quality_map).data


def test_a_size_is_reached_from_below(picture):
    smallest, largest = (JpegCodec().encode(picture, uniform_map(picture, q)).size_bytes for q in (0.2, 0.8))
    target_bytes = (smallest + largest) // 2
    found = encode(JpegCodec(), picture, uniform_map(picture, 0.5), target_bytes)
    assert 0.99 * target_bytes <= found.size_bytes <= target_bytes


@pytest.mark.parametrize("target_bytes", [None, 4850])
def test_a_picture_becomes_the_file_that_encode_gives(picture, tmp_path, target_bytes):
    path, quality_map = tmp_path / "a.sfc", uniform_map(picture, 0.5)
    encoding = encode_picture(JpegCodec(), picture, quality_map, path, target_bytes)
    assert path.read_bytes() == encoding.data == encode(JpegCodec(), picture, quality_map, target_bytes).data


def test_without_a_file_of_that_size_none_is_written(picture, tmp_path):
    with pytest.raises(TargetSizeError):
        encode_picture(JpegCodec(), picture, uniform_map(picture, 0.5), tmp_path / "a.sfc", 10)
    assert not list(tmp_path.iterdir())


def test_the_figures_of_a_file_are_those_of_the_whole_picture(picture):
    encoding = JpegCodec().encode(picture, uniform_map(picture, 0.3))
    region = np.zeros((130, 170), bool)
    region[20:90, 30:77] = True
    found = measure_file(picture, encoding, region).figures
    bits, size_bytes = encoding.cell_bits, encoding.size_bytes
    expected = measure(picture.pixels, encoding.reconstruction, bits, region, size_bytes=size_bytes)
    for one, other in ((found.inside, expected.inside), (found.outside, expected.outside)):
        assert (one.pixels, one.bits) == (other.pixels, pytest.approx(other.bits))
        assert (one.psnr_db, one.ms_ssim) == (pytest.approx(other.psnr_db), pytest.approx(other.ms_ssim, abs=1e-5))
    assert found.size_bytes == expected.size_bytes == encoding.size_bytes


def test_a_uniform_map_is_compared_with_itself(picture):
    encoding = JpegCodec().encode(picture, uniform_map(picture, 0.3))
    assert uniform_of_same_size(JpegCodec(), picture, encoding) is encoding
    comparison = compare(JpegCodec(), picture, encoding)
    assert comparison.with_map.figures == comparison.uniform.figures


def test_a_uniform_map_with_bounds_is_compared_with_a_file_without(picture):
    bounds = np.full((130, 170), UNBOUNDED, np.uint8)
    bounds[:10, :40] = WITHOUT_LOSS
    encoding = JpegCodec().encode(picture, uniform_map(picture, 0.3), bounds=bounds)
    comparison = compare(JpegCodec(), picture, encoding, bounds < UNBOUNDED, bounds=bounds)
    assert comparison.with_map.figures.inside.psnr_db == np.inf
    assert comparison.uniform.figures.inside.psnr_db < np.inf
    assert 0.99 * encoding.size_bytes <= comparison.uniform.encoding.size_bytes <= encoding.size_bytes


def test_a_file_is_read_as_it_was_written(picture, tmp_path):
    encoding = JpegCodec().encode(picture, uniform_map(picture, 0.3))
    written = write_sfc(tmp_path / "a.sfc", picture, encoding)
    assert read_sfc(tmp_path / "a.sfc") == encoding.data
    assert written.size_bytes == len(encoding.data)
    assert written.bpp == encoding.file_bpp
    assert written.text == f"{len(encoding.data):,} bytes, {encoding.file_bpp:.3f} bits per pixel."


def test_what_cannot_be_a_file_is_told_in_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(FileAccessError, match=r"none\.sfc does not exist\."):
        read_sfc(tmp_path / "none.sfc")
    with pytest.raises(FileAccessError, match=r"an \.sfc file was expected"):
        read_sfc(tmp_path)
    monkeypatch.setattr(sfc_files, "LARGEST_SFC_BYTES", 3)
    (tmp_path / "large.sfc").write_bytes(bytes(4))
    with pytest.raises(FileAccessError, match=r"has 4 bytes; an \.sfc file has at most 3"):
        read_sfc(tmp_path / "large.sfc")


@pytest.mark.parametrize(
    ("quality", "target_bytes", "notice"),
    [
        (1.0, 10**9, "The largest file of this picture has"),
        (0.5, 10**9, "No file with this map is nearer"),
        (0.5, None, None),
    ],
)
def test_a_file_smaller_than_asked_for_is_told(picture, quality, target_bytes, notice):
    told = size_notice(JpegCodec().encode(picture, uniform_map(picture, quality)), target_bytes)
    assert told is None if notice is None else notice in told


def test_a_file_of_the_size_asked_for_needs_no_word(picture):
    encoding = JpegCodec().encode(picture, uniform_map(picture, 0.5))
    assert size_notice(encoding, encoding.size_bytes) is None


def test_a_file_is_stripped_without_coding_it_anew():
    said = Metadata(comment="a comment", file_name="photo.jpg")
    file = SfcFile(40, 20, False, "live", bytes(8), 0, b"map", (b"stream",), icc_profile=b"profile", metadata=said)
    data = pack(file)
    assert stripped_sfc(data, "none") is data
    assert unpack(stripped_sfc(data, "all")) == replace(file, metadata=Metadata())
