"""The map's file beside a uniform file of the same size."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.panels.figures import FiguresTable
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import Reading, muted, set_tone
from qmap_studio.ui.widgets.roomy_buttons import ButtonBar
from qmap_studio.ui.widgets.scrolling import Scrolling

if TYPE_CHECKING:
    from qmap_studio.engine import Compared
    from qmap_studio.evaluation.region import RegionFigures
    from qmap_studio.ui.opening import ReadyComparison

MODES = (("side_by_side", N_("Side by Side"), "1"), ("wipe", N_("Wipe"), "2"), ("flicker", N_("Flicker"), "3"))
"""Each also the name of its icon."""
TITLES = (N_("With the map"), N_("Uniform"))
NARROWEST = 260
LOWEST_VIEW = 150
MARGIN, SIDES_GAP = 14, 28
CURRENT, OLD = N_("of the map as it is"), N_("of the map before the last edits")


class ComparisonPanel(QDockWidget):
    """Both pictures with their figures, beside the canvas or in a window of its own."""

    save_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Map against Uniform"), parent)
        self.setObjectName("comparison")
        self.view = WipeView()
        self._modes = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        buttons = ButtonBar()
        bar = QHBoxLayout(buttons)
        bar.setSpacing(0)
        for mode, text, key in MODES:
            button = QToolButton()
            button.setText(tr(text))
            button.setAccessibleName(tr(text))
            set_icon(button, mode)
            button.setCheckable(True)
            button.setChecked(mode == self.view.mode)
            button.setToolTip(f"{tr(text)} ({key})")
            button.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            # Only where the comparison has the keys: on the canvas digits set the quality.
            within = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(key), self, context=within).activated.connect(button.click)
            self._modes.addButton(button)
            self._buttons[mode] = button
            bar.addWidget(button)
        bar.addStretch(1)
        others = []
        for text, icon, command in (
            (tr("Fit"), "fit", self.view.fit),
            (tr("Save…"), "save", self.save_requested.emit),
        ):
            button = QToolButton()
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(text)
            set_icon(button, icon)
            button.clicked.connect(lambda _checked=False, command=command: command())
            bar.addWidget(button)
            others.append(button)
        buttons.groups = others, list(self._buttons.values())
        self._age = Reading(tr("Figures"), kind="pill")
        self._verdict = muted()
        header = QVBoxLayout()
        header.setSpacing(6)
        header.addWidget(self._age, 0, Qt.AlignmentFlag.AlignLeft)
        header.addWidget(self._verdict)
        self.tables = FiguresTable(), FiguresTable()
        self._files = tuple(Reading(tr(title), kind="muted") for title in TITLES)
        for file in self._files:
            file.setWordWrap(True)
        self._sides = sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        sides.setSpacing(SIDES_GAP)
        for title, file, table in zip(TITLES, self._files, self.tables, strict=True):
            sides.addLayout(_side(tr(title), file, table), 1)
        page = QFrame()
        page.setObjectName("comparisonPage")
        page.setMinimumWidth(NARROWEST)  # as it is in a window with little room, the tables below each other
        self.view.setMinimumHeight(LOWEST_VIEW)
        bar.setContentsMargins(8, 6, 8, 0)
        header.setContentsMargins(MARGIN, 0, MARGIN, 0)
        sides.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(buttons)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)
        layout.addLayout(sides)
        self.setWidget(Scrolling(page))
        for button in self.findChildren(QAbstractButton):  # to float and to close it
            if button.parent() is self:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_old(False)

    def show_comparison(self, ready: "ReadyComparison", is_decoded: bool) -> None:
        """Takes the place of the one before; mode, zoom and wipe stay.

        Args:
            is_decoded: it was made from a decoded file, which the figures then compare with.
        """
        compared = ready.compared
        self.view.set_pictures(ready.with_map, ready.uniform, *map(tr, TITLES))
        verdict = _verdict(compared)
        if is_decoded:
            verdict = tr("{verdict}. PSNR and MS-SSIM compare with the decoded file.").format(verdict=verdict)
        self._verdict.setText(verdict)
        height, width = compared.picture.height, compared.picture.width
        for side, file, table in zip((compared.roi, compared.uniform), self._files, self.tables, strict=True):
            rate = bits_per_pixel(side.size_bytes, height, width)
            size = ngettext("{n:,} byte", "{n:,} bytes", side.size_bytes).format(n=side.size_bytes)
            file.setText(f"{size} · {rate:.3f} bpp · {side.quality_text}")  # no text: a unit
            table.show_figures(side.figures)

    def show_old(self, is_old: bool) -> None:
        """Whether the map has been edited since."""
        self._is_old = is_old
        self._age.setText(tr(OLD if is_old else CURRENT))
        set_tone(self._age, "warm" if is_old else "good")
        for table in self.tables:
            table.setEnabled(not is_old)

    @property
    def is_old(self) -> bool:
        return self._is_old

    def show_mode(self, mode: str) -> None:
        """Shows the pictures "side_by_side", as a "wipe" or as "flicker"."""
        self.view.mode = mode
        self._buttons[mode].setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = 2 * self.tables[0].minimumSizeHint().width() + SIDES_GAP + 2 * MARGIN
        ways = QBoxLayout.Direction
        self._sides.setDirection(ways.LeftToRight if self.width() >= room else ways.TopToBottom)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def _side(title: str, file: QLabel, table: FiguresTable) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    name = QLabel(title)
    name.setObjectName("subtitle")
    column.addWidget(name)
    column.addWidget(file)
    column.addStretch(1)  # the tables end on one line
    column.addWidget(table)
    return column


def _gain(with_map: "RegionFigures | None", uniform: "RegionFigures | None", gained: str, lossless: str) -> str:
    """What the map brings to a part of the picture; "" where there is no such part."""
    if with_map is None or uniform is None:
        return ""
    if math.isinf(with_map.psnr_db):
        return lossless
    return gained.format(gain=f"{with_map.psnr_db - uniform.psnr_db:+.2f}".replace("-", "−"))


def _verdict(compared: "Compared") -> str:
    roi, uniform = compared.roi.figures, compared.uniform.figures
    parts = (
        _gain(roi.inside, uniform.inside, tr("{gain} dB inside"), tr("no loss inside")),
        _gain(roi.outside, uniform.outside, tr("{gain} dB outside"), tr("no loss outside")),
        _gain(roi.overall, uniform.overall, tr("{gain} dB overall"), tr("no loss at all")),
    )
    gains = ", ".join(part for part in parts if part)
    more = compared.roi.size_bytes / compared.uniform.size_bytes - 1
    if abs(more) < 0.0005:
        # For translators: {gains} is such as "+1.20 dB inside, −0.40 dB outside".
        text = tr("The map brings {gains}, with the same bytes")
    elif more > 0:
        text = tr("The map brings {gains}, with {percent:.1f} % more bytes")
    else:
        text = tr("The map brings {gains}, with {percent:.1f} % fewer bytes")
    return text.format(gains=gains, percent=abs(more) * 100)
