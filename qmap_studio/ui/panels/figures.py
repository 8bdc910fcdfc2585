"""The figures of the picture as it is coded now: inside, outside, overall."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.commands.command import App
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.widgets.parts import Reading, heading, muted, readable_bytes, rule, set_tone
from qmap_studio.ui.widgets.slider import ValueSlider

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.engine import LiveResult
    from qmap_studio.evaluation.region import Figures, RegionFigures

INSIDE_BY_QUALITY = N_("Inside is where quality is above")
INSIDE_BY_SELECTION = N_("Inside is the selection")
INSIDE_BY_LAYERS = N_("Inside is what layers and shapes mark")
INSIDE_BY_BOUNDS = N_("Inside is where an error bound holds")
UNIFORM = N_("No part is inside: the map is uniform")
COLUMNS = (N_("Inside"), N_("Outside"), N_("Overall"))
ROWS = (N_("Rate"), N_("Size"), "PSNR", "MS-SSIM", N_("Bits"), N_("Area"))
UNITS = ("bpp", "KB", "dB", "", "%", "%")
NOTHING = "–"
FOLDED, FOLD_PX = "figures_folded", 18
EXACT = N_("Of the file that an export writes; the bytes of a large one to within 0.1 %")
DECODED = N_("Figures of the decoded picture, coded once more: the file does not hold the photo it was made from.")


class FiguresPanel(QWidget):
    """Shows Figures with their units, how exact they are, and what tells inside from outside."""

    threshold_changed = Signal(float)
    headline_changed = Signal(str)  # rate and size in a line; empty without them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels = 0
        self._headline = Reading(tr("Rate"), NOTHING, kind="headline")
        self._size = Reading(tr("Size"), kind="muted")
        self._state = Reading(tr("Figures"), kind="pill")
        self._state.hide()
        self._reference = QLabel()
        self._reference.setObjectName("notice")
        self._reference.setWordWrap(True)
        self._reference.hide()
        self.table = FiguresTable()
        self.threshold = ValueSlider(tr(INSIDE_BY_QUALITY), 0, 1, decimals=2, stacked=True)
        self.threshold.value_changed.connect(self.threshold_changed)
        self.show_inside(False, None)

        self._fold = QToolButton(checkable=True, autoRaise=True)
        self._fold.setObjectName("small")
        self._fold.setFixedSize(FOLD_PX, FOLD_PX)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self._fold)
        top.addWidget(heading(tr("FIGURES")))
        top.addStretch(1)
        top.addWidget(self._state)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._headline)
        first.addWidget(self._size, 0, Qt.AlignmentFlag.AlignBottom)
        first.addStretch(1)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(8)
        details.addWidget(self.table)
        details.addWidget(self.threshold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(first)
        layout.addWidget(self._reference)
        layout.addWidget(self._details)
        self._fold.setChecked(bool(QSettings().value(FOLDED, False, type=bool)))
        self._show_folded()
        self._fold.clicked.connect(self._on_fold_clicked)

    def follow(self, controller: Controller) -> None:
        """Shows the figures of the controller's document from now on."""

        def show_inside() -> None:
            document = controller.document
            threshold = controller.threshold
            by_bounds = document is not None and _is_by_bounds(document, threshold)
            marked = ""
            if document is not None and document.inside is not None:
                marked = INSIDE_BY_LAYERS if document.selection is None else INSIDE_BY_SELECTION
            self.show_inside(marked, threshold, by_bounds)

        def show_edited(_rect: Rect, ended: bool) -> None:
            if ended:
                show_inside()

        def show_result(result: "LiveResult") -> None:
            if result.figures is not None:
                self.show_figures(result.figures, result.exact_share)

        def show_other() -> None:
            self.clear()
            self.show_decoded(controller.is_decoded)

        self.threshold_changed.connect(controller.set_threshold)
        controller.document_shown.connect(show_other)
        controller.all_closed.connect(show_other)
        controller.codec_changed.connect(self.clear)
        controller.threshold_changed.connect(show_inside)
        controller.selection_changed.connect(show_inside)
        controller.map_changed.connect(show_edited)
        controller.live_result_arrived.connect(show_result)
        controller.figures_outdated.connect(self.show_updating)

    @property
    def state(self) -> str:
        """How exact the figures are, as shown: "", "exact", such as "62 % measured", or "updating"."""
        return self._state.text()

    @property
    def reference(self) -> str:
        """What the figures are of, where it is not a photo."""
        return self._reference.text()

    def show_decoded(self, is_decoded: bool) -> None:
        """Whether the figures are of a decoded file instead of a photo."""
        self._reference.setText(tr(DECODED) if is_decoded else "")
        self._reference.setVisible(is_decoded)

    def show_figures(self, figures: "Figures", measured: float) -> None:
        """Shows figures of a live answer.

        Args:
            measured: the share of the picture that they rest on, 0 to 1.
        """
        self._headline.setText(f"{figures.overall.bpp:.3f} bpp")  # no text: a unit
        about = "≈ " if figures.estimated else ""
        self._size.setText(about + readable_bytes(figures.size_bytes))
        self.headline_changed.emit(f"{self._headline.text()} · {self._size.text()}")
        self.table.show_figures(figures)
        if measured < 1.0:
            tip = tr("Measured on this share of the picture, and taken as typical of the rest")
            self._show_state(tr("{percent} % measured").format(percent=_percent_below(measured)), "warm", tip)
        else:
            self._show_state(tr("exact"), "good", tr(EXACT))

    def show_updating(self) -> None:
        """The map has changed since the figures were taken, or the first ones are on their way."""
        some = self._headline.text() != NOTHING
        old, first = tr("The figures are of the map before the last edit"), tr("The first figures are on their way")
        self._show_state(tr("updating"), "warm", old if some else first)

    def show_inside(self, marked: str, threshold: float | None, by_bounds: bool = False) -> None:
        """What tells inside from outside.

        Args:
            marked: says what is marked as inside; empty if nothing is, so that a threshold tells.
            threshold: None while the map is uniform.
            by_bounds: bounds came first, so that what they bound is inside.
        """
        by_map = INSIDE_BY_BOUNDS if by_bounds else INSIDE_BY_QUALITY if threshold is not None else UNIFORM
        self.threshold.show_name(tr(marked or by_map))
        self.threshold.setEnabled(not marked and not by_bounds and threshold is not None)
        if threshold is not None:
            self.threshold.value = threshold

    def clear(self) -> None:
        self._headline.setText(NOTHING)
        self._size.setText("")
        self.headline_changed.emit("")
        self._state.hide()
        self._state.setText("")
        self.table.clear()

    def _on_fold_clicked(self) -> None:
        QSettings().setValue(FOLDED, self._fold.isChecked())
        self._show_folded()

    def _show_folded(self) -> None:
        """Leaves the panels below more room, or shows all figures again."""
        folded = self._fold.isChecked()
        self._details.setHidden(folded)
        self._fold.setArrowType(Qt.ArrowType.RightArrow if folded else Qt.ArrowType.DownArrow)
        text = tr("Show all figures") if folded else tr("Show only rate and size")
        self._fold.setToolTip(text)
        self._fold.setAccessibleName(text)

    def _show_state(self, text: str, tone: str, tip: str) -> None:
        self._state.setText(text)
        self._state.setToolTip(tip)
        self._state.show()
        set_tone(self._state, tone)


