"""Annotations are seen over the photo while it is decided what they get, and become shapes of its map."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.cells import level_of
from qmap_studio.document import Annotation, AnnotationsFile, Document
from qmap_studio.document.annotations.rules import ClassRule, Length, Overlap, Rules
from qmap_studio.document.annotations.rules_file import read_rules, rules_text
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.engine import AnnotationsRead, PictureOpened, ReadAnnotations, Result
from qmap_studio.ui.annotations.classes import KEEP, NAME, ClassModel
from qmap_studio.ui.annotations.length_row import LengthRow
from qmap_studio.ui.annotations.panel import AnnotationsPanel
from qmap_studio.ui.outlines import ContourOutline
from qmap_studio.ui.widgets.slider import ValueSlider
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, paint_line, photo

FACE, SIGN = Annotation.box("face", 20, 20, 40, 40, 0.9), Annotation.box("sign", 50, 30, 60, 40, 0.6)
FOUND = AnnotationsFile((FACE, SIGN), ("1 of 3 was left out.",))
PATH = Path("boxes.json")
BASE = level_of(0.5)


@pytest.fixture
def show(
    qtbot: QtBot, opened: MainWindow, deliver: Callable[[Result], None]
) -> Callable[[AnnotationsFile], AnnotationsPanel]:
    """Lets the window show what a file holds."""

    def show(found: AnnotationsFile = FOUND) -> AnnotationsPanel:
        document = document_of(opened)
        deliver(AnnotationsRead(2, document.picture, PATH, found))
        panel = opened.annotating.panel
        assert panel is not None
        settle(qtbot, opened)
        return panel

    return show


@pytest.fixture
def panel(show: Callable[[], AnnotationsPanel]) -> AnnotationsPanel:
    return show()


def document_of(window: MainWindow) -> Document:
    document = window.controller.document
    assert document is not None
    return document


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Waits until what is seen is by the rules as they are."""
    annotating = window.annotating
    qtbot.waitUntil(lambda: annotating._task is None or annotating._task.shown == annotating._task.panel.rules)


def quality_at(window: MainWindow, x: int, y: int) -> float:
    return round(float(document_of(window).quality_map.values[y, x]) / 65535, 2)


def slider(panel: AnnotationsPanel, name: str) -> ValueSlider:
    return next(found for found in panel.findChildren(ValueSlider) if found.name == name and found.isVisible())


