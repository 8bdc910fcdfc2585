import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import cells_of
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Brush, Document
from qmap_studio.ui.canvas import bands
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.heat_sheet import HeatSheet
from qmap_studio.ui.canvas.navigator import Navigator
from qmap_studio.ui.canvas.picture_sheet import PictureSheet
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.geometry import Point
from qmap_studio.ui.tools.select import SELECT
from tests.ui.canvas.conftest import HEIGHT, WIDTH, Hand

WHOLE = Rect(0, 0, WIDTH, HEIGHT)
ALL = ["original", "reconstruction", "heat_map", "difference"]


def colour_in(workspace: Workspace, name: str, x: float, y: float) -> QColor:
    """What a pane shows at a point of the picture."""
    pane = workspace.panes.pane(name)
    image: QImage = pane.viewport().grab().toImage()
    at = pane.view.to_pane(Point(x, y), pane.size_device)
    return image.pixelColor(int(at.x), int(at.y))


def seen_in(workspace: Workspace, name: str, rect: Rect) -> QImage:
    """What a pane shows of a part of the picture."""
    pane = workspace.panes.pane(name)
    first = pane.view.to_pane(Point(rect.x, rect.y), pane.size_device)
    last = pane.view.to_pane(Point(rect.right, rect.bottom), pane.size_device)
    corners = QPoint(round(first.x), round(first.y)), QPoint(round(last.x) - 1, round(last.y) - 1)
    return pane.viewport().grab(QRect(*corners)).toImage()


def come_to_rest(workspace: Workspace) -> None:
    """The view has come to rest: everything is painted as it stays."""
    for pane in map(workspace.panes.pane, ALL):
        pane.set_moving(False)


def test_the_photo_is_shown_whole(workspace: Workspace) -> None:
    assert workspace.panes.visible == WHOLE
    assert workspace.zoom > 1


def test_a_dab_is_seen_at_once(workspace: Workspace, hand: Hand) -> None:
    before = colour_in(workspace, "original", 80.5, 48.5)
    hand.press(80.5, 48.5)
    hand.move(95.5, 48.5)
    after = colour_in(workspace, "original", 80.5, 48.5)
    assert after != before
    workspace.panes.overlay = Overlay.HIDDEN
    assert colour_in(workspace, "original", 80.5, 48.5).getRgb()[:3] == (48, 80, 128)  # the photo
    hand.release(95.5, 48.5)


@pytest.mark.parametrize("zoom", [0.37, 0.5, 0.6, 1.0, 1.3, 2.7, 3.0])
def test_piece_by_piece_a_stroke_is_painted_like_the_whole(zoom: float, workspace: Workspace, hand: Hand) -> None:
    workspace.panes.zoom_to(zoom)
    come_to_rest(workspace)
    pane = workspace.panes.pane("original")
    hand.press(30, 30)
    for x in range(31, 120, 7):
        hand.move(x, 30 + x / 4)
        QApplication.processEvents()
    hand.release(120, 60)
    pieces = pane.viewport().grab().toImage()
    pane.resetCachedContent()
    assert pane.viewport().grab().toImage() == pieces


