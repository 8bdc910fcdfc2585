"""Real key events of the window, with the focus in each kind of widget; F6 and Tab; the wheel over the wipe."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from qmap_studio.ui.canvas import keys
from qmap_studio.ui.canvas.focus_frame import FocusFrame
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.canvas.wipe_handle import WipeHandle
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.window import MainWindow
from tests.ui.real_keys import NONE, click, press, release

Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, META = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier

FOCUS: dict[str, Callable[[MainWindow], QWidget]] = {
    "canvas": lambda window: window.canvas.workspace,
    "field": lambda window: _named(window.options, QDoubleSpinBox, "Size"),
    "slider": lambda window: _named(window.options, QSlider, "Size"),
    "list": lambda window: window.options.findChild(QComboBox),
    "button": lambda window: next(b for b in window.map_panel.findChildren(QToolButton) if b.text() == "Invert"),
}


def _named(parent: QWidget, kind: type, name: str) -> QWidget:
    return next(child for child in parent.findChildren(kind) if child.accessibleName() == name)


@pytest.fixture
def canvas(qtbot: QtBot, opened: MainWindow) -> Workspace:
    assert opened.canvas is not None
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened.canvas.workspace


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


# F6 and Tab


def parts_by_f6(window: MainWindow, modifiers: Qt.KeyboardModifier = NONE) -> list[QWidget]:
    """Where F6 goes until it comes to where it has been."""
    found: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in found:
        assert focused is not None
        found.append(focused)
        click(window, Key.Key_F6, modifiers)
    return found


def show_comparison(window: MainWindow) -> ComparisonPanel:
    """The comparison, as it is beside the canvas."""
    window.comparing.view = window.comparing._build()
    grey = Mipmap.of(np.full((96, 160, 3), 90, np.uint8))
    window.comparing.view.view.set_pictures(grey, grey, "One", "Other")
    return window.comparing.view


def test_f6_goes_round_and_shift_f6_goes_back(opened: MainWindow, canvas: Workspace) -> None:
    canvas.setFocus()
    parts = parts_by_f6(opened)
    assert canvas in parts
    assert len(parts) == 5, "toolbar, options, tools, canvas, panels"
    assert parts_by_f6(opened, SHIFT) == [parts[0], *parts[:0:-1]]


def test_tab_goes_through_the_tools_in_their_order(opened: MainWindow, canvas: Workspace) -> None:
    canvas.setFocus()
    click(opened, Key.Key_F6, SHIFT)
    names = []
    for _ in range(7):
        focused = QApplication.focusWidget()
        names.append(focused.accessibleName())
        click(opened, Key.Key_Tab)
    assert names[:6] == [button.accessibleName() for button in opened.tool_strip.findChildren(QToolButton)]
    assert QApplication.focusWidget().accessibleName() == names[0]


def test_f6_comes_back_to_where_one_was(opened: MainWindow, canvas: Workspace) -> None:
    button = FOCUS["button"](opened)
    button.setFocus()
    click(opened, Key.Key_F6)
    assert QApplication.focusWidget() is not button
    click(opened, Key.Key_F6, SHIFT)
    assert QApplication.focusWidget() is button


def test_everything_that_can_be_used_is_reached(qtbot: QtBot, opened: MainWindow, canvas: Workspace) -> None:
    show_comparison(opened)
    opened.controller.notice_given.emit("A sentence that can be dismissed.")
    opened.status.show_progress(0.5, "Working")
    opened.controller.edit(lambda document: document.fill_uniform(0.3))
    QApplication.processEvents()
    wanted = {
        widget
        for kind in (QAbstractButton, QAbstractSlider, QDoubleSpinBox, QComboBox, Workspace, WipeView)
        for widget in opened.findChildren(kind)
        if widget.isVisible() and widget.isEnabled() and widget.objectName() != "qt_menubar_ext_button"
        and not (isinstance(widget, QAbstractSlider) and not isinstance(widget, QSlider))  # scroll bars follow
    }  # fmt: skip
    wanted -= _by_arrows(wanted)
    reached: set[QWidget] = set()
    canvas.setFocus()
    for part in parts_by_f6(opened):
        part.setFocus()
        while (focused := QApplication.focusWidget()) not in reached:
            assert focused is not None
            reached.add(focused)
            if focused is canvas:
                break  # Tab stays there
            click(opened, Key.Key_Tab)
    missed = [(type(w).__name__, w.objectName(), w.accessibleName()) for w in wanted - reached]
    assert not missed
    assert reached - wanted == set()


def _by_arrows(widgets: set[QWidget]) -> set[QWidget]:
    """Of a group of which one is always chosen, those that are not: arrows go on from the one that is."""
    buttons = (widget for widget in widgets if isinstance(widget, QAbstractButton))
    return {b for b in buttons if b.group() is not None and b.group().exclusive() and not b.isChecked()}


def test_the_canvas_is_framed_when_a_key_leads_to_it(opened: MainWindow, canvas: Workspace) -> None:
    frame = canvas.findChild(FocusFrame)
    FOCUS["field"](opened).setFocus()
    click(opened, Key.Key_Escape)
    assert canvas.hasFocus()
    assert frame.isVisible()
    FOCUS["field"](opened).setFocus()
    assert not frame.isVisible()
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not frame.isVisible()


def test_the_swatches_are_pressed_by_a_key(opened: MainWindow, canvas: Workspace) -> None:
    before = canvas.brush.quality, canvas.other_quality
    opened.tool_strip.swatches.setFocus()
    click(opened, Key.Key_Space)
    assert (canvas.other_quality, canvas.brush.quality) == before


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
