"""A photo is painted on, answered live, exported, opened again and compared: the engine with the trained codec."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib import cbook
from PIL import Image

from qmap_studio.core.pictures import Picture, read_picture, write_picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import QualityMap
from qmap_studio.engine import (
    Compare,
    Compared,
    ExportPicture,
    ExportSfc,
    JobCancelled,
    JobDone,
    JobProgress,
    LiveResult,
    OpenPicture,
    OpenSfc,
    PictureOpened,
    SfcOpened,
    live,
    live_picture,
    pieces,
)
from tests.live_window import LiveWindow, Truth, compare_with_file, edit_at_random


@pytest.fixture(scope="module")
def photo() -> Picture:
    """A part of the sample portrait, 320 x 240."""
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        return Picture(np.asarray(Image.open(file).convert("RGB"))[60:300, 100:420].copy())


@pytest.fixture(scope="module")
def window() -> Iterator[LiveWindow]:
    window = LiveWindow()
    yield window
    window.engine.stop()


STROKE = [(150, 80), (165, 95), (170, 110), (160, 125)]


def test_a_photo_is_painted_exported_and_opened_again(window: LiveWindow, photo: Picture, tmp_path: Path) -> None:
    write_picture(tmp_path / "photo.png", photo)
    window.engine.submit(OpenPicture(tmp_path / "photo.png"))
    opened = window.wait_for(PictureOpened).picture
    flat = QualityMap.uniform(opened.height, opened.width, 0.1)
    before = window.show(opened, flat)
    window.paint(STROKE, 0.9)
    quick = window.wait_for(LiveResult)
    assert quick.approximate
    window.inside_above(0.5)
    after = window.measured()
    assert after.figures is not None
    assert before.figures is not None
    assert after.figures.size_bytes > before.figures.size_bytes
    assert after.figures.inside is not None
    assert after.figures.outside is not None
    assert after.figures.inside.psnr_db > after.figures.outside.psnr_db + 2
    # The file holds the photo's name and resolution besides.
    assert after.cell_bits.sum() == pytest.approx(after.figures.size_bytes * 8, rel=0.03)

    window.engine.submit(ExportSfc(tmp_path / "photo.sfc"))
    window.wait_for(JobDone, lambda done: done.path == tmp_path / "photo.sfc")
    assert (tmp_path / "photo.sfc").stat().st_size == after.figures.size_bytes

    window.engine.submit(OpenSfc(tmp_path / "photo.sfc"))
    again = window.wait_for(SfcOpened)
    assert np.abs(again.picture.pixels.astype(int) - window.shown).max() <= 1
    assert again.size_bytes == after.figures.size_bytes
    np.testing.assert_allclose(again.cell_bits, after.cell_bits, rtol=1e-3, atol=0.1)
    assert abs(float(again.values[90, 160]) / 65535 - 0.9) < 0.05
    assert abs(float(again.values[220, 20]) / 65535 - 0.1) < 0.05

    # Coded again with its own map the file signals the same map.
    window.show(again.picture, QualityMap(again.values))
    window.engine.submit(ExportSfc(tmp_path / "again.sfc"))
    window.wait_for(JobDone, lambda done: done.path == tmp_path / "again.sfc")
    window.engine.submit(OpenSfc(tmp_path / "again.sfc"))
    assert np.abs(window.wait_for(SfcOpened).values.astype(int) - again.values).max() <= 1


def test_the_comparison_has_equal_bytes_and_more_detail_inside(
    window: LiveWindow, photo: Picture, tmp_path: Path
) -> None:
    window.show(photo, QualityMap.uniform(photo.height, photo.width, 0.1))
    window.paint(STROKE, 0.9)
    window.inside_above(0.5)
    window.engine.submit(Compare())
    compared = window.wait_for(Compared)
    assert 0.99 * compared.roi.size_bytes <= compared.uniform.size_bytes <= compared.roi.size_bytes
    assert compared.roi.figures.inside is not None
    assert compared.uniform.figures.inside is not None
    assert compared.roi.figures.inside.psnr_db > compared.uniform.figures.inside.psnr_db + 1
    window.engine.submit(ExportPicture("comparison", tmp_path / "comparison.png"))
    window.wait_for(JobDone, lambda done: done.path == tmp_path / "comparison.png")
    assert read_picture(tmp_path / "comparison.png").width > 3 * photo.width
    window.engine.submit(ExportPicture("heat_map", tmp_path / "heat.png"))
    window.wait_for(JobDone, lambda done: done.path == tmp_path / "heat.png")


def test_painting_is_answered_while_a_large_photo_is_exported(
    window: LiveWindow, photo: Picture, tmp_path: Path
) -> None:
    """The export has not ended when the answer to a stroke arrives, and can be cancelled then."""
    large = Picture(np.tile(photo.pixels, (5, 5, 1)))
    window.engine.set_view(Rect(0, 0, 400, 300), 2.0)
    window.show(large)
    window.paint(STROKE, 0.9)  # else the file would be there already
    job = window.engine.submit(ExportSfc(tmp_path / "large.sfc"))
    window.wait_for(JobProgress, lambda progress: progress.job_id == job)
    window.paint(STROKE, 1.0)
    revision = window.document.revision
    window.wait_for(LiveResult, lambda result: result.approximate and result.revision == revision)
    window.engine.cancel(job)
    assert window.wait_for(JobCancelled).job_id == job
    assert list(tmp_path.iterdir()) == []
    measured = window.measured()
    assert measured.figures is not None
    assert not measured.figures.estimated


@pytest.fixture
def limits_of_a_large_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Approximate answers, pieces and parts out of sight, as with a photo a hundred times as large."""
    monkeypatch.setattr(live_picture, "WHOLE_AREA_PX", 1 << 13)
    for module in (live_picture, pieces):
        monkeypatch.setattr(module, "PIECE_BLOCKS", 2)
    monkeypatch.setattr(live, "QUICK_AREA_LIMITS_PX", (1 << 12, 1 << 14))


def assert_true(truth: Truth) -> None:
    assert truth.wrong_pixels == 0
    assert truth.pixels_off == 0
    assert abs(truth.bytes_off) < 0.001
    assert abs(truth.heat_off) < 0.01
    assert truth.psnr_off_db < 0.02
    assert truth.ms_ssim_off < 0.0005


@pytest.mark.usefixtures("limits_of_a_large_photo")
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_what_is_shown_in_the_end_is_the_file(
    window: LiveWindow, photo: Picture, tmp_path: Path, seed: int
) -> None:
    random = np.random.default_rng(seed)
    window.engine.set_view(Rect(0, 0, photo.width, photo.height), 0.5)
    window.show(photo)
    for _ in range(15):
        edit_at_random(window, random)
    assert_true(compare_with_file(window, tmp_path / "photo.sfc"))


@pytest.mark.usefixtures("limits_of_a_large_photo")
def test_an_edit_that_a_file_cannot_tell_changes_no_figure(window: LiveWindow, photo: Picture, tmp_path: Path) -> None:
    before = window.show(photo)
    window.tell(window.document.fill_rectangle(Rect(0, 0, photo.width, 48), 0.51))
    after = window.measured()
    assert before.figures is not None
    assert after.figures is not None
    assert after.figures.size_bytes == before.figures.size_bytes
    assert after.figures.overall.psnr_db == pytest.approx(before.figures.overall.psnr_db, abs=1e-6)
    np.testing.assert_array_equal(after.cell_bits, before.cell_bits)
    assert_true(compare_with_file(window, tmp_path / "photo.sfc"))
