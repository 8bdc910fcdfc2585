"""The layers panel, the properties below it, and the history."""

from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QMenu,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from qmap_studio.core.cells import level_of
from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.document.brush import Brush
from qmap_studio.document.choice import Choice
from qmap_studio.document.layers import arrange
from qmap_studio.document.layers.adjustments import Adjustment, Blur, Invert, Shift
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


def type_number(panel: LayersPanel, name: str, value: float) -> None:
    field = next(field for field in shown(panel, QDoubleSpinBox) if field.accessibleName() == name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, f"{value:g}")
    QTest.keyClick(field, Qt.Key.Key_Return)


def adjust(panel: LayersPanel, *adjustments: Adjustment) -> None:
    panel.properties._subject.set_layer("Adjust", lambda layer: replace(layer, adjustments=adjustments))


def choose(button: QToolButton, text: str) -> None:
    """From the button's menu."""
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == text).trigger()


def button(panel: LayersPanel, name: str) -> QToolButton:
    return next(each for each in shown(panel, QToolButton) if each.accessibleName() == name)


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
    type_number(panel, "X", 30)
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


def test_what_only_some_shapes_are_is_in_between(panel: LayersPanel, document: Document) -> None:
    layer = document.layers[3]
    first, second = (placed.key for placed in layer.shapes)
    document.choose(Choice(layer.key, frozenset({first})))
    shown(panel, QCheckBox)[0].click()
    document.choose(Choice(layer.key, frozenset({first, second})))
    check = shown(panel, QCheckBox)[0]
    assert check.checkState() == Qt.CheckState.PartiallyChecked
    check.click()
    assert all(placed.is_inside for placed in document.layers[3].shapes)
    assert check.checkState() == Qt.CheckState.Checked
    check.click()
    assert not any(placed.is_inside for placed in document.layers[3].shapes)


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
    assert row(panel, 1).data(Qt.ItemDataRole.UserRole) == "maximum · 40 % · inside"


def test_adjustments_are_added_changed_ordered_and_taken_away(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 0))
    before = document.quality_map.values.copy()
    for kind in ("Invert", "Blur"):
        choose(button(panel, "Add an adjustment"), kind)
    slider(panel, "Radius")._tell(9.0)
    panel._edits.finish()
    assert document.layers[3].adjustments == (Invert(), Blur(9))
    assert document.quality_map.values[30, 35] == 65535 - level_of(0.9)
    button(panel, "Blur earlier").click()
    assert document.layers[3].adjustments == (Blur(9), Invert())
    button(panel, "Remove Invert").click()
    button(panel, "Remove Blur").click()
    assert (document.quality_map.values == before).all()
    assert document.edits[-5:] == (
        "Add adjustment",
        "Radius",
        "Order of adjustments",
        "Remove adjustment",
        "Remove adjustment",
    )


def test_a_slider_loses_nothing_that_another_one_previews(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 0))
    adjust(panel, Blur(4), Shift(0.1))
    slider(panel, "Radius")._tell(9.0)
    slider(panel, "Shift")._tell(0.2)
    panel._edits.finish()
    assert document.layers[3].adjustments == (Blur(9), Shift(0.2))


def test_a_drag_of_a_slider_is_one_edit_however_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, panel: LayersPanel, document: Document
) -> None:
    click(panel, row(panel, 1))
    edits, opacity = len(document.edits), slider(panel, "Opacity")
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    opacity._tell(0.5)
    panel._edits._rest.timeout.emit()  # held for long
    opacity._tell(0.4)
    assert len(document.edits) == edits
    opacity._slider.sliderReleased.emit()
    assert len(document.edits) == edits + 1
    assert document.layers[2].opacity == 0.4
    document.undo()
    assert document.layers[2].opacity == 1
    assert opacity.value == 1


