"""A person works without the window: a photo becomes a file of the size they want, and a picture again."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace

from qmap_studio.cli.main import main
from qmap_studio.core.pictures import Metadata, Picture, read_picture, write_picture
from qmap_studio.evaluation.metrics import psnr_db
from tests.fixtures import sample_photo

HEIGHT, WIDTH = 190, 250


@pytest.fixture
def photo(tmp_path):
    """A part of a real photo, its sides no multiples of a cell."""
    path = tmp_path / "photo.png"
    write_picture(path, Picture(np.ascontiguousarray(sample_photo().pixels[40 : 40 + HEIGHT, 120 : 120 + WIDTH])))
    return path


def run(*arguments):
    assert main([str(argument) for argument in arguments]) == 0


def test_a_photo_becomes_a_file_and_a_picture_again(photo, tmp_path):
    """Through the real entry point, each step in a process of its own."""

    def command(*arguments):
        line = [sys.executable, "-m", "qmap_studio", *map(str, arguments)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    file, back = tmp_path / "photo.sfc", tmp_path / "back.png"
    summary = command("encode", photo, "-o", file, "--quality", "0.6", "--device", "cpu")
    command("decode", file, "-o", back, "--device", "cpu")

    original, decoded = read_picture(photo).pixels, read_picture(back).pixels
    assert summary.strip().startswith(f"{file}: {file.stat().st_size} bytes, ")
    told_db = float(summary.rsplit("PSNR ", 1)[1].removesuffix(" dB\n"))
    assert psnr_db(original, decoded) == pytest.approx(told_db, abs=0.02), "the encoder tells what the decoder shows"
    assert told_db > 28
    assert file.stat().st_size < photo.stat().st_size / 4


def test_more_quality_costs_more_and_keeps_more(photo, tmp_path):
    sizes, qualities_db = [], []
    for quality in (0, 0.5, 1):
        run("encode", photo, "-o", tmp_path / "x.sfc", "--quality", quality, "--device", "cpu")
        run("decode", tmp_path / "x.sfc", "-o", tmp_path / "x.png", "--device", "cpu")
        sizes.append((tmp_path / "x.sfc").stat().st_size)
        qualities_db.append(psnr_db(read_picture(photo).pixels, read_picture(tmp_path / "x.png").pixels))
    assert sizes == sorted(set(sizes))
    assert qualities_db == sorted(set(qualities_db))


def test_a_map_moves_the_bits(photo, tmp_path, capsys):
    levels = np.full((HEIGHT, WIDTH), 26, np.uint8)
    levels[64:128, 80:176] = 230
    Image.fromarray(levels).save(tmp_path / "map.png")
    for name, option in (("map", ["--map", tmp_path / "map.png"]), ("low", ["--quality", 0.1])):
        run("encode", photo, "-o", tmp_path / f"{name}.sfc", *option, "--device", "cpu")
        run("decode", tmp_path / f"{name}.sfc", "-o", tmp_path / f"{name}.png", "--device", "cpu")
    original = read_picture(photo).pixels
    by_map, low = (read_picture(tmp_path / f"{name}.png").pixels for name in ("map", "low"))
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[64:128, 80:176] = True
    far = np.ones((HEIGHT, WIDTH), bool)
    far[:, 48:208] = False
    assert psnr_db(original, by_map, inside) > psnr_db(original, low, inside) + 3
    assert psnr_db(original, by_map, far) == pytest.approx(psnr_db(original, low, far), abs=1)

    capsys.readouterr()
    run("info", tmp_path / "map.sfc", "--json")
    facts = json.loads(capsys.readouterr().out)
    assert facts["quality"]["lowest"] == pytest.approx(0.1, abs=0.04)
    assert facts["quality"]["highest"] == pytest.approx(0.9, abs=0.04)


@pytest.mark.parametrize("target_bytes", [2500, 6000])
def test_a_size_that_was_asked_for_is_met(photo, tmp_path, target_bytes):
    run("encode", photo, "-o", tmp_path / "x.sfc", "--target-bytes", target_bytes, "--device", "cpu")
    assert 0.99 * target_bytes <= (tmp_path / "x.sfc").stat().st_size <= target_bytes


def test_transparency_profile_metadata_and_grey_travel_with_the_file(tmp_path):
    exif = Image.Exif()
    exif[0x0110] = "a camera"
    grey = sample_photo().pixels[100:133, 200:251].mean(axis=2).astype(np.uint8)
    alpha = np.linspace(0, 255, grey.size).reshape(grey.shape).astype(np.uint8)
    profile = bytes(QColorSpace(QPointF(0.3127, 0.329), QColorSpace.TransferFunction.Gamma, 2.2).iccProfile())
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    given = Picture(np.repeat(grey[..., None], 3, axis=2), alpha, profile, Metadata(block), is_grey=True)
    write_picture(tmp_path / "in.png", given)
    run("encode", tmp_path / "in.png", "-o", tmp_path / "x.sfc", "--quality", "0.9", "--device", "cpu")
    run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.png", "--device", "cpu")
    back = read_picture(tmp_path / "out.png")
    assert back.is_grey
    assert np.array_equal(back.alpha, alpha)
    assert (back.icc_profile, back.metadata.exif) == (given.icc_profile, given.metadata.exif)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (17, 3)])
def test_the_smallest_pictures(tmp_path, size):
    pixels = np.ascontiguousarray(sample_photo().pixels[60 : 60 + size[0], 200 : 200 + size[1]])
    write_picture(tmp_path / "in.png", Picture(pixels))
    run("encode", tmp_path / "in.png", "-o", tmp_path / "x.sfc", "--quality", "1", "--device", "cpu")
    run("decode", tmp_path / "x.sfc", "-o", tmp_path / "out.png", "--device", "cpu")
    assert read_picture(tmp_path / "out.png").pixels.shape == (*size, 3)


def test_a_damaged_file_is_one_sentence_and_no_picture(photo, tmp_path, capsys):
    run("encode", photo, "-o", tmp_path / "x.sfc", "--device", "cpu")
    data = bytearray((tmp_path / "x.sfc").read_bytes())
    data[len(data) // 2] ^= 0x10
    (tmp_path / "x.sfc").write_bytes(data)
    capsys.readouterr()
    assert main(["decode", str(tmp_path / "x.sfc"), "-o", str(tmp_path / "out.png"), "--device", "cpu"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_folder_is_evaluated(photo, tmp_path, capsys):
    folder = tmp_path / "photos"
    folder.mkdir()
    photo.rename(folder / "photo.png")
    run("evaluate", folder, "-o", tmp_path / "result.json", "--against", "jpeg", "--device", "cpu")
    points = json.loads((tmp_path / "result.json").read_text())["learned"]["points"]
    assert len(points) == 11
    for key in ("bpp", "psnr_db", "ms_ssim"):
        values = [point[key] for point in points]
        assert values == sorted(set(values)), f"{key} rises with quality"
    assert (tmp_path / "result.png").stat().st_size > 10_000
    assert "measured here jpeg" in capsys.readouterr().out
