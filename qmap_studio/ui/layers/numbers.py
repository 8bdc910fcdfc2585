"""Places in the picture as numbers: boxes of shapes, handles of gradients."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import dist
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.layers.subject import OfShape, Subject
from qmap_studio.ui.widgets.parts import muted
from qmap_studio.ui.widgets.scrolling import wheel_scrolls

if TYPE_CHECKING:
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

BOX = (("x", "X"), ("y", "Y"), ("width", N_("Width")), ("height", N_("Height")), ("angle", N_("Angle")))
FARTHEST_PX = 100_000.0
RANGES = {"width": (1.0, FARTHEST_PX), "height": (1.0, FARTHEST_PX), "angle": (-360.0, 360.0)}


class Numbers(QWidget):
    """Two fields a line."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._subject = subject
        self._fields: dict[str, QDoubleSpinBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)

    def _add(self, name: str, label: str, change: Callable[[str, float], None], low: float, high: float) -> None:
        field = QDoubleSpinBox(decimals=1, minimum=low, maximum=high)
        field.setKeyboardTracking(False)
        field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(label)
        wheel_scrolls(field)
        text = muted(label)
        text.setWordWrap(False)
        text.setBuddy(field)
        row, column = divmod(len(self._fields), 2)
        self._grid.addWidget(text, row, 2 * column)
        self._grid.addWidget(field, row, 2 * column + 1)
        self._grid.setColumnStretch(2 * column + 1, 1)
        self._fields[name] = field
        field.valueChanged.connect(lambda value: change(name, value))
        field.editingFinished.connect(self._subject.edits.finish)

    def _show(self, name: str, value: float) -> None:
        blocker = QSignalBlocker(self._fields[name])
        self._fields[name].setValue(value)
        del blocker


class BoxNumbers(Numbers):
    """The box of a shape, or the upright one around several, which cannot be turned."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        for name, label in BOX:
            low, high = RANGES.get(name, (-FARTHEST_PX, FARTHEST_PX))
            self._add(name, tr(label), self._change, low, high)
        self._fields["angle"].setSuffix("°")
        self._fields["angle"].setEnabled(len(subject.shapes) == 1)

    def follow(self) -> None:
        from qmap_studio.document.shapes import around_frames

        if self._subject.shapes:
            frame = around_frames(placed.shape.frame for placed in self._subject.shapes)
            for name in self._fields:
                self._show(name, getattr(frame, name))

    def _change(self, name: str, value: float) -> None:
        label = dict(BOX)[name]
        self._subject.preview_shapes(label, lambda shapes: _with_box(shapes, name, value))


def _with_box(shapes: "Sequence[PlacedShape]", name: str, value: float) -> OfShape:
    """What becomes of each of some shapes when a number of the box around them is set."""
    from qmap_studio.document.shapes import around_frames

    frame = around_frames(placed.shape.frame for placed in shapes)
    if len(shapes) == 1:
        made = replace(frame, **{name: value})
        return lambda placed: replace(placed, shape=placed.shape.in_frame(made))
    dx, dy = (value - frame.x if name == "x" else 0.0), (value - frame.y if name == "y" else 0.0)
    across = value / frame.width if name == "width" and frame.width else 1.0
    down = value / frame.height if name == "height" and frame.height else 1.0

    def change(placed: "PlacedShape") -> "PlacedShape":
        made = placed.shape.frame.scaled(across, down, (frame.x, frame.y)).moved(dx, dy)
        return replace(placed, shape=placed.shape.in_frame(made))

    return change


class EndNumbers(Numbers):
    """Both handles of a gradient."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        for end, label in (("start", tr("Start")), ("end", tr("End"))):
            for axis in "xy":
                self._add(f"{end} {axis}", f"{label} {axis.upper()}", self._change, -FARTHEST_PX, FARTHEST_PX)

    def follow(self) -> None:
        for name in self._fields:
            end, axis = name.split()
            for point in self._subject.values(end):
                self._show(name, point["xy".index(axis)])

    def _change(self, name: str, value: float) -> None:
        end, axis = name.split()

        def change(layer: "Layer") -> "Layer":
            point = list(getattr(layer, end))
            point["xy".index(axis)] = value
            other = getattr(layer, "end" if end == "start" else "start")
            if dist(point, other) < 1:  # it would have no direction
                return layer
            return replace(layer, **{end: tuple(point)})  # type: ignore[arg-type]

        self._subject.preview_layer(N_("Move gradient"), change, name)
