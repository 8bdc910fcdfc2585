"""Importance masks, scale factors and bits at several qualities, side by side, each row in one scale of colours.

Source: Liang et al. 2023, figure 7.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from qmap_studio.core.cells import CELL_PX, pixels_of_cells
from qmap_studio.core.language import N_, tr
from qmap_studio.ui.canvas.colour_range import ColourRange, bits_range, mask_range, scale_range
from qmap_studio.ui.canvas.colour_scale import ColourScale
from qmap_studio.ui.widgets.elided import ElidedLabel
from qmap_studio.ui.widgets.parts import muted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qmap_studio.engine import AtQuality, ImportanceStudied

ROWS = (
    (N_("Importance mask"), N_("Where most gets through")),
    (N_("Scale factors"), N_("The larger, the finer")),
    (N_("Bits per pixel"), N_("Where the bits go")),
)
LEGENDS_PX, GAP = 160, 14
LONGEST_PX, SMALLEST_PX = 320, 90  # of a picture's sides, at first and at least
PHOTO_SHOWS = 0.2


class ImportanceFigure(QWidget):
    """A column for each quality.

    Args:
        photo: lies beneath, of any size.
        title: stands above.
    """

    def __init__(self, studied: "ImportanceStudied", photo: QImage, title: str) -> None:
        super().__init__()
        self._studied = studied
        picture = studied.picture
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 18)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP)
        heading = ElidedLabel(title)
        heading.setObjectName("title")
        heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a file's name may be long
        grid.addWidget(heading, 0, 0, 1, 1 + len(studied.at_qualities))
        grid.setColumnMinimumWidth(0, LEGENDS_PX)
        for column, at in enumerate(studied.at_qualities, 1):
            grid.addLayout(_column_head(at), 1, column)
            grid.setColumnStretch(column, 1)
        self.scales, self.pictures, self._stages = [], [], []
        grey = photo.convertToFormat(QImage.Format.Format_Grayscale8)
        for row, (name, about) in enumerate(ROWS, 2):
            scale = ColourScale(tr(name))
            self.scales.append(scale)
            stage = _quiet()
            self._stages.append(stage)
            grid.addLayout(_row_head(tr(name), tr(about), scale, stage), row, 0)
            grid.setRowStretch(row, 1)
            pictures = [TintedPhoto(grey, picture.width, picture.height) for _ in studied.at_qualities]
            self.pictures.append(pictures)
            for column, tinted in enumerate(pictures, 1):
                grid.addWidget(tinted, row, column)
        self.show_stage(CELL_PX)

    def show_stage(self, side_px: int) -> None:
        """Shows the masks and the scale factors of one stage of the encoder."""
        picture, found = self._studied.picture, self._studied.at_qualities
        stages = [next(stage for stage in at.stages if stage.side_px == side_px) for at in found]
        areas = pixels_of_cells(picture.height, picture.width)
        masks, factors = [stage.mask for stage in stages], [stage.scale for stage in stages]
        self._show_row(0, masks, mask_range(masks), side_px)
        self._show_row(1, factors, scale_range(factors), side_px)
        self._show_row(2, [at.cell_bits / areas for at in found], bits_range(), CELL_PX)

    def _show_row(self, row: int, planes: "Sequence[np.ndarray]", colours: ColourRange, side_px: int) -> None:
        scale = self.scales[row]
        scale.set_scale(colours.table, colours.labels)
        self._stages[row].setText(tr("Squares of {px} px").format(px=side_px))
        for at, tinted, plane in zip(self._studied.at_qualities, self.pictures[row], planes, strict=True):
            tinted.show_plane(plane, side_px, colours)
            # For translators: {values} is such as "Importance mask".
            text = tr("{values}, quality {quality:g}").format(values=scale.accessibleName(), quality=at.quality)
            tinted.setAccessibleName(text)


def _column_head(at: "AtQuality") -> QVBoxLayout:
    quality = QLabel(tr("Quality {quality:g}").format(quality=at.quality))
    quality.setObjectName("subtitle")
    psnr = tr("no loss") if math.isinf(at.psnr_db) else f"{at.psnr_db:.2f} dB"
    figures = _quiet(f"λ {at.lmbda:.4f} · {at.bpp:.3f} bpp · {psnr}")  # no text: units
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(quality)
    column.addWidget(figures)
    return column


def _row_head(name: str, about: str, scale: ColourScale, stage: QLabel) -> QVBoxLayout:
    title = QLabel(name)
    title.setObjectName("subtitle")
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(title)
    column.addWidget(_quiet(about))
    column.addSpacing(4)
    column.addWidget(scale)
    column.addWidget(stage)
    column.addStretch(1)
    return column


def _quiet(text: str = "") -> QLabel:
    label = muted(text)
    label.setWordWrap(False)  # rows are then as high as there is room, whatever their width
    return label


class TintedPhoto(QWidget):
    """Values as colours over a faint grey photo, as large as there is room.

    Args:
        photo: grey, of any size.
        width, height: of the picture that it stands for.
    """

    def __init__(self, photo: QImage, width: int, height: int) -> None:
        super().__init__()
        self._photo, self._size = photo, QSizeF(width, height)
        self._colours, self._covered = QImage(), self._size
        self.setMinimumSize(self._scaled(SMALLEST_PX))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_plane(self, values: np.ndarray, side_px: int, colours: ColourRange) -> None:
        """Shows float32 values that together cover the picture in squares of so many pixels."""
        pixels, (rows, columns) = colours.of(values), values.shape
        self._colours = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        across, down = (-(-int(side) // side_px) * side_px for side in (self._size.width(), self._size.height()))
        self._covered = QSizeF(across, down)
        self.update()

    def sizeHint(self) -> QSize:
        return self._scaled(LONGEST_PX)

    def _scaled(self, longest: int) -> QSize:
        return self._size.scaled(longest, longest, Qt.AspectRatioMode.KeepAspectRatio).toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scale = min(self.width() / self._size.width(), self.height() / self._size.height())
        shown = QRectF(QPointF(0, 0), self._size * scale)
        painter.setClipRect(shown)  # the last squares may stick out
        covered = QRectF(QPointF(0, 0), self._covered * scale)
        is_reduced = self._colours.width() > covered.width() * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_reduced)
        painter.drawImage(covered, self._colours)
        painter.setOpacity(PHOTO_SHOWS)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(shown, self._photo)
