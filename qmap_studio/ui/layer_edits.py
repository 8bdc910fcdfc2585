"""Changes of layers from panels and menus: what a slider does is previewed, and is one edit once it rests."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.controller import Controller

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.document.layers.adjustments import Adjustment
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.stack import Layers

RESTS_AFTER_MS = 700
NEW, DUPLICATE, MOVE = N_("New layer"), N_("Duplicate layer"), N_("Move layer")
DELETE, DELETE_SHAPES = N_("Delete layer"), N_("Delete shapes")

Change = Callable[["Layers"], "Layers"]


class LayerEdits(QObject):
    """Edits the layers of the document in front; of previews only the latest is composed."""

    adjustment_added = Signal()  # its sliders are wanted next

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._waiting: tuple[Document, Change, str] | None = None
        self._running: tuple[Document, str, object] | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_waiting)
        self._rest = QTimer(self, singleShot=True, interval=RESTS_AFTER_MS)
        self._rest.timeout.connect(self._on_rested)

    def apply(self, change: Change, name: str) -> None:
        """Makes one edit of it; `name` is marked, and translated where it is shown."""
        self.finish()
        self._controller.edit(lambda document: document.change_layers(change(document.finish()), name))

    def preview(self, change: Change, name: str, subject: object) -> None:
        """Shows it; changes of one subject under one name are one edit, until nothing has changed for a moment.

        Args:
            change: of the layers as they were before the first of them.
        """
        document = self._controller.document
        if document is None:
            return
        if self._running is not None and self._running != (document, name, subject):
            self.finish()
        self._running = document, name, subject
        self._waiting = document, change, name
        self._soon.start()
        self._rest.start()

    @property
    def is_previewing(self) -> bool:
        return self._running is not None

    def finish(self) -> None:
        """Makes an edit of what is previewed."""
        self._soon.stop()
        self._rest.stop()
        self._show_waiting()
        running, self._running = self._running, None
        if running is not None:
            document, name, _ = running
            if document.undo_name == name:  # else something else has ended it, such as a stroke that goes on
                document.finish()

    def _on_rested(self) -> None:
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.finish()
        else:  # a slider is held
            self._rest.start()

    def _show_waiting(self) -> None:
        if self._waiting is not None:
            document, change, name = self._waiting
            self._waiting = None
            document.preview(change(document.before_previews(name)), name)

    # What menus and buttons do with the active layer and the selected shapes

    def add_brush(self) -> None:
        from qmap_studio.document.layers.raster import BrushLayer

        self.finish()
        self._controller.edit(lambda document: document.add_layer(BrushLayer(), NEW))

    def add_adjustment(self, kind: "type[Adjustment]") -> None:
        """A layer that adjusts all below the active one and that itself."""
        from qmap_studio.document.layers.adjust import AdjustLayer

        self.finish()
        layer, name = AdjustLayer.of(kind()), tr(kind.title)
        self._controller.edit(lambda document: document.add_layer(replace(layer, name=document.fresh_name(name)), NEW))
        self.adjustment_added.emit()

    def duplicate(self) -> None:
        from qmap_studio.document.choice import Choice
        from qmap_studio.document.layers import arrange

        def change(document: "Document") -> None:
            layer = document.active_layer
            if layer is None or layer is document.layers[0]:
                return
            layers, key = arrange.duplicated(document.finish(), layer.key, document.fresh_name(layer.name))
            document.change_layers(layers, DUPLICATE)
            document.choose(Choice(key))

        self.finish()
        self._controller.edit(change)

    def delete(self) -> None:
        """Deletes the selected shapes, or else the active layer."""
        from qmap_studio.document.layers import arrange

        def change(document: "Document") -> None:
            layer, shapes = document.active_layer, document.choice.shapes
            if layer is None:
                return
            layers = document.finish()
            held = {placed.key for placed in getattr(layer, "shapes", ())}
            if shapes & held:
                document.change_layers(arrange.without_shapes(layers, layer.key, shapes), DELETE_SHAPES)
            elif layer is not layers[0]:
                document.change_layers(arrange.without(layers, layer.key), DELETE)

        self.finish()
        self._controller.edit(change)

    def step(self, by: int) -> None:
        """Moves the active layer up or down."""
        from qmap_studio.document.layers import arrange

        layer = self._active()
        if layer is not None:
            self.apply(lambda layers: arrange.stepped(layers, layer.key, by), MOVE)

    def toggle(self, field: str, name: str, key: int | None = None) -> None:
        """Switches `visible`, `locked` or `is_inside` of a layer, the active one without a key."""
        from qmap_studio.document.layers import arrange

        document = self._controller.document
        layer = self._active() if key is None else document.layer(key) if document is not None else None
        if layer is not None and document is not None and (field == "is_inside" or layer is not document.layers[0]):
            on = not getattr(layer, field)
            self.apply(lambda layers: arrange.changed(layers, layer.key, **{field: on}), name)

    def _active(self) -> "Layer | None":
        return self._controller.document.active_layer if self._controller.document is not None else None
