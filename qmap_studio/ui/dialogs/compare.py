"""The map's file beside a uniform file of the same size."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.ui.canvas.wipe import WipeView
from qmap_studio.ui.panels.figures import FiguresTable
from qmap_studio.ui.panels.parts import muted

if TYPE_CHECKING:
    from qmap_studio.engine import Compared, Side

MODES = (("side_by_side", "Side by Side", "1"), ("wipe", "Wipe", "2"), ("flicker", "Flicker", "3"))

AGAINST_DECODED = ". PSNR and MS-SSIM compare with the decoded file."


class CompareDialog(QDialog):
    """Both pictures with their figures.

    Args:
        is_decoded: they were made from a decoded file, which the figures then compare with.
    """

    save_requested = Signal()

    def __init__(self, compared: "Compared", is_decoded: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Map against Uniform")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1240, 860)
        height, width = compared.original.shape[:2]
        self.view = WipeView()
        titles = "With the map", "Uniform"
        self.view.set_pictures(compared.roi.reconstruction, compared.uniform.reconstruction, *titles)
        self._modes = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        bar = QHBoxLayout()
        for mode, text, key in MODES:
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setChecked(mode == self.view.mode)
            button.setToolTip(f"{text} ({key})")
            button.clicked.connect(lambda _checked=False, mode=mode: self.show_mode(mode))
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
            self._modes.addButton(button)
            self._buttons[mode] = button
            bar.addWidget(button)
        bar.addSpacing(12)
        bar.addWidget(muted(_verdict(compared) + (AGAINST_DECODED if is_decoded else "")), 1)
        fit = QPushButton("Fit")
        fit.clicked.connect(self.view.fit)
        save = QPushButton("Save Picture…")
        save.clicked.connect(self.save_requested)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        for button in (fit, save, close):
            button.setAutoDefault(False)
            bar.addWidget(button)
        self.tables = FiguresTable(), FiguresTable()
        sides = QHBoxLayout()
        sides.setContentsMargins(20, 0, 20, 16)
        sides.setSpacing(56)
        for title, side, table in zip(titles, (compared.roi, compared.uniform), self.tables, strict=True):
            table.show_figures(side.figures)
            sides.addLayout(_side(title, side, table, height, width), 1)
        bar.setContentsMargins(14, 10, 14, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        layout.addLayout(sides)

    def show_mode(self, mode: str) -> None:
        """Shows the pictures "side_by_side", as a "wipe" or as "flicker"."""
        self.view.mode = mode
        self._buttons[mode].setChecked(True)


def _side(title: str, side: "Side", table: FiguresTable, height: int, width: int) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    name = QLabel(title)
    name.setObjectName("title")
    column.addWidget(name)
    rate = bits_per_pixel(side.size_bytes, height, width)
    column.addWidget(muted(f"{side.size_bytes:,} bytes · {rate:.3f} bpp · {side.quality_text}"))
    column.addWidget(table)
    return column


def _verdict(compared: "Compared") -> str:
    roi, uniform = compared.roi.figures, compared.uniform.figures
    gains = [
        f"{with_map.psnr_db - without.psnr_db:+.2f} dB {name}".replace("-", "−")
        for name, with_map, without in (
            ("inside", roi.inside, uniform.inside),
            ("outside", roi.outside, uniform.outside),
            ("overall", roi.overall, uniform.overall),
        )
        if with_map is not None and without is not None
    ]
    more = compared.roi.size_bytes / compared.uniform.size_bytes - 1
    size = f"{abs(more) * 100:.1f} % {'more' if more > 0 else 'fewer'}" if abs(more) >= 0.0005 else "the same"
    return f"The map brings {', '.join(gains)}, with {size} bytes"
