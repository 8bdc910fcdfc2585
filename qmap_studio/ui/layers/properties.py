"""What is set of the active layer, or of the selected shapes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.layer_edits import LayerEdits
from qmap_studio.ui.layers.fields import FEATHER, OF_ADJUSTMENTS, OF_GRADIENT, OPACITY, QUALITY, Field
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import heading, muted
from qmap_studio.ui.widgets.slider import ValueSlider

if TYPE_CHECKING:
    from qmap_studio.document.layers.adjustments import Adjustment
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

RULES = {
    "replace": N_("Replace"),
    "maximum": N_("Maximum"),
    "minimum": N_("Minimum"),
    "add": N_("Add"),
    "multiply": N_("Multiply"),
}
GEOMETRY = (("x", "X"), ("y", "Y"), ("width", N_("W")), ("height", N_("H")), ("angle", N_("Angle")))
FARTHEST_PX = 100_000.0


class Properties(QWidget):
    """Rebuilt when something of another kind is chosen; otherwise its numbers follow."""

    def __init__(self, controller: Controller, edits: LayerEdits) -> None:
        super().__init__()
        self._controller, self._edits = controller, edits
        self._signature: object = None
        self._updates: list[Callable[[], None]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)

    def refresh(self) -> None:
        """Follows the document and what is chosen in it."""
        layer, shapes = self._layer, self._shapes
        kinds = tuple(type(each) for each in layer.adjustments) if layer is not None else ()
        signature = (layer.key if layer is not None else None, kinds, tuple(placed.key for placed in shapes))
        if signature != self._signature:
            self._signature = signature
            self._rebuild(layer, shapes)
        for update in self._updates:
            update()

    # What it is of

    @property
    def _layer(self) -> "Layer | None":
        document = self._controller.document
        return document.active_layer if document is not None else None

    @property
    def _shapes(self) -> "list[PlacedShape]":
        document, layer = self._controller.document, self._layer
        if document is None or layer is None or not document.choice.shapes:
            return []
        return [placed for placed in getattr(layer, "shapes", ()) if placed.key in document.choice.shapes]

    # Building

    def _rebuild(self, layer: "Layer | None", shapes: "Sequence[PlacedShape]") -> None:
        self._updates = []
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if layer is None:
            return
        if shapes:
            self._build_shapes(shapes)
        else:
            self._build_layer(layer)

    def _build_layer(self, layer: "Layer") -> None:
        document = self._controller.document
        assert document is not None, "it has the layer"
        self._add(self._heading(lambda: self._layer.name if self._layer is not None else ""))
        is_base = layer is document.layers[0]
        if hasattr(layer, "quality"):
            self._add_slider(QUALITY)
        for field in OF_GRADIENT if hasattr(layer, "quality_from") else ():
            self._add_slider(field)
        if hasattr(layer, "start"):
            self._add_ends()
        if is_base:
            return
        if layer.reads_below:  # its adjustments are what it is for
            self._add_adjustments(layer)
        self._add_slider(OPACITY)
        self._add_rule()
        if not layer.reads_below:
            self._add_check(
                tr("Inside, for the figures"),
                lambda: bool(self._layer is not None and self._layer.is_inside),
                lambda on: self._set_layer(N_("Inside"), is_inside=on),
            )
            self._add_adjustments(layer)

    def _build_shapes(self, shapes: "Sequence[PlacedShape]") -> None:
        count = len(shapes)
        text = ngettext("{n} shape", "{n} shapes", count).format(n=count)
        self._add(self._heading(lambda: text))
        if count == 1:
            self._add_text(tr("Name"), "name")
        self._add_text(tr("Class"), "label")
        if shapes[0].bound is None:
            self._add_slider(QUALITY, of_shapes=True)
            self._add_slider(FEATHER, of_shapes=True)
        self._add_geometry(count)
        self._add_check(
            tr("Inside, for the figures"),
            lambda: all(placed.is_inside for placed in self._shapes),
            lambda on: self._set_shapes(N_("Inside"), lambda placed: replace(placed, is_inside=on)),
        )

    def _add(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)

    def _heading(self, text: Callable[[], str]) -> QLabel:
        label = heading("")
        self._updates.append(lambda: label.setText(text()))
        return label

    def _add_slider(self, field: Field, of_shapes: bool = False) -> None:
        slider = _slider(field)

        def update() -> None:
            of: Any = self._shapes[0] if of_shapes and self._shapes else self._layer
            if of is None or not hasattr(of, field.name):
                return
            slider.value = getattr(of, field.name)
            is_mixed = of_shapes and len({getattr(placed, field.name) for placed in self._shapes}) > 1
            slider.show_name(tr("{name} (mixed)").format(name=tr(field.label)) if is_mixed else tr(field.label))

        def tell(value: float) -> None:
            if of_shapes:
                self._preview_shapes(field.name, field.label, lambda p: replace(p, **{field.name: field.made(value)}))
            else:
                self._preview_layer(field.label, **{field.name: field.made(value)})

        slider.value_changed.connect(tell)
        self._updates.append(update)
        self._add(slider)

    def _add_rule(self) -> None:
        from qmap_studio.document.layers.layer import Rule

        box = QComboBox()
        box.setAccessibleName(tr("Combining rule"))
        box.setToolTip(tr("How the layer's qualities meet those below it"))
        for rule in Rule:
            box.addItem(tr(RULES[rule.value]), rule)

        def update() -> None:
            blocker = QSignalBlocker(box)
            if self._layer is not None:
                box.setCurrentIndex(list(Rule).index(self._layer.rule))
            del blocker

        box.activated.connect(lambda index: self._set_layer(N_("Combining rule"), rule=list(Rule)[index]))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        label = muted(tr("Rule"))
        label.setWordWrap(False)
        layout.addWidget(label)
        layout.addWidget(box, 1)
        self._updates.append(update)
        self._add(row)

    def _add_check(self, text: str, is_on: Callable[[], bool], switch: Callable[[bool], None]) -> None:
        check = QCheckBox(text)

        def update() -> None:
            blocker = QSignalBlocker(check)
            check.setChecked(is_on())
            del blocker

        check.toggled.connect(switch)
        self._updates.append(update)
        self._add(check)

    def _add_text(self, label: str, name: str) -> None:
        line = QLineEdit()
        line.setPlaceholderText(label)
        line.setAccessibleName(label)

        def update() -> None:
            values = {getattr(placed, name) for placed in self._shapes}
            if not line.hasFocus():
                line.setText(values.pop() if len(values) == 1 else "")

        def finish() -> None:
            text = line.text().strip()
            if line.isModified():
                line.setModified(False)
                self._set_shapes(N_("Rename"), lambda placed: replace(placed, **{name: text}))

        line.editingFinished.connect(finish)
        self._updates.append(update)
        self._add(line)

    def _add_geometry(self, count: int) -> None:
        """Place, size and angle as numbers; of several those of the box around them, without its angle."""
        from qmap_studio.document.shapes import around_frames

        grid, fields = _numbers()
        for name, label in GEOMETRY:
            field = _number(grid, tr(label) if name not in ("x", "y") else label, len(fields))
            if name in ("width", "height"):
                field.setMinimum(1)
            if name == "angle":
                field.setRange(-360, 360)
                field.setSuffix("°")
                field.setEnabled(count == 1)
            fields[name] = field

        def update() -> None:
            if not self._shapes:
                return
            frame = around_frames(placed.shape.frame for placed in self._shapes)
            for name, field in fields.items():
                blocker = QSignalBlocker(field)
                field.setValue(getattr(frame, name))
                del blocker

        def change(name: str, value: float) -> None:
            frame = around_frames(placed.shape.frame for placed in self._shapes)
            if count == 1:
                made = replace(frame, **{name: value})
                self._set_shapes(N_("Place of shapes"), lambda p: replace(p, shape=p.shape.in_frame(made)))
                return
            about = frame.x, frame.y
            dx, dy = (value - frame.x if name == "x" else 0.0), (value - frame.y if name == "y" else 0.0)
            across = value / frame.width if name == "width" and frame.width else 1.0
            down = value / frame.height if name == "height" and frame.height else 1.0
            self._set_shapes(
                N_("Place of shapes"),
                lambda p: replace(p, shape=p.shape.in_frame(p.shape.frame.scaled(across, down, about).moved(dx, dy))),
            )

        for name, field in fields.items():
            field.valueChanged.connect(lambda value, name=name: change(name, value))
        self._updates.append(update)
        self._add(_held(grid))

    def _add_ends(self) -> None:
        """Both handles of a gradient as numbers."""
        grid, fields = _numbers()
        for end, label in (("start", tr("Start")), ("end", tr("End"))):
            for axis in range(2):
                fields[f"{end} {axis}"] = _number(grid, f"{label} {'XY'[axis]}", len(fields))

        def update() -> None:
            for name, field in fields.items():
                end, axis = name.split()
                blocker = QSignalBlocker(field)
                field.setValue(getattr(self._layer, end, (0.0, 0.0))[int(axis)])
                del blocker

        def change(name: str, value: float) -> None:
            end, axis = name.split()
            point = list(getattr(self._layer, end))
            point[int(axis)] = value
            other = getattr(self._layer, "end" if end == "start" else "start")
            if abs(point[0] - other[0]) + abs(point[1] - other[1]) >= 2:
                self._set_layer(N_("Move gradient"), **{end: tuple(point)})

        for name, field in fields.items():
            field.valueChanged.connect(lambda value, name=name: change(name, value))
        self._updates.append(update)
        self._add(_held(grid))

    # Adjustments

    def _add_adjustments(self, layer: "Layer") -> None:
        from qmap_studio.document.project.layer_entries import ADJUSTMENTS

        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(heading(tr("ADJUSTMENTS")), 1)
        add = QToolButton()
        add.setToolTip(tr("Add an adjustment"))
        add.setAccessibleName(tr("Add an adjustment"))
        set_icon(add, "plus")
        menu = QMenu(add)
        for kind in ADJUSTMENTS.values():
            menu.addAction(tr(kind.title)).triggered.connect(
                lambda _checked=False, kind=kind: self._set_adjustments((*self._adjustments, kind()), N_("Adjust"))
            )
        add.setMenu(menu)
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout.addWidget(add)
        self._add(row)
        for place, adjustment in enumerate(layer.adjustments):
            self._add_adjustment(place, adjustment)

    def _add_adjustment(self, place: int, adjustment: "Adjustment") -> None:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(tr(adjustment.title)), 1)
        remove = QToolButton()
        remove.setToolTip(tr("Remove"))
        remove.setAccessibleName(tr("Remove {name}").format(name=tr(adjustment.title)))
        set_icon(remove, "close")
        remove.clicked.connect(
            lambda: self._set_adjustments(
                (*self._adjustments[:place], *self._adjustments[place + 1 :]), N_("Remove adjustment")
            )
        )
        layout.addWidget(remove)
        self._add(row)
        for field in OF_ADJUSTMENTS[type(adjustment).__name__]:
            slider = _slider(field)

            def update(slider: ValueSlider = slider, field: Field = field) -> None:
                if place < len(self._adjustments):
                    slider.value = getattr(self._adjustments[place], field.name)

            def tell(value: float, field: Field = field) -> None:
                made = replace(self._adjustments[place], **{field.name: field.made(value)})  # type: ignore[type-var]
                kept = (*self._adjustments[:place], made, *self._adjustments[place + 1 :])
                self._preview_layer(field.label, adjustments=kept)

            slider.value_changed.connect(tell)
            self._updates.append(update)
            self._add(slider)

    @property
    def _adjustments(self) -> "tuple[Adjustment, ...]":
        return self._layer.adjustments if self._layer is not None else ()

    def _set_adjustments(self, adjustments: "tuple[Adjustment, ...]", name: str) -> None:
        self._set_layer(name, adjustments=adjustments)

    # Edits

    def _set_layer(self, name: str, **changes: Any) -> None:
        from qmap_studio.document.layers import arrange

        if (layer := self._layer) is not None:
            self._edits.apply(lambda layers: arrange.changed(layers, layer.key, **changes), name)

    def _preview_layer(self, name: str, **changes: Any) -> None:
        from qmap_studio.document.layers import arrange

        if (layer := self._layer) is not None:
            self._edits.preview(lambda layers: arrange.changed(layers, layer.key, **changes), name, layer.key)

    def _set_shapes(self, name: str, change: "Callable[[PlacedShape], PlacedShape]") -> None:
        from qmap_studio.document.layers import arrange

        layer, keys = self._layer, {placed.key for placed in self._shapes}
        if layer is not None and keys:
            self._edits.apply(lambda layers: arrange.with_shapes(layers, layer.key, keys, change), name)

    def _preview_shapes(self, field: str, name: str, change: "Callable[[PlacedShape], PlacedShape]") -> None:
        from qmap_studio.document.layers import arrange

        layer, keys = self._layer, frozenset(placed.key for placed in self._shapes)
        if layer is not None and keys:
            self._edits.preview(
                lambda layers: arrange.with_shapes(layers, layer.key, keys, change), name, (layer.key, keys, field)
            )


def _slider(field: Field) -> ValueSlider:
    return ValueSlider(
        tr(field.label),
        field.low,
        field.high,
        shown_factor=field.factor,
        decimals=field.decimals,
        suffix=field.suffix,
        stacked=True,
    )


def _numbers() -> tuple[QGridLayout, dict[str, QDoubleSpinBox]]:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    return grid, {}


def _number(grid: QGridLayout, label: str, place: int) -> QDoubleSpinBox:
    field = QDoubleSpinBox(decimals=1, minimum=-FARTHEST_PX, maximum=FARTHEST_PX)
    field.setKeyboardTracking(False)
    field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setAccessibleName(label)
    name = muted(label)
    name.setWordWrap(False)
    row, column = divmod(place, 2)
    grid.addWidget(name, row, 2 * column)
    grid.addWidget(field, row, 2 * column + 1)
    grid.setColumnStretch(2 * column + 1, 1)
    return field


def _held(grid: QGridLayout) -> QWidget:
    widget = QWidget()
    widget.setLayout(grid)
    return widget
