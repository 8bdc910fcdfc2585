"""The strip of tools, and the two qualities that they paint."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.theme import ICON_SIZE, current

SWATCH = 26
BUTTON, SPACING, MARGIN = 36, 3, 7
MOST_COLUMNS, SMALL_BUTTON = 4, 29
"""Where there is room for two columns at most, buttons keep their size; in more they are small."""


class ToolStrip(QFrame):
    """A button a tool, and below them the swatches."""

    def __init__(self, tools: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolStrip")
        self.setAccessibleName(tr("Tools"))
        self._buttons: list[QToolButton] = []
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 10)
        layout.addLayout(self._grid)
        for tool in tools:
            button = QToolButton(self)  # at once: Tab goes in the order in which they come
            button.setDefaultAction(tool)
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
            button.setAccessibleName(tool.text().replace("&", ""))
            button.setFixedSize(BUTTON, BUTTON)
            self._buttons.append(button)
        layout.addStretch(1)
        self.swatches = QualitySwatches()
        layout.addWidget(self.swatches, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._arrange(1)

    def _height(self, columns: int) -> int:
        rows = math.ceil(len(self._buttons) / columns)
        return rows * (_side(columns) + SPACING) + self.swatches.height() + 30

    def _arrange(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            side = _side(columns)
            for place, button in enumerate(self._buttons):
                button.setFixedSize(side, side)
                self._grid.addWidget(button, *divmod(place, columns))
            self.setFixedWidth(columns * side + (columns - 1) * SPACING + 2 * MARGIN)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width(), self._height(MOST_COLUMNS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With little height the buttons stand in several columns."""
        super().resizeEvent(event)
        fitting = (columns for columns in range(1, MOST_COLUMNS) if self.height() >= self._height(columns))
        self._arrange(next(fitting, MOST_COLUMNS))


def _side(columns: int) -> int:
    return BUTTON if columns <= 2 else SMALL_BUTTON


class QualitySwatches(QAbstractButton):
    """The brush's quality in front, the eraser's behind; a click exchanges them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(38, 52)
        self.setToolTip(
            tr("<b>Qualities</b> (X exchanges them)<br>In front what tools paint, behind what erasing paints")
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._front: tuple[float, QColor] = (0.9, QColor("gray"))
        self._back: tuple[float, QColor] = (0.1, QColor("gray"))
        self._bound: int | None = None

    def show_qualities(self, front: tuple[float, QColor], back: tuple[float, QColor], bound: int | None = None) -> None:
        """Each a quality and the colour that the overlay gives it; a bound lies over both where it is painted."""
        self._front, self._back, self._bound = front, back, bound
        name = tr("Paints quality {quality:.2f}, erases to {other:.2f}").format(quality=front[0], other=back[0])
        self.setAccessibleName(name if bound is None else name_of(bound))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(9)
        painter.setFont(font)
        for (quality, colour), corner, text_flag in (
            (self._back, QPointF(11, 21), Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter),
            (self._front, QPointF(1, 5), Qt.AlignmentFlag.AlignCenter),
        ):
            box = QRectF(corner, QSizeF(SWATCH, SWATCH))
            painter.setPen(QPen(QColor(current().window), 2))
            painter.setBrush(colour if self.isEnabled() else QColor(current().groove))
            painter.drawRoundedRect(box, 5, 5)
            bright = colour.lightnessF() > 0.5
            painter.setPen(QColor(20, 20, 20) if bright else QColor(240, 240, 240))
            painter.drawText(box.adjusted(2, 2, -3, -1), text_flag, f"{quality:.2f}".removeprefix("0"))
        if self._bound is not None:
            from qmap_studio.ui.canvas.bound_style import sample  # loads OpenCV, which is there once a photo is

            painter.fillRect(self.rect(), QColor(current().window))
            swatch = sample(self._bound, SWATCH + 8, self.devicePixelRatioF())
            painter.drawImage(QPointF(2, 9), swatch)
        if self.hasFocus():
            painter.setPen(QPen(QColor(current().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()
