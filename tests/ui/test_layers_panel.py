"""The layers panel, the properties below it, and the history."""

from typing import TypeVar

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.document.choice import Choice
from qmap_studio.document.layers.adjustments import Blur, Invert
from qmap_studio.document.layers.gradient import LinearGradient
from qmap_studio.ui.layers.model import EYE, LOCK
from qmap_studio.ui.panels.history import HistoryPanel
from qmap_studio.ui.panels.layers import LayersPanel
from qmap_studio.ui.widgets.slider import ValueSlider
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, open_photo, paint_line

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def document(opened: MainWindow) -> Document:
    """Base, brush, gradient, two shapes."""
    document = opened.controller.document
    assert document is not None
    paint_line(opened)
    document.add_layer(LinearGradient((0, 0), (100, 0), 0.1, 0.9), "Linear gradient")
    document.fill_rectangle(Rect(20, 20, 30, 20), 0.9)
    document.fill_rectangle(Rect(80, 20, 30, 20), 0.2)
    return document


@pytest.fixture
def panel(opened: MainWindow, document: Document) -> LayersPanel:
    panel = opened.panel(LayersPanel)
    opened._side.show_panel(panel)
    return panel


def row(panel: LayersPanel, n: int, column: int = 0, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
    return panel.tree.layer_model.index(n, column, parent)


def texts(panel: LayersPanel) -> list[str]:
    return [row(panel, n).data() for n in range(panel.tree.layer_model.rowCount())]


def click(panel: LayersPanel, index: QModelIndex, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier(0)) -> None:  # noqa: B008
    panel.tree.scrollTo(index)
    place = panel.tree.visualRect(index).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def shown(panel: LayersPanel, kind: type[W]) -> list[W]:
    """Of the properties."""
    QApplication.processEvents()
    return [widget for widget in panel.properties.findChildren(kind) if widget.isVisibleTo(panel.properties)]


def slider(panel: LayersPanel, name: str) -> ValueSlider:
    return next(slider for slider in shown(panel, ValueSlider) if slider.name == name)


def test_layers_are_listed_from_the_top_and_shapes_below_theirs(panel: LayersPanel, document: Document) -> None:
    assert texts(panel) == ["Shapes 1", "Linear gradient 1", "Brush 1", "Base quality"]
    shapes = row(panel, 0)
    assert panel.tree.layer_model.rowCount(shapes) == 2
    assert row(panel, 0, 0, shapes).data() == "Rectangle"
    document.undo()
    document.undo()
    assert texts(panel) == ["Linear gradient 1", "Brush 1", "Base quality"]


def test_selecting_is_choosing_and_the_other_way_round(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 2))
    assert document.active_layer is document.layers[1]
    assert [slider.name for slider in shown(panel, ValueSlider)] == ["Opacity"]
    shapes = document.layers[3]
    document.choose(Choice(shapes.key, frozenset({shapes.shapes[0].key})))
    assert panel.tree.currentIndex().data(Qt.ItemDataRole.UserRole) == "0.90"
    click(panel, row(panel, 3))
    assert [slider.name for slider in shown(panel, ValueSlider)] == ["Quality"]


def test_several_shapes_are_selected_and_set_at_once(qtbot: QtBot, panel: LayersPanel, document: Document) -> None:
    panel.tree.expandAll()
    shapes = row(panel, 0)
    click(panel, row(panel, 0, 0, shapes))
    click(panel, row(panel, 1, 0, shapes), Qt.KeyboardModifier.ControlModifier)
    assert len(document.choice.shapes) == 2
    quality = slider(panel, "Quality (mixed)")
    edits = len(document.edits)
    for value in (0.5, 0.6, 0.7):
        quality._tell(value)
    panel._edits.finish()
    assert {placed.quality for placed in document.layers[3].shapes} == {0.7}
    assert len(document.edits) == edits + 1
    x = next(field for field in shown(panel, QDoubleSpinBox) if field.accessibleName() == "X")
    x.setValue(30)
    assert [placed.shape.x for placed in document.layers[3].shapes] == [30, 90]


def test_eye_and_lock_are_switched_and_undone(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 0, EYE))
    assert not document.layers[3].visible
    assert document.quality_map.values[30, 30] != level_of(0.9)
    click(panel, row(panel, 1, LOCK))
    assert document.layers[2].locked
    assert document.edits[-2:] == ("Show or hide layer", "Lock layer")
    click(panel, row(panel, 3, EYE))
    assert document.layers[0].visible, "the base is not hidden"
    document.undo()
    document.undo()
    assert document.layers[3].visible


def test_a_row_is_renamed(panel: LayersPanel, document: Document) -> None:
    model = panel.tree.layer_model
    assert model.setData(row(panel, 0), "Faces")
    assert document.layers[3].name == "Faces"
    assert model.setData(row(panel, 1, 0, row(panel, 0)), "Left")
    assert document.layers[3].shapes[0].name == "Left"
    assert row(panel, 1, 0, row(panel, 0)).data() == "Left"


