"""A part of a photo is kept without loss: painted and seen live, exported, opened again, and without a window."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from qmap_studio.cli.main import main
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.pictures import Picture, read_picture, write_picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import QualityMap
from qmap_studio.engine import Compare, Compared, ExportSfc, JobDone, JobFailed, LiveResult, OpenSfc, SfcOpened
from tests.fixtures import sample_photo
from tests.live_window import LiveWindow, compare_with_file

HEIGHT, WIDTH = 320, 390
STROKE = [(130, 100), (200, 120), (230, 170)]
ESTIMATE = 0.15
"""How far the first size after an edit may be from that of the file."""


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(np.ascontiguousarray(sample_photo().pixels[40 : 40 + HEIGHT, 60 : 60 + WIDTH]))


@pytest.fixture(scope="module")
def window() -> Iterator[LiveWindow]:
    window = LiveWindow()
    yield window
    window.engine.stop()


def largest_error(one: np.ndarray, other: np.ndarray, bounds: np.ndarray) -> int:
    """Of the pixels that have a bound."""
    return int(np.abs(one.astype(int) - other)[bounds < UNBOUNDED].max())


@pytest.mark.parametrize("bound", [WITHOUT_LOSS, 3])
def test_what_is_painted_keeps_its_bound_on_the_screen_and_in_the_file(window, photo, tmp_path, bound):
    before = window.show(photo, QualityMap.uniform(HEIGHT, WIDTH, 0.3))
    window.estimates.clear()
    window.paint(STROKE, 0.9, bound)
    after = window.measured()
    bounds = window.document.bounds
    assert largest_error(window.shown, photo.pixels, bounds) <= bound
    assert after.figures.inside.pixels == np.count_nonzero(bounds < UNBOUNDED)
    assert (after.figures.inside.psnr_db == np.inf) == (bound == WITHOUT_LOSS)
    assert after.figures.size_bytes > before.figures.size_bytes + 1000
    of_last = [size for revision, _, size in window.estimates if revision == window.document.revision]
    assert of_last
    assert all(abs(size / after.figures.size_bytes - 1) < ESTIMATE for size in of_last)

    truth = compare_with_file(window, tmp_path / "photo.sfc")
    assert truth.wrong_pixels == truth.pixels_off == truth.bytes_off == 0
    assert abs(truth.heat_off) < 0.01
    assert truth.psnr_off_db < 0.001
    window.engine.submit(OpenSfc(tmp_path / "photo.sfc"))
    again = window.wait_for(SfcOpened)
    assert largest_error(again.picture.pixels, photo.pixels, bounds) <= bound
    assert (again.picture.pixels == window.shown)[bounds < UNBOUNDED].all()

    window.tell(window.document.undo())
    assert window.measured().figures.size_bytes == before.figures.size_bytes


def test_the_uniform_file_of_the_same_size_has_no_such_part(window, photo):
    window.show(photo, QualityMap.uniform(HEIGHT, WIDTH, 0.3))
    window.paint(STROKE, 0.9, WITHOUT_LOSS)
    window.engine.submit(Compare())
    compared = window.wait_for(Compared)
    assert compared.roi.figures.inside.psnr_db == np.inf
    assert compared.uniform.figures.inside.psnr_db < 60
    assert 0.99 * compared.roi.size_bytes <= compared.uniform.size_bytes <= compared.roi.size_bytes


def test_an_export_of_a_size_keeps_the_part_and_says_what_it_needs(window, photo, tmp_path):
    window.show(photo, QualityMap.uniform(HEIGHT, WIDTH, 0.3))
    window.paint(STROKE, 0.9, WITHOUT_LOSS)
    size = window.measured().figures.size_bytes
    for target in (round(0.97 * size), round(1.2 * size)):
        path = tmp_path / f"{target}.sfc"
        window.engine.submit(ExportSfc(path, target_bytes=target))
        window.wait_for(JobDone)
        assert 0.99 * target <= path.stat().st_size <= target
        window.engine.submit(OpenSfc(path))
        opened = window.wait_for(SfcOpened)
        window.wait_for(JobDone)
        assert largest_error(opened.picture.pixels, photo.pixels, window.document.bounds) == 0
    window.engine.submit(ExportSfc(tmp_path / "small.sfc", target_bytes=2000))
    assert "pixels with an error bound alone need" in window.wait_for(JobFailed).message


def test_bits_of_a_tile_stay_known_while_a_part_of_it_is_painted(window, photo):
    window.show(photo, QualityMap.uniform(HEIGHT, WIDTH, 0.3))
    window.tell(window.document.fill_rectangle(Rect(0, 0, 250, 200), 0.5, bound=WITHOUT_LOSS))
    size = window.measured().figures.size_bytes
    window.estimates.clear()
    for step in range(4):
        window.tell(window.document.fill_rectangle(Rect(20, 200, 60, 10 * step), 0.5, bound=WITHOUT_LOSS))
        window.engine.set_threshold(0.1 * step)
    window.measured()
    assert min(size_bytes for _, _, size_bytes in window.estimates) > 0.95 * size


def test_a_large_photo_all_without_loss_is_answered_with_its_size_at_once(window, photo):
    large = Picture(np.tile(photo.pixels, (3, 3, 1)))
    window.engine.set_view(Rect(0, 0, large.width, large.height), 0.5)
    window.begin(large)
    window.measured()
    window.tell(window.document.bound_everywhere(WITHOUT_LOSS))
    revision = window.document.revision
    first = window.wait_for(LiveResult, lambda result: result.revision == revision and result.figures is not None)
    assert first.approximate
    last = window.measured()
    assert (window.shown == large.pixels).all()
    assert first.figures.size_bytes == pytest.approx(last.figures.size_bytes, rel=ESTIMATE)


def run(*arguments) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def test_without_a_window(photo, tmp_path, capsys):
    write_picture(tmp_path / "photo.png", photo)
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[100:180, 150:300] = True
    Image.fromarray(np.where(inside, 255, 0).astype(np.uint8)).save(tmp_path / "mask.png")
    file, back = tmp_path / "x.sfc", tmp_path / "x.png"
    encode = ("encode", tmp_path / "photo.png", "-o", file, "--device", "cpu")

    run(*encode, "--lossless", tmp_path / "mask.png", "--target-bpp", "2.0")
    assert 0.99 * 2.0 <= file.stat().st_size * 8 / (HEIGHT * WIDTH) <= 2.0
    run("decode", file, "-o", back, "--device", "cpu")
    decoded = read_picture(back).pixels
    assert (decoded == photo.pixels)[inside].all()
    assert (decoded != photo.pixels)[~inside].any()
    capsys.readouterr()
    run("info", file, "--json")
    facts = json.loads(capsys.readouterr().out)
    (bound,) = facts["kept"]["bounds"]
    assert bound == {"largest_error": 0, "share": pytest.approx(80 * 150 / (HEIGHT * WIDTH))}
    assert 0.3 * facts["size_bytes"] < facts["kept_bytes"] < facts["size_bytes"]

    run(*encode, "--lossless", "all", "--max-error", "2")
    run("decode", file, "-o", back, "--device", "cpu")
    assert np.abs(read_picture(back).pixels.astype(int) - photo.pixels).max() == 2

    assert main([str(a) for a in (*encode, "--lossless", tmp_path / "mask.png", "--target-bytes", "5000")]) == 1
    assert "alone need" in capsys.readouterr().err
