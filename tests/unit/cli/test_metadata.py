"""What a photo says besides its pixels, through the commands."""

import json
from dataclasses import replace

import pytest
from PIL import Image

from qmap_studio.cli.main import main
from qmap_studio.core.pictures import Picture, read_picture, write_picture
from tests.unit.evaluation.pictures import waves


def run(*arguments):
    return main([str(argument) for argument in arguments])


@pytest.fixture
def described(tmp_path):
    """A photo that says where it was taken, and more."""
    path = tmp_path / "described.jpg"
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Camera 1"
    exif[0x8769] = {0x9003: "2020:01:02 03:04:05"}
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0)}
    Image.fromarray(waves(48, 64)).save(path, exif=exif, dpi=(300, 300), xmp=b"<x/>", comment=b"a \x1b[2Jcomment")
    return path


def test_what_a_photo_says_goes_from_file_to_file(codec, described, tmp_path, capsys):
    assert run("encode", described, "-o", tmp_path / "x.sfc") == 0
    for suffix in ("png", "jpg"):
        assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / f"out.{suffix}") == 0
        given, back = (read_picture(path).metadata for path in (described, tmp_path / f"out.{suffix}"))
        assert replace(back, file_name=given.file_name) == given
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["encode", "decode"])
@pytest.mark.parametrize("strip", ["gps", "all"])
def test_metadata_is_left_out_on_request(codec, described, tmp_path, command, strip):
    options = {"encode": [], "decode": []} | {command: ["--strip-metadata", strip]}
    assert run("encode", described, "-o", tmp_path / "x.sfc", *options["encode"]) == 0
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.png", *options["decode"]) == 0
    given, back = read_picture(described).metadata, read_picture(tmp_path / "out.png").metadata
    assert replace(back, file_name=None) == replace(given.stripped(strip), file_name=None)
    assert not back.has_gps
    if command == "encode" and strip == "all":
        assert b"described" not in (tmp_path / "x.sfc").read_bytes()


def test_what_a_format_cannot_hold_is_said(codec, described, tmp_path, capsys):
    assert run("encode", described, "-o", tmp_path / "x.sfc") == 0
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.bmp") == 0
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("qmap-studio: out.bmp was saved without the EXIF metadata, ")
    assert read_picture(tmp_path / "out.bmp").metadata.dpi == (300, 300)


@pytest.mark.parametrize("suffix", ["doc", "gif", "jpg"])
def test_what_cannot_be_saved_is_refused_before_the_work(codec, tmp_path, capsys, suffix):
    write_picture(tmp_path / "in.png", Picture(waves(48, 64), waves(48, 64)[..., 0]))
    assert run("encode", tmp_path / "in.png", "-o", tmp_path / "x.sfc") == 0
    codec.loaded.clear()
    capsys.readouterr()
    assert run("decode", tmp_path / "x.sfc", "-o", tmp_path / f"out.{suffix}") == 1
    assert f"out.{suffix}" in capsys.readouterr().err
    assert codec.loaded == []


def test_info_lists_what_a_file_carries(codec, described, tmp_path, capsys):
    assert run("encode", described, "-o", tmp_path / "x.sfc") == 0
    capsys.readouterr()
    assert run("info", tmp_path / "x.sfc") == 0
    text = capsys.readouterr().out
    for line in (
        "bytes: Maker Camera 1, 2020:01:02 03:04:05", "XMP 4 bytes", "a position (GPS)", "resolution 300 x 300 dpi",
        "comment: a [2Jcomment", "name of its source: described.jpg",
    ):  # fmt: skip
        assert line in text
    assert "\x1b" not in text
    assert run("info", tmp_path / "x.sfc", "--json") == 0
    metadata = json.loads(capsys.readouterr().out)["metadata"]
    assert metadata["has_gps"]
    assert (metadata["camera"], metadata["date"]) == ("Maker Camera 1", "2020:01:02 03:04:05")
    assert (metadata["dpi"], metadata["source"]) == ([300, 300], "described.jpg")
