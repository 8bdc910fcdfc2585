"""The layers of the map: their tree, and what is set of the one that is chosen."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.commands.command import App
from qmap_studio.ui.layers.adjustments import offer_adjustments, small_button
from qmap_studio.ui.layers.model import LayerModel
from qmap_studio.ui.layers.properties import Properties
from qmap_studio.ui.layers.tree import LayerTree
from qmap_studio.ui.open_documents import OpenDocument
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.widgets.parts import rule

BUTTONS = ("new_brush_layer", "duplicate_layer", "raise_layer", "lower_layer", "delete_layer")
OF_THE_ROW = ("duplicate_layer", "delete_layer", "layer_visible", "layer_locked", "layer_inside")


class LayersPanel(QWidget):
    """Follows the document in front, and what is chosen in it."""

    def __init__(self, app: App, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._controller, self._edits = app.controller, app.layers
        self._model = LayerModel(self._edits, self)
        self.tree = LayerTree(self._model)
        self.properties = Properties(app.controller, self._edits)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for name in BUTTONS:
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setAccessibleName(actions[name].iconText())
            buttons.addWidget(button)
        adjust = small_button("adjust", tr("New Adjustment Layer"))
        adjust.setObjectName("")
        offer_adjustments(adjust, self._edits.add_adjustment)
        buttons.insertWidget(1, adjust)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tree, 1)
        layout.addLayout(buttons)
        layout.addWidget(rule())
        layout.addWidget(self.properties)
        self.tree.addActions([actions[name] for name in OF_THE_ROW])
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.tree.chosen.connect(self._on_chosen)
        self.tree.switched.connect(self._on_switched)
        self.tree.delete_requested.connect(actions["delete_layer"].trigger)
        self._seen: object = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._follow_preview)
        controller = app.controller
        controller.document_shown.connect(self._on_document_shown)
        controller.all_closed.connect(self._on_all_closed)
        controller.map_changed.connect(self._on_map_changed)
        controller.choice_changed.connect(self._follow)

    def _on_document_shown(self, shown: OpenDocument) -> None:
        self._model.set_document(shown.document)
        self._follow(is_other=True)

    def _on_all_closed(self) -> None:
        self._model.set_document(None)
        self.properties.refresh()

    def _on_map_changed(self, _rect: Rect, ended: bool) -> None:
        document = self._controller.document
        if ended:
            self._follow()
        elif document is not None and document.layers is not self._seen:
            self._soon.start()  # once for many changes

    def _follow_preview(self) -> None:
        self._show_layers()
        if not self._edits.is_previewing:  # whose sliders are ahead of it
            self.properties.refresh()

    def _follow(self, is_other: bool = False) -> None:
        """Shows the layers of the document in front, and what is chosen of them."""
        self._show_layers(is_other)
        self.properties.refresh()

    def _show_layers(self, is_other: bool = False) -> None:
        self._soon.stop()
        document = self._controller.document
        if document is not None:
            self._seen, active = document.layers, document.active_layer
            key = active.key if active is not None else None
            self.tree.follow(key, document.choice.shapes, lambda: self._model.refresh() or is_other)

    def _on_chosen(self, layer: int, shapes: frozenset[int]) -> None:
        from qmap_studio.document.choice import Choice

        if self._controller.document is not None:
            self._edits.finish()
            self._controller.document.choose(Choice(layer, shapes))
            self._follow()  # also where that is what was chosen, and rows are selected otherwise

    def _on_switched(self, field: str, layer: int) -> None:
        self._edits.toggle(field, N_("Show or hide layer") if field == "visible" else N_("Lock layer"), layer)


LAYERS = Panel(N_("Layers"), LayersPanel)