def test_the_ring_moves_without_painting_the_photo(
    workspace: Workspace, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_to_rest(workspace)
    workspace.grab()
    painted: list[object] = []
    monkeypatch.setattr(PictureSheet, "paint", lambda *arguments: painted.append(arguments))
    before = colour_in(workspace, "original", 90.5, 48.5)
    hand.move(80.5, 48.5)
    assert colour_in(workspace, "original", 90.5, 48.5) != before  # the ring's right end
    assert not painted
    hand.press(80.5, 48.5)
    workspace.grab()
    assert painted


def test_undo_is_seen(workspace: Workspace, document: Document, hand: Hand) -> None:
    before = colour_in(workspace, "original", 80.5, 48.5)
    hand.drag((60, 48.5), (100, 48.5))
    assert colour_in(workspace, "original", 80.5, 48.5) != before
    document.undo()
    assert colour_in(workspace, "original", 80.5, 48.5) == before


def test_results_are_seen_where_they_are(workspace: Workspace) -> None:
    workspace.panes.show_only(ALL)
    workspace.panes.set_reconstruction(Rect(0, 0, 80, HEIGHT), np.full((HEIGHT, 80, 3), (10, 200, 30), np.uint8))
    workspace.panes.set_cell_bits(Rect(0, 0, 5, 6), np.full((6, 5), 512, np.float32))
    assert colour_in(workspace, "reconstruction", 40.5, 80.5).getRgb()[:3] == (10, 200, 30)
    assert colour_in(workspace, "reconstruction", 120.5, 80.5) != QColor(10, 200, 30)
    assert workspace.panes.bits_per_pixel_at(40, 50) == pytest.approx(2.0)
    assert workspace.panes.bits_per_pixel_at(120, 50) is None
    assert workspace.panes.bits_per_pixel_at(-1, -1) is None
    assert colour_in(workspace, "heat_map", 40.5, 50.5).lightness() > 120
    expected = [min(8 * abs(a - b), 248) for a, b in zip((80, 40, 120), (10, 200, 30), strict=True)]
    assert colour_in(workspace, "difference", 40.5, 80.5).getRgb()[:3] == tuple(expected)
    workspace.panes.clear_results()
    assert workspace.panes.bits_per_pixel_at(40, 50) is None
    assert colour_in(workspace, "reconstruction", 40.5, 80.5) != QColor(10, 200, 30)


def test_a_large_result_is_written_band_by_band_and_the_newest_stays(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bands, "WRITTEN_AT_ONCE_PX", 10 * WIDTH)
    workspace.panes.show_only(ALL)
    workspace.panes.set_reconstruction(WHOLE, np.full((HEIGHT, WIDTH, 3), (10, 200, 30), np.uint8))
    assert colour_in(workspace, "reconstruction", 120.5, 5.5).getRgb()[:3] == (10, 200, 30)
    assert colour_in(workspace, "reconstruction", 40.5, 80.5).getRgb()[:3] != (10, 200, 30)
    workspace.panes.set_reconstruction(Rect(0, 64, 80, 32), np.full((32, 80, 3), (90, 90, 90), np.uint8))
    qtbot.waitUntil(lambda: colour_in(workspace, "reconstruction", 40.5, 80.5).getRgb()[:3] == (90, 90, 90))
    assert colour_in(workspace, "reconstruction", 120.5, 80.5).getRgb()[:3] == (10, 200, 30)
    expected = [min(8 * abs(a - 90), 248) for a in (80, 40, 120)]
    qtbot.waitUntil(lambda: colour_in(workspace, "difference", 40.5, 80.5).getRgb()[:3] == tuple(expected))


def test_held_key_shows_the_bare_photo_everywhere(workspace: Workspace, hand: Hand) -> None:
    workspace.panes.show_only(ALL)
    workspace.panes.fit()
    workspace.panes.set_reconstruction(WHOLE, np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    workspace.panes.set_cell_bits(Rect(0, 0, 10, 6), np.ones((6, 10), np.float32))
    hand.drag((60, 48.5), (100, 48.5))
    workspace.panes.show_original_while(True)
    assert {colour_in(workspace, name, 80.5, 48.5).name() for name in ALL} == {"#305080"}
    workspace.panes.show_original_while(False)
    assert len({colour_in(workspace, name, 80.5, 48.5).name() for name in ALL}) == 4


def test_panes_are_linked(workspace: Workspace) -> None:
    workspace.panes.show_only(ALL)
    workspace.panes.zoom_to(5.0)
    workspace.pan_by(40, -30)
    views = {workspace.panes.pane(name).view for name in ALL}
    assert len(views) == 1
    assert views.pop().zoom == 5.0


def test_panes_come_and_go(qtbot: QtBot, workspace: Workspace) -> None:
    with qtbot.waitSignal(workspace.panes.panes_changed):
        workspace.panes.show_only(["original", "heat_map"])
    assert workspace.panes.pane("heat_map").isVisible()
    assert not workspace.panes.pane("reconstruction").isVisible()
    workspace.panes.swap_sides()
    assert workspace.panes.shown == ["heat_map", "original"]
    workspace.panes.toggle("heat_map")
    workspace.panes.toggle("original")
    assert workspace.panes.shown == ["original"]
    workspace.panes.toggle("difference")
    workspace.panes.toggle("reconstruction")
    assert workspace.panes.shown == ["original", "reconstruction", "difference"]
    workspace.panes.show_only(["original"])
    workspace.panes.swap_sides()
    with pytest.raises(ValueError, match="panes are one or more of"):
        workspace.panes.show_only(["attic"])


def test_the_wheel_zooms_at_the_cursor(qtbot: QtBot, workspace: Workspace) -> None:
    pane = workspace.panes.pane("original")
    position = QPointF(100, 200)
    under = pane.view.to_picture(Point(100, 200), pane.size_device)
    with qtbot.waitSignal(workspace.panes.view_changed) as changed:
        event = QWheelEvent(
            position,
            pane.viewport().mapToGlobal(position),
            QPoint(),
            QPoint(0, 360),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        before = workspace.zoom
        QApplication.sendEvent(pane.viewport(), event)
    assert workspace.zoom == pytest.approx(2 * before)
    after = pane.view.to_picture(Point(100, 200), pane.size_device)
    assert after == pytest.approx(under, abs=1.0 / workspace.zoom)
    assert changed.args == [workspace.panes.visible, workspace.zoom]


def test_a_fitted_picture_stays_fitted(workspace: Workspace) -> None:
    before = workspace.zoom
    workspace.resize(1200, 800)
    QApplication.processEvents()
    assert workspace.zoom > before
    assert workspace.panes.visible == WHOLE


def test_a_pane_off_the_screen_moves_nothing(qtbot: QtBot, workspace: Workspace) -> None:
    """What lies in the panes is painted coarsely while it moves, and Qt sends hidden panes their sizes late."""
    navigator = Navigator(workspace.panes.all_panes, workspace)
    with qtbot.waitSignal(navigator.moving_changed, check_params_cb=lambda moving: not moving):
        navigator.set_picture_size(HEIGHT, WIDTH)
    moving: list[bool] = []
    navigator.moving_changed.connect(moving.append)
    workspace.panes.pane("heat_map").resized.emit()
    assert not moving
    navigator.zoom_to(2 * navigator.view.zoom)
    assert moving == [True]


def test_another_screen_is_fitted_again(qtbot: QtBot, workspace: Workspace) -> None:
    with qtbot.waitSignal(workspace.panes.view_changed):
        QApplication.sendEvent(workspace.panes.pane("original"), QEvent(QEvent.Type.DevicePixelRatioChange))


def test_another_document_starts_over(workspace: Workspace, hand: Hand) -> None:
    workspace.panes.set_reconstruction(WHOLE, np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    workspace.panes.set_cell_bits(Rect(0, 0, 10, 6), np.ones((6, 10), np.float32))
    workspace.panes.zoom_to(8.0)
    other = Document(Picture(np.full((30, 50, 3), 90, np.uint8)))
    workspace.set_document(other)
    assert workspace.panes.visible == Rect(0, 0, 50, 30)
    assert workspace.panes.bits_per_pixel_at(1, 1) is None
    hand.drag((10, 10), (30, 10))
    assert other.is_modified


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 700), (900, 3), (15, 17)])
def test_any_size_is_shown(height: int, width: int, workspace: Workspace, hand: Hand) -> None:
    workspace.set_document(Document(Picture(np.full((height, width, 3), 90, np.uint8))))
    workspace.panes.show_only(ALL)
    workspace.panes.set_reconstruction(Rect(0, 0, width, height), np.full((height, width, 3), 80, np.uint8))
    cells = cells_of(Rect.whole(height, width))
    workspace.panes.set_cell_bits(cells, np.ones((cells.height, cells.width)))
    workspace.panes.show_grid(True)
    hand.drag((0, 0), (width, height))
    workspace.panes.zoom_to(64.0)
    workspace.grab()
    assert workspace.panes.visible.width >= 1


def test_hovering_names_the_pixel(workspace: Workspace, hand: Hand) -> None:
    seen: list[tuple[int, int]] = []
    workspace.pixel_hovered.connect(lambda x, y: seen.append((x, y)))
    hand.move(12.5, 34.5)
    hand.move(-3, 10)
    assert seen == [(12, 34), (-1, -1)]


def test_what_is_under_a_pointer_at_rest_follows_the_zoom(workspace: Workspace, hand: Hand) -> None:
    hand.move(80, 48)
    seen: list[tuple[int, int]] = []
    workspace.pixel_hovered.connect(lambda x, y: seen.append((x, y)))
    at = workspace.panes.pane("original").view.to_pane(Point(80, 48), workspace.panes.pane("original").size_device)
    workspace.panes.zoom_to(2 * workspace.zoom)
    pane = workspace.panes.pane("original")
    assert pane.ring is not None
    assert pane.ring.radius == pytest.approx(10 * workspace.zoom)
    under = pane.view.to_picture(at, pane.size_device)
    assert seen[-1] == (int(under.x), int(under.y))


def test_the_tint_of_a_quality_is_always_the_same(workspace: Workspace, hand: Hand, document: Document) -> None:
    def tinted() -> QColor:
        return colour_in(workspace, "original", 20.5, 20.5)

    scale = workspace.panes.pane("original").colour_scale
    assert scale.accessibleDescription() == "0, quality, 1"
    before = tinted()
    hand.drag((120, 60), (150, 60))
    assert tinted() == before
    document.fill_uniform(0.9)
    assert tinted() != before
    document.fill_uniform(0.5)
    assert tinted() == before
    assert scale.accessibleDescription() == "0, quality, 1"


def test_stale_blocks_are_hatched_on_the_results_only(workspace: Workspace) -> None:
    workspace.panes.show_only(ALL)
    workspace.panes.set_reconstruction(WHOLE, np.full((HEIGHT, WIDTH, 3), 120, np.uint8))
    workspace.panes.set_cell_bits(Rect(0, 0, 10, 6), np.ones((6, 10), np.float32))
    block, rest = Rect(129, 65, 30, 30), Rect(1, 1, 126, 62)
    fresh = {(name, part): seen_in(workspace, name, part) for name in ALL for part in (block, rest)}
    stale = np.zeros((2, 3), bool)
    stale[1, 2] = True
    workspace.panes.set_stale(stale)
    for name in ALL:
        assert seen_in(workspace, name, rest) == fresh[name, rest]
        assert (seen_in(workspace, name, block) == fresh[name, block]) == (name == "original")
    workspace.panes.show_original_while(True)
    assert seen_in(workspace, "heat_map", block) == seen_in(workspace, "original", block)
    workspace.panes.show_original_while(False)
    workspace.panes.set_stale(np.zeros((2, 3), bool))
    assert all(seen_in(workspace, name, part) == image for (name, part), image in fresh.items())


def test_new_results_begin_without_stale_blocks(workspace: Workspace) -> None:
    workspace.panes.show_only(["reconstruction"])
    fresh = seen_in(workspace, "reconstruction", WHOLE)
    workspace.panes.set_stale(np.ones((2, 3), bool))
    assert seen_in(workspace, "reconstruction", WHOLE) != fresh
    workspace.panes.clear_results()
    assert seen_in(workspace, "reconstruction", WHOLE) == fresh
    with pytest.raises(ValueError, match="blocks"):
        workspace.panes.set_stale(np.ones((3, 2), bool))


def test_a_rate_keeps_its_colour_whatever_others_come(workspace: Workspace) -> None:
    workspace.panes.show_only(["heat_map"])
    scale = workspace.panes.pane("heat_map").colour_scale
    assert scale.accessibleDescription() == "0.01, 0.1, 1, 10"
    workspace.panes.set_cell_bits(Rect(0, 0, 5, 6), np.full((6, 5), 4, np.float32))
    before = colour_in(workspace, "heat_map", 40.5, 50.5)
    workspace.panes.set_cell_bits(Rect(5, 0, 5, 6), np.full((6, 5), 4000, np.float32))
    assert colour_in(workspace, "heat_map", 40.5, 50.5) == before
    assert colour_in(workspace, "heat_map", 120.5, 50.5).lightness() > before.lightness()
    assert scale.accessibleDescription() == "0.01, 0.1, 1, 10"


def test_cells_at_the_edge_count_the_pixels_they_have() -> None:
    sheet = HeatSheet()
    sheet.set_picture_size(20, 33)
    sheet.set_bits(Rect(0, 0, 3, 2), np.array([[256, 256, 16], [64, 64, 4]], np.float32))
    assert [sheet.bits_per_pixel_at(x, y) for y in (0, 19) for x in (0, 32)] == [1, 1, 1, 1]


def test_the_ring_shows_the_brush(workspace: Workspace, hand: Hand) -> None:
    hand.move(80, 48)
    pane = workspace.panes.pane("original")
    assert pane.ring is not None
    assert pane.ring.radius == pytest.approx(10 * workspace.zoom)
    workspace.brush = Brush(size_px=40)
    assert pane.ring.radius == pytest.approx(20 * workspace.zoom)
    assert workspace.panes.pane("reconstruction").ring is not None
    workspace.tool = SELECT
    assert pane.ring is None


def test_overlay_settings(qtbot: QtBot, workspace: Workspace) -> None:
    with qtbot.waitSignal(workspace.panes.overlay_changed):
        workspace.panes.overlay_opacity = 1.5
    assert workspace.panes.overlay_opacity == 1.0
    assert workspace.panes.overlay is Overlay.COLOUR
    workspace.panes.cycle_overlay()
    assert workspace.panes.overlay is Overlay.SPOTLIGHT


def test_approximate_results_say_so(workspace: Workspace) -> None:
    caption = workspace.panes.pane("reconstruction").caption
    workspace.panes.set_approximate(True)
    assert caption.text() == "Reconstruction · approximate"
    workspace.panes.set_approximate(False)
    assert caption.text() == "Reconstruction"


def test_panes_have_accessible_names(workspace: Workspace) -> None:
    assert all(workspace.panes.pane(name).accessibleName() for name in ALL)
