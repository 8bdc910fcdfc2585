"""Each key of the keys page, pressed in the window with the canvas in focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox

from qmap_studio.document import Document
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.dialogs.keys import KeysDialog
from qmap_studio.ui.tools.brush import BRUSH
from qmap_studio.ui.tools.gradient import LINEAR, RADIAL
from qmap_studio.ui.tools.pan import PAN
from qmap_studio.ui.tools.rectangle import RECTANGLE
from qmap_studio.ui.tools.select import SELECT
from qmap_studio.ui.window import MainWindow
from tests.ui.real_keys import click, press, release

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def focus(canvas: Workspace) -> None:
    canvas.setFocus()


def test_digits_comma_and_full_stop_set_the_quality(canvas: Workspace) -> None:
    for digit in range(1, 10):
        click(canvas.window(), Key(Key.Key_0 + digit))
        assert canvas.brush.quality == pytest.approx(digit / 10)
    click(canvas.window(), Key.Key_Comma)
    assert canvas.brush.quality == 0
    click(canvas.window(), Key.Key_Period)
    assert canvas.brush.quality == 1


def test_tools(opened: MainWindow, canvas: Workspace) -> None:
    chosen = []
    for key, modifier in (
        (Key.Key_G, Qt.KeyboardModifier.NoModifier),
        (Key.Key_G, SHIFT),
        (Key.Key_R, Qt.KeyboardModifier.NoModifier),
        (Key.Key_M, Qt.KeyboardModifier.NoModifier),
        (Key.Key_H, Qt.KeyboardModifier.NoModifier),
        (Key.Key_B, Qt.KeyboardModifier.NoModifier),
    ):
        click(canvas.window(), key, modifier)
        chosen.append(canvas.tool)
        assert opened.actions_by_name[f"tool_{canvas.tool.name}"].isChecked()
    assert chosen == [LINEAR, RADIAL, RECTANGLE, SELECT, PAN, BRUSH]


def test_e_erases_and_tab_shows_the_original_while_held(canvas: Workspace) -> None:
    press(canvas.window(), Key.Key_E)
    assert canvas.erasing
    release(canvas.window(), Key.Key_E)
    assert not canvas.erasing
    caption = canvas.panes.pane("reconstruction").caption
    press(canvas.window(), Key.Key_Tab)
    assert caption.text() == "Original"
    release(canvas.window(), Key.Key_Tab)
    assert caption.text().startswith("Reconstruction")


def test_x_o_and_s(canvas: Workspace) -> None:
    front, back = canvas.brush.quality, canvas.other_quality
    click(canvas.window(), Key.Key_X)
    assert (canvas.brush.quality, canvas.other_quality) == (back, front)
    overlays = []
    for _ in range(3):
        click(canvas.window(), Key.Key_O)
        overlays.append(canvas.panes.overlay)
    assert overlays == [Overlay.SPOTLIGHT, Overlay.HIDDEN, Overlay.COLOUR]
    first, second, *rest = canvas.panes.shown
    click(canvas.window(), Key.Key_S)
    assert canvas.panes.shown == [second, first, *rest]


def test_brackets_size_and_harden_the_brush(canvas: Workspace) -> None:
    size, hardness = canvas.brush.size_px, canvas.brush.hardness
    click(canvas.window(), Key.Key_BracketRight)
    assert canvas.brush.size_px > size
    click(canvas.window(), Key.Key_BracketLeft)
    assert canvas.brush.size_px == pytest.approx(size)
    click(canvas.window(), Key.Key_BraceRight, SHIFT)
    assert canvas.brush.hardness > hardness
    click(canvas.window(), Key.Key_BraceLeft, SHIFT)
    assert canvas.brush.hardness == pytest.approx(hardness)


@pytest.mark.parametrize(("key", "modifier"), [(Key.Key_F, Qt.KeyboardModifier.NoModifier), (Key.Key_9, CONTROL)])
def test_zoom(canvas: Workspace, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    fitted = canvas.zoom
    click(canvas.window(), Key.Key_0, CONTROL)
    assert canvas.zoom == 1
    click(canvas.window(), Key.Key_Plus, CONTROL)
    assert canvas.zoom > 1
    click(canvas.window(), key, modifier)
    assert canvas.zoom == fitted != 1


def test_nought_shows_the_difference(opened: MainWindow, canvas: Workspace) -> None:
    shown = opened.actions_by_name["pane_difference"]
    click(canvas.window(), Key.Key_0)
    assert "difference" in canvas.panes.shown
    assert shown.isChecked()
    click(canvas.window(), Key.Key_0)
    assert "difference" not in canvas.panes.shown
    assert not shown.isChecked()


def test_undo_and_redo(opened: MainWindow, canvas: Workspace) -> None:
    document = canvas.document
    assert document is not None
    opened.controller.edit(lambda document: document.fill_uniform(0.25))
    opened.controller.edit(Document.invert)
    click(canvas.window(), Key.Key_Z, CONTROL)
    click(canvas.window(), Key.Key_Z, CONTROL)
    assert document.redo_name == "Uniform quality"
    click(canvas.window(), Key.Key_Y, CONTROL)
    click(canvas.window(), Key.Key_Z, CONTROL | SHIFT)
    assert document.redo_name is None


def test_question_mark_shows_every_key(opened: MainWindow, canvas: Workspace) -> None:
    click(canvas.window(), Key.Key_Question)
    assert opened.findChild(KeysDialog) is not None


def test_a_number_is_typed_with_its_point(opened: MainWindow, canvas: Workspace) -> None:
    field = next(f for f in opened.options.findChildren(QDoubleSpinBox) if f.accessibleName() == "Quality")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.35")
    QTest.keyClick(field, Key.Key_Return)
    assert canvas.brush.quality == pytest.approx(0.35)