def test_a_stroke_that_ends_a_preview_goes_on(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 1))
    slider(panel, "Opacity")._tell(0.4)
    QApplication.processEvents()
    document.begin_stroke(Brush(8, 1, 1, 0.8), 5, 5)
    panel._edits._rest.timeout.emit()
    assert document.is_drawing
    document.end_stroke()
    assert document.edits[-2:] == ("Opacity", "Stroke")


def test_numbers_follow_what_is_dragged_on_the_canvas(panel: LayersPanel, document: Document) -> None:
    layer = document.layers[3]
    key = layer.shapes[0].key
    document.choose(Choice(layer.key, frozenset({key})))
    document.preview(
        arrange.with_shapes(
            document.before_previews("Move shapes"),
            layer.key,
            {key},
            lambda one: replace(one, shape=one.shape.moved(7, 0)),
        ),
        "Move shapes",
    )
    field = next(field for field in shown(panel, QDoubleSpinBox) if field.accessibleName() == "X")
    assert field.value() == 27


def test_only_shapes_of_one_layer_are_selected_together(panel: LayersPanel, document: Document) -> None:
    panel.tree.expandAll()
    shapes = row(panel, 0)
    click(panel, row(panel, 0, 0, shapes))
    click(panel, row(panel, 1), Qt.KeyboardModifier.ControlModifier)
    assert document.choice == Choice(document.layers[2].key)
    assert [index.data() for index in panel.tree.selectionModel().selectedRows()] == ["Linear gradient 1"]
    click(panel, row(panel, 1, 0, shapes))
    panel.tree.selectAll()
    assert len(document.choice.shapes) == 2
    click(panel, row(panel, 0, 0, shapes), Qt.KeyboardModifier.ControlModifier)
    click(panel, row(panel, 1, 0, shapes), Qt.KeyboardModifier.ControlModifier)
    assert panel.tree.selectionModel().selectedRows() == [row(panel, 0)], "the layer is still the active one"


def test_what_is_open_stays_open(panel: LayersPanel, document: Document) -> None:
    panel.tree.expand(row(panel, 0))
    document.add_layer(LinearGradient((0, 0), (50, 0), 0.2, 0.3), "Linear gradient")
    assert panel.tree.isExpanded(row(panel, 1))
    document.undo()
    assert panel.tree.isExpanded(row(panel, 0))


def test_shapes_are_dragged_into_another_layer(panel: LayersPanel, document: Document) -> None:
    model, action = panel.tree.layer_model, Qt.DropAction.MoveAction
    duplicate, _ = arrange.duplicated(document.finish(), document.layers[3].key, "Other")
    document.change_layers(duplicate, "Duplicate layer")
    moving = document.layers[3].shapes[0]
    data = model.mimeData([row(panel, 1, 0, row(panel, 1))])
    assert not model.canDropMimeData(data, action, -1, -1, row(panel, 2)), "a gradient holds no shapes"
    model.dropMimeData(data, action, -1, -1, row(panel, 1, 0, row(panel, 0)))
    assert document.layers[4].shapes[1] is moving
    assert document.choice == Choice(document.layers[4].key, frozenset({moving.key}))


def test_a_layer_dropped_among_shapes_goes_above_their_layer(panel: LayersPanel, document: Document) -> None:
    data = panel.tree.layer_model.mimeData([row(panel, 2)])
    panel.tree.layer_model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, row(panel, 0))
    assert texts(panel) == ["Brush 1", "Shapes 1", "Linear gradient 1", "Base quality"]


def test_a_bound_is_chosen_by_its_name(panel: LayersPanel, document: Document) -> None:
    document.fill_rectangle(Rect(10, 60, 20, 20), 0.5, bound=0)
    layer = document.layers[-1]
    document.choose(Choice(layer.key, frozenset({layer.shapes[0].key})))
    assert [each.name for each in shown(panel, ValueSlider)] == [], "neither a quality nor a feather"
    keep = next(box for box in shown(panel, QComboBox) if box.accessibleName() == "Keep")
    assert keep.currentText() == "Without loss"
    keep.activated.emit(3)
    assert document.bounds is not None
    assert document.bounds[70, 20] == 3
    document.choose(Choice(layer.key))
    assert "Opacity" not in [each.name for each in shown(panel, ValueSlider)]


