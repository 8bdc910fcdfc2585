"""A face is kept without loss: painted in the real window, exported with the real engine, opened again."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.ui.window import MainWindow
from tests.e2e.test_main_job import PATIENCE_MS, _exact, _paint, window  # noqa: F401 - a fixture


def test_what_is_painted_without_loss_comes_back_bit_for_bit(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811 - pytest's way
    tmp_path: Path,
) -> None:
    controller = window.controller
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(sample_photo_path())
    assert window.canvas is not None
    QTest.keyClick(window.canvas.workspace, Qt.Key.Key_L)
    _paint(window)
    document = controller.document
    assert document is not None
    assert document.bounds is not None
    photo, bounds = document.picture.pixels, document.bounds.copy()
    inside = bounds == WITHOUT_LOSS
    assert inside.any()
    result = _exact(qtbot, window)
    assert result.figures is not None
    table = window.figures.table
    assert table.text("PSNR", "Inside") == "identical"
    assert table.text("PSNR", "Outside") != "identical"

    path = tmp_path / "photo.sfc"
    with qtbot.waitSignal(controller.jobs.ended, timeout=PATIENCE_MS):
        window.files.export(path, None)
    assert not document.is_modified
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(path)
    decoded = controller.document
    assert decoded is not None
    np.testing.assert_array_equal(decoded.bounds, bounds)
    np.testing.assert_array_equal(decoded.picture.pixels[inside], photo[inside])
    assert (decoded.picture.pixels[~inside] != photo[~inside]).any()
