"""A length in pixels, or in per cent of each shape's shorter side."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.document.annotations.rules import Length
from qmap_studio.ui.widgets.choice_row import LABEL_PX
from qmap_studio.ui.widgets.scrolling import wheel_scrolls
from qmap_studio.ui.widgets.slider import ValueSlider

PIXELS, PER_CENT = range(2)
FIRST = 10.0
"""Of a unit that was not used yet, where the other has a number."""


class LengthRow(QWidget):
    """A slider for each unit, of which one is seen; the other keeps its number.

    Args:
        px, per_cent: from where to where each goes.
    """

    changed = Signal()

    def __init__(self, name: str, px: tuple[float, float], per_cent: tuple[float, float], tip: str) -> None:
        super().__init__()
        ranges = (px, per_cent)
        self._sliders = [ValueSlider(name, low, high, label_px=LABEL_PX, tip=tip) for low, high in ranges]
        self._unit = QComboBox()
        self._unit.addItems([tr("px"), "%"])
        self._unit.setAccessibleName(tr("Unit of {name}").format(name=name))
        self._unit.setToolTip(tr("Pixels, or per cent of each shape's shorter side"))
        wheel_scrolls(self._unit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for slider in self._sliders:
            slider.value = 0
            slider.value_changed.connect(self.changed)
            row.addWidget(slider, 1)
        row.addWidget(self._unit)
        self._unit.activated.connect(self._on_unit)
        self._show_unit()

    @property
    def length(self) -> Length:
        unit = self._unit.currentIndex()
        return Length(self._sliders[unit].value, unit == PER_CENT)

    @length.setter
    def length(self, length: Length) -> None:
        """Shows one without telling of it."""
        blocker = QSignalBlocker(self._unit)
        self._unit.setCurrentIndex(PER_CENT if length.is_percent else PIXELS)
        del blocker
        self._sliders[self._unit.currentIndex()].value = length.value
        self._show_unit()

    def _on_unit(self) -> None:
        chosen, other = self._sliders[self._unit.currentIndex()], self._sliders[1 - self._unit.currentIndex()]
        if other.value and not chosen.value:
            chosen.value = FIRST
        self._show_unit()
        self.changed.emit()

    def _show_unit(self) -> None:
        for unit, slider in enumerate(self._sliders):
            slider.setVisible(unit == self._unit.currentIndex())
