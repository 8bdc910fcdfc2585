"""The layers of the map: their tree, and what is set of the one that is chosen."""

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.ui.commands.command import App
from qmap_studio.ui.layers.model import LayerModel
from qmap_studio.ui.layers.properties import Properties
from qmap_studio.ui.layers.tree import LayerTree
from qmap_studio.ui.open_documents import OpenDocument
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.widgets.parts import rule

BUTTONS = ("new_brush_layer", "new_adjustment", "duplicate_layer", "raise_layer", "lower_layer", "delete_layer")


class LayersPanel(QWidget):
    """Follows the document in front, and what is chosen in it."""

    def __init__(self, app: App, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._controller, self._edits = app.controller, app.layers
        self._end_following = lambda: None
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
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tree, 1)
        layout.addLayout(buttons)
        layout.addWidget(rule())
        layout.addWidget(self.properties)
        self.tree.chosen.connect(self._on_chosen)
        self.tree.switched.connect(self._on_switched)
        controller = app.controller
        controller.document_shown.connect(self._on_document_shown)
        controller.all_closed.connect(self._on_all_closed)
        controller.map_changed.connect(self._on_map_changed)

    def _on_document_shown(self, shown: OpenDocument) -> None:
        self._end_following()
        self._model.set_document(shown.document)
        self._end_following = shown.document.subscribe_choice(self._show_choice)
        self._show_choice()

    def _on_all_closed(self) -> None:
        self._end_following()
        self._end_following = lambda: None
        self._model.set_document(None)
        self.properties.refresh()

    def _on_map_changed(self, _rect: Rect, ended: bool) -> None:
        if ended:
            if self._model.refresh():
                self._show_choice()
            else:
                self.properties.refresh()

    def _show_choice(self) -> None:
        document = self._controller.document
        if document is not None:
            self._model.refresh()
            active = document.active_layer
            self.tree.show_choice(active.key if active is not None else None, document.choice.shapes)
            self.properties.refresh()

    def _on_chosen(self, layer: int, shapes: frozenset[int]) -> None:
        from qmap_studio.document.choice import Choice

        if self._controller.document is not None:
            self._edits.finish()
            self._controller.document.choose(Choice(layer, shapes))

    def _on_switched(self, field: str, layer: int) -> None:
        self._edits.toggle(field, N_("Show or hide layer") if field == "visible" else N_("Lock layer"), layer)


LAYERS = Panel(N_("Layers"), LayersPanel)