class FiguresTable(QWidget):
    """Rows of figures in columns inside, outside, overall."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 0)
        for column, name in enumerate(COLUMNS, start=2):
            title = heading(tr(name))
            title.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(title, 0, column)
            grid.setColumnStretch(column, 1)
        line = rule()
        grid.addWidget(line, 1, 0, 1, 5)
        self._cells: dict[tuple[str, str], Reading] = {}
        for row, (name, unit) in enumerate(zip(ROWS, UNITS, strict=True), start=2):
            grid.addWidget(QLabel(tr(name)), row, 0)
            grid.addWidget(muted(unit), row, 1)
            for column, region in enumerate(COLUMNS, start=2):
                cell = Reading(f"{tr(name)} {tr(region)}", NOTHING, unit)
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
                cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                grid.addWidget(cell, row, column)
                self._cells[name, region] = cell

    def show_figures(self, figures: "Figures") -> None:
        for region, part in zip(COLUMNS, (figures.inside, figures.outside, figures.overall), strict=True):
            texts = _texts(part, figures.overall.pixels) if part is not None else (NOTHING,) * len(ROWS)
            for name, text in zip(ROWS, texts, strict=True):
                self._cells[name, region].setText(text)

    def text(self, row: str, region: str) -> str:
        """What a cell shows."""
        return self._cells[row, region].text()

    def clear(self) -> None:
        for cell in self._cells.values():
            cell.setText(NOTHING)


def _texts(part: "RegionFigures", pixels: int) -> tuple[str, ...]:
    return (
        f"{part.bpp:.3f}",
        f"{part.bits / 8000:.1f}",
        _number(part.psnr_db, ".2f"),
        _number(part.ms_ssim, ".4f"),
        _number(part.share_of_bits * 100, ".0f"),
        f"{part.pixels / pixels * 100:.0f}",
    )


def _percent_below(share: float) -> str:
    """Rounded down, so that what is not all never reads as 100."""
    return "< 1" if share < 0.01 else f"{math.floor(share * 100)}"


def _number(value: float, form: str) -> str:
    if math.isnan(value):
        return NOTHING
    return tr("identical") if math.isinf(value) else format(value, form)


def _is_by_bounds(document: "Document", threshold: float | None) -> bool:
    """Whether error bounds tell inside from outside: no threshold was chosen before them, or it parts nothing."""
    values = document.quality_map.values
    return bool(document.held_bounds) and (threshold is None or bool(values.min() == values.max()))


def _make(app: App, _actions: object) -> FiguresPanel:
    panel = FiguresPanel()
    panel.follow(app.controller)
    return panel


FIGURES = Panel(N_("Figures"), _make)
