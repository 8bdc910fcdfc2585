"""What the chosen tool can be given, in one row above the canvas."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.tools.tool import Option, Tool
from qmap_studio.ui.widgets.keep_choice import KeepChoice
from qmap_studio.ui.widgets.slider import ValueSlider

SOFT = (Option.HARDNESS, Option.FLOW, Option.QUALITY, Option.FEATHER)


@dataclass(frozen=True)
class PaintValues:
    """What the tools paint with."""

    size_px: float
    hardness: float
    flow: float
    quality: float
    other_quality: float
    feather_px: float
    bound: int | None = None


class ToolOptions(QFrame):
    """Sliders of the tool, and what it keeps; `values_changed` carries a PaintValues."""

    values_changed = Signal(object)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolOptions")
        self.setAccessibleName(tr("Tool options"))
        self._sliders = {
            Option.SIZE: ValueSlider(tr("Size"), 2, 2000, suffix=" px", logarithmic=True, tip=tr("[ and ]")),
            Option.HARDNESS: ValueSlider(
                tr("Hardness"), 0, 1, shown_factor=100, suffix=" %", tip=tr("Shift+[ and Shift+]")
            ),
            Option.FLOW: ValueSlider(
                tr("Flow"), 0.01, 1, shown_factor=100, suffix=" %", tip=tr("How much each dab adds")
            ),
            Option.QUALITY: ValueSlider(
                tr("Quality"), 0, 1, decimals=2, tip=tr("1 to 9 on the keyboard set 0.1 to 0.9, comma 0, full stop 1")
            ),
            Option.OTHER_QUALITY: ValueSlider(
                # For translators: stands between two fields, as in "Quality 0.9 to 0.1".
                tr("to"),
                0,
                1,
                decimals=2,
                tip=tr("Also what the eraser paints; X exchanges the two"),
            ),
            Option.FEATHER: ValueSlider(tr("Feather"), 0, 500, suffix=" px", tip=tr("How far the edge fades")),
        }
        self._keeps = False
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 12, 5)
        layout.setSpacing(12)
        self._keep = KeepChoice()
        self._keep.bound_changed.connect(self._on_value_changed)
        for option, slider in self._sliders.items():
            slider.setMaximumWidth(290)
            if option is Option.QUALITY:  # the choice stands where the slider's name would
                layout.addWidget(self._keep)
            layout.addWidget(slider, 3)
            slider.value_changed.connect(self._on_value_changed)
            slider.entered.connect(self.entered)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        self.setFixedHeight(38)

    def show_tool(self, tool: Tool) -> None:
        """Shows the options of a tool."""
        self._hint.hide()
        self._keeps = Option.KEEP in tool.options
        for shown in (False, True):  # what goes, goes first: the row is never wider than either tool needs
            if self._keeps is not shown:  # the choice says what the slider's name would
                self._sliders[Option.QUALITY].show_label(shown)
            for option, part in ((Option.KEEP, self._keep), *self._sliders.items()):
                if (option in tool.options) is shown:
                    part.setVisible(shown)
        self._enable()
        self._hint.setText(tr(tool.hint))
        self._hint.setVisible(bool(tool.hint))

    @property
    def values(self) -> PaintValues:
        of = {option: slider.value for option, slider in self._sliders.items()}
        return PaintValues(
            of[Option.SIZE],
            of[Option.HARDNESS],
            of[Option.FLOW],
            of[Option.QUALITY],
            of[Option.OTHER_QUALITY],
            of[Option.FEATHER],
            self._keep.bound,
        )

    def show_values(self, values: PaintValues) -> None:
        """Shows what the tools paint with, without telling of it."""
        shown = (values.size_px, values.hardness, values.flow, values.quality, values.other_quality, values.feather_px)
        for slider, value in zip(self._sliders.values(), shown, strict=True):
            slider.value = value
        self._keep.bound = values.bound
        self._enable()

    def _enable(self) -> None:
        """A bound holds or not: there is no quality to choose then, and nothing soft."""
        paints_quality = self._keep.bound is None or not self._keeps
        for option in SOFT:
            self._sliders[option].setEnabled(paints_quality)

    def _on_value_changed(self) -> None:
        self._enable()
        self.values_changed.emit(self.values)
