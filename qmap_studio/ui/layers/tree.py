"""The tree of layers as it is seen and worked with."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.layers.model import EYE, LOCK, NAME, NOTE, LayerModel
from qmap_studio.ui.theme import current

ROW_PX, SWITCH_PX, THUMB_PX = 30, 26, 24
LEAST_ROWS = 5


class LayerTree(QTreeView):
    """Selecting a row is choosing its layer, selecting shapes is choosing them; a click switches eye and lock."""

    chosen = Signal(object, object)  # a layer's key, a frozenset of shapes' keys
    switched = Signal(str, int)  # "visible" or "locked", of the layer of this key

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_following = False
        self.setObjectName("layerTree")
        self.setAccessibleName(tr("Layers"))
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setIconSize(QSize(THUMB_PX, THUMB_PX))
        self.setItemDelegate(_Rows(self))
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
        self.clicked.connect(self._on_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    @property
    def layer_model(self) -> LayerModel:
        model = self.model()
        assert isinstance(model, LayerModel), "it was given"
        return model

    def show_choice(self, layer: int | None, shapes: frozenset[int]) -> None:
        """Selects what is chosen."""
        self._is_following = True
        rows = self.layer_model.indices_of(layer, shapes) if layer is not None and shapes else []
        row = self.layer_model.index_of(layer)
        selection = QItemSelection()
        for index in rows or [row]:
            if index.isValid():
                selection.select(index, index)
        mode = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(selection, mode)
        self.selectionModel().setCurrentIndex(rows[0] if rows else row, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._is_following = False

    def _on_clicked(self, index: QModelIndex) -> None:
        layer = self.layer_model.layer_at(index)
        if layer is not None and index.internalId() == 0 and index.column() in (EYE, LOCK):
            self.switched.emit("visible" if index.column() == EYE else "locked", layer.key)

    def _on_selection_changed(self) -> None:
        if self._is_following:
            return
        model, index = self.layer_model, self.currentIndex()
        layer = model.layer_at(index)
        if layer is None:
            return
        rows = self.selectionModel().selectedRows(NAME)
        shapes = (model.shape_at(row) for row in rows if model.layer_at(row) is layer)
        self.chosen.emit(layer.key, frozenset(placed.key for placed in shapes if placed is not None))


class _Rows(QStyledItemDelegate):
    """A name, and in quieter letters what is special about it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        note = index.data(NOTE) or ""
        width = min(option.fontMetrics.horizontalAdvance(note) + 8, option.rect.width() // 2) if note else 0
        style = option.widget.style()
        text, option.text = option.text, ""
        is_switch = index.column() != NAME
        if is_switch:
            option.decorationAlignment = Qt.AlignmentFlag.AlignCenter
            option.decorationSize = QSize(16, 16)
            option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDisplay
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        if is_switch:
            return
        place = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        place.setRight(option.rect.right() - width - 2)
        place.setTop(option.rect.top())
        place.setBottom(option.rect.bottom())
        tokens = current()
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.save()
        painter.setPen(QColor(tokens.text))
        painter.drawText(place, flags, option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width()))
        if note:
            painter.setPen(QColor(tokens.muted))
            place.setLeft(option.rect.right() - width)
            place.setRight(option.rect.right() - 2)
            painter.drawText(
                place,
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                option.fontMetrics.elidedText(note, Qt.TextElideMode.ElideRight, place.width()),
            )
        painter.restore()
