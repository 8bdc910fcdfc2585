"""Jobs that write: exports, comparisons, pictures of them."""

import os
from pathlib import Path

import numpy as np
import pytest
from fake_codec import flat_map, painted, photo
from PIL import Image

from qmap_studio.core.pictures import read_picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import (
    Compare,
    Compared,
    ExportPicture,
    ExportSfc,
    JobDone,
    JobFailed,
    LiveResult,
    OpenPicture,
    PictureOpened,
)


def test_an_export_writes_what_was_painted_until_it_was_asked_for(shown, results, codec, tmp_path: Path):
    rect = Rect(0, 0, 192, 128)
    shown.update_map(rect, painted(rect), 2)
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    done = results.wait_for(JobDone)
    assert (tmp_path / "a.sfc").stat().st_size == 192 * 128 // 8
    assert done.path == tmp_path / "a.sfc"
    assert done.text == "a.sfc: 3,072 bytes, 1.000 bits per pixel."


def test_an_export_to_a_size_has_that_size(shown, results, tmp_path: Path):
    shown.submit(ExportSfc(tmp_path / "a.sfc", target_bytes=1000))
    results.wait_for(JobDone)
    assert (tmp_path / "a.sfc").stat().st_size == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize("target_bytes", [None, 1000])
def test_a_thorough_export_tells_its_own_figures(shown, results, codec, tmp_path: Path, target_bytes):
    codec.calls.clear()
    shown.submit(ExportSfc(tmp_path / "a.sfc", target_bytes, thorough=True))
    done = results.wait_for(JobDone)
    assert ("thorough", (128, 192)) in codec.calls
    assert "PSNR" in done.text
    size_bytes = (tmp_path / "a.sfc").stat().st_size
    assert f"{size_bytes:,} bytes" in done.text


def test_a_comparison_has_two_files_of_one_size(shown, results, tmp_path: Path):
    shown.set_threshold(0.6)
    job = shown.submit(Compare())
    compared = results.wait_for(Compared)
    assert compared.job_id == job
    assert compared.uniform.size_bytes == pytest.approx(compared.roi.size_bytes, rel=0.01)
    assert compared.roi.figures.inside.pixels == compared.uniform.figures.inside.pixels == 64 * 48
    assert compared.roi.quality_text == "quality 0.25 to 1.00"
    assert compared.uniform.quality_text.endswith("everywhere")
    assert results.wait_for(JobDone).path is None


def test_the_comparison_is_saved_as_a_picture_without_a_second_search(shown, codec, results, tmp_path: Path):
    shown.submit(Compare())
    results.wait_for(JobDone)
    codec.calls.clear()
    shown.submit(ExportPicture("comparison", tmp_path / "both.png"))
    results.wait_for(JobDone)
    assert codec.calls == []
    saved = read_picture(tmp_path / "both.png")
    assert saved.width > 3 * 192
    assert saved.icc_profile is None
    assert saved.height > 128


def test_the_heat_map_is_saved_with_a_scale(shown, results, tmp_path: Path):
    shown.submit(ExportPicture("heat_map", tmp_path / "heat.png"))
    results.wait_for(JobDone)
    pixels = read_picture(tmp_path / "heat.png").pixels.astype(int)
    assert pixels.shape[0] > 128
    inside, outside = pixels[20, 20].sum(), pixels[100, 150].sum()
    assert inside > outside > 0


def test_the_reconstruction_keeps_what_travels_with_a_photo(engine, results, tmp_path: Path):
    picture = photo()
    alpha = np.full((128, 192), 77, np.uint8)
    Image.fromarray(np.dstack([picture.pixels, alpha])).save(tmp_path / "in.png")
    engine.submit(OpenPicture(tmp_path / "in.png"))
    opened = results.wait_for(PictureOpened).picture
    engine.show(opened, flat_map(opened), 1)
    live = results.wait_for(LiveResult)
    results.seen.clear()
    engine.submit(ExportPicture("reconstruction", tmp_path / "out.png"))
    results.wait_for(JobDone, lambda done: done.path == tmp_path / "out.png")
    saved = read_picture(tmp_path / "out.png")
    assert (saved.pixels == live.reconstruction).all()
    assert (saved.alpha == 77).all()


def test_an_export_needs_a_picture(engine, results, tmp_path: Path):
    engine.submit(ExportSfc(tmp_path / "a.sfc"))
    assert results.wait_for(JobFailed).message == "There is no picture yet; open one first."


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_sentence(shown, results, tmp_path: Path):
    tmp_path.chmod(0o500)
    shown.submit(ExportSfc(tmp_path / "a.sfc"))
    assert "read-only" in results.wait_for(JobFailed).message


def test_a_missing_folder_is_a_sentence(shown, results, tmp_path: Path):
    shown.submit(ExportSfc(tmp_path / "none" / "a.sfc"))
    assert "does not exist" in results.wait_for(JobFailed).message


def test_an_export_of_what_is_shown_codes_nothing_again(engine, codec, results, tmp_path):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    shown = results.wait_for(LiveResult, lambda result: result.figures is not None)
    codec.calls.clear()
    engine.submit(ExportSfc(tmp_path / "photo.sfc"))
    results.wait_for(JobDone)
    assert codec.calls == []
    assert (tmp_path / "photo.sfc").stat().st_size == shown.figures.size_bytes


def test_a_uniform_map_is_its_own_uniform_file(engine, codec, results):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    engine.submit(Compare())
    compared = results.wait_for(Compared)
    assert compared.uniform.size_bytes == compared.roi.size_bytes
    assert "encode" not in codec.finished
