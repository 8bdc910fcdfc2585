"""What the chosen tool can be given, in one row above the canvas."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.tools.tool import Option, Tool
from qmap_studio.ui.widgets.elided import ElidedLabel
from qmap_studio.ui.widgets.keep_choice import KeepChoice
from qmap_studio.ui.widgets.slider import ValueSlider

SOFT = (Option.HARDNESS, Option.FLOW, Option.QUALITY, Option.FEATHER)
"""What a bound has no use for: it holds or not."""
MARGIN, GAP = 12, 12
LEAST_SLIDER = 60  # shorter than that, a slider is of no use


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


class ToolOptions(QScrollArea):
    """Sliders of the tool, and what it keeps; with little room only their fields, with less it scrolls.

    `values_changed` carries a PaintValues.

    Args:
        tool: whose options it shows at first.
        eraser: chooses what erasing does.
    """

    values_changed = Signal(object)
    entered = Signal()

    def __init__(self, tool: Tool, eraser: QAction) -> None:
        super().__init__(widgetResizable=True)
        self._tool = tool
        self.setObjectName("toolOptions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Tool options"))
        self._sliders = {
            Option.SIZE: ValueSlider(tr("Size"), 2, 2000, suffix=" px", logarithmic=True, tip=tr("[ and ]")),
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
            Option.HARDNESS: ValueSlider(
                tr("Hardness"), 0, 1, shown_factor=100, suffix=" %", tip=tr("Shift+[ and Shift+]")
            ),
            Option.FLOW: ValueSlider(
                tr("Flow"), 0.01, 1, shown_factor=100, suffix=" %", tip=tr("How much each dab adds")
            ),
            Option.FEATHER: ValueSlider(tr("Feather"), 0, 500, suffix=" px", tip=tr("How far the edge fades")),
        }
        self._hint = ElidedLabel()
        self._hint.setObjectName("muted")
        content = QWidget()
        layout = self._row = QHBoxLayout(content)
        layout.setContentsMargins(MARGIN, 2, MARGIN, 2)
        layout.setSpacing(GAP)
        self._keep = KeepChoice()
        self._keep.bound_changed.connect(self._on_value_changed)
        for option, slider in self._sliders.items():
            slider.setMaximumWidth(290)
            if option is Option.QUALITY:  # the choice stands where the slider's name would
                layout.addWidget(self._keep)
            layout.addWidget(slider, 3)
            slider.value_changed.connect(self._on_value_changed)
            slider.entered.connect(self.entered)
        self._eraser = QToolButton()
        self._eraser.setDefaultAction(eraser)
        self._eraser.setAccessibleName(eraser.iconText())
        self._eraser.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the mouse leaves the keys with the canvas
        layout.addWidget(self._eraser)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        self.setWidget(content)
        self.setFixedHeight(38)
        self._show_parts()

    def show_tool(self, tool: Tool) -> None:
        """Shows the options of a tool."""
        self._tool = tool
        self.show_hint(tr(tool.hint))
        self._show_parts()

    def show_hint(self, text: str) -> None:
        """Says how the tool is used, or what it will do."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

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
        for option, value in (
            (Option.SIZE, values.size_px),
            (Option.HARDNESS, values.hardness),
            (Option.FLOW, values.flow),
            (Option.QUALITY, values.quality),
            (Option.OTHER_QUALITY, values.other_quality),
            (Option.FEATHER, values.feather_px),
        ):
            self._sliders[option].value = value
        self._keep.bound = values.bound
        self._show_parts()

    def _options(self, tool: Tool) -> tuple[Option, ...]:
        """What there is to choose for a tool now: beside a bound neither a quality nor anything soft."""
        paints_bound = self._keep.bound is not None and Option.KEEP in tool.options
        return tuple(option for option in tool.options if not (paints_bound and option in SOFT))

    def _show_parts(self) -> None:
        options = self._options(self._tool)
        self._sliders[Option.QUALITY].show_label(_is_named(Option.QUALITY, options))
        self._keep.setVisible(Option.KEEP in options)
        self._eraser.setVisible(Option.ERASER in options)
        for option, slider in self._sliders.items():
            slider.setVisible(option in options)
        self._fit()

    def _fit(self) -> None:
        """Shows sliders where there is room for them beside each other."""
        roomy = self.width() >= self._narrowest(self._tool.options) + LEAST_SLIDER * len(self._tool.options)
        for slider in self._sliders.values():
            slider.show_slider(roomy)
            self._row.setStretchFactor(slider, 3 if roomy else 0)

    def _narrowest(self, options: Sequence[Option]) -> int:
        others = {Option.KEEP: self._keep, Option.ERASER: self._eraser}
        parts = [
            others[option].sizeHint().width()
            if option in others
            else self._sliders[option].narrowest(_is_named(option, options))
            for option in options
        ]
        return sum(parts) + GAP * len(parts) + 2 * MARGIN

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_value_changed(self) -> None:
        self._show_parts()
        self.values_changed.emit(self.values)


def _is_named(option: Option, options: Sequence[Option]) -> bool:
    """The choice of what is kept says what the quality's name would."""
    return option is not Option.QUALITY or Option.KEEP not in options