def test_handles_of_a_gradient_are_numbers(panel: LayersPanel, document: Document) -> None:
    click(panel, row(panel, 1))
    type_number(panel, "End X", 60)
    assert document.layers[2].end == (60, 0)
    type_number(panel, "End X", 0)
    assert document.layers[2].end == (60, 0), "both handles in one place have no direction"


def test_delete_deletes_shapes_and_then_layers(panel: LayersPanel, document: Document) -> None:
    panel.tree.expandAll()
    click(panel, row(panel, 0, 0, row(panel, 0)))
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert len(document.layers[3].shapes) == 1
    click(panel, row(panel, 0))
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert texts(panel) == ["Linear gradient 1", "Brush 1", "Base quality"]
    click(panel, row(panel, 2))
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert texts(panel)[-1] == "Base quality"


def test_a_layer_of_any_adjustment_is_added(panel: LayersPanel, document: Document) -> None:
    add = next(each for each in panel.findChildren(QToolButton) if each.accessibleName() == "New Adjustment Layer")
    choose(add, "Blur")
    assert document.active_layer is document.layers[-1]
    assert document.layers[-1].adjustments == (Blur(),)
    assert [each.name for each in shown(panel, ValueSlider)] == ["Radius", "Opacity"]


def test_the_sliders_of_a_new_adjustment_come_into_sight(qtbot: QtBot, opened: MainWindow) -> None:
    opened.resize(1100, 600)
    opened.actions_by_name["new_adjustment"].trigger()
    panel = opened.panel(LayersPanel)
    assert panel.isVisible()
    qtbot.waitUntil(lambda: not slider(panel, "Gamma").visibleRegion().isEmpty())


def test_menus_know_what_is_chosen(opened: MainWindow, panel: LayersPanel, document: Document) -> None:
    for place, is_enabled in ((3, False), (1, True)):
        click(panel, row(panel, place))
        assert opened.actions_by_name["duplicate_layer"].isEnabled() == is_enabled


def test_a_name_is_typed(panel: LayersPanel, document: Document) -> None:
    panel.tree.expandAll()
    click(panel, row(panel, 0, 0, row(panel, 0)))
    line = next(line for line in shown(panel, QLineEdit) if line.accessibleName() == "Class")
    line.setFocus()
    QTest.keyClicks(line, "sign")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.layers[3].shapes[1].label == "sign"


def test_texts_take_every_letter_and_digit(opened: MainWindow, panel: LayersPanel, document: Document) -> None:
    opened.activateWindow()
    panel.tree.expandAll()
    click(panel, row(panel, 0, 0, row(panel, 0)))
    assert opened.canvas is not None
    brush = opened.canvas.workspace.brush
    line = next(line for line in shown(panel, QLineEdit) if line.accessibleName() == "Class")
    line.setFocus()
    QApplication.processEvents()
    for letter in "Tree eE 12[],.":
        QTest.keyClicks(QApplication.focusWidget(), letter)
    assert line.text() == "Tree eE 12[],."
    assert opened.canvas.workspace.brush == brush
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert opened.canvas.workspace.hasFocus()


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


@pytest.mark.parametrize("kind", [QSlider, QComboBox, QDoubleSpinBox])
def test_the_wheel_scrolls_past_what_it_would_change(
    panel: LayersPanel, document: Document, kind: type[QWidget]
) -> None:
    edits, layers = document.edits, document.layers
    for widget in (widget for widget in panel.findChildren(kind) if widget.isVisible()):
        at = QPointF(widget.rect().center())
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
    assert document.edits == edits
    assert document.layers == layers