def press(panel: AnnotationsPanel, name: str) -> None:
    button = next(found for found in panel.footer.findChildren(QPushButton) if found.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_in(panel: AnnotationsPanel, row: int, text: str) -> bool:
    return panel.table.model().setData(panel.table.model().index(row, KEEP), text)


def test_what_a_file_holds_is_seen_over_the_photo_and_taken(opened: MainWindow, panel: AnnotationsPanel) -> None:
    document = document_of(opened)
    assert panel.isVisible()
    assert panel.summary == "2 of 2 annotations · 24 % of the picture"
    assert quality_at(opened, 30, 30) == quality_at(opened, 100, 60) == 0.9
    assert opened.canvas is not None
    outline = opened.canvas.workspace.panes.pane("original").annotations.outline
    assert isinstance(outline, ContourOutline)
    assert len(outline.groups) == 2
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened.annotating.panel is None
    assert opened.canvas.workspace.panes.pane("original").annotations.outline is None
    assert document.undo_name == "Annotations"
    layer = document.active_layer
    assert isinstance(layer, ShapeLayer)
    assert (layer.name, [placed.label for placed in layer.shapes]) == ("boxes.json", ["face", "sign"])
    opened.controller.undo()
    assert quality_at(opened, 30, 30) == 0.5
    assert not document.is_modified


def test_given_up_the_map_is_as_it_was(opened: MainWindow, panel: AnnotationsPanel) -> None:
    press(panel, "Cancel")
    document = document_of(opened)
    assert opened.annotating.panel is None
    assert (document.quality_map.values == BASE).all()
    assert not document.is_modified
    assert document.edits == ()


def test_faces_low_and_signs_high(qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel) -> None:
    """A shape takes the place of the rest though its quality is lower; where shapes meet, the higher one counts."""
    panel.table.selectRow(0)
    slider(panel, "Quality").value_changed.emit(0.2)
    panel.table.selectRow(1)
    slider(panel, "Quality").value_changed.emit(0.95)
    settle(qtbot, opened)
    assert (quality_at(opened, 30, 30), quality_at(opened, 55, 50), quality_at(opened, 100, 60)) == (0.2, 0.95, 0.95)
    assert quality_at(opened, 140, 90) == 0.5


def test_the_order_of_classes_decides_where_it_is_asked_to(
    qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel
) -> None:
    panel.rules = replace(
        Rules(overlap=Overlap.ORDER, feather=Length(0)),
        classes=(("FACE", ClassRule(0.2)), ("sign", ClassRule(0.95))),
    )
    panel.rules_changed.emit()
    settle(qtbot, opened)
    assert quality_at(opened, 55, 50) == 0.2
    model = panel.table.model()
    assert isinstance(model, ClassModel)
    panel.table.selectRow(1)
    panel._movers[0].click()
    settle(qtbot, opened)
    assert [model.label(row) for row in range(2)] == ["sign", "face"]
    assert quality_at(opened, 55, 50) == 0.95


def test_the_table_says_what_a_class_gets(qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel) -> None:
    model = panel.table.model()
    assert type_in(panel, 0, "lossless")
    assert type_in(panel, 1, "0,25")
    assert not type_in(panel, 1, "a lot")
    assert [model.index(row, KEEP).data() for row in range(2)] == ["Without loss", "0.25"]
    settle(qtbot, opened)
    bounds = document_of(opened).bounds
    assert bounds is not None
    assert bounds[30, 30] == WITHOUT_LOSS
    assert quality_at(opened, 100, 60) == 0.25


def test_classes_are_switched_by_a_click_or_the_space_bar(
    qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel
) -> None:
    panel.table.selectRow(1)
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    settle(qtbot, opened)
    assert (quality_at(opened, 100, 60), quality_at(opened, 30, 30)) == (0.5, 0.9)
    assert panel.summary.startswith("1 of 2 annotations")
    assert panel.table.model().index(1, KEEP).data() == "off"
    assert panel.table.model().index(1, NAME).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_score_padding_feather_and_the_rest(qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel) -> None:
    slider(panel, "Least score").value_changed.emit(0.7)
    settle(qtbot, opened)
    assert quality_at(opened, 100, 60) == 0.5
    padding, feather = panel.findChildren(LengthRow)
    feather.length, padding.length = Length(0), Length(10)
    for row in (feather, padding):
        row.changed.emit()
    next(box for box in panel.findChildren(QCheckBox) if box.text() == "Set the rest to").click()
    settle(qtbot, opened)
    assert [quality_at(opened, x, 40) for x in (5, 12, 65, 75)] == [0.1, 0.9, 0.9, 0.1]
    padding.length = Length(50, is_percent=True)
    padding.changed.emit()
    settle(qtbot, opened)
    assert quality_at(opened, 75, 40) == 0.9


def test_what_was_left_out_is_said(panel: AnnotationsPanel) -> None:
    from PySide6.QtWidgets import QLabel

    assert "1 of 3 was left out." in [label.text() for label in panel.findChildren(QLabel)]


def test_going_on_to_paint_takes_them_as_they_are_seen(opened: MainWindow, panel: AnnotationsPanel) -> None:
    paint_line(opened)
    document = document_of(opened)
    assert opened.annotating.panel is None
    assert document.edits == ("Annotations", "Stroke")


def test_another_photo_takes_the_place_of_what_was_to_be_decided(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, panel: AnnotationsPanel
) -> None:
    document = document_of(opened)
    with qtbot.waitSignal(opened.controller.document_shown):
        engine.deliver(PictureOpened(3, Path("next.png"), photo()))
    assert opened.annotating.panel is None
    assert document.edits == ("Annotations",)
    assert (document_of(opened).quality_map.values == BASE).all()


def test_undone_while_it_is_decided_nothing_is_remembered(
    qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel
) -> None:
    opened.controller.undo()
    assert opened.annotating.panel is None
    assert (document_of(opened).quality_map.values == BASE).all()
    qtbot.wait(0)
    assert opened.settings.annotated == {}


def test_figures_tell_inside_from_outside_before_it_is_decided(opened: MainWindow, panel: AnnotationsPanel) -> None:
    assert opened.controller.threshold == pytest.approx(0.7, abs=0.2)


def test_return_in_a_field_takes_its_number(opened: MainWindow, panel: AnnotationsPanel) -> None:
    field = slider(panel, "Quality")._field
    field.setFocus()
    QTest.keyClicks(field, "\b\b\b\b0.33")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert opened.annotating.panel is panel
    QTest.keyClick(panel.table, Qt.Key.Key_Escape)
    assert opened.annotating.panel is None


def test_what_is_typed_into_the_table_may_be_what_it_shows(opened: MainWindow, panel: AnnotationsPanel) -> None:
    for typed, shown in (
        ("Without loss", "Without loss"),
        ("± 2 levels", "± 2 levels"),
        ("80 %", "0.80"),
        ("off", "off"),
    ):
        assert type_in(panel, 0, typed)
        assert panel.table.model().index(0, KEEP).data() == shown
    told: list[str] = []
    panel.told.connect(told.append)
    assert not type_in(panel, 0, "80")
    assert told[0].startswith('"80" is no quality')


def test_the_keyboard_edits_a_class_in_any_column(opened: MainWindow, panel: AnnotationsPanel) -> None:
    panel.table.setCurrentIndex(panel.table.model().index(0, NAME))
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "0.9"


def test_annotations_by_the_rules_of_the_folder_are_not_taken_twice(
    qtbot: QtBot, opened: MainWindow, deliver: Callable[[Result], None], show: Callable[[], AnnotationsPanel]
) -> None:
    document = document_of(opened)
    deliver(AnnotationsRead(4, document.picture, PATH, FOUND, rules=Rules()))
    layers = document.layers
    panel = show()
    press(panel, "Cancel")
    assert document.layers == layers
    assert not document.is_modified
    panel = show()
    press(panel, "Import")
    assert len(document.layers) == len(layers)


def test_another_file_takes_the_place_of_the_one_before_which_is_taken_as_it_is_seen(
    opened: MainWindow, panel: AnnotationsPanel, show: Callable[[AnnotationsFile], AnnotationsPanel]
) -> None:
    type_in(panel, 0, "0.3")  # not seen yet
    other = show(AnnotationsFile((Annotation.box("cat", 120, 70, 20, 20),)))
    assert opened.annotating.panel is other
    press(other, "Import")
    assert document_of(opened).edits == ("Annotations", "Annotations")
    assert (quality_at(opened, 30, 30), quality_at(opened, 130, 80)) == (0.9, 0.9)


def test_a_photo_is_closed_while_it_is_decided(opened: MainWindow, panel: AnnotationsPanel) -> None:
    front = opened.controller.documents.front
    assert front is not None
    opened.controller.close(front)
    assert opened.annotating.panel is None


def test_a_heat_map_gets_two_qualities(
    qtbot: QtBot, opened: MainWindow, show: Callable[[AnnotationsFile], AnnotationsPanel]
) -> None:
    heat = np.zeros((96, 160), np.float32)
    heat[:, 80:] = 1
    panel = show(AnnotationsFile((), (), heat))
    assert (quality_at(opened, 10, 10), quality_at(opened, 100, 10)) == (0.1, 0.9)
    slider(panel, "Where it is 1").value = 0.6
    slider(panel, "Where it is 1").value_changed.emit(0.6)
    settle(qtbot, opened)
    assert quality_at(opened, 100, 10) == 0.6


def test_a_file_without_annotations_says_so(opened: MainWindow, deliver: Callable[[Result], None]) -> None:
    document = document_of(opened)
    opened.files.import_annotations(PATH)
    deliver(AnnotationsRead(2, document.picture, PATH, AnnotationsFile(())))
    assert opened.banner.text == "boxes.json has no annotations for photo.png."


# Rules


def test_rules_are_saved_and_offered_again(
    qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "traffic.toml"
    monkeypatch.setattr(opened.files, "ask_new_file", lambda *_given: path)
    type_in(panel, 0, "0.3")
    panel.save_requested.emit()
    qtbot.waitUntil(lambda: opened.settings.recent_rules == [str(path)])
    assert read_rules(path) == panel.rules
    panel.rules = Rules()
    names = [action.text() for action in panel._rules_menu.actions()]
    assert "traffic.toml" in names
    panel._rules_menu.actions()[names.index("traffic.toml")].trigger()
    qtbot.waitUntil(lambda: panel.rules.of("face").quality == 0.3)
    settle(qtbot, opened)
    assert quality_at(opened, 30, 30) == 0.3


def test_rules_that_cannot_be_read_say_so(
    qtbot: QtBot, opened: MainWindow, panel: AnnotationsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("score = 3\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    panel.open_requested.emit()
    qtbot.waitUntil(lambda: bool(opened.banner.text))
    assert opened.banner.text == "rules.toml: score: expected a number from 0 to 1."


def open_next(qtbot: QtBot, window: MainWindow, engine: FakeEngine, name: str = "next.png") -> Document:
    with qtbot.waitSignal(window.controller.document_shown):
        engine.deliver(PictureOpened(3, Path(name), photo()))
    return document_of(window)


def test_the_next_photo_of_the_folder_gets_its_own_by_the_same_rules(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, panel: AnnotationsPanel, deliver: Callable[[Result], None]
) -> None:
    type_in(panel, 0, "0.3")
    rules = panel.rules
    press(panel, "Import")
    document = open_next(qtbot, opened, engine)
    assert engine.jobs[-1] == ReadAnnotations(PATH, Path("next.png"), rules=rules_text(rules))
    deliver(AnnotationsRead(4, document.picture, PATH, FOUND, rules=rules))
    assert quality_at(opened, 30, 30) == 0.3
    assert document.edits == ("Annotations",)
    assert not document.is_modified, "they come again whenever it is opened"
    assert opened.annotating.panel is None


def test_a_file_of_the_photos_name_stands_for_its_folder(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, deliver: Callable[[Result], None]
) -> None:
    deliver(AnnotationsRead(2, document_of(opened).picture, Path("labels/photo.txt"), FOUND))
    assert opened.annotating.panel is not None
    before = document_of(opened)
    press(opened.annotating.panel, "Import")
    open_next(qtbot, opened, engine)
    qtbot.waitUntil(lambda: before.edits == ("Annotations",))  # which were not seen yet
    assert engine.jobs[-1].path == Path("labels")  # type: ignore[attr-defined]


def test_nothing_is_applied_to_work_that_was_begun_meanwhile(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, panel: AnnotationsPanel, deliver: Callable[[Result], None]
) -> None:
    press(panel, "Import")
    document = open_next(qtbot, opened, engine)
    paint_line(opened)
    deliver(AnnotationsRead(4, document.picture, PATH, FOUND, rules=Rules()))
    assert document.edits == ("Stroke",)


def test_a_folder_is_forgotten_when_it_is_not_to_be_treated_alike(
    qtbot: QtBot,
    opened: MainWindow,
    engine: FakeEngine,
    show: Callable[[], AnnotationsPanel],
) -> None:
    press(show(), "Import")
    assert list(opened.settings.annotated) == ["."]
    panel = show()
    panel._remembers.setChecked(False)
    press(panel, "Import")
    jobs = list(engine.jobs)
    open_next(qtbot, opened, engine)
    assert engine.jobs == jobs


def test_annotations_that_are_dropped_with_a_photo_are_the_ones_that_are_meant(
    qtbot: QtBot, opened: MainWindow, engine: FakeEngine, panel: AnnotationsPanel
) -> None:
    press(panel, "Import")
    opened.files.take(["next.png", "other.json"])
    open_next(qtbot, opened, engine)
    assert engine.jobs[-1] == ReadAnnotations(Path("other.json"), Path("next.png"))
    assert sum(isinstance(job, ReadAnnotations) for job in engine.jobs) == 1
