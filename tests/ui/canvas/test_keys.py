import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.document import Brush
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.tools.select import SELECT
from tests.ui.canvas.conftest import Hand, Quality

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_brackets_change_the_brush(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.brush = Brush(size_px=100, hardness=0.5)
    with qtbot.waitSignal(workspace.brush_changed):
        qtbot.keyClick(workspace, Key.Key_BracketRight)
    assert workspace.brush.size_px == pytest.approx(120)
    qtbot.keyClick(workspace, Key.Key_BracketLeft)
    assert workspace.brush.size_px == pytest.approx(100)
    qtbot.keyClick(workspace, Key.Key_BraceRight, SHIFT)
    qtbot.keyClick(workspace, Key.Key_BracketRight, SHIFT)
    assert workspace.brush.hardness == pytest.approx(0.7)
    qtbot.keyClick(workspace, Key.Key_BraceLeft, SHIFT)
    assert workspace.brush.hardness == pytest.approx(0.6)


def test_brush_sizes_have_ends(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.scale_brush(1e9)
    largest = workspace.brush.size_px
    qtbot.keyClick(workspace, Key.Key_BracketRight)
    assert workspace.brush.size_px == largest >= 1000
    workspace.scale_brush(1e-9)
    assert 0 < workspace.brush.size_px <= 2


def test_digits_set_the_quality(qtbot: QtBot, workspace: Workspace) -> None:
    qtbot.keyClick(workspace, Key.Key_7)
    assert workspace.brush.quality == pytest.approx(0.7)


def test_nought_shows_and_hides_the_difference(qtbot: QtBot, workspace: Workspace) -> None:
    qtbot.keyClick(workspace, Key.Key_0)
    assert "difference" in workspace.panes.shown
    qtbot.keyClick(workspace, Key.Key_0)
    assert "difference" not in workspace.panes.shown


def test_e_erases_while_held(qtbot: QtBot, workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    qtbot.keyPress(workspace, Key.Key_E)
    hand.drag((40, 40), (80, 40))
    qtbot.keyRelease(workspace, Key.Key_E)
    assert quality_at(60, 40) == pytest.approx(0.1, abs=1e-3)
    hand.drag((40, 40), (80, 40))
    assert quality_at(60, 40) == pytest.approx(0.9, abs=1e-3)


def test_tab_shows_the_original_while_held(qtbot: QtBot, workspace: Workspace) -> None:
    caption = workspace.panes.pane("reconstruction").caption
    qtbot.keyPress(workspace, Key.Key_Tab)
    assert caption.text() == "Original"
    qtbot.keyRelease(workspace, Key.Key_Tab)
    assert caption.text() == "Reconstruction"


def test_losing_the_keyboard_lets_go(qtbot: QtBot, workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    qtbot.waitExposed(workspace)
    workspace.activateWindow()
    workspace.setFocus()
    qtbot.waitUntil(workspace.hasFocus)
    qtbot.keyPress(workspace, Key.Key_Space)
    workspace.clearFocus()
    hand.drag((40, 40), (80, 40))
    assert quality_at(60, 40) == pytest.approx(0.9, abs=1e-3)


def test_escape_clears_the_selection_when_nothing_is_under_way(qtbot: QtBot, workspace: Workspace, hand: Hand) -> None:
    workspace.tool = SELECT
    hand.drag((20, 20), (60, 60))
    assert workspace.document.selection is not None
    qtbot.keyClick(workspace, Key.Key_Escape)
    assert workspace.document.selection is None


def test_keys_without_a_name_are_left_alone(workspace: Workspace) -> None:
    cyrillic = QKeyEvent(QEvent.Type.KeyPress, 0x0411, Qt.KeyboardModifier.NoModifier, "б")
    QApplication.sendEvent(workspace, cyrillic)
    assert not cyrillic.isAccepted()


def test_keys_mean_nothing_without_a_document(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.set_document(None)
    before = workspace.brush
    qtbot.keyClick(workspace, Key.Key_7)
    assert workspace.brush == before
