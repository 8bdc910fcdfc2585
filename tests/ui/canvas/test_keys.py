import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.tools.select import SELECT
from tests.ui.canvas.conftest import Hand, Quality
from tests.ui.real_keys import click, press, release

Key = Qt.Key


@pytest.fixture(autouse=True)
def _has_the_keyboard(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.activateWindow()
    workspace.setFocus()
    qtbot.waitUntil(workspace.hasFocus)


def test_brush_sizes_have_ends(workspace: Workspace) -> None:
    workspace.scale_brush(1e9)
    largest = workspace.brush.size_px
    click(workspace, Key.Key_BracketRight)
    assert workspace.brush.size_px == largest >= 1000
    workspace.scale_brush(1e-9)
    assert 0 < workspace.brush.size_px <= 2


def test_e_erases_while_held(workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    press(workspace, Key.Key_E)
    hand.drag((40, 40), (80, 40))
    release(workspace, Key.Key_E)
    assert quality_at(60, 40) == pytest.approx(0.1, abs=1e-3)
    hand.drag((40, 40), (80, 40))
    assert quality_at(60, 40) == pytest.approx(0.9, abs=1e-3)


def test_losing_the_keyboard_lets_go(workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    press(workspace, Key.Key_Space)
    workspace.clearFocus()
    hand.drag((40, 40), (80, 40))
    assert quality_at(60, 40) == pytest.approx(0.9, abs=1e-3)


def test_escape_clears_the_selection_when_nothing_is_under_way(workspace: Workspace, hand: Hand) -> None:
    workspace.tool = SELECT
    hand.drag((20, 20), (60, 60))
    assert workspace.document.selection is not None
    click(workspace, Key.Key_Escape)
    assert workspace.document.selection is None


def test_keys_without_a_name_are_left_alone(workspace: Workspace) -> None:
    cyrillic = QKeyEvent(QEvent.Type.KeyPress, 0x0411, Qt.KeyboardModifier.NoModifier, "б")
    QApplication.sendEvent(workspace, cyrillic)
    assert not cyrillic.isAccepted()
