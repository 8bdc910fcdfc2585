"""The main job in the real window with the real engine: open, paint, follow, export, open again, compare."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.app import load_the_rest
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import Settings
from qmap_studio.engine import LiveResult
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.ui import saving
from qmap_studio.ui.dialogs.questions import Keep
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

PATIENCE_MS = 120_000


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    settings = Settings(theme="dark", device="cpu", brush_size_px=120.0, brush_flow=1.0)
    apply_theme(settings.theme)
    window = MainWindow(settings)
    qtbot.addWidget(window, before_close_func=_keep_no_work)
    with qtbot.waitSignal(window.first_painted):
        window.show()
    load_the_rest(window)
    return window


def _keep_no_work(window: MainWindow) -> None:
    window.files.may_stop_writing = lambda: True  # type: ignore[method-assign]
    for item in window.controller.documents.all:
        item.document.mark_saved()


def test_from_photo_to_file_and_comparison(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    controller = window.controller
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(sample_photo_path())
    first = _exact(qtbot, window)
    assert first.figures is not None
    assert first.figures.inside is None  # of a uniform map

    controller.edit(lambda document: document.fill_uniform(0.2))
    _paint(window)
    painted = _exact(qtbot, window)
    assert painted.figures is not None
    assert painted.figures.inside is not None
    assert painted.figures.outside is not None
    assert painted.figures.inside.psnr_db > painted.figures.outside.psnr_db
    assert painted.figures.inside.bpp > 2 * painted.figures.outside.bpp
    assert window.figures.state == "exact"
    assert window.figures.table.text("PSNR", "Inside") == f"{painted.figures.inside.psnr_db:.2f}"

    document = controller.document
    assert document is not None
    levels = document.quality_map.values.copy()
    controller.undo()
    assert (document.quality_map.values == levels[0, 0]).all()
    controller.redo()
    assert (document.quality_map.values == levels).all()

    path = tmp_path / "photo.sfc"
    with qtbot.waitSignal(controller.jobs.ended, timeout=PATIENCE_MS):
        window.files.export(path, None)
    assert not document.is_modified
    assert path.stat().st_size == pytest.approx(painted.figures.size_bytes, rel=0.01)

    controller.compare()
    qtbot.waitUntil(lambda: window.findChild(ComparisonPanel) is not None, timeout=PATIENCE_MS)
    dialog = window.findChild(ComparisonPanel)
    assert dialog is not None
    with_map, uniform = (float(table.text("PSNR", "Inside")) for table in dialog.tables)
    assert with_map > uniform + 1
    sizes = [float(table.text("Size", "Overall")) for table in dialog.tables]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.02)
    dialog.close()

    original = document.picture.pixels
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(path)
    reopened = controller.document
    assert reopened is not None
    assert reopened.picture.pixels.shape == original.shape
    assert psnr_db(original, reopened.picture.pixels) == pytest.approx(painted.figures.overall.psnr_db, abs=0.05)
    centre = levels.shape[0] // 2, levels.shape[1] // 2
    assert window.canvas is not None
    assert window.canvas.workspace.panes.pane("original").caption.text().startswith("Decoded file")
    assert "the file does not hold the photo" in window.figures.reference
    assert reopened.quality_map.values[centre] > 2 * int(reopened.quality_map.values[5, 5])


def test_unsaved_work_is_saved_before_the_window_closes(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = window.controller
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(sample_photo_path())
    controller.edit(lambda document: document.fill_uniform(0.2))
    path = tmp_path / "photo.qmapproj"
    monkeypatch.setattr(saving, "ask_keep", lambda _parent, _names: Keep.SAVE)
    monkeypatch.setattr(saving, "ask_save_as", lambda *_arguments: (path, 0))
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    assert path.stat().st_size > 1000


def test_a_broken_photo_is_one_sentence_and_the_open_work_stays(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    controller = window.controller
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(sample_photo_path())
    document = controller.document
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")
    with qtbot.waitSignal(controller.failed, timeout=PATIENCE_MS):
        window.open(tmp_path / "broken.png")
    assert window.banner.isVisible()
    assert "broken.png" in window.banner.text
    assert "Traceback" not in window.banner.text
    assert controller.document is document


def test_painting_is_answered_during_a_comparison_which_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    controller = window.controller
    with qtbot.waitSignal(controller.document_shown, timeout=PATIENCE_MS):
        window.open(sample_photo_path())
    _exact(qtbot, window)
    controller.edit(lambda document: document.fill_uniform(0.3))
    controller.compare()
    _paint(window)
    ended: list[str] = []
    controller.jobs.ended.connect(ended.append)
    with qtbot.waitSignal(controller.live_result_arrived, timeout=PATIENCE_MS):
        pass
    assert ended == []
    window.actions_by_name["cancel_job"].trigger()
    qtbot.waitUntil(lambda: ended == ["Cancelled."], timeout=PATIENCE_MS)
    assert window.findChild(ComparisonPanel) is None


def _exact(qtbot: QtBot, window: MainWindow) -> LiveResult:
    """The answer for the map as it is now."""

    def fits(result: LiveResult) -> bool:
        return result.figures is not None and not result.approximate and window.controller.is_current(result.revision)

    signal = window.controller.live_result_arrived
    with qtbot.waitSignal(signal, timeout=PATIENCE_MS, check_params_cb=fits) as arrived:
        pass
    result: LiveResult = arrived.args[0]
    assert result.reconstruction.dtype == np.uint8
    return result


def _paint(window: MainWindow) -> None:
    assert window.canvas is not None
    pane = window.canvas.workspace.panes.pane("original").viewport()
    middle = QPoint(pane.width() // 2, pane.height() // 2)
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=middle - QPoint(0, 40))
    for step in range(4):
        QTest.mouseMove(pane, middle + QPoint(0, 20 * step - 40))
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 20))
