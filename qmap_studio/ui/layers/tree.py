"""The tree of layers as it is seen and worked with."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.layers.model import EYE, LOCK, NAME, NOTE, LayerModel
from qmap_studio.ui.theme import current

ROW_PX, SWITCH_PX, THUMB_PX, ICON_PX = 28, 24, 24, 16
LEAST_ROWS = 7
Select = QItemSelectionModel.SelectionFlag


class LayerTree(QTreeView):
    """Selecting a row is choosing its layer, selecting shapes is choosing them; a click switches eye and lock."""

    chosen = Signal(object, object)  # a layer's key, a frozenset of shapes' keys
    switched = Signal(str, int)  # "visible" or "locked", of the layer of this key
    delete_requested = Signal()

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_following = False
        self._open: set[int] = set()  # keys of the layers whose shapes are shown, also in other documents
        self.setObjectName("layerTree")
        self.setAccessibleName(tr("Layers"))
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setIconSize(QSize(THUMB_PX, THUMB_PX))
        self.setItemDelegate(_Rows(self))
        self.setMouseTracking(True)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QTreeView.DragDropMode.InternalMove)
        self.setEditTriggers(QTreeView.EditTrigger.DoubleClicked | QTreeView.EditTrigger.EditKeyPressed)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(LEAST_ROWS * ROW_PX + 4)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(SWITCH_PX)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (EYE, LOCK):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, SWITCH_PX)
        header.moveSection(EYE, 0)
        self.setTreePosition(NAME)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.expanded.connect(lambda index: self._open.add(self._key_at(index)))
        self.collapsed.connect(lambda index: self._open.discard(self._key_at(index)))

    @property
    def layer_model(self) -> LayerModel:
        model = self.model()
        assert isinstance(model, LayerModel), "it was given"
        return model

    def follow(self, layer: int | None, shapes: frozenset[int], refresh: Callable[[], object]) -> None:
        """Shows what there is and what is chosen of it.

        Args:
            refresh: lets the model follow; what was open stays open.
        """
        self._is_following = True
        place = self.verticalScrollBar().value()
        if refresh():
            for key in self._open:
                self.setExpanded(self.layer_model.index_of(key), True)
            self.verticalScrollBar().setValue(place)
        rows = self.layer_model.rows_of(layer, shapes)
        if rows != self.selectionModel().selection():
            self.selectionModel().select(rows, Select.ClearAndSelect)
            first = next((index for part in rows for index in (part.topLeft(),)), QModelIndex())
            self.selectionModel().setCurrentIndex(first, Select.NoUpdate)
        self._is_following = False

    def _key_at(self, index: QModelIndex) -> int:
        layer = self.layer_model.layer_at(index)
        return layer.key if layer is not None else 0

    def _on_clicked(self, index: QModelIndex) -> None:
        layer = self.layer_model.layer_at(index)
        if layer is not None and index.internalId() == 0 and index.column() in (EYE, LOCK):
            self.switched.emit("visible" if index.column() == EYE else "locked", layer.key)

    def _on_selection_changed(self) -> None:
        if self._is_following:
            return
        model = self.layer_model
        rows = self.selectionModel().selectedRows(NAME)
        layer = model.layer_at(rows[0] if rows else self.currentIndex())
        if layer is not None:
            self.chosen.emit(layer.key, frozenset(placed.key for row in rows if (placed := model.shape_at(row))))

    # Qt

    def selectionCommand(self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None) -> Any:
        """Several rows only of the shapes of one layer."""
        if index.isValid() and (index.internalId() == 0 or index.parent() != self.currentIndex().parent()):
            return Select.ClearAndSelect | Select.Rows
        return super().selectionCommand(index, event)

    def selectAll(self) -> None:
        layer = self.layer_model.layer_at(self.currentIndex())
        if layer is not None:
            self.chosen.emit(layer.key, frozenset(placed.key for placed in getattr(layer, "shapes", ())))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


class _Rows(QStyledItemDelegate):
    """A name, and in quieter letters what is special about it; eye and lock, which are paler while they are off."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        text, picture, note = option.text, QIcon(option.icon), index.data(NOTE)
        option.text, option.icon = "", QIcon()
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        if index.column() == NAME:
            self._paint_name(painter, option, text, picture, note or "")
        else:
            is_near = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
            if note or index.column() == EYE or is_near:
                side = QRect(0, 0, ICON_PX, ICON_PX)
                side.moveCenter(option.rect.center())
                mode = QIcon.Mode.Normal if note else QIcon.Mode.Disabled
                picture.paint(painter, side, Qt.AlignmentFlag.AlignCenter, mode, QIcon.State.Off)

    def _paint_name(
        self, painter: QPainter, option: QStyleOptionViewItem, text: str, picture: QIcon, note: str
    ) -> None:
        place = option.rect.adjusted(2, 0, -4, 0)
        square = QRect(place.left(), place.top() + (place.height() - THUMB_PX) // 2, THUMB_PX, THUMB_PX)
        picture.paint(painter, square, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Normal, QIcon.State.Off)
        place.setLeft(square.right() + 7)
        metrics, tokens = option.fontMetrics, current()
        name_width = min(metrics.horizontalAdvance(text) + 1, place.width())
        note_width = max(place.width() - name_width - 8, place.width() // 2) if note else 0
        note_width = min(note_width, metrics.horizontalAdvance(note) + 1)
        painter.save()
        for shown, width, colour, side in (
            (text, place.width() - note_width - (8 if note else 0), tokens.text, Qt.AlignmentFlag.AlignLeft),
            (note, note_width, tokens.muted, Qt.AlignmentFlag.AlignRight),
        ):
            painter.setPen(QColor(colour))
            elided = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, elided)
        painter.restore()
