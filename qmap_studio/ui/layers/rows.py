"""Rows of properties: a slider, a check box, a text. Each follows what it is of and tells of changes."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from qmap_studio.core.language import tr
from qmap_studio.ui.layers.fields import Field
from qmap_studio.ui.widgets.choice_row import LABEL_PX, Values
from qmap_studio.ui.widgets.slider import ValueSlider


class SliderRow(ValueSlider):
    """A number; `settled` comes at the end of a drag."""

    def __init__(self, field: Field, values: Values, change: Callable[[Any], None], settle: Callable[[], None]) -> None:
        super().__init__(
            tr(field.label),
            field.low,
            field.high,
            shown_factor=field.factor,
            decimals=field.decimals,
            suffix=field.suffix,
            label_px=LABEL_PX,
        )
        self._label_text, self._values = tr(field.label), values
        self.value_changed.connect(lambda value: change(field.made(value)))
        self.settled.connect(settle)

    def follow(self) -> None:
        if values := self._values():
            self.value = values[0]
            is_mixed = any(value != values[0] for value in values)
            # For translators: of several things that are selected, which differ in this.
            self.show_name(tr("{name} (mixed)").format(name=self._label_text) if is_mixed else self._label_text)


class CheckRow(QCheckBox):
    """On, off, or in between where some are on; a click then puts all on."""

    def __init__(self, text: str, values: Values, change: Callable[[bool], None]) -> None:
        super().__init__(text)
        self._values = values
        self.clicked.connect(lambda: change(not all(self._values())))

    def follow(self) -> None:
        on = [bool(value) for value in self._values()]
        some = Qt.CheckState.PartiallyChecked if any(on) else Qt.CheckState.Unchecked
        self.setCheckState(Qt.CheckState.Checked if all(on) else some)

    def nextCheckState(self) -> None:
        """A click changes what it is of, which it then follows."""


class TextRow(QLineEdit):
    """A text, empty where several differ."""

    def __init__(self, label: str, values: Values, change: Callable[[str], None]) -> None:
        super().__init__()
        self._label, self._values, self._change = label, values, change
        self.setAccessibleName(label)
        self.editingFinished.connect(self._finish)

    def follow(self) -> None:
        if self.isModified():
            return
        values = set(self._values())
        is_mixed = len(values) > 1
        self.setText("" if is_mixed else "".join(values))
        self.setPlaceholderText(tr("{name} (mixed)").format(name=self._label) if is_mixed else self._label)

    def _finish(self) -> None:
        if self.isModified():
            self.setModified(False)
            self._change(self.text().strip())
