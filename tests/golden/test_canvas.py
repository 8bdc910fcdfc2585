"""What the canvas paints over a photo: the map, the brush, outlines, the selection, bits, and what is stale.

Only the picture's own pixels are compared, without the row of caption and legends: fonts differ between machines.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import cells_across
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush, Document
from qmap_studio.ui.canvas import header
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.tools.gradient import LINEAR, RADIAL
from qmap_studio.ui.tools.rectangle import RECTANGLE
from qmap_studio.ui.tools.tool import Tool
from tests.fixtures import sample_photo
from tests.golden.conftest import Check
from tests.ui.canvas.conftest import Hand

FACE = Rect(200, 84, 160, 144)
"""A part of the sample photo with skin, hair and a soft background."""
SEEN = Rect(0, 28, FACE.width, FACE.height - 28 - 32)
"""Of that what is compared."""


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[Workspace]:
    pixels = np.ascontiguousarray(sample_photo().pixels[FACE.slices])
    workspace = Workspace()
    qtbot.addWidget(workspace)
    workspace.resize(2 * FACE.width, 2 * FACE.height + header.HEIGHT)
    workspace.panes.show_only(["original"])
    workspace.set_document(Document(Picture(pixels)))
    workspace.brush = Brush(size_px=48, hardness=0.4, flow=1.0, quality=0.9)
    workspace.show()
    return workspace


@pytest.fixture
def hand(workspace: Workspace) -> Hand:
    return Hand(workspace)


def seen(workspace: Workspace, name: str) -> np.ndarray:
    """What a pane shows of the picture, uint8 (H, W, 3)."""
    pane = workspace.panes.pane(name)
    pane.set_moving(False)
    first = pane.view.to_pane(Point(SEEN.x, SEEN.y), pane.size_device)
    last = pane.view.to_pane(Point(SEEN.right, SEEN.bottom), pane.size_device)
    part = QRect(QPoint(round(first.x), round(first.y)), QPoint(round(last.x) - 1, round(last.y) - 1))
    return pixels_of(pane.viewport().grab(part).toImage())


def pixels_of(image: QImage) -> np.ndarray:
    """uint8 (H, W, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.parametrize("overlay", [each for each in Overlay if each is not Overlay.HIDDEN])
def test_the_map_over_the_photo(workspace: Workspace, hand: Hand, check_picture: Check, overlay: Overlay) -> None:
    hand.drag((40, 90), (120, 60))
    workspace.panes.overlay = overlay
    QApplication.processEvents()
    check_picture(f"overlay_{overlay.name.lower()}", seen(workspace, "original"))


@pytest.mark.parametrize("zoom", [2.0, 4.0])
def test_where_error_bounds_hold(workspace: Workspace, hand: Hand, check_picture: Check, zoom: float) -> None:
    workspace.switch_bound()
    hand.drag((40, 90), (100, 60))
    assert workspace.document is not None
    workspace.document.fill_rectangle(Rect(90, 70, 40, 40), 0.5, bound=3)
    workspace.document.fill_rectangle(Rect(60, 74, 6, 6), 0.5, bound=UNBOUNDED)
    workspace.panes.zoom_to(zoom)
    QApplication.sendEvent(workspace.panes.pane("original"), QEvent(QEvent.Type.Leave))  # no brush in the picture
    if zoom == 2.0:
        check_picture("bounds", seen(workspace, "original"))
    else:
        pane = workspace.panes.pane("original")
        pane.set_moving(False)
        part = QRect(40, 80, 2 * SEEN.width - 80, 2 * SEEN.height - 80)
        check_picture("bounds_enlarged", pixels_of(pane.viewport().grab(part).toImage()))


def test_the_ring_of_the_brush(workspace: Workspace, check_picture: Check) -> None:
    pane = workspace.panes.pane("original")
    at = pane.view.to_pane(Point(80, 80), pane.size_device)
    QTest.mouseMove(pane.viewport(), QPoint(round(at.x), round(at.y)))
    check_picture("brush_ring", seen(workspace, "original"))


@pytest.mark.parametrize("tool", [RECTANGLE, LINEAR, RADIAL])
def test_the_outline_of_what_is_drawn(workspace: Workspace, hand: Hand, check_picture: Check, tool: Tool) -> None:
    workspace.tool = tool
    hand.press(40, 50)
    hand.move(110, 100)
    check_picture(f"outline_{tool.name}", seen(workspace, "original"))
    hand.release(110, 100)


def test_the_selection(workspace: Workspace, check_picture: Check) -> None:
    workspace.set_selection(Rect(48, 48, 64, 56))
    check_picture("selection", seen(workspace, "original"))


def test_the_heat_map(workspace: Workspace, check_picture: Check) -> None:
    workspace.panes.show_only(["heat_map"])
    rows, columns = cells_across(FACE.height), cells_across(FACE.width)
    # From 0.002 to 40 bits per pixel, beyond both ends of its scale.
    bits = np.geomspace(0.5, 10_000, rows * columns, dtype=np.float32).reshape(rows, columns)
    workspace.panes.set_cell_bits(Rect.whole(rows, columns), bits)
    check_picture("heat_map", seen(workspace, "heat_map"))


def test_what_is_stale(workspace: Workspace, qtbot: QtBot, check_picture: Check) -> None:
    workspace.panes.show_only(["reconstruction"])
    assert workspace.document is not None
    whole = Rect.whole(FACE.height, FACE.width)
    workspace.panes.set_reconstruction(whole, workspace.document.picture.pixels // 2 + 64)
    qtbot.waitUntil(lambda: not workspace.panes.is_writing)
    workspace.panes.set_stale(np.array([[True, False, True], [False, True, False], [False, False, False]]))
    check_picture("stale", seen(workspace, "reconstruction"))
