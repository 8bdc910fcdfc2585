import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.canvas.wipe_handle import WipeHandle

DARK, LIGHT = (20, 30, 40), (220, 210, 200)


@pytest.fixture
def view(qtbot: QtBot) -> WipeView:
    view = WipeView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    dark, light = (Mipmap.of(np.full((300, 500, 3), level, np.uint8)) for level in (DARK, LIGHT))
    view.set_pictures(dark, light, "Painted", "Uniform")
    view.show()
    return view


def colour_at(view: WipeView, x: int, y: int) -> tuple[int, ...]:
    QApplication.processEvents()
    colour: QColor = view.grab().toImage().pixelColor(x, y)
    return colour.getRgb()[:3]


def test_side_by_side(view: WipeView) -> None:
    assert colour_at(view, 150, 200) == DARK
    assert colour_at(view, 450, 200) == LIGHT


@pytest.mark.parametrize("zoom", [None, 2.0])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_wipe_shows_one_picture_on_each_side(view: WipeView, share: float, zoom: float | None) -> None:
    view.mode = "wipe"
    if zoom is not None:
        view.zoom_to(zoom)
    view.share = share
    x = round(600 * share)
    assert colour_at(view, x - 20, 100) == DARK
    assert colour_at(view, x + 20, 100) == LIGHT


def test_the_handle_is_dragged_and_keys_move_it(qtbot: QtBot, view: WipeView) -> None:
    view.mode = "wipe"
    handle = view.findChild(WipeHandle)
    handle.dragged.emit(0.25)
    assert view.share == 0.25
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.share == pytest.approx(0.27)
    view.share = 7
    assert view.share == 1.0


def test_flicker_shows_both_in_turn(qtbot: QtBot, view: WipeView) -> None:
    view.mode = "flicker"
    seen = set()

    def both() -> bool:
        seen.add(colour_at(view, 300, 200))
        return seen == {DARK, LIGHT}

    qtbot.waitUntil(both, timeout=5000)


def test_pictures_of_different_sizes_are_refused(view: WipeView) -> None:
    with pytest.raises(ValueError, match="differ in size"):
        view.set_pictures(Mipmap(2, 2), Mipmap(2, 3), "", "")


def test_zoom_is_linked(qtbot: QtBot, view: WipeView) -> None:
    with qtbot.waitSignal(view.view_changed):
        view.zoom_to(4.0)
    assert [pane.view.zoom for pane in view.panes] == [4.0, 4.0]
