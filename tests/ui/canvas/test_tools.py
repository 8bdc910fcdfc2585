import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.core.rect import Rect, around
from qmap_studio.document import Brush, Document
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.outlines import BoxOutline, CircleOutline, LineOutline
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.tools.brush import BRUSH
from qmap_studio.ui.tools.gradient import LINEAR, RADIAL
from qmap_studio.ui.tools.pan import PAN
from qmap_studio.ui.tools.rectangle import RECTANGLE
from qmap_studio.ui.tools.select import SELECT
from qmap_studio.ui.tools.tool import Tool
from tests.ui.canvas.conftest import Hand, Quality

PRESSURE = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
RIGHT, MIDDLE = Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


class Pen:
    """A graphics tablet's, at points of the picture."""

    def __init__(self, workspace: Workspace, feels: QInputDevice.Capability = PRESSURE) -> None:
        self._pane = workspace.panes.pane("original")
        self._device = QPointingDevice(
            "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen, feels, 1, 1
        )

    def hover(self, x: float, y: float) -> None:
        self.send(QEvent.Type.TabletMove, x, y, 0.0)

    def dab(self, x: float, y: float, pressure: float) -> None:
        self.send(QEvent.Type.TabletPress, x, y, pressure)
        self.send(QEvent.Type.TabletRelease, x, y, 0.0)

    def send(self, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
        at = self._pane.view.to_pane(Point(x, y), self._pane.size_device)
        position = QPointF(at.x, at.y) / self._pane.devicePixelRatioF()
        viewport = self._pane.viewport()
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
        event = QTabletEvent(
            kind,
            self._device,
            position,
            viewport.mapToGlobal(position),
            pressure,
            *(0.0, 0.0, 0.0, 0.0, 0.0),  # tilt, tangential pressure, rotation, height
            Qt.KeyboardModifier.NoModifier,
            held,
            held,
        )
        QApplication.sendEvent(viewport, event)


def test_the_ring_of_the_right_button_shows_what_it_paints(workspace: Workspace, hand: Hand) -> None:
    workspace.brush, workspace.other_quality = Brush(size_px=20, quality=0.9), 0.1
    pane = workspace.panes.pane("original")
    hand.press(80, 48, RIGHT)
    hand.move(84, 48)
    assert pane.ring is not None
    assert pane.ring.quality == 0.1
    hand.release(84, 48, RIGHT)
    assert pane.ring.quality == 0.9


def test_a_stroke_paints_live_and_is_one_undo(
    qtbot: QtBot, workspace: Workspace, document: Document, hand: Hand, quality_at: Quality
) -> None:
    edits: list[tuple[Rect, bool]] = []
    document.subscribe(lambda rect, ended: edits.append((rect, ended)))
    hand.press(40, 40)
    hand.move(80, 40)
    assert quality_at(60, 40) == pytest.approx(0.9, abs=1e-3)
    hand.release(80, 40)
    assert [ended for _, ended in edits] == [False, False, True]
    whole = document.undo()
    assert whole is not None
    assert around(rect for rect, _ in edits).united(whole) == whole
    assert whole.x <= 30 <= 90 <= whole.right
    assert quality_at(60, 40) == pytest.approx(0.5, abs=1e-3)
    assert document.undo() is None


@pytest.mark.parametrize(
    ("button", "keys"), [(RIGHT, Qt.KeyboardModifier.NoModifier), (Qt.MouseButton.LeftButton, ALT)]
)
def test_right_button_and_alt_paint_the_other_quality(
    button: Qt.MouseButton, keys: Qt.KeyboardModifier, workspace: Workspace, hand: Hand, quality_at: Quality
) -> None:
    workspace.other_quality = 0.2
    hand.drag((40, 40), (80, 40), button, keys)
    assert quality_at(60, 40) == pytest.approx(0.2, abs=1e-3)


def test_shift_click_draws_straight_from_where_the_last_stroke_ended(
    workspace: Workspace, document: Document, hand: Hand, quality_at: Quality
) -> None:
    hand.drag((20, 20), (30, 20))
    hand.press(130, 80, keys=SHIFT)
    hand.release(130, 80)
    assert quality_at(80, 50) == pytest.approx(0.9, abs=1e-3)
    document.undo()
    assert quality_at(80, 50) == pytest.approx(0.5, abs=1e-3)
    assert quality_at(25, 20) == pytest.approx(0.9, abs=1e-3)


def test_escape_takes_a_stroke_back(workspace: Workspace, document: Document, hand: Hand) -> None:
    hand.press(40, 40)
    hand.move(80, 40)
    workspace.escape()
    assert (document.quality_map.values == document.quality_map.values[0, 0]).all()
    hand.move(90, 60)
    hand.release(90, 60)
    assert not document.is_modified


def test_undo_in_the_middle_of_a_stroke_ends_it(workspace: Workspace, document: Document, hand: Hand) -> None:
    hand.press(40, 40)
    document.undo()
    hand.move(80, 40)
    hand.release(80, 40)
    assert (document.quality_map.values == document.quality_map.values[0, 0]).all()


def test_the_pressure_of_a_pen_scales_the_flow(workspace: Workspace, document: Document, quality_at: Quality) -> None:
    pen = Pen(workspace)
    workspace.brush = Brush(size_px=20, hardness=0.8, flow=0.5, quality=0.9)
    pen.hover(40, 30)
    pen.dab(40, 30, pressure=1.0)
    pen.dab(80, 30, pressure=0.5)
    pen.dab(120, 30, pressure=0.0)
    painted = [quality_at(x, 30) - 0.5 for x in (40, 80, 120)]
    assert painted == pytest.approx([0.4 * 0.5, 0.4 * 0.25, 0.0], abs=1e-3)
    document.undo()
    document.undo()
    assert not document.is_modified


def test_the_pressure_changes_evenly_along_a_stroke(workspace: Workspace, quality_at: Quality) -> None:
    pen = Pen(workspace)
    workspace.brush = Brush(size_px=8, hardness=1.0, flow=0.1, quality=0.9)
    pen.send(QEvent.Type.TabletPress, 20, 48, 0.0)
    pen.send(QEvent.Type.TabletMove, 140, 48, 1.0)
    pen.send(QEvent.Type.TabletRelease, 140, 48, 0.0)
    painted = [quality_at(x, 48) for x in range(25, 135, 10)]
    assert painted == sorted(painted)
    assert painted[-1] > painted[0] + 0.1


def test_a_pen_that_feels_no_pressure_paints_like_the_mouse(workspace: Workspace, quality_at: Quality) -> None:
    Pen(workspace, QInputDevice.Capability.Position).dab(40, 30, pressure=0.0)
    assert quality_at(40, 30) == pytest.approx(0.9, abs=1e-3)


def test_a_linear_gradient_previews_and_fills(workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    workspace.tool = LINEAR
    hand.press(20, 48)
    hand.move(140, 48)
    assert isinstance(workspace.panes.preview, LineOutline)
    assert quality_at(30, 48) == pytest.approx(0.5, abs=1e-3)
    hand.release(140, 48)
    assert quality_at(5, 10) == pytest.approx(0.9, abs=1e-2)
    assert quality_at(155, 80) == pytest.approx(0.1, abs=1e-2)
    assert quality_at(80, 48) == pytest.approx(0.5, abs=2e-2)


def test_a_radial_gradient_goes_from_middle_to_rim(workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    workspace.tool = RADIAL
    hand.press(80, 48)
    hand.move(110, 48)
    assert isinstance(workspace.panes.preview, CircleOutline)
    hand.release(110, 48)
    assert quality_at(80, 48) == pytest.approx(0.9, abs=2e-2)
    assert quality_at(5, 5) == pytest.approx(0.1, abs=1e-2)


def drag(hand: Hand, *points: tuple[float, float]) -> None:
    hand.press(*points[0])
    for point in points[1:]:
        hand.move(*point)
    hand.release(*points[-1])


def test_a_gradients_handles_stay_and_move_it(
    workspace: Workspace, document: Document, hand: Hand, quality_at: Quality
) -> None:
    edits: list[bool] = []
    document.subscribe(lambda rect, ended: edits.append(ended))
    workspace.tool = LINEAR
    drag(hand, (20, 48), (140, 48))
    workspace.brush = Brush(size_px=8, quality=0.3)  # of the next gradient, not of this one
    drag(hand, (140, 48), (60, 48))
    assert isinstance(workspace.panes.preview, LineOutline)
    assert workspace.panes.preview.end.x == pytest.approx(60, abs=0.5)
    assert quality_at(20, 48) == pytest.approx(0.9, abs=2e-2)
    assert quality_at(40, 48) == pytest.approx(0.5, abs=3e-2)
    assert quality_at(100, 48) == pytest.approx(0.1, abs=1e-2)
    drag(hand, (20, 48), (30, 48))
    assert quality_at(28, 48) == pytest.approx(0.9, abs=2e-2)
    assert edits == [True, True, True]

    workspace.tool = BRUSH
    assert workspace.panes.preview is None
    workspace.tool = LINEAR
    assert isinstance(workspace.panes.preview, LineOutline)
    assert document.undo_name == "Move gradient"
    document.undo()
    assert workspace.panes.preview.start.x == pytest.approx(20, abs=0.5)
    document.undo()
    assert workspace.panes.preview.end.x == pytest.approx(140, abs=0.5)
    document.undo()
    assert workspace.panes.preview is None
    assert not document.is_modified
    drag(hand, (30, 48), (30, 90))  # where a handle was: a new gradient
    assert quality_at(80, 30) == pytest.approx(0.3, abs=1e-2)
    document.begin_stroke(Brush(size_px=8, quality=0.9), 10, 10)
    document.end_stroke()
    assert workspace.panes.preview is None, "something lies over it"


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_handle_is_grabbed_within_what_is_drawn_of_it(
    ratio: float, workspace: Workspace, document: Document, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "devicePixelRatioF", lambda: ratio)
    workspace.tool = LINEAR
    drag(hand, (20, 48), (140, 48))
    for away, name in ((13, "Move gradient"), (16, "Linear gradient")):  # logical pixels
        drag(hand, (20 + away * ratio / workspace.zoom, 48), (60, 80))
        assert document.undo_name == name
        document.undo()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("tool", [LINEAR, RECTANGLE])
def test_less_than_three_logical_pixels_are_a_click(
    tool: Tool, ratio: float, workspace: Workspace, document: Document, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "devicePixelRatioF", lambda: ratio)
    workspace.panes.zoom_to(1.0)
    workspace.tool = tool
    hand.drag((60.5, 48.5), (60.5 + 2.5 * ratio, 48.5))
    assert document.undo_name is None
    hand.drag((60.5, 48.5), (60.5 + 4 * ratio, 48.5))
    assert document.undo_name is not None


def test_a_gradients_handles_go_when_a_trial_takes_its_place(
    workspace: Workspace, document: Document, hand: Hand
) -> None:
    workspace.tool = LINEAR
    drag(hand, (20, 48), (140, 48))
    document.try_map(document.quality_map.values // 2, "Optimise")
    assert workspace.panes.preview is None


def test_the_middle_of_a_radial_gradient_moves_all_of_it(workspace: Workspace, hand: Hand, quality_at: Quality) -> None:
    workspace.tool = RADIAL
    drag(hand, (40, 48), (60, 48))
    drag(hand, (40, 48), (100, 48))
    assert isinstance(workspace.panes.preview, CircleOutline)
    assert workspace.panes.preview.rim.x == pytest.approx(120, abs=0.5)
    assert quality_at(100, 48) == pytest.approx(0.9, abs=5e-2)
    assert quality_at(40, 48) == pytest.approx(0.1, abs=1e-2)


@pytest.mark.parametrize("tool", [LINEAR, RADIAL])
def test_a_click_on_a_handle_changes_nothing(tool: Tool, workspace: Workspace, document: Document, hand: Hand) -> None:
    workspace.tool = tool
    drag(hand, (40, 48), (60, 48))
    before = document.quality_map.values.copy()
    drag(hand, (60, 48), (60, 48))
    hand.press(40, 48)
    hand.move(10, 10)
    workspace.escape()
    assert (document.quality_map.values == before).all()
    assert workspace.panes.preview is not None


@pytest.mark.parametrize("tool", [LINEAR, RADIAL, RECTANGLE])
def test_escape_and_plain_clicks_fill_nothing(tool: Tool, workspace: Workspace, document: Document, hand: Hand) -> None:
    workspace.tool = tool
    hand.press(20, 20)
    hand.move(100, 60)
    workspace.escape()
    hand.release(100, 60)
    hand.press(30, 30)
    hand.release(30, 30)
    assert workspace.panes.preview is None
    assert not document.is_modified


def test_a_rectangle_fills_its_pixels(
    workspace: Workspace, document: Document, hand: Hand, quality_at: Quality
) -> None:
    workspace.tool = RECTANGLE
    hand.press(40.5, 30.5)
    hand.move(60.5, 50.5)
    assert workspace.panes.preview is not None
    hand.release(60.5, 50.5)
    painted = document.quality_map.values > 50000
    np.testing.assert_array_equal(np.flatnonzero(painted.any(axis=0))[[0, -1]], [40, 60])
    np.testing.assert_array_equal(np.flatnonzero(painted.any(axis=1))[[0, -1]], [30, 50])


def test_selecting(qtbot: QtBot, workspace: Workspace, document: Document, hand: Hand) -> None:
    workspace.tool = SELECT
    with qtbot.waitSignal(workspace.selection_changed):
        hand.drag((40.5, 30.5), (60.5, 50.5))
    assert document.selection == Rect(40, 30, 21, 21)
    assert workspace.panes.pane("heat_map").selection.outline == BoxOutline(Rect(40, 30, 21, 21))
    with qtbot.waitSignal(workspace.selection_changed):
        hand.press(10, 10)
        hand.release(10, 10)
    assert document.selection is None
    assert not document.is_modified


@pytest.mark.parametrize("tool", [SELECT, RECTANGLE, LINEAR, RADIAL])
def test_the_maps_of_a_search_leave_an_outline_being_dragged_alone(
    tool: Tool, workspace: Workspace, document: Document, hand: Hand
) -> None:
    workspace.tool = tool
    hand.press(40.5, 30.5)
    for level in (100, 200):
        document.try_map(np.full_like(document.quality_map.values, level), "Optimise")
        hand.move(50.5, 40.5)
        assert workspace.panes.preview is not None
    document.finish()
    assert workspace.panes.preview is not None
    hand.release(60.5, 50.5)
    if tool is SELECT:
        assert document.selection == Rect(40, 30, 21, 21)
    else:
        document.undo()
    assert (document.quality_map.values == 200).all()


def test_the_drag_of_a_handle_ends_with_its_gradient(workspace: Workspace, document: Document, hand: Hand) -> None:
    workspace.tool = LINEAR
    drag(hand, (20, 48), (140, 48))
    hand.press(140, 48)
    hand.move(120, 48)
    document.undo()
    hand.move(100, 48)
    assert workspace.panes.preview is None
    hand.release(100, 48)
    assert document.undo_name is None
    assert document.redo_name == "Linear gradient"


@pytest.mark.parametrize("how", ["tool", "middle button", "space"])
def test_panning_moves_the_picture_with_the_hand(
    how: str, workspace: Workspace, document: Document, hand: Hand
) -> None:
    if how == "tool":
        workspace.tool = PAN
    workspace.hold_pan(how == "space")
    workspace.panes.zoom_to(8.0)
    before = workspace.panes.visible
    button = MIDDLE if how == "middle button" else Qt.MouseButton.LeftButton
    hand.press(80, 48, button)
    hand.move(90, 48)
    hand.release(90, 48, button)
    assert workspace.panes.visible.x == pytest.approx(before.x - 10, abs=1)
    assert not document.is_modified


def test_nothing_happens_without_a_document(workspace: Workspace, hand: Hand) -> None:
    workspace.set_document(None)
    for tool in TOOLS:
        workspace.tool = tool
        hand.drag((40, 40), (80, 60))
    assert workspace.document is None
