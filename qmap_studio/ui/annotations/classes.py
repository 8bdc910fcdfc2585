"""The classes of annotations as a table: on or off, how many there are, what they get."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHeaderView, QTableView

from qmap_studio.core.language import ngettext, tr
from qmap_studio.document.annotations.rules import ClassRule, Overlap, Rules
from qmap_studio.document.annotations.rules_file import class_rule, class_value
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.theme import current
from qmap_studio.ui.widgets.keep_choice import CHOICES

if TYPE_CHECKING:
    from qmap_studio.document import Annotation

NAME, COUNT, KEEP = range(3)
WIDTHS = {COUNT: 46, KEEP: 86}
ROW_PX, CHIP_PX, MOST_ROWS = 24, 10, 8
_GOLDEN = 0.618034
_Index = QModelIndex | QPersistentModelIndex


class ClassModel(QAbstractTableModel):
    """The classes that a file has for the picture, and what rules give them."""

    rules_changed = Signal()
    refused = Signal(str)  # why what was typed means nothing

    def __init__(self, annotations: "Sequence[Annotation]", rules: Rules) -> None:
        super().__init__()
        self._counts = Counter(annotation.label for annotation in annotations)
        self._colours = {label: _colour(place) for place, label in enumerate(sorted(self._counts))}
        self._labels: list[str] = []
        self._rules = rules
        self._sort()

    @property
    def rules(self) -> Rules:
        return self._rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        """Shows others, without telling of them."""
        is_sorted_anew = rules.overlap is not self._rules.overlap or rules.classes != self._rules.classes
        self._rules = rules
        if is_sorted_anew:
            self.layoutAboutToBeChanged.emit()
            self._sort()
            self.layoutChanged.emit()
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._labels) - 1, KEEP))

    def colour(self, label: str) -> QColor:
        """In which annotations of a class are outlined."""
        return self._colours[label]

    def label(self, row: int) -> str:
        return self._labels[row]

    def set_rules_of(self, rows: Sequence[int], **values: Any) -> None:
        """Changes what some classes get."""
        for row in rows:
            label = self._labels[row]
            self._rules = self._rules.with_class(label, replace(self._rules.of(label), **values))
        if rows:
            self.dataChanged.emit(self.index(min(rows), NAME), self.index(max(rows), KEEP))
            self.rules_changed.emit()

    def move(self, row: int, by: int) -> int:
        """Puts a class so many places further down in the order that decides which lies over which; its row then."""
        place = min(max(row + by, 0), len(self._labels) - 1)
        labels = list(self._labels)
        labels.insert(place, labels.pop(row))
        rules = self._rules
        known = {label.casefold() for label in labels}
        others = tuple(pair for pair in rules.classes if pair[0].casefold() not in known)
        self.rules = replace(rules, classes=(*((label, rules.of(label)) for label in labels), *others))
        self.rules_changed.emit()
        return place

    def _sort(self) -> None:
        self._labels = sorted(self._counts, key=str.casefold)
        if self._rules.overlap is Overlap.ORDER:
            places = {name.casefold(): place for place, (name, _) in enumerate(self._rules.classes)}
            self._labels.sort(key=lambda label: places.get(label.casefold(), len(places)))

    # Qt

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt's own
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == KEEP else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label = self._labels[index.row()]
        rule = self._rules.of(label)
        match role, index.column():
            case Qt.ItemDataRole.DisplayRole, _:
                return (label, str(self._counts[label]), _shown(rule))[index.column()]
            case Qt.ItemDataRole.EditRole, 2:
                return str(class_value(replace(rule, is_on=True)))
            case Qt.ItemDataRole.CheckStateRole, 0:
                return Qt.CheckState.Checked if rule.is_on else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole, 0:
                return _chip(self._colours[label])
            case Qt.ItemDataRole.ForegroundRole, 1:
                return QColor(current().muted)
            case Qt.ItemDataRole.ForegroundRole, 2 if not rule.is_on:
                return QColor(current().faint)
            case Qt.ItemDataRole.TextAlignmentRole, 1 | 2:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole, 0:
                return label
            case Qt.ItemDataRole.ToolTipRole, 2:
                return tr('A quality from 0 to 1, "lossless" or "within 2"')
            case Qt.ItemDataRole.AccessibleTextRole, 0:
                count = self._counts[label]
                text = ngettext("{label}: {count} annotation, {keep}", "{label}: {count} annotations, {keep}", count)
                return text.format(label=label, count=count, keep=_shown(rule))
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        rows = [index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self.set_rules_of(rows, is_on=Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        rule = _typed(str(value)) if role == Qt.ItemDataRole.EditRole else None
        if rule is None:
            text = tr('"{typed}" is no quality from 0 to 1, and none of "lossless", "within 2" and "off".')
            self.refused.emit(text.format(typed=value))
            return False
        self.set_rules_of(rows, quality=rule.quality, bound=rule.bound, is_on=rule.is_on)
        return True


class ClassTable(QTableView):
    """As high as its rows, up to a few; Space switches the selected classes."""

    def __init__(self, model: ClassModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("classTable")
        self.setAccessibleName(tr("Classes"))
        self.setModel(model)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        triggers = QTableView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(CHIP_PX, CHIP_PX))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        self.setFixedHeight(min(model.rowCount(), MOST_ROWS) * ROW_PX + 4)

    @property
    def rows(self) -> list[int]:
        """Those that are selected; all, if none is."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return rows or list(range(self._model.rowCount()))

    def edit(self, index: _Index, trigger: Any = None, event: Any = None) -> Any:
        """Whichever column the keyboard is in, what the class gets is edited."""
        by_keys = trigger in (self.EditTrigger.EditKeyPressed, self.EditTrigger.AnyKeyPressed)
        return super().edit(index.siblingAtColumn(KEEP) if by_keys else index, trigger, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            rows = self.rows
            are_on = all(self._model.rules.of(self._model.label(row)).is_on for row in rows)
            self._model.set_rules_of(rows, is_on=not are_on)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.height())


def _typed(text: str) -> ClassRule | None:
    """What a person means: as in a file, as the table shows it, or in per cent."""
    text = text.strip().casefold()
    for bound in CHOICES:
        if bound is not None and text == name_of(bound).casefold():
            return ClassRule(bound=bound)
    if text.endswith("%"):
        return class_rule(text[:-1].strip().replace(",", ".") + "e-2")
    return class_rule(text.replace(",", "."))


def _shown(rule: ClassRule) -> str:
    """What a class gets, as people read it."""
    if not rule.is_on:
        return tr("off")
    return f"{rule.quality:.2f}" if rule.bound is None else name_of(rule.bound)


def _colour(place: int) -> QColor:
    """Neighbours in the list look as different as may be."""
    return QColor.fromHsvF(place * _GOLDEN % 1, 0.75, 0.95)


def _chip(colour: QColor) -> QPixmap:
    chip = QPixmap(2 * CHIP_PX, 2 * CHIP_PX)
    chip.setDevicePixelRatio(2)
    chip.fill(colour)
    return chip
