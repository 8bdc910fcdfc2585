"""F6 goes from part to part of the window and Tab inside one, until everything that can be used was reached."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPushButton,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from qmap_studio.ui.canvas.focus_frame import FocusFrame
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.regions import stops
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import paint_line, show_comparison
from tests.ui.real_keys import FOCUS, NONE, click

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def parts_by_f6(window: MainWindow, modifiers: Qt.KeyboardModifier = NONE) -> list[QWidget]:
    """Where F6 goes until it comes to where it has been."""
    found: list[QWidget] = []
    while (focused := QApplication.focusWidget()) not in found:
        assert focused is not None
        found.append(focused)
        click(window, Key.Key_F6, modifiers)
    return found


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
    tools = [button.accessibleName() for button in opened.tool_strip.findChildren(QToolButton)]
    for _ in range(len(tools) + 1):
        focused = QApplication.focusWidget()
        names.append(focused.accessibleName())
        click(opened, Key.Key_Tab)
    assert names[: len(tools)] == tools
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
        for kind in (QAbstractButton, QAbstractSlider, QDoubleSpinBox, QComboBox, QTabBar, Workspace, WipeView)
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
    FOCUS["field"](opened).setFocus()
    click(opened, Key.Key_Escape)
    paint_line(opened)
    assert not frame.isVisible(), "nothing lies over what is painted"


def test_the_swatches_are_pressed_by_a_key(opened: MainWindow, canvas: Workspace) -> None:
    before = canvas.brush.quality, canvas.other_quality
    opened.tool_strip.swatches.setFocus()
    click(opened, Key.Key_Space)
    assert (canvas.other_quality, canvas.brush.quality) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_main_button_shows_that_it_has_the_focus(qtbot: QtBot, window: MainWindow, theme: str) -> None:
    apply_theme(theme)
    main = next(button for button in window.welcome.findChildren(QPushButton) if button.property("primary"))
    window.toolbar.setFocus()
    QApplication.processEvents()
    before = main.grab().toImage()
    main.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(main.hasFocus)
    assert main.grab().toImage() != before
    apply_theme("system")


def test_what_tab_went_over_stays_usable_when_another_part_is_deleted(opened: MainWindow, canvas: Workspace) -> None:
    found = stops(opened)
    below = QWidget(opened)
    field = QLineEdit(below)
    field.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    below.show()
    assert field in stops(opened)
    delete(below)
    assert all(isValid(widget) for widget in found)
