"""What is said about a pane stands above it, never on the photo; and the grid says how wide its squares are."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Document
from qmap_studio.ui.canvas.grid_sheet import GridSheet
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.widgets.elided import ElidedLabel

ALL = ["original", "reconstruction", "heat_map", "difference"]


def rect_in(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint()), widget.size())


def on_photo(root: QWidget, viewport: QWidget) -> list[str]:
    """What is seen over a pane's photo; a pane without one says so in its place."""
    photo = rect_in(viewport, root)
    return [
        type(part).__name__
        for part in root.findChildren(QWidget)
        if part.isVisible()
        and part is not viewport
        and not part.isAncestorOf(viewport)
        and part is not getattr(part.parent(), "placeholder", None)
        and rect_in(part, root).intersects(photo)
    ]


@pytest.mark.parametrize("width", [1500, 800, 400])
def test_nothing_lies_on_the_photo(workspace: Workspace, document: Document, width: int) -> None:
    workspace.resize(width, 600)
    workspace.panes.show_only(ALL)
    document.bound_everywhere(WITHOUT_LOSS)
    workspace.panes.show_grid(True)
    workspace.panes.set_approximate(True)
    QApplication.processEvents()
    for name in ALL:
        pane = workspace.panes.pane(name)
        assert on_photo(workspace, pane.viewport()) == []
        assert pane.viewport().height() == pane.height() - pane.header.height()
        assert pane.header.rect().contains(pane.caption.geometry())


def test_a_legend_moves_no_pixel_of_the_photo(workspace: Workspace, document: Document) -> None:
    pane = workspace.panes.pane("original")
    QApplication.processEvents()
    before = pane.viewport().geometry(), pane.view
    document.bound_everywhere(WITHOUT_LOSS)
    QApplication.processEvents()
    assert pane.legend.isVisible()
    assert (pane.viewport().geometry(), pane.view) == before


def test_both_titles_of_a_wipe_stand_above_it(qtbot: QtBot) -> None:
    view = WipeView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    grey = Mipmap.of(np.full((300, 500, 3), 90, np.uint8))
    view.set_pictures(grey, grey, "Painted", "Uniform")
    view.mode = "wipe"
    view.show()
    QApplication.processEvents()
    assert on_photo(view, view.panes[0].viewport()) == ["WipeHandle"]
    texts = [label.text() for label in view.panes[0].header.findChildren(ElidedLabel) if label.isVisible()]
    assert texts == ["Painted", "Uniform"]


@pytest.mark.parametrize(("zoom", "px"), [(1.0, 16), (0.4, 16), (0.29, 64), (0.08, 256)])
def test_the_grid_is_seen_at_any_zoom_and_says_its_step(
    qtbot: QtBot, workspace: Workspace, zoom: float, px: int
) -> None:
    workspace.set_document(Document(Picture(np.full((1200, 1600, 3), 90, np.uint8))))
    workspace.panes.zoom_to(zoom)
    pane = workspace.panes.pane("original")
    pane.set_moving(False)
    without = pane.viewport().grab().toImage()
    workspace.panes.show_grid(True)
    assert pane.viewport().grab().toImage() != without
    assert pane.grid.step(zoom) == px
    assert f"{px} px grid" in pane.caption.text()
    workspace.panes.show_grid(False)
    assert "grid" not in pane.caption.text()


def test_a_coarser_grid_lies_on_lines_of_the_cells() -> None:
    sheet = GridSheet(16)
    steps = {sheet.step(zoom) for zoom in np.geomspace(0.001, 64, 500)}
    assert all(step % 16 == 0 for step in steps)
    assert all(sheet.step(zoom) * zoom >= 6 for zoom in np.geomspace(0.001, 64, 500))


def test_a_caption_is_shortened_where_there_is_little_room(qtbot: QtBot) -> None:
    label = ElidedLabel("Original + quality map")
    qtbot.addWidget(label)
    label.resize(60, 20)
    assert label.shown_text.endswith("…")
    label.resize(400, 20)
    assert label.shown_text == label.text()
