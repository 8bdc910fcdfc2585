"""The sheet of what the model finds important, with a choice of the stage."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.dialogs.importance_figure import ImportanceFigure
from qmap_studio.ui.widgets.scrolling import Scrolling

if TYPE_CHECKING:
    from qmap_studio.engine import ImportanceStudied

MARGIN = 24
SHARE_OF_SCREEN = 0.9
FINENESS = 2  # pixels of the saved picture for each that the sheet takes at first


class ImportanceDialog(QDialog):
    """Does not stand in the way of the main window.

    Args:
        photo: what the values lie over, of any size.
        name: of the photo.
    """

    save_requested = Signal()

    def __init__(self, studied: "ImportanceStudied", photo: QImage, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What {model} Finds Important in {name}").format(model=studied.model_id, name=name))
        self._made_figure = partial(ImportanceFigure, studied, photo, self.windowTitle())
        self.figure = self._made_figure()
        self.stage = QComboBox()
        self.stage.setAccessibleName(tr("Stage of the encoder"))
        for number, stage in enumerate(studied.at_qualities[0].stages, 1):
            text = tr("Stage {number}: squares of {px} px").format(number=number, px=stage.side_px)
            self.stage.addItem(text, stage.side_px)
        self.stage.setCurrentIndex(self.stage.count() - 1)
        self.stage.currentIndexChanged.connect(lambda _row: self.figure.show_stage(self.stage.currentData()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        save = buttons.addButton(tr("&Save…"), QDialogButtonBox.ButtonRole.ActionRole)
        save.clicked.connect(self.save_requested)
        buttons.rejected.connect(self.reject)
        label = QLabel(tr("S&tage"))
        label.setBuddy(self.stage)
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 0, MARGIN, 16)
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self.stage)
        row.addStretch(1)
        row.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Scrolling(self.figure), 1)
        column.addLayout(row)
        room = self.screen().availableSize() * SHARE_OF_SCREEN
        self.resize(QSize(self.figure.sizeHint().width(), self.sizeHint().height()).boundedTo(room))

    def drawing(self) -> np.ndarray:
        """The sheet at the stage that is shown, whatever the window's size: uint8 (H, W, 3)."""
        figure = self._made_figure()
        figure.show_stage(self.stage.currentData())
        figure.resize(figure.sizeHint())
        image = QImage(figure.size() * FINENESS, QImage.Format.Format_RGB888)
        image.setDevicePixelRatio(FINENESS)
        image.fill(self.palette().window().color())
        figure.render(image)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
