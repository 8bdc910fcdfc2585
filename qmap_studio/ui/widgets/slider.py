"""A named slider with the number beside it."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from qmap_studio.ui.widgets.scrolling import wheel_scrolls

STEPS = 1000  # of a logarithmic slider; any other has those of its field

FIELD_WIDTH, GAP = 66, 8


class ValueSlider(QWidget):
    """Slider and field for one number; `value_changed` only tells of the person's own changes, `settled` of their end.

    Args:
        name: shown, and what screen readers say.
        low, high: the range, as `value` gives it.
        shown_factor: of the number in the field, such as 100 for per cent.
        suffix: the unit in the field.
        logarithmic: equal ways on the slider are equal ratios.
        stacked: the name above the slider instead of before it.
        label_px: of the name before it, if it is to have a certain width.
    """

    value_changed = Signal(float)
    settled = Signal()  # the slider was let go, or the field is done with; keys and the wheel do not tell
    entered = Signal()  # Return was pressed in the field

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        *,
        shown_factor: float = 1.0,
        decimals: int = 0,
        suffix: str = "",
        logarithmic: bool = False,
        stacked: bool = False,
        label_px: int = 0,
        tip: str = "",
    ) -> None:
        super().__init__()
        self._low, self._high, self._factor = low, high, shown_factor
        self._logarithmic = logarithmic
        self._value = low
        self._label = label = QLabel()
        label.setObjectName("muted")
        label.setMinimumWidth(label_px)
        self._shown_step = 10.0**-decimals  # the least that the field shows
        ends = (0, STEPS) if logarithmic else (self._step(low), self._step(high))
        self._slider = QSlider(Qt.Orientation.Horizontal, minimum=ends[0], maximum=ends[1])
        self._slider.setMinimumWidth(32)
        self._field = QDoubleSpinBox(decimals=decimals, minimum=low * shown_factor, maximum=high * shown_factor)
        self._field.setSuffix(suffix)
        self._field.setSingleStep(10.0**-decimals * (5 if decimals else 1))
        self._field.setKeyboardTracking(False)
        self._field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.setFixedWidth(FIELD_WIDTH)
        for part in (self._slider, self._field):
            part.setToolTip(tip)
        self.show_name(name)
        label.setBuddy(self._field)
        # The mouse leaves the focus where it is: on the canvas, whose keys go on working.
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        wheel_scrolls(self._slider, self._field)
        self._field.lineEdit().returnPressed.connect(self.entered)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        if not stacked:
            row.addWidget(label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(1)
        if stacked:
            outer.addWidget(label)
        outer.addLayout(row)
        self._slider.sliderReleased.connect(self.settled)
        self._field.editingFinished.connect(self.settled)
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._field.valueChanged.connect(self._on_field_changed)

    @property
    def name(self) -> str:
        return self._label.text()

    def show_name(self, name: str) -> None:
        """Names it anew, as when it means something else."""
        self._label.setText(name)
        for part in (self._slider, self._field):
            part.setAccessibleName(name)

    def show_slider(self, shown: bool) -> None:
        """Whether there is a slider beside the field."""
        self._slider.setVisible(shown)

    def narrowest(self, with_label: bool) -> int:
        """The width that the field needs, and its name if that is seen, without the slider."""
        return FIELD_WIDTH + with_label * (self._label.sizeHint().width() + GAP)

    def show_label(self, shown: bool) -> None:
        """Whether its name is seen, or only told, where what is before it says as much."""
        self._label.setVisible(shown)

    @property
    def value(self) -> float:
        return self._value

    @value.setter
    def value(self, value: float) -> None:
        """Shows a number without telling of it."""
        self._value = min(max(value, self._low), self._high)
        blockers = QSignalBlocker(self._slider), QSignalBlocker(self._field)
        self._slider.setValue(self._step(self._value))
        self._field.setValue(self._value * self._factor)
        self._slider.setAccessibleDescription(self._field.text())
        del blockers

    def _step(self, value: float) -> int:
        """The slider's step for a value."""
        if self._logarithmic:
            return round(math.log(value / self._low) / math.log(self._high / self._low) * STEPS)
        return round(value * self._factor / self._shown_step)

    def _on_slider_moved(self, step: int) -> None:
        if self._logarithmic:
            self._tell(self._low * (self._high / self._low) ** (step / STEPS))
        else:
            self._tell(step * self._shown_step / self._factor)

    def _on_field_changed(self, shown: float) -> None:
        self._tell(shown / self._factor)

    def _tell(self, value: float) -> None:
        self.value = value
        self.value_changed.emit(self._value)
