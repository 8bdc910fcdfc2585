"""Layers, and shapes below theirs, as a tree for Qt: from the uppermost down, whatever their number."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QByteArray, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.ui.layer_edits import MOVE, LayerEdits
from qmap_studio.ui.theme import icon

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

NAME, EYE, LOCK = range(3)
NOTE = Qt.ItemDataRole.UserRole
THUMBNAIL_PX = 36
MIME = "application/x-qmap-studio-rows"
RULES = {
    "replace": N_("replaces"),
    "maximum": N_("maximum"),
    "minimum": N_("minimum"),
    "add": N_("adds"),
    "multiply": N_("multiplies"),
}
Index = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractItemModel):
    """An index of a layer has the internal number 0, that of a shape the row of its layer and 1 more."""

    def __init__(self, edits: LayerEdits, parent: QObject) -> None:
        super().__init__(parent)
        self._edits = edits
        self._document: Document | None = None
        self._layers: tuple[Layer, ...] = ()
        self._thumbnails: dict[int, tuple[Layer, QIcon]] = {}

    def set_document(self, document: "Document | None") -> None:
        self.beginResetModel()
        self._document, self._thumbnails = document, {}
        self._layers = self._of_now()
        self.endResetModel()

    def refresh(self) -> bool:
        """Follows the document; whether rows have come, gone or moved, so that nothing is selected any more."""
        now, before = self._of_now(), self._layers
        if _rows(now) != _rows(before):
            self.beginResetModel()
            self._layers = now
            self.endResetModel()
            return True
        self._layers = now
        for row, (layer, was) in enumerate(zip(now, before, strict=True)):
            if layer is not was:
                self.dataChanged.emit(self.index(row, 0), self.index(row, LOCK))
                if children := self.rowCount(self.index(row, 0)):
                    parent = self.index(row, 0)
                    self.dataChanged.emit(self.index(0, 0, parent), self.index(children - 1, LOCK, parent))
        return False

    def layer_at(self, index: Index) -> "Layer | None":
        """The layer of a row, or the one that a shape is in."""
        if not index.isValid():
            return None
        return self._layers[index.row() if index.internalId() == 0 else index.internalId() - 1]

    def shape_at(self, index: Index) -> "PlacedShape | None":
        if not index.isValid() or index.internalId() == 0:
            return None
        shapes = getattr(self.layer_at(index), "shapes", ())
        return shapes[len(shapes) - 1 - index.row()]

    def index_of(self, layer: int | None) -> QModelIndex:
        """Where a layer stands, by its key."""
        rows = (row for row, each in enumerate(self._layers) if each.key == layer)
        return self.index(next(rows, -1), 0)

    def indices_of(self, layer: int, shapes: frozenset[int]) -> list[QModelIndex]:
        """Where some shapes of a layer stand."""
        parent = self.index_of(layer)
        held = getattr(self.layer_at(parent), "shapes", ()) if shapes else ()
        last = len(held) - 1
        return [self.index(last - n, 0, parent) for n, placed in enumerate(held) if placed.key in shapes]

    def _of_now(self) -> "tuple[Layer, ...]":
        return tuple(reversed(self._document.layers)) if self._document is not None else ()

    # Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if row < 0 or not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

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
        return 3

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDropEnabled
        if not index.isValid() or self._is_base(index):
            return flags
        flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer, placed = self.layer_at(index), self.shape_at(index)
        if layer is None:
            return None
        if placed is not None:
            return self._of_shape(placed, index.column(), role)
        match index.column(), role:
            case 0, Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return layer.name or tr(layer.title)
            case 0, Qt.ItemDataRole.DecorationRole:
                return self._thumbnail(layer)
            case 0, Qt.ItemDataRole.ToolTipRole:
                return f"{tr(layer.title)}   {note_of(layer)}"
            case _, Qt.ItemDataRole.UserRole if index.column() == NAME:
                return note_of(layer)
            case 1, Qt.ItemDataRole.DecorationRole:
                return icon("eye" if layer.visible else "eye_off")
            case 1, Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return tr("Visible") if layer.visible else tr("Hidden")
            case 2, Qt.ItemDataRole.DecorationRole:
                return icon("lock") if layer.locked else None
            case 2, Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return tr("Locked") if layer.locked else tr("Not locked")
        return None

    def _of_shape(self, placed: "PlacedShape", column: int, role: int) -> Any:
        match column, role:
            case 0, Qt.ItemDataRole.DisplayRole:
                return placed.name or placed.label or tr(_KINDS[type(placed.shape).__name__])
            case 0, Qt.ItemDataRole.EditRole:
                return placed.name
            case _, Qt.ItemDataRole.UserRole if column == NAME:
                quality = f"{placed.quality:.2f}" if placed.bound is None else "±" + str(placed.bound)
                return f"{quality}  ◎" if placed.is_inside else quality
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        from dataclasses import replace

        from qmap_studio.document.layers import arrange

        layer, placed, name = self.layer_at(index), self.shape_at(index), str(value).strip()
        if layer is None or role != Qt.ItemDataRole.EditRole:
            return False
        if placed is not None:
            key = placed.key
            self._edits.apply(
                lambda layers: arrange.with_shapes(layers, layer.key, {key}, lambda one: replace(one, name=name)),
                RENAME,
            )
        elif name and name != layer.name:
            self._edits.apply(lambda layers: arrange.changed(layers, layer.key, name=name), RENAME)
        return True

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Any) -> QMimeData:
        layer, shapes = self.layer_at(indexes[0]), {placed.key for i in indexes if (placed := self.shape_at(i))}
        data = QMimeData()
        numbers = [layer.key if layer is not None else 0, *sorted(shapes)]
        data.setData(MIME, QByteArray(" ".join(map(str, numbers)).encode()))
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        from qmap_studio.document.layers import arrange

        key, *shapes = map(int, bytes(data.data(MIME).data()).split())
        count = len(self._layers)
        target = self.layer_at(parent)
        if shapes:
            if target is not None:
                held = len(getattr(target, "shapes", ()))
                place = held if row < 0 else held - row
                self._edits.apply(
                    lambda layers: arrange.shapes_moved(layers, key, set(shapes), target.key, place), MOVE_SHAPES
                )
        else:
            at = parent.row() if parent.isValid() and row < 0 else row
            place = count - (at if at >= 0 else count)
            below = sum(each.key == key for each in reversed(self._layers[-place:])) if place else 0
            self._edits.apply(lambda layers: arrange.moved(layers, key, place - below), MOVE)
        return False  # the document has moved them; the view must not take rows away

    def _is_base(self, index: Index) -> bool:
        return index.internalId() == 0 and index.row() == len(self._layers) - 1

    def _thumbnail(self, layer: "Layer") -> QIcon:
        known = self._thumbnails.get(layer.key)
        if known is None or known[0] is not layer:
            known = self._thumbnails[layer.key] = layer, self._drawn(layer)
        return known[1]

    def _drawn(self, layer: "Layer") -> QIcon:
        import numpy as np

        from qmap_studio.document.layers.thumbnail import greys, thumbnail
        from qmap_studio.ui.canvas.colours import colour_map

        assert self._document is not None, "it has layers"
        if layer.reads_below:
            return icon("adjust")
        picture = self._document.picture
        indices = greys(*thumbnail(layer, picture.height, picture.width, THUMBNAIL_PX))
        rgba = colour_map("viridis")[indices[..., 0]].copy()
        rgba[..., 3] = indices[..., 1]
        square = np.zeros((THUMBNAIL_PX, THUMBNAIL_PX, 4), np.uint8)
        top, left = (THUMBNAIL_PX - rgba.shape[0]) // 2, (THUMBNAIL_PX - rgba.shape[1]) // 2
        square[top : top + rgba.shape[0], left : left + rgba.shape[1]] = rgba
        image = QImage(square.data, THUMBNAIL_PX, THUMBNAIL_PX, QImage.Format.Format_RGBA8888).copy()
        return QIcon(QPixmap.fromImage(image))


RENAME, MOVE_SHAPES = N_("Rename"), N_("Move shapes")
_KINDS = {"Rectangle": N_("Rectangle"), "Ellipse": N_("Ellipse"), "Polygon": N_("Polygon"), "Mask": N_("Mask")}


def note_of(layer: "Layer") -> str:
    """What is special about a layer, in a few words."""
    from qmap_studio.document.aspect import Aspect

    notes = []
    shapes = getattr(layer, "shapes", None)
    if shapes is not None:
        notes.append(ngettext("{n} shape", "{n} shapes", len(shapes)).format(n=len(shapes)))
    if layer.rule.value != "replace":
        notes.append(tr(RULES[layer.rule.value]))
    if layer.opacity < 1:
        notes.append(f"{layer.opacity:.0%}")
    if layer.adjustments and not layer.reads_below:
        notes.append(tr("adjusted"))
    if layer.aspect is Aspect.BOUND:
        notes.append(tr("without loss"))
    if layer.is_inside:
        notes.append("◎")
    return " · ".join(notes)


def _rows(layers: "tuple[Layer, ...]") -> list[object]:
    return [(layer.key, tuple(placed.key for placed in getattr(layer, "shapes", ()))) for layer in layers]
