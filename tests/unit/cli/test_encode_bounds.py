import numpy as np
import pytest
from PIL import Image

from qmap_studio.cli.main import main
from tests.unit.evaluation.pictures import JpegCodec

MASK = np.zeros((48, 64), bool)
MASK[10:30, 5:60] = True


@pytest.fixture
def bounds_of(codec, monkeypatch):
    """The bounds that the codec was given last."""
    given = []

    def encode(self, picture, quality_map, *, bounds=None, **rest):
        given.append(bounds)
        return JpegCodec.encode(self, picture, quality_map, bounds=bounds, **rest)

    monkeypatch.setattr(codec, "encode", encode.__get__(codec))
    return given


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray(np.where(MASK, 255, 0).astype(np.uint8)).save(path)
    return path


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.mark.parametrize(("option", "bound"), [((), 0), (("--max-error", "0"), 0), (("--max-error", "8"), 8)])
def test_the_inside_of_a_mask_gets_a_bound(bounds_of, photo, mask, tmp_path, option, bound):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", mask, *option) == 0
    assert (bounds_of[-1] == np.where(MASK, bound, 255)).all()


@pytest.mark.parametrize(("option", "bound"), [((), 0), (("--max-error", "3"), 3)])
def test_all_of_a_picture_may_have_one(bounds_of, photo, tmp_path, option, bound, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", "all", *option) == 0
    assert (bounds_of[-1] == np.full((48, 64), bound)).all()
    assert capsys.readouterr().out.endswith(" bpp, identical\n")


def test_without_the_option_there_are_none(bounds_of, photo, tmp_path):
    assert run("encode", photo, "-o", tmp_path / "x.sfc") == 0
    assert bounds_of[-1] is None


def test_a_mask_of_another_size_is_refused_with_both_sizes(codec, photo, tmp_path, capsys):
    Image.new("L", (65, 48)).save(tmp_path / "mask.png")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", tmp_path / "mask.png") == 1
    said = capsys.readouterr().err
    assert "The mask of --lossless: " in said
    assert "65" in said
    assert "64" in said
    assert codec.loaded == []


def test_a_mask_that_is_missing_is_told(codec, photo, tmp_path, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", tmp_path / "none.png") == 1
    assert "none.png" in capsys.readouterr().err
    assert codec.loaded == []


def test_a_black_mask_is_told_and_bounds_nothing(bounds_of, photo, tmp_path, capsys):
    Image.new("L", (64, 48)).save(tmp_path / "mask.png")
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", tmp_path / "mask.png") == 0
    assert "black all over" in capsys.readouterr().err
    assert bounds_of[-1] is None


@pytest.mark.parametrize("error", ["9", "-1", "1.5", "x"])
def test_an_error_out_of_range_is_wrong_usage(codec, photo, tmp_path, capsys, error):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--lossless", "all", f"--max-error={error}") == 2
    assert "an error of 0 to 8 levels was expected" in capsys.readouterr().err


def test_an_error_without_a_region_is_wrong_usage(codec, photo, tmp_path, capsys):
    assert run("encode", photo, "-o", tmp_path / "x.sfc", "--max-error", "2") == 2
    assert "--max-error needs --lossless" in capsys.readouterr().err
    assert codec.loaded == []


def test_a_file_does_not_replace_its_mask(codec, photo, mask, tmp_path, capsys):
    mask.rename(tmp_path / "mask.sfc")
    assert run("encode", photo, "-o", tmp_path / "mask.sfc", "--lossless", tmp_path / "mask.sfc") == 1
    assert "choose another name" in capsys.readouterr().err
