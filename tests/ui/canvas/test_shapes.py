"""Shapes on the canvas: drawn, selected, moved, resized, turned, with real mouse and key events."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.outlines import FrameOutline, PathOutline
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.window import MainWindow

LEFT, SHIFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
Drag = Callable[..., None]


@pytest.fixture
def document(opened: MainWindow, canvas: Workspace) -> Document:
    """Of 160 x 96 pixels, with a rectangle at 20, 20 and another at 90, 30, 30 x 20 each."""
    document = opened.controller.document
    assert document is not None
    canvas.feather_px = 0.0
    document.fill_rectangle(Rect(20, 20, 30, 20), 0.9)
    document.fill_rectangle(Rect(90, 30, 30, 20), 0.2)
    document.choose(type(document.choice)(document.layers[-1].key))
    return document


def choose(canvas: Workspace, name: str) -> None:
    canvas.set_tool(next(tool for tool in TOOLS if tool.name == name))


def place(canvas: Workspace, x: float, y: float) -> QPoint:
    pane = canvas.panes.pane("original")
    at = pane.view.to_pane(Point(x, y), pane.size_device)
    return QPoint(round(at.x / pane.devicePixelRatioF()), round(at.y / pane.devicePixelRatioF()))


def drag(canvas: Workspace, *points: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
    viewport = canvas.panes.pane("original").viewport()
    first, *rest = (place(canvas, *point) for point in points)
    QTest.mousePress(viewport, LEFT, modifiers, first)
    for point in rest:
        QTest.mouseMove(viewport, point)
    QTest.mouseRelease(viewport, LEFT, modifiers, rest[-1] if rest else first)


def frames(document: Document) -> list[tuple[int, ...]]:
    shapes = document.layers[-1].shapes
    return [tuple(round(n) for n in (f.x, f.y, f.width, f.height, f.angle)) for f in (p.shape.frame for p in shapes)]


def test_a_click_selects_and_a_drag_moves_as_one_undo(canvas: Workspace, document: Document) -> None:
    choose(canvas, "arrange")
    drag(canvas, (30, 30))
    assert len(document.choice.shapes) == 1
    outline = canvas.panes.preview
    assert isinstance(outline, FrameOutline)
    assert len(outline.handles) == 8
    edits = len(document.edits)
    drag(canvas, (30, 30), (40, 32), (50, 36))
    assert frames(document)[0] == (40, 26, 30, 20, 0)
    assert document.edits[edits:] == ("Move shapes",)
    assert document.quality_map.values[30, 25] == level_of(0.5)
    document.undo()
    assert frames(document)[0] == (20, 20, 30, 20, 0)
    assert len(document.choice.shapes) == 1


def test_escape_takes_a_drag_back_and_then_the_selection(canvas: Workspace, document: Document) -> None:
    choose(canvas, "arrange")
    viewport = canvas.panes.pane("original").viewport()
    QTest.mousePress(viewport, LEFT, NONE, place(canvas, 30, 30))
    QTest.mouseMove(viewport, place(canvas, 60, 50))
    assert frames(document)[0] != (20, 20, 30, 20, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert frames(document)[0] == (20, 20, 30, 20, 0)
    QTest.mouseRelease(viewport, LEFT, NONE, place(canvas, 60, 50))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert document.choice.shapes == frozenset()
    assert document.edits[-1] == "Rectangle"


def test_handles_resize_and_turn(canvas: Workspace, document: Document) -> None:
    choose(canvas, "arrange")
    drag(canvas, (30, 30))
    drag(canvas, (50, 40), (60, 45), (70, 50))
    assert frames(document)[0] == (20, 20, 50, 30, 0)
    drag(canvas, (20, 35), (10, 35), (10, 35))
    assert frames(document)[0] == (10, 20, 60, 30, 0)
    outline = canvas.panes.preview
    assert isinstance(outline, FrameOutline)
    assert outline.turner is not None
    turner = outline.turner[0]
    drag(canvas, turner, (turner.x + 20, turner.y + 10), (40 + 60, 35))
    assert frames(document)[0][4] == 90
    assert document.edits[-3:] == ("Resize shapes", "Resize shapes", "Turn shapes")
    assert document.quality_map.values[10, 40] == level_of(0.9)
    assert document.quality_map.values[35, 12] == level_of(0.5)


def test_several_are_moved_scaled_and_deleted_together(canvas: Workspace, document: Document) -> None:
    choose(canvas, "arrange")
    drag(canvas, (5, 5), (100, 60), (130, 60))
    assert len(document.choice.shapes) == 2
    drag(canvas, (30, 30), (40, 30), (40, 30))
    assert frames(document) == [(30, 20, 30, 20, 0), (100, 30, 30, 20, 0)]
    drag(canvas, (130, 50), (140, 60), (150, 80))
    assert frames(document) == [(30, 20, 36, 40, 0), (114, 40, 36, 40, 0)]
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert frames(document)[0] == (31, 30, 36, 40, 0)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert [layer.kind for layer in document.layers] == ["uniform"]
    document.undo()
    assert len(document.layers[-1].shapes) == 2


def test_shift_adds_to_the_selection_and_all_are_selected_by_key(canvas: Workspace, document: Document) -> None:
    choose(canvas, "arrange")
    drag(canvas, (30, 30))
    drag(canvas, (100, 40), modifiers=SHIFT)
    assert len(document.choice.shapes) == 2
    drag(canvas, (100, 40), modifiers=SHIFT)
    assert len(document.choice.shapes) == 1
    QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(document.choice.shapes) == 2


def test_a_locked_layer_is_left_alone_and_says_so(opened: MainWindow, canvas: Workspace, document: Document) -> None:
    from dataclasses import replace

    layer = document.layers[-1]
    document.replace_layer(layer, replace(layer, locked=True), "Lock")
    choose(canvas, "arrange")
    drag(canvas, (30, 30), (60, 50))
    assert frames(document)[0] == (20, 20, 30, 20, 0)
    assert opened.status.message == "The layer Shapes 1 is locked."
    choose(canvas, "rectangle")
    drag(canvas, (60, 60), (70, 70), (80, 80))
    assert [one.name for one in document.layers] == ["Base quality", "Shapes 1", "Shapes 2"]


def test_an_ellipse_a_polygon_and_a_lasso_become_shapes(canvas: Workspace, document: Document) -> None:
    choose(canvas, "ellipse")
    drag(canvas, (60, 60), (80, 70), (100, 80))
    assert frames(document)[-1] == pytest.approx((60, 60, 40, 20, 0), abs=2)
    choose(canvas, "polygon")
    for corner in ((10, 50), (50, 55), (30, 90)):
        drag(canvas, corner)
    assert isinstance(canvas.panes.preview, PathOutline)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert frames(document)[-1] == pytest.approx((10, 50, 40, 40, 0), abs=1)
    choose(canvas, "lasso")
    turns = np.linspace(0, 2 * np.pi, 40)
    drag(canvas, *((130 + 20 * np.cos(t), 70 + 20 * np.sin(t)) for t in turns))
    assert document.quality_map.values[70, 130] == level_of(canvas.brush.quality)
    assert document.edits[-3:] == ("Ellipse", "Polygon", "Lasso")
    assert len({placed.key for placed in document.layers[-1].shapes}) == 5


def test_a_polygon_ends_at_its_first_corner_and_can_be_taken_back(canvas: Workspace, document: Document) -> None:
    choose(canvas, "polygon")
    for corner in ((10, 50), (50, 55), (30, 90), (90, 90)):
        drag(canvas, corner)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    drag(canvas, (10, 50))
    assert frames(document)[-1] == pytest.approx((10, 50, 40, 40, 0), abs=1)
    drag(canvas, (100, 50))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert len(document.layers[-1].shapes) == 3
    drag(canvas, (100, 50))
    choose(canvas, "brush")
    assert canvas.panes.preview is None


def test_a_gradient_below_others_is_turned_by_its_handles(canvas: Workspace, document: Document) -> None:
    document.add_layer(LinearGradient((20, 80), (140, 80), 0.1, 0.9), "Linear gradient")
    gradient = document.layers[-1]
    document.fill_rectangle(Rect(60, 10, 30, 30), 0.5)
    choice = type(document.choice)(gradient.key)
    document.choose(choice)
    choose(canvas, "arrange")
    drag(canvas, (140, 80), (140, 60), (140, 50))
    moved = document.layer(gradient.key)
    assert isinstance(moved, LinearGradient)
    assert moved.end == pytest.approx((140, 50), abs=1.5)
    assert document.edits[-1] == "Move gradient"


def test_the_eraser_can_take_the_layer_away(canvas: Workspace, document: Document) -> None:
    choose(canvas, "brush")
    canvas.set_quality(1.0)
    drag(canvas, (60, 70), (80, 70), (100, 70))
    painted = document.quality_map.values[70, 80]
    assert painted > level_of(0.6)
    canvas.erases_layer = True
    canvas.hold_erase(True)
    drag(canvas, (60, 70), (80, 70), (100, 70))
    canvas.hold_erase(False)
    assert document.quality_map.values[70, 80] < painted
    assert document.edits[-1] == "Stroke"
    document.choose(type(document.choice)(document.layers[0].key))
    canvas.hold_erase(True)
    edits = len(document.edits)
    drag(canvas, (60, 70), (80, 70), (100, 70))
    assert len(document.edits) == edits
