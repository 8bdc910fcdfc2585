"""Layers, and shapes below theirs, as a tree for Qt: from the uppermost down, whatever their number."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QItemSelection,
    QItemSelectionRange,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.layer_edits import MOVE, LayerEdits
from qmap_studio.ui.layers.notes import name_of_shape, note_of, note_of_shape
from qmap_studio.ui.layers.thumbnails import Thumbnails, swatch
from qmap_studio.ui.theme import icon

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

NAME, EYE, LOCK = range(3)
NOTE = Qt.ItemDataRole.UserRole
MIME = "application/x-qmap-studio-rows"
RENAME, MOVE_SHAPES = N_("Rename"), N_("Move shapes")
FIXED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDropEnabled
MOVABLE = FIXED | Qt.ItemFlag.ItemIsDragEnabled
NAMED = MOVABLE | Qt.ItemFlag.ItemIsEditable
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class LayerModel(QAbstractItemModel):
    """An index of a layer has the internal number 0, that of a shape the row of its layer and 1 more."""

    def __init__(self, edits: LayerEdits, parent: QObject) -> None:
        super().__init__(parent)
        self._edits = edits
        self._document: Document | None = None
        self._layers: tuple[Layer, ...] = ()
        self._thumbnails = Thumbnails(1, 1)

    def set_document(self, document: "Document | None") -> None:
        self.beginResetModel()
        self._document = document
        if document is not None:
            self._thumbnails = Thumbnails(*document.quality_map.values.shape)
        self._layers = self._of_now()
        self.endResetModel()

    def refresh(self) -> bool:
        """Follows the document; whether rows have come, gone or moved, so that nothing is selected any more."""
        now, before = self._of_now(), self._layers
        if not _have_same_rows(now, before):
            self.beginResetModel()
            self._layers = now
            self.endResetModel()
            return True
        self._layers = now
        for row, (layer, was) in enumerate(zip(now, before, strict=True)):
            if layer is not was:
                parent = self.index(row, 0)
                self.dataChanged.emit(parent, self.index(row, LOCK))
                if changed := _changed_rows(was, layer):
                    first, last = changed
                    self.dataChanged.emit(self.index(first, 0, parent), self.index(last, LOCK, parent))
        return False

    def layer_at(self, index: Index) -> "Layer | None":
        """The layer of a row, or the one that a shape is in."""
        return self._layers[_layer_row(index)] if index.isValid() else None

    def shape_at(self, index: Index) -> "PlacedShape | None":
        if not index.isValid() or index.internalId() == 0:
            return None
        shapes = getattr(self.layer_at(index), "shapes", ())
        return shapes[len(shapes) - 1 - index.row()]

    def index_of(self, layer: int | None) -> QModelIndex:
        """Where a layer stands, by its key."""
        rows = (row for row, each in enumerate(self._layers) if each.key == layer)
        return self.index(next(rows, -1), 0)

    def rows_of(self, layer: int | None, shapes: frozenset[int]) -> QItemSelection:
        """Where some shapes of a layer stand, or without any the layer itself."""
        parent, selection = self.index_of(layer), QItemSelection()
        held = getattr(self.layer_at(parent), "shapes", ()) if shapes else ()
        rows = [row for row, placed in enumerate(reversed(held)) if placed.key in shapes]
        if rows:  # those in a line are one range
            breaks = [n for n, (row, below) in enumerate(pairwise(rows), 1) if below != row + 1]
            for first, end in pairwise((0, *breaks, len(rows))):
                ends = self.index(rows[first], 0, parent), self.index(rows[end - 1], LOCK, parent)
                selection.append(QItemSelectionRange(*ends))
        elif parent.isValid():
            selection.append(QItemSelectionRange(parent, self.index(parent.row(), LOCK)))
        return selection

    def is_base(self, index: Index) -> bool:
        return index.isValid() and index.internalId() == 0 and index.row() == len(self._layers) - 1

    def _of_now(self) -> "tuple[Layer, ...]":
        return tuple(reversed(self._document.layers)) if self._document is not None else ()

    # Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not (0 <= row < self.rowCount(parent) and 0 <= column <= LOCK):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        return self.rowCount(parent) > 0  # Qt asks this of each shape, and would count columns, too

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._layers)
        if parent.internalId() != 0 or parent.column() != 0:
            return 0
        return len(getattr(self._layers[parent.row()], "shapes", ()))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return LOCK + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        if self.is_base(index):
            return FIXED
        return NAMED if index.column() == NAME else MOVABLE

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        layer, placed = self.layer_at(index), self.shape_at(index)
        if layer is None:
            return None
        if placed is not None:
            return _of_shape(placed, role) if index.column() == NAME else None
        if index.column() == NAME:
            return self._of_layer(layer, role)
        return None if self.is_base(index) else _of_switch(layer, index.column(), role)

    def _of_layer(self, layer: "Layer", role: int) -> Any:
        match role:
            case Role.DisplayRole | Role.EditRole:
                return layer.name or tr(layer.title)
            case Role.DecorationRole:
                return self._thumbnails.of(layer)
            case Role.ToolTipRole | Role.AccessibleTextRole:
                return ", ".join(filter(None, (layer.name, tr(layer.title), note_of(layer))))
            case Role.UserRole:
                return note_of(layer)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        from qmap_studio.document.layers import arrange

        layer, placed, name = self.layer_at(index), self.shape_at(index), str(value).strip()
        if layer is None or role != Role.EditRole:
            return False
        if placed is not None:
            keys = {placed.key}
            self._edits.apply(
                lambda layers: arrange.with_shapes(layers, layer.key, keys, lambda one: replace(one, name=name)), RENAME
            )
        elif name and name != layer.name:
            self._edits.apply(lambda layers: arrange.changed(layers, layer.key, name=name), RENAME)
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        layer, shapes = self.layer_at(indexes[0]), {placed.key for i in indexes if (placed := self.shape_at(i))}
        numbers = [layer.key if layer is not None else 0, *sorted(shapes)]
        data = QMimeData()
        data.setData(MIME, QByteArray(" ".join(map(str, numbers)).encode()))
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        key, *shapes = _numbers(data)
        source, target = self.layer_at(self.index_of(key)), self.layer_at(parent)
        if source is None:
            return False
        return not shapes or (hasattr(target, "shapes") and target is not None and target.aspect is source.aspect)

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        if self.canDropMimeData(data, action, row, column, parent):
            key, *shapes = _numbers(data)
            if shapes:
                self._drop_shapes(key, frozenset(shapes), row, parent)
            else:
                self._drop_layer(key, _layer_row(parent) if parent.isValid() else row)
        return False  # the document has moved them; the view must not take rows away

    def _drop_shapes(self, key: int, shapes: frozenset[int], row: int, parent: Index) -> None:
        from qmap_studio.document.choice import Choice
        from qmap_studio.document.layers import arrange

        target = self.layer_at(parent)
        if target is None or self._document is None:
            return
        held = len(getattr(target, "shapes", ()))
        at = parent.row() if parent.internalId() else max(row, 0)  # on a shape; between shapes, or on a layer
        self._edits.apply(lambda layers: arrange.shapes_moved(layers, key, shapes, target.key, held - at), MOVE_SHAPES)
        self._document.choose(Choice(target.key, shapes))

    def _drop_layer(self, key: int, row: int) -> None:
        from qmap_studio.document.layers import arrange

        place = len(self._layers) - row if row >= 0 else 0
        below = sum(each.key == key for each in reversed(self._layers[-place:])) if place else 0
        self._edits.apply(lambda layers: arrange.moved(layers, key, place - below), MOVE)


def _layer_row(index: Index) -> int:
    return index.row() if index.internalId() == 0 else index.internalId() - 1


def _numbers(data: QMimeData) -> list[int]:
    """The keys of a layer and of those of its shapes that are dragged, if they are."""
    return [int(number) for number in bytes(data.data(MIME).data()).split()] or [0]


def _of_shape(placed: "PlacedShape", role: int) -> Any:
    match role:
        case Role.DisplayRole:
            return name_of_shape(placed)
        case Role.EditRole:
            return placed.name
        case Role.DecorationRole:
            return swatch(placed)
        case Role.ToolTipRole | Role.AccessibleTextRole:
            return f"{name_of_shape(placed)}, {note_of_shape(placed)}"
        case Role.UserRole:
            return note_of_shape(placed)
    return None


def _of_switch(layer: "Layer", column: int, role: int) -> Any:
    """Of eye and lock."""
    is_on = layer.visible if column == EYE else layer.locked
    match role:
        case Role.DecorationRole:
            return icon(("eye" if is_on else "eye_off") if column == EYE else ("lock" if is_on else "lock_open"))
        case Role.ToolTipRole | Role.AccessibleTextRole:
            if column == EYE:
                return tr("Visible") if is_on else tr("Hidden")
            return tr("Locked") if is_on else tr("Not locked")
        case Role.UserRole:
            return is_on
    return None


def _changed_rows(before: "Layer", after: "Layer") -> tuple[int, int] | None:
    """The first and the last row of the shapes that have changed, of layers with as many."""
    shapes, known = getattr(after, "shapes", ()), getattr(before, "shapes", ())
    if shapes is known:
        return None
    places = [place for place, (one, was) in enumerate(zip(shapes, known, strict=True)) if one is not was]
    return (len(shapes) - 1 - places[-1], len(shapes) - 1 - places[0]) if places else None


def _have_same_rows(layers: "Sequence[Layer]", others: "Sequence[Layer]") -> bool:
    """Whether they are the same layers, with the same shapes, whatever else has changed."""
    if [layer.key for layer in layers] != [layer.key for layer in others]:
        return False
    for layer, other in zip(layers, others, strict=True):
        shapes, known = getattr(layer, "shapes", ()), getattr(other, "shapes", ())
        if shapes is not known and [placed.key for placed in shapes] != [placed.key for placed in known]:
            return False
    return True
