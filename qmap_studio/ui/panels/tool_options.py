"""What the chosen tool can be told, in one row above the canvas."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from qmap_studio.ui.panels.slider import ValueSlider

SHOWN = {
    "brush": ("size", "hardness", "flow", "quality"),
    "linear": ("quality", "other"),
    "radial": ("quality", "other"),
    "rectangle": ("quality", "feather"),
    "select": (),
    "pan": (),
}
HINTS = {
    "linear": "Drag from the first quality to the second, then its ends.",
    "radial": "Drag from the centre outwards, then its ends.",
    "rectangle": "Drag a rectangle.",
    "select": "Drag a rectangle: the figures then tell its inside from its outside. Escape clears it.",
    "pan": "Drag to move, turn the wheel to zoom.",
}


@dataclass(frozen=True)
class PaintValues:
    """What the tools paint with."""

    size_px: float
    hardness: float
    flow: float
    quality: float
    other_quality: float
    feather_px: float


class ToolOptions(QFrame):
    """Sliders of the tool; `values_changed` carries a PaintValues."""

    values_changed = Signal(object)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolOptions")
        self.setAccessibleName("Tool options")
        self._sliders = {
            "size": ValueSlider("Size", 2, 2000, suffix=" px", logarithmic=True, tip="[ and ]"),
            "hardness": ValueSlider("Hardness", 0, 1, shown_factor=100, suffix=" %", tip="Shift+[ and Shift+]"),
            "flow": ValueSlider("Flow", 0.01, 1, shown_factor=100, suffix=" %", tip="How much each dab adds"),
            "quality": ValueSlider(
                "Quality", 0, 1, decimals=2, tip="1 to 9 on the keyboard set 0.1 to 0.9, comma 0, full stop 1"
            ),
            "other": ValueSlider("to", 0, 1, decimals=2, tip="Also what the eraser paints; X exchanges the two"),
            "feather": ValueSlider("Feather", 0, 500, suffix=" px", tip="How far the edge fades"),
        }
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 5, 14, 5)
        layout.setSpacing(20)
        for slider in self._sliders.values():
            slider.setMaximumWidth(290)
            layout.addWidget(slider, 3)
            slider.value_changed.connect(self._on_value_changed)
            slider.entered.connect(self.entered)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        self.setFixedHeight(38)
        self.show_tool("brush")

    def show_tool(self, name: str) -> None:
        """Shows the options of a tool, by its name."""
        self._hint.hide()
        for shown in (False, True):  # what goes, goes first: the row is never wider than either tool needs
            for key, slider in self._sliders.items():
                if (key in SHOWN[name]) is shown:
                    slider.setVisible(shown)
        self._hint.setText(HINTS.get(name, ""))
        self._hint.setVisible(name in HINTS)

    @property
    def values(self) -> PaintValues:
        of = {name: slider.value for name, slider in self._sliders.items()}
        return PaintValues(of["size"], of["hardness"], of["flow"], of["quality"], of["other"], of["feather"])

    def show_values(self, values: PaintValues) -> None:
        """Shows what the tools paint with, without telling of it."""
        shown = (values.size_px, values.hardness, values.flow, values.quality, values.other_quality, values.feather_px)
        for slider, value in zip(self._sliders.values(), shown, strict=True):
            slider.value = value

    def _on_value_changed(self) -> None:
        self.values_changed.emit(self.values)