def test_rows_are_dragged_to_other_places(panel: LayersPanel, document: Document) -> None:
    model, action = panel.tree.layer_model, Qt.DropAction.MoveAction
    for source, at, expected in (
        (0, 3, ["Linear gradient 1", "Brush 1", "Shapes 1"]),
        (2, 0, ["Shapes 1", "Linear gradient 1", "Brush 1"]),
        (0, 4, ["Linear gradient 1", "Brush 1", "Shapes 1"]),
    ):
        data = model.mimeData([row(panel, source)])
        model.dropMimeData(data, action, at, 0, QModelIndex())
        assert texts(panel) == [*expected, "Base quality"]
    data = model.mimeData([row(panel, 3)])
    model.dropMimeData(data, action, 0, 0, QModelIndex())
    assert texts(panel)[-1] == "Base quality"
    shapes = row(panel, 2)
    first = document.layers[1].shapes[0]
    data = model.mimeData([row(panel, 1, 0, shapes)])
    model.dropMimeData(data, action, 0, 0, shapes)
    assert document.layers[1].shapes[-1] is first


def test_commands_of_the_layer_menu(opened: MainWindow, panel: LayersPanel, document: Document) -> None:
    actions = opened.actions_by_name
    click(panel, row(panel, 1))
    actions["duplicate_layer"].trigger()
    assert texts(panel)[:3] == ["Shapes 1", "Linear gradient 2", "Linear gradient 1"]
    actions["raise_layer"].trigger()
    assert texts(panel)[0] == "Linear gradient 2"
    actions["delete_layer"].trigger()
    actions["new_brush_layer"].trigger()
    assert document.active_layer is not None
    assert document.active_layer.name == "Brush 2"
    actions["new_adjustment"].trigger()
    assert texts(panel)[0] == "Levels 1"
    actions["layer_inside"].trigger()
    click(panel, row(panel, len(texts(panel)) - 1))
    for name in ("duplicate_layer", "raise_layer", "layer_locked"):
        opened._actions.refresh()
        assert not actions[name].isEnabled()
    while document.undo() is not None:
        pass
    assert texts(panel) == ["Base quality"]


def test_rule_opacity_and_inside(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 1))
    slider(panel, "Opacity")._tell(0.4)
    panel._edits.finish()
    box = shown(panel, QComboBox)[0]
    box.activated.emit(1)
    shown(panel, QCheckBox)[0].click()
    gradient = document.layers[2]
    assert (gradient.opacity, gradient.rule.value, gradient.is_inside) == (0.4, "maximum", True)
    assert row(panel, 1).data(Qt.ItemDataRole.UserRole) == "maximum · 40% · ◎"


def test_adjustments_are_added_changed_and_taken_away(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 0))
    before = document.quality_map.values.copy()
    panel.properties._set_adjustments((Invert(), Blur(4)), "Adjust")
    slider(panel, "Radius")._tell(9.0)
    panel._edits.finish()
    assert document.layers[3].adjustments == (Invert(), Blur(9))
    assert document.quality_map.values[30, 35] == 65535 - level_of(0.9)
    panel.properties._set_adjustments((), "Remove adjustment")
    assert (document.quality_map.values == before).all()
    assert document.edits[-3:] == ("Adjust", "Radius", "Remove adjustment")


def test_a_name_is_typed(panel: LayersPanel, document: Document) -> None:
    panel.tree.expandAll()
    click(panel, row(panel, 0, 0, row(panel, 0)))
    line = next(line for line in shown(panel, QLineEdit) if line.accessibleName() == "Class")
    line.setFocus()
    QTest.keyClicks(line, "sign")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.layers[3].shapes[1].label == "sign"


def test_a_hundred_thousand_shapes_do_not_hurt(panel: LayersPanel, document: Document) -> None:
    from qmap_studio.document.layers.placed_shape import PlacedShape
    from qmap_studio.document.shapes import Rectangle

    document.add_shapes([PlacedShape(Rectangle(n, 200, 2, 2), 0.5) for n in range(100_000)], "Boxes")
    document.choose(Choice(document.layers[-1].key))
    panel.tree.expandAll()
    assert panel.tree.layer_model.rowCount(row(panel, 0)) == 100_002


def test_history_lists_edits_and_goes_to_any(opened: MainWindow, document: Document) -> None:
    history = opened.panel(HistoryPanel)
    opened._side.show_panel(history)
    model = history.model
    names = [model.index(n).data() for n in range(model.rowCount())]
    assert names == ["As it was opened", "Stroke", "Linear gradient", "Rectangle", "Rectangle"]
    history.view.clicked.emit(model.index(1))
    assert document.position == 1
    assert history.view.currentIndex().row() == 1
    assert model.index(2).data(Qt.ItemDataRole.ForegroundRole) is not None
    history.view.clicked.emit(model.index(4))
    assert len(document.layers) == 4
    history.view.clicked.emit(model.index(0))
    assert not document.is_modified


def test_both_follow_the_tab_in_front(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, panel: LayersPanel, document: Document
) -> None:
    open_photo(qtbot, opened, engine, "other.png")
    assert texts(panel) == ["Base quality"]
    opened.controller.step(1)
    assert texts(panel)[0] == "Shapes 1"
    for _ in range(2):
        opened.controller.documents.front.document.mark_saved()  # type: ignore[union-attr]
        opened.close_document()
    assert texts(panel) == []
