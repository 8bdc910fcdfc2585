"""What the model itself finds important at three qualities: a sheet of its own, which can be saved."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from qmap_studio.engine import JobDone, PictureOpened, SaveDrawing, StudyImportance
from qmap_studio.ui.dialogs.importance import ImportanceDialog
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, photo
from tests.ui.importance import Deliver, studied


@pytest.fixture
def dialog(learning: MainWindow, engine: FakeEngine, deliver: Deliver) -> ImportanceDialog:
    learning.actions_by_name["importance_study"].trigger()
    assert engine.jobs[-1] == StudyImportance()
    deliver(studied(engine.shown[-1][0], len(engine.jobs)))
    deliver(JobDone(len(engine.jobs), None, "Shown."))
    shown = learning.importance_study.dialog
    assert shown is not None
    return shown


def texts(dialog: ImportanceDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def test_three_qualities_stand_side_by_side(learning: MainWindow, dialog: ImportanceDialog) -> None:
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.windowTitle() == "What sigvic2023 Finds Important in photo.png"
    shown = texts(dialog)
    for quality, figures_text in (
        ("Quality 0.1", "λ 0.0010 · 0.100 bpp · 30.10 dB"),
        ("Quality 0.5", "λ 0.0050 · 0.500 bpp · 30.50 dB"),
        ("Quality 0.9", "λ 0.0090 · 0.900 bpp · 30.90 dB"),
    ):
        assert quality in shown
        assert figures_text in shown
    names = [[tinted.accessibleName() for tinted in row] for row in dialog.figure.pictures]
    assert names[0] == [f"Importance mask, quality {quality}" for quality in (0.1, 0.5, 0.9)]
    assert [scale.toolTip() for scale in dialog.figure.scales] == [
        "Importance mask: 0, mask, 1",
        "Scale factors: 16, log, 1.44e+03",  # of all three columns together
        "Bits per pixel: 0.01, 0.1, 1, 10",
    ]


def test_each_row_has_one_scale_and_columns_that_differ_look_different(dialog: ImportanceDialog) -> None:
    for row in dialog.figure.pictures:
        looks = [tinted.grab().toImage() for tinted in row]
        assert len({look.pixelColor(look.rect().center()).name() for look in looks}) == 3


def test_the_stage_of_the_sheet_is_chosen(dialog: ImportanceDialog) -> None:
    assert dialog.stage.currentText() == "Stage 4: squares of 16 px"
    dialog.stage.setCurrentIndex(0)
    assert (
        dialog.figure.scales[1].toolTip() == "Scale factors: 2, log, 20"
    )  # a column of three planes is less than a percent
    assert texts(dialog).count("Squares of 2 px") == 2
    assert texts(dialog).count("Squares of 16 px") == 1  # bits are those of the cells


def test_the_sheet_is_saved_whatever_the_size_of_its_window(
    learning: MainWindow, engine: FakeEngine, dialog: ImportanceDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.png"
    monkeypatch.setattr(learning.files, "ask_new_file", lambda *_: path)
    saved = []
    for stage, width in ((3, 700), (3, 500), (0, 500)):
        dialog.stage.setCurrentIndex(stage)
        dialog.resize(width, 400)
        dialog.save_requested.emit()
        job = engine.jobs[-1]
        assert isinstance(job, SaveDrawing)
        assert job.path == path
        saved.append(job.pixels)
    size = dialog.figure.sizeHint()
    assert saved[0].shape == (2 * size.height(), 2 * size.width(), 3)
    assert np.array_equal(saved[0], saved[1])
    assert not np.array_equal(saved[1], saved[2])
    assert len(np.unique(saved[0][len(saved[0]) // 3], axis=0)) > 20  # through the pictures of the first row


def test_a_second_sheet_takes_the_place_of_the_first_and_another_photo_closes_it(
    learning: MainWindow, engine: FakeEngine, deliver: Deliver, dialog: ImportanceDialog
) -> None:
    deliver(studied(engine.shown[-1][0]))
    second = learning.importance_study.dialog
    assert second is not None
    assert second is not dialog
    assert learning.controller.document is not None
    learning.controller.document.mark_saved()
    before = engine.shown[-1][0]
    deliver(PictureOpened(9, Path("other.png"), photo()))
    assert learning.importance_study.dialog is None
    deliver(studied(before))
    assert learning.importance_study.dialog is None


def test_what_is_coded_without_loss_says_so(learning: MainWindow, deliver: Deliver, engine: FakeEngine) -> None:
    result = studied(engine.shown[-1][0])
    *others, best = result.at_qualities
    deliver(replace(result, at_qualities=(*others, replace(best, psnr_db=float("inf")))))
    assert learning.importance_study.dialog is not None
    assert "λ 0.0090 · 0.900 bpp · no loss" in texts(learning.importance_study.dialog)


def test_no_file_no_drawing(learning: MainWindow, engine: FakeEngine, dialog: ImportanceDialog, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "exec", lambda _dialog: False)
    jobs = len(engine.jobs)
    dialog.save_requested.emit()
    assert len(engine.jobs) == jobs
