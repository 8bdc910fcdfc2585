"""Real key events of the window, with the focus in each kind of widget; F6 and Tab; the wheel over the wipe."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qmap_studio.ui.canvas import keys
from qmap_studio.ui.canvas.wipe_handle import WipeHandle
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import show_comparison
from tests.ui.real_keys import FOCUS, NONE, click, press, release

Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, META = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier


@pytest.fixture(params=FOCUS)
def focused(request: pytest.FixtureRequest, opened: MainWindow, canvas: Workspace) -> str:
    """What has the focus, each in turn."""
    widget = FOCUS[request.param](opened)
    widget.setFocus()
    assert QApplication.focusWidget() is widget
    return request.param


def point_at_canvas(canvas: Workspace, button: Qt.MouseButton = Qt.MouseButton.NoButton, dx: int = 0) -> None:
    """Moves the pointer over the photo."""
    viewport = canvas.panes.pane("original").viewport()
    at = QPointF(viewport.width() / 2 + dx, viewport.height() / 2)
    event = QMouseEvent(QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton, button, NONE)
    QApplication.sendEvent(viewport, event)


# The keys of the design, wherever the focus is


def test_brackets_and_letters_work_wherever_the_focus_is(opened: MainWindow, canvas: Workspace, focused: str) -> None:
    size, hardness = canvas.brush.size_px, canvas.brush.hardness
    click(opened, Key.Key_BracketRight)
    assert canvas.brush.size_px > size
    click(opened, Key.Key_BraceRight, SHIFT)
    assert canvas.brush.hardness > hardness
    qualities = canvas.brush.quality, canvas.other_quality
    click(opened, Key.Key_X)
    assert (canvas.other_quality, canvas.brush.quality) == qualities
    overlay = canvas.panes.overlay
    click(opened, Key.Key_O)
    assert canvas.panes.overlay is not overlay
    first, second, *rest = canvas.panes.shown
    click(opened, Key.Key_S)
    assert canvas.panes.shown == [second, first, *rest]
    press(opened, Key.Key_E)
    assert canvas.erasing
    release(opened, Key.Key_E)
    assert not canvas.erasing


@pytest.mark.parametrize(("key", "tool"), [(Key.Key_G, "linear"), (Key.Key_R, "rectangle"), (Key.Key_H, "pan")])
def test_tools_are_chosen_wherever_the_focus_is(
    opened: MainWindow, canvas: Workspace, focused: str, key: Qt.Key, tool: str
) -> None:
    click(opened, key)
    assert canvas.tool.name == tool
    FOCUS["field" if tool == "linear" else "canvas"](opened)
    click(opened, Key.Key_B)
    assert canvas.tool.name == "brush"


def test_digits_set_the_quality_where_nothing_is_typed(opened: MainWindow, canvas: Workspace, focused: str) -> None:
    before, size = canvas.brush.quality, canvas.brush.size_px
    click(opened, Key.Key_3)
    click(opened, Key.Key_0)
    if focused == "field":
        click(opened, Key.Key_Return)
        assert canvas.brush.quality == before
        assert canvas.brush.size_px != size, "the field had the digits"
    else:
        assert canvas.brush.quality == pytest.approx(0.3)
        assert "difference" in canvas.panes.shown


def test_space_held_over_the_canvas_moves_the_photo(opened: MainWindow, canvas: Workspace, focused: str) -> None:
    assert canvas.document is not None
    canvas.panes.zoom_to(8.0)
    before, values = canvas.panes.visible, canvas.document.quality_map.values.copy()
    point_at_canvas(canvas)
    press(opened, Key.Key_Space)
    viewport = canvas.panes.pane("original").viewport()
    middle = viewport.rect().center()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle)
    point_at_canvas(canvas, Qt.MouseButton.LeftButton, dx=60)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))
    release(opened, Key.Key_Space)
    assert canvas.panes.visible != before
    np.testing.assert_array_equal(canvas.document.quality_map.values, values)
    assert canvas.document.undo_name is None, "neither painted nor inverted"


def test_space_presses_a_button_that_a_key_has_come_to(opened: MainWindow, canvas: Workspace) -> None:
    point_at_canvas(canvas)
    FOCUS["button"](opened).setFocus()  # the pointer rests on the canvas since before
    click(opened, Key.Key_Space)
    assert canvas.document is not None
    assert canvas.document.undo_name == "Invert"


def test_a_key_held_is_let_go_with_the_focus(opened: MainWindow, canvas: Workspace) -> None:
    FOCUS["slider"](opened).setFocus()
    press(opened, Key.Key_E)
    FOCUS["field"](opened).setFocus()
    assert not canvas.erasing


def test_tab_shows_the_original_while_held(opened: MainWindow, canvas: Workspace) -> None:
    canvas.setFocus()
    caption = canvas.panes.pane("reconstruction").caption
    press(opened, Key.Key_Tab)
    assert caption.text() == "Original"
    release(opened, Key.Key_Tab)
    assert caption.text().startswith("Reconstruction")
    assert canvas.hasFocus()


def test_escape_leads_back_to_the_canvas(opened: MainWindow, canvas: Workspace, focused: str) -> None:
    click(opened, Key.Key_Escape)
    assert canvas.hasFocus()


@pytest.mark.parametrize("modifiers", [ALT, ALT | SHIFT, META, CONTROL | ALT])
def test_a_key_with_other_modifiers_is_another_key(
    opened: MainWindow, canvas: Workspace, focused: str, modifiers: Qt.KeyboardModifier
) -> None:
    menus = {Key.Key_H, Key.Key_M} if modifiers == ALT else set()  # these open a menu

    def state() -> object:
        return canvas.brush, canvas.other_quality, canvas.tool, canvas.erasing, canvas.panes.shown, canvas.panes.visible

    before = state()
    moves = {*keys.MOVES, Key.Key_Space} if focused == "canvas" else set()  # elsewhere a list's or a slider's
    own = {*keys.CHARACTERS, *keys.DIGITS, *moves, Key.Key_E, Key.Key_B, Key.Key_H, Key.Key_M}
    for key in own - menus - {Key.Key_Escape, Key.Key_E if modifiers == ALT else Key.Key_Escape}:
        press(opened, Key(key), modifiers)
        assert state() == before, (Key(key), modifiers)
        release(opened, Key(key), modifiers)


# The comparison


def test_the_comparison_has_the_keys_of_a_view(opened: MainWindow, canvas: Workspace) -> None:
    view = show_comparison(opened).view
    view.setFocus()
    canvas.panes.zoom_to(3.0)
    click(opened, Key.Key_0, CONTROL)
    assert view.panes[0].view.zoom == 1.0
    click(opened, Key.Key_Plus, CONTROL)
    assert view.panes[0].view.zoom > 1.0
    fitted = view.panes[0].view.zoom
    click(opened, Key.Key_F)
    assert view.panes[0].view.zoom != fitted
    assert canvas.zoom == 3.0
    click(opened, Key.Key_2)
    assert view.mode == "wipe"
    assert canvas.brush.quality == pytest.approx(0.9)
    click(opened, Key.Key_Right)
    assert view.share == pytest.approx(0.52)


def test_the_wheel_zooms_over_the_handle_of_the_wipe(opened: MainWindow, canvas: Workspace) -> None:
    view = show_comparison(opened).view
    view.mode = "wipe"
    QApplication.processEvents()
    handle = view.findChild(WipeHandle)
    at = QPointF(handle.width() / 2, 30)
    pane = view.panes[0]
    under = handle.mapTo(pane.viewport(), at)
    before = pane.view
    event = QWheelEvent(
        at, handle.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(handle, event)
    assert pane.view.zoom > before.zoom
    for axis in (0, 1):  # the point under the pointer stays under it
        device = Point(*(under * pane.devicePixelRatioF()).toTuple())
        old, new = (view.to_picture(device, pane.size_device) for view in (before, pane.view))
        assert new[axis] == pytest.approx(old[axis], abs=1.0)
