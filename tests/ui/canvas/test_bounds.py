"""Error bounds on the canvas: painted, erased, drawn, and seen."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush, Document
from qmap_studio.ui.canvas import bound_style
from qmap_studio.ui.canvas.bound_sheet import BoundSheet
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.outlines import BoxOutline
from qmap_studio.ui.tools.gradient import LINEAR
from qmap_studio.ui.tools.rectangle import RECTANGLE
from tests.ui.canvas.conftest import HEIGHT, WIDTH, Hand

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEYS, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
PINK = np.array(bound_style.COLOUR)


@pytest.fixture
def lossless(workspace: Workspace) -> Workspace:
    """A workspace whose tools paint without loss, with a soft brush of little flow."""
    workspace.brush = Brush(size_px=20, hardness=0.0, flow=0.1, quality=0.9, bound=WITHOUT_LOSS)
    return workspace


def test_a_stroke_is_without_loss_as_wide_as_its_ring(lossless: Workspace, document: Document, hand: Hand) -> None:
    quality = document.quality_map.values.copy()
    hand.press(40, 40)
    assert document.bounds is not None
    pane = lossless.panes.pane("original")
    assert pane.ring is not None
    assert (pane.ring.bound, len(pane.ring.radii)) == (WITHOUT_LOSS, 1), "soft edges there are none"
    assert (document.bounds[40, 30:50] == WITHOUT_LOSS).all()
    hand.move(80, 40)
    hand.release(80, 40)
    assert (document.bounds[40, 30:90] == WITHOUT_LOSS).all()
    np.testing.assert_array_equal(document.quality_map.values, quality)
    document.undo()
    assert document.bounds is None


@pytest.mark.parametrize(("button", "keys"), [(RIGHT, NO_KEYS), (LEFT, ALT)])
def test_right_button_and_alt_take_the_bound_away(
    button: Qt.MouseButton, keys: Qt.KeyboardModifier, lossless: Workspace, document: Document, hand: Hand
) -> None:
    document.bound_everywhere(3)
    quality = document.quality_map.values.copy()
    hand.press(40, 40, button, keys)
    hand.move(80, 40, keys)
    ring = lossless.panes.pane("original").ring
    assert ring is not None
    assert ring.bound == UNBOUNDED
    hand.release(80, 40, button, keys)
    assert document.bounds is not None
    assert (document.bounds[40, 35:85] == UNBOUNDED).all()
    assert document.bounds[90, 150] == 3
    np.testing.assert_array_equal(document.quality_map.values, quality)


def test_the_key_of_the_eraser_takes_it_away_too(lossless: Workspace, document: Document, hand: Hand) -> None:
    document.bound_everywhere(WITHOUT_LOSS)
    lossless.hold_erase(True)
    hand.drag((40, 40), (80, 40))
    lossless.hold_erase(False)
    assert document.bounds is not None
    assert document.bounds[40, 60] == UNBOUNDED


def test_a_rectangle_is_bounded_without_a_feather(lossless: Workspace, document: Document, hand: Hand) -> None:
    lossless.tool, lossless.feather_px = RECTANGLE, 30.0
    lossless.brush = Brush(size_px=20, bound=2)
    hand.press(20, 20)
    hand.move(60, 50)
    outlined = lossless.panes.preview
    assert isinstance(outlined, BoxOutline)
    assert outlined.bound == 2
    hand.release(60, 50)
    expected = np.full((HEIGHT, WIDTH), UNBOUNDED, np.uint8)
    expected[outlined.rect.slices] = 2
    np.testing.assert_array_equal(document.bounds, expected)


def test_switching_goes_to_and_fro_and_a_quality_ends_it(qtbot: QtBot, workspace: Workspace) -> None:
    with qtbot.waitSignals([workspace.bound_changed, workspace.brush_changed]):
        workspace.switch_bound()
    assert workspace.brush.bound == WITHOUT_LOSS
    workspace.switch_bound()
    assert workspace.brush.bound is None
    workspace.switch_bound()
    qtbot.keyClick(workspace, Qt.Key.Key_7)
    assert (workspace.brush.bound, workspace.brush.quality) == (None, 0.7)


def test_the_handles_of_a_gradient_stay_when_something_is_bounded(
    workspace: Workspace, document: Document, hand: Hand
) -> None:
    workspace.tool = LINEAR
    hand.drag((20, 20), (120, 20))
    shown = workspace.panes.preview
    assert shown is not None
    document.fill_rectangle(Rect(5, 5, 30, 30), 0.5, bound=WITHOUT_LOSS)
    assert workspace.panes.preview == shown
    hand.drag((120, 20), (120, 80))
    assert len(document.layers) == 3
    assert document.undo_name == "Move gradient"


# What is seen


def seen(workspace: Workspace) -> np.ndarray:
    """The pane with photo and map, int (H, W, 3)."""
    image = workspace.panes.pane("original").grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def pink(picture: np.ndarray) -> int:
    """How many pixels look like a rim or a line."""
    return int((np.abs(picture - PINK).sum(axis=2) < 90).sum())


def test_bounds_are_hatched_until_they_are_gone(workspace: Workspace, document: Document) -> None:
    before = seen(workspace)
    assert pink(before) == 0
    document.fill_rectangle(Rect(40, 20, 60, 40), 0.5, bound=WITHOUT_LOSS)
    assert pink(seen(workspace)) > 200
    workspace.panes.overlay = Overlay.HIDDEN
    assert pink(seen(workspace)) == 0
    workspace.panes.overlay = Overlay.SPOTLIGHT
    assert pink(seen(workspace)) > 200
    workspace.panes.overlay = Overlay.COLOUR
    workspace.panes.show_original_while(True)
    assert pink(seen(workspace)) == 0
    workspace.panes.show_original_while(False)
    document.clear_bounds()
    np.testing.assert_array_equal(seen(workspace), before)


def test_the_legend_says_what_is_hatched(workspace: Workspace, document: Document) -> None:
    legend = workspace.panes.pane("original").legend
    assert legend is not None
    assert not legend.isVisible()
    document.fill_rectangle(Rect(40, 20, 60, 40), 0.5, bound=WITHOUT_LOSS)
    assert (legend.isVisible(), legend.text) == (True, "Without loss")
    document.fill_rectangle(Rect(0, 0, 20, 20), 0.5, bound=3)
    document.fill_rectangle(Rect(0, 80, 20, 10), 0.5, bound=1)
    assert legend.text == "Without loss, ± 1 to 3 levels"
    document.clear_bounds()
    assert not legend.isVisible()


def test_another_picture_has_bounds_of_its_own(workspace: Workspace, document: Document) -> None:
    document.bound_everywhere(WITHOUT_LOSS)
    workspace.set_document(Document(document.picture))
    assert pink(seen(workspace)) == 0
    workspace.set_document(Document(document.picture, bounds=document.bounds))
    assert pink(seen(workspace)) > 200
    workspace.set_document(None)


SIDE = 120


def painted(bounds: np.ndarray, zoom: float, *parts: QRectF, ratio: float = 1.0) -> np.ndarray:
    """What a sheet paints on a grey screen, in one go or part by part: int (H, W, 3)."""
    height, width = bounds.shape
    size = round(zoom * SIDE * ratio)
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0x808080)
    sheet = BoundSheet()
    sheet.set_size(width, height)
    sheet.set_bounds(bounds)
    for part in parts or (sheet.bounds,):
        painter = QPainter(image)
        painter.setWorldTransform(QTransform.fromScale(zoom, zoom))
        sheet.paint(painter, part)
        painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(size, size, 4)[..., 2::-1].astype(int)


def blot() -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    bounds = np.full((SIDE, SIDE), UNBOUNDED, np.uint8)
    bounds[np.hypot(rows - 50, columns - 60) < 40] = WITHOUT_LOSS
    bounds[70:, 80:] = 4
    return bounds


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_patches_painted_by_and_by_meet(zoom: float, ratio: float) -> None:
    half = SIDE / 2
    parts = [QRectF(x, y, half, half) for x in (0, half) for y in (0, half)]
    np.testing.assert_array_equal(painted(blot(), zoom, *parts, ratio=ratio), painted(blot(), zoom, ratio=ratio))


def test_only_what_is_bounded_is_painted_and_its_rim_is_closed() -> None:
    bounds = blot()
    changed = (painted(bounds, 1.0) != 0x80).any(axis=2)
    assert not changed[bounds == UNBOUNDED].any()
    inside = np.pad(bounds != UNBOUNDED, 1)
    core = inside[1:-1, 1:-1] & inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    edge = (bounds != UNBOUNDED) & ~core
    assert (painted(bounds, 1.0)[edge] == PINK).all()


def test_without_loss_and_almost_look_different() -> None:
    share = [
        (painted(np.full((SIDE, SIDE), bound, np.uint8), 1.0)[2:-2, 2:-2] != 0x80).any(axis=2).mean()
        for bound in (WITHOUT_LOSS, 3)
    ]
    assert share[1] < 0.7 * share[0]
    assert share[0] < 0.3, "the photo is still seen"


def test_the_hatch_falls_where_that_of_what_is_stale_rises() -> None:
    hatched = painted(np.zeros((SIDE, SIDE), np.uint8), 1.0)[2:-2, 2:-2, 1]
    np.testing.assert_array_equal(hatched[1:, 1:], hatched[:-1, :-1])
    assert (hatched[1:, :-1] != hatched[:-1, 1:]).any()
