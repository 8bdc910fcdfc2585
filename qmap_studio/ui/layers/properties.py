"""What is set of the active layer, or of the selected shapes."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.layer_edits import LayerEdits
from qmap_studio.ui.layers.adjustments import AdjustmentList
from qmap_studio.ui.layers.fields import FEATHER, OF_GRADIENT, OPACITY, QUALITY, RULES, Field
from qmap_studio.ui.layers.numbers import BoxNumbers, EndNumbers
from qmap_studio.ui.layers.rows import CheckRow, SliderRow, TextRow
from qmap_studio.ui.layers.subject import Subject
from qmap_studio.ui.widgets.choice_row import ChoiceRow
from qmap_studio.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from qmap_studio.document.layers.layer import Layer

MOST_IN_A_BOX = 1000
INSIDE = N_("Inside")


class Properties(QWidget):
    """Made anew when something else is chosen; otherwise its numbers follow."""

    def __init__(self, controller: Controller, edits: LayerEdits) -> None:
        super().__init__()
        self._controller, self._subject = controller, Subject(edits)
        self._kind: object = None
        self._rows: list[Any] = []
        edits.adjustment_added.connect(self._reveal_adjustments, Qt.ConnectionType.QueuedConnection)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)

    def refresh(self) -> None:
        """Follows the document and what is chosen in it."""
        self._subject.follow(self._controller.document)
        if self._subject.kind != self._kind:
            self._kind = self._subject.kind
            self._rebuild()
        for row in self._rows:
            row.follow()

    def _rebuild(self) -> None:
        self._rows = []
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        layer = self._subject.layer
        if layer is None:
            return
        self._add(_Heading(self._subject))
        if self._subject.shapes:
            self._build_shapes()
        else:
            self._build_layer(layer)

    def _build_layer(self, layer: "Layer") -> None:
        from qmap_studio.document.aspect import Aspect

        if hasattr(layer, "quality"):
            self._add_slider(QUALITY)
        if hasattr(layer, "bound"):
            self._add_bounds((*range(WITHOUT_LOSS, LARGEST_BOUND + 1),))
        if hasattr(layer, "start"):
            for field in OF_GRADIENT:
                self._add_slider(field)
            self._add(EndNumbers(self._subject))
        if self._subject.is_base:
            return
        if layer.reads_below:  # its adjustments are what it is for
            self._add(AdjustmentList(self._subject))
        if layer.aspect is Aspect.QUALITY:  # a bound holds or not
            self._add_slider(OPACITY)
            self._add_rule()
        if layer.reads_below:
            return
        self._add_inside()
        if layer.aspect is Aspect.QUALITY:
            self._add(AdjustmentList(self._subject))

    def _build_shapes(self) -> None:
        shapes = self._subject.shapes
        if len(shapes) == 1:
            self._add_text("name", tr("Name"), N_("Rename"))
        self._add_text("label", tr("Class"), N_("Class"))
        if shapes[0].bound is None:
            self._add_slider(QUALITY)
            self._add_slider(FEATHER)
        else:
            self._add_bounds((*range(WITHOUT_LOSS, LARGEST_BOUND + 1), UNBOUNDED))
        if len(shapes) <= MOST_IN_A_BOX:
            self._add(BoxNumbers(self._subject))
        self._add_inside()

    def _reveal_adjustments(self) -> None:
        """Scrolls what this lies in to the sliders of the adjustment that was added."""
        area: Any = self
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        for row in self._rows:
            if area is not None and isinstance(row, AdjustmentList):
                area.ensureWidgetVisible(row.last)

    # Rows

    def _add(self, row: QWidget) -> None:
        self._layout.addWidget(row)
        self._rows.append(row)

    def _add_slider(self, field: Field) -> None:
        self._add(
            SliderRow(
                field,
                partial(self._subject.values, field.name),
                lambda value: self._preview(field.label, **{field.name: value}),
                self._subject.edits.finish,
            )
        )

    def _add_bounds(self, bounds: tuple[int, ...]) -> None:
        choices = [(name_of(bound), bound) for bound in bounds]
        tip = tr("How far pixels may be off at most, in levels of 8 bits")
        values = partial(self._subject.values, "bound")
        self._add(ChoiceRow(tr("Keep"), choices, values, lambda bound: self._set(N_("Bound"), bound=bound), tip))

    def _add_rule(self) -> None:
        from qmap_studio.document.layers.layer import Rule

        choices = [(tr(RULES[rule.value]), rule) for rule in Rule]
        tip = tr("How the layer's qualities meet those below it")
        values = partial(self._subject.values, "rule")
        name = N_("Combining rule")
        self._add(ChoiceRow(tr("Rule"), choices, values, lambda rule: self._set(name, rule=rule), tip))

    def _add_inside(self) -> None:
        values = partial(self._subject.values, "is_inside")
        self._add(CheckRow(tr("Inside, for the figures"), values, lambda on: self._set(INSIDE, is_inside=on)))

    def _add_text(self, name: str, label: str, edit: str) -> None:
        values = partial(self._subject.values, name)
        self._add(TextRow(label, values, lambda text: self._set(edit, **{name: text})))

    # Changes of the shapes, or else of the layer

    def _set(self, edit: str, **values: Any) -> None:
        if self._subject.shapes:
            self._subject.set_shapes(edit, lambda placed: replace(placed, **values))
        else:
            self._subject.set_layer(edit, lambda layer: replace(layer, **values))

    def _preview(self, edit: str, **values: Any) -> None:
        if self._subject.shapes:
            self._subject.preview_shapes(edit, lambda _shapes: lambda placed: replace(placed, **values))
        else:
            self._subject.preview_layer(edit, lambda layer: replace(layer, **values))


class _Heading(ElidedLabel):
    """What it is of."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.setObjectName("heading")
        self._subject = subject

    def follow(self) -> None:
        layer, count = self._subject.layer, len(self._subject.shapes)
        text = ngettext("{n} shape", "{n} shapes", count).format(n=count) if count else layer.name if layer else ""
        self.setText(text)
