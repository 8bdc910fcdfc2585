"""Rules for the annotations of a file, as they are seen and changed beside the photo."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.document.annotations.rules import (
    LARGEST_FEATHER_PX,
    Outline,
    Overlap,
    Rules,
)
from qmap_studio.ui.annotations.classes import ClassModel, ClassTable
from qmap_studio.ui.annotations.length_row import LengthRow
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.panels.side import Task
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.choice_row import LABEL_PX, ChoiceRow
from qmap_studio.ui.widgets.elided import ElidedLabel
from qmap_studio.ui.widgets.keep_choice import CHOICES
from qmap_studio.ui.widgets.parts import as_label, heading, muted
from qmap_studio.ui.widgets.slider import ValueSlider

if TYPE_CHECKING:
    from qmap_studio.document import AnnotationsFile

OUTLINES = {Outline.AS_DRAWN: N_("As drawn"), Outline.BOX: N_("Box"), Outline.ELLIPSE: N_("Ellipse")}
OVERLAPS = {Overlap.HIGHEST: N_("The higher quality"), Overlap.ORDER: N_("The first class in the list")}
SUGGESTED_REST = 0.1


class AnnotationsPanel(Task):
    """Says what annotations become; whoever made it shows that over the photo, and takes them or gives them up.

    Args:
        source: the file's name.
        rules: to begin with.
    """

    rules_changed = Signal()
    accepted = Signal()
    rejected = Signal()
    open_requested = Signal()
    save_requested = Signal()
    recent_chosen = Signal(str)  # a file of rules
    told = Signal(str)

    def __init__(self, found: "AnnotationsFile", source: str, rules: Rules) -> None:
        super().__init__()
        self.setAccessibleName(tr("Annotations"))
        self._found = found
        self._classes = ClassModel(found.annotations, rules)
        self.table = ClassTable(self._classes)
        self._rules_menu = QMenu(self)
        self._summary = muted(tr("On its way…"))
        self._keep = ChoiceRow(
            tr("Keep"),
            [(name_of(bound), bound) for bound in CHOICES],
            partial(self._of_selected, "bound"),
            lambda bound: self._set_selected(bound=bound),
            tr("What the selected classes get: a quality, or how far pixels may be off at most"),
        )
        self._quality = _slider(tr("Quality"), tip=tr("Of the selected classes, or of all if none is selected"))
        self._score = _slider(tr("Least score"), tip=tr("What a detector is less sure of is left out"))
        self._padding = LengthRow(
            tr("Padding"), (-100, 300), (-50, 200), tr("How much each shape is enlarged on every side")
        )
        self._feather = LengthRow(
            tr("Feather"), (0, LARGEST_FEATHER_PX), (0, 100), tr("How far outside of a shape its quality fades")
        )
        self._outline = self._choice("outline", tr("Shape"), OUTLINES, tr("What becomes of outlines and boxes"))
        self._overlap = self._choice("overlap", tr("On top"), OVERLAPS, tr("Which of two shapes that overlap counts"))
        self._has_rest = QCheckBox(tr("Set the rest to"))
        self._has_rest.setToolTip(tr("The quality around the shapes; otherwise the map stays as it is there"))
        self._rest = _slider(tr("Quality of the rest"))
        self._heat = [_slider(name) for name in (tr("Where it is 0"), tr("Where it is 1"))]
        self._remembers = QCheckBox(tr("Also for the next photos of this folder"))
        self._remembers.setChecked(True)
        self._import = QPushButton(tr("Import"))
        self._build(source)
        self._connect()
        self.rules = rules

    @property
    def rules(self) -> Rules:
        return self._classes.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        """Shows others, without telling of them."""
        self._classes.rules = rules
        self._score.value = rules.score
        self._padding.length, self._feather.length = rules.padding, rules.feather
        for row in (self._outline, self._overlap):
            row.follow()
        self._has_rest.setChecked(rules.rest is not None)
        self._rest.value = SUGGESTED_REST if rules.rest is None else rules.rest
        self._rest.setEnabled(rules.rest is not None)
        for slider, value in zip(self._heat, rules.heat, strict=True):
            slider.value = value
        self._follow_selection()

    @property
    def is_remembered(self) -> bool:
        """Whether the next photos of the folder are treated alike."""
        return self._remembers.isChecked()

    def colour(self, label: str) -> QColor:
        """In which annotations of a class are outlined."""
        return self._classes.colour(label)

    def show_summary(self, counted: int, share: float) -> None:
        """Tells how many annotations count, and how much of the picture they cover."""
        total = len(self._found.annotations)
        text = ngettext(
            "{counted} of {total} annotation · {share:.0f} % of the picture",
            "{counted} of {total} annotations · {share:.0f} % of the picture",
            total,
        )
        self._summary.setText(text.format(counted=counted, total=total, share=100 * share))

    def wait(self) -> None:
        """Nothing more is asked: what was accepted is on its way."""
        for part in (self, self.footer):
            part.setEnabled(False)
        self._summary.setText(tr("On its way…"))

    @property
    def summary(self) -> str:
        return self._summary.text()

    def show_recent(self, paths: Sequence[str]) -> None:
        """Offers files of rules that were used lately."""
        menu = self._rules_menu
        menu.clear()
        menu.addAction(tr("&Open Rules…"), self.open_requested.emit)
        menu.addAction(tr("&Save Rules As…"), self.save_requested.emit)
        menu.addSeparator()
        for path in paths:
            menu.addAction(as_label(Path(path).name), partial(self.recent_chosen.emit, path)).setToolTip(path)
        if paths:
            menu.addSeparator()
        menu.addAction(tr("Start &Over"), lambda: self._change(Rules()))

    # Inside

    def _build(self, source: str) -> None:
        menu = QToolButton()
        menu.setObjectName("bordered")
        menu.setText(tr("Rules"))
        menu.setToolTip(tr("Open rules, save them, use those of before"))
        menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu.setMenu(self._rules_menu)
        title, name = heading(tr("ANNOTATIONS")), ElidedLabel(tr("of {file}").format(file=source))
        name.setObjectName("muted")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addWidget(name, 1)
        top.addWidget(menu)
        buttons = QHBoxLayout(self.footer)
        buttons.setContentsMargins(18, 8, 18, 8)
        cancel = QPushButton(tr("Cancel"))
        cancel.clicked.connect(self.rejected)
        self._import.setProperty("primary", True)
        self._import.clicked.connect(self.accepted)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(top)
        if self._found.annotations:
            layout.addWidget(self._summary)
        for notice in self._found.notices:
            layout.addWidget(_notice(notice))
        for part in self._parts():
            layout.addWidget(part)
        layout.addWidget(self._remembers)
        layout.addStretch(1)

    def _parts(self) -> list[QWidget]:
        """What there is something to say of."""
        parts: list[QWidget] = []
        if self._found.annotations:
            parts = [self.table, self._class_buttons(), self._keep, self._quality]
            if any(annotation.score is not None for annotation in self._found.annotations):
                parts.append(self._score)
            parts += [self._padding, self._feather, self._outline, self._overlap]
        if self._found.heat is not None:
            parts += [heading(tr("HEAT MAP")), *self._heat]
        else:
            rest = QWidget()
            row = QHBoxLayout(rest)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(self._has_rest)
            row.addWidget(self._rest, 1)
            self._rest.show_label(False)
            parts.append(rest)
        return parts

    def _class_buttons(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for text, is_on in ((tr("All"), True), (tr("None"), False)):
            button = QToolButton()
            button.setObjectName("bordered")
            button.setText(text)
            button.setToolTip(tr("All classes count") if is_on else tr("No class counts"))
            button.clicked.connect(partial(self._switch_all, is_on))
            layout.addWidget(button)
        layout.addStretch(1)
        self._movers = [_mover("layer_up", tr("Class up")), _mover("layer_down", tr("Class down"))]
        for button, by in zip(self._movers, (-1, 1), strict=True):
            button.clicked.connect(partial(self._move, by))
            layout.addWidget(button)
        return row

    def _choice(self, field: str, label: str, names: dict[Any, str], tip: str) -> ChoiceRow:
        choices = [(tr(name), value) for value, name in names.items()]
        return ChoiceRow(
            label, choices, lambda: [getattr(self.rules, field)], lambda value: self._set(**{field: value}), tip
        )

    def _connect(self) -> None:
        self._classes.rules_changed.connect(self._on_classes_changed)
        self._classes.refused.connect(self.told)
        self.table.selectionModel().selectionChanged.connect(self._follow_selection)
        self._quality.value_changed.connect(lambda quality: self._set_selected(quality=quality))
        self._score.value_changed.connect(lambda score: self._set(score=score))
        self._padding.changed.connect(lambda: self._set(padding=self._padding.length))
        self._feather.changed.connect(lambda: self._set(feather=self._feather.length))
        self._has_rest.clicked.connect(
            lambda on: self._change(replace(self.rules, rest=self._rest.value if on else None))
        )
        self._rest.value_changed.connect(lambda rest: self._set(rest=rest))
        for slider in self._heat:
            slider.value_changed.connect(lambda _: self._set(heat=(self._heat[0].value, self._heat[1].value)))

    def _set(self, **values: Any) -> None:
        """Changes what a slider or list already shows."""
        self._classes.rules = replace(self.rules, **values)
        self._on_classes_changed()

    def _change(self, rules: Rules) -> None:
        self.rules = rules
        self.rules_changed.emit()

    def _of_selected(self, field: str) -> list[Any]:
        return [getattr(self.rules.of(self._classes.label(row)), field) for row in self.table.rows]

    def _set_selected(self, **values: Any) -> None:
        self._classes.set_rules_of(self.table.rows, **values)

    def _switch_all(self, is_on: bool) -> None:
        self._classes.set_rules_of(range(self._classes.rowCount()), is_on=is_on)

    def _move(self, by: int) -> None:
        row = self._classes.move(self.table.currentIndex().row(), by)
        self.table.selectRow(row)

    def _on_classes_changed(self) -> None:
        self._follow_selection()
        self.rules_changed.emit()

    def _follow_selection(self) -> None:
        """Shows what the selected classes get."""
        if not self._found.annotations:
            return
        self._keep.follow()
        qualities, bounds = self._of_selected("quality"), self._of_selected("bound")
        self._quality.value = qualities[0]
        is_mixed = any(quality != qualities[0] for quality in qualities)
        self._quality.show_name(tr("Quality (mixed)") if is_mixed else tr("Quality"))
        self._quality.setVisible(any(bound is None for bound in bounds))
        has_order, current = self.rules.overlap is Overlap.ORDER, self.table.currentIndex().row()
        for button, last in zip(self._movers, (0, self._classes.rowCount() - 1), strict=True):
            button.setVisible(has_order)
            button.setEnabled(current not in (-1, last))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_done = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.rejected.emit()
        elif is_done and self.table.hasFocus():  # in a field it takes the number
            self.accepted.emit()
        else:
            super().keyPressEvent(event)


def _slider(name: str, tip: str = "") -> ValueSlider:
    return ValueSlider(name, 0, 1, decimals=2, label_px=LABEL_PX, tip=tip)


def _mover(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("small")
    button.setAccessibleName(name)
    button.setToolTip(name)
    set_icon(button, icon)
    return button


def _notice(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("notice")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
