"""Where to export to, and how large the file may become."""

import os
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.strip import STRIPS, Strip
from qmap_studio.ui.dialogs.questions import ask_save
from qmap_studio.ui.widgets.parts import muted, readable_bytes
from qmap_studio.ui.widgets.path_field import PathField

SFC = N_("QMap Studio file (*.sfc)")
KEPT: dict[Strip, str] = {
    "none": N_("Keep all"),
    "gps": N_("Keep all but the position (GPS)"),
    "all": N_("Keep none"),
}
THOROUGH = N_("Search long for a better picture")
THOROUGH_TIP = N_("A better picture for its bytes, as fast to open; a photo of 24 megapixels takes many minutes")


class ExportDialog(QDialog):
    """Asks for an `.sfc` file's path, its metadata and, if wanted, its size.

    Args:
        suggestion: the path to begin with.
        height, width: of the picture.
        size_bytes: what the map gives as it is, if that is known.
        strip: the choice of metadata to begin with.
        carries_layers, is_thorough: the choices of layers and of the search to begin with; None: the model has none.
    """

    def __init__(
        self,
        suggestion: Path,
        height: int,
        width: int,
        size_bytes: int | None,
        parent: QWidget,
        strip: str = "none",
        carries_layers: bool = False,
        is_thorough: bool | None = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export .sfc"))
        self.setMinimumWidth(520)
        self._height, self._width = height, width
        self._may_replace: Path | None = None
        self._path = PathField(str(suggestion))
        self._path.setAccessibleName(tr("File"))
        browse = QPushButton(tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._on_browse)
        self._limit = QCheckBox(tr("Make the file this large:"))
        self._limit.setToolTip(tr("Moves the quality of the whole map; what was painted keeps its shape"))
        self._size = QDoubleSpinBox(minimum=0.2, maximum=1_000_000, decimals=1, suffix=" KB")
        self._size.setAccessibleName(tr("Size of the file"))
        self._size.setValue((size_bytes or height * width // 16) / 1000)
        self._size.setEnabled(False)
        self._size.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._size.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._rate = muted()
        self._limit.toggled.connect(self._size.setEnabled)
        self._limit.toggled.connect(self._show_rate)
        self._size.valueChanged.connect(self._show_rate)
        self._thorough = QCheckBox(tr(THOROUGH))
        self._thorough.setToolTip(tr(THOROUGH_TIP) if is_thorough is not None else tr("Only the model live can search"))
        self._thorough.setChecked(bool(is_thorough))
        self._thorough.setEnabled(is_thorough is not None)
        self._metadata = QComboBox()
        self._metadata.setAccessibleName(tr("Metadata"))
        self._metadata.setToolTip(
            tr("EXIF, XMP, resolution, comment and the photo's name; the colour profile always stays")
        )
        for each in STRIPS:
            self._metadata.addItem(tr(KEPT[each]), each)
        self._metadata.setCurrentIndex(self._metadata.findData(strip))
        self._layers = QCheckBox(tr("Carry the layers of the map"))
        tip = tr("Opened again, the map is edited on with its layers; they come on top of the size")
        self._layers.setToolTip(tip)
        self._layers.setChecked(carries_layers)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        export = self._buttons.addButton(tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        export.setDefault(True)
        self._path.textChanged.connect(lambda text: export.setEnabled(bool(text.strip())))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self._path, 1)
        file_row.addWidget(browse)
        size_row = QHBoxLayout()
        size_row.setSpacing(8)
        size_row.addWidget(self._limit)
        size_row.addWidget(self._size)
        size_row.addWidget(self._rate, 1)
        now = tr("About {size} with the map as it is.").format(size=readable_bytes(size_bytes)) if size_bytes else ""
        grid = QGridLayout()
        grid.setVerticalSpacing(12)
        grid.setHorizontalSpacing(14)
        grid.addWidget(QLabel(tr("File")), 0, 0)
        grid.addLayout(file_row, 0, 1)
        grid.addWidget(QLabel(tr("Size")), 1, 0)
        grid.addLayout(size_row, 1, 1)
        grid.addWidget(muted(now), 2, 1)
        grid.addWidget(QLabel(tr("Encoding")), 3, 0)
        grid.addWidget(self._thorough, 3, 1)
        grid.addWidget(QLabel(tr("Metadata")), 4, 0)
        grid.addWidget(self._metadata, 4, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(QLabel(tr("Map")), 5, 0)
        grid.addWidget(self._layers, 5, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(self._buttons)

    @property
    def path(self) -> Path:
        """Always an `.sfc` file: a photo is never written over."""
        path = Path(self._path.text().strip()).expanduser()
        return path if path.suffix.lower() == ".sfc" else path.with_name(path.name + ".sfc")

    @property
    def target_bytes(self) -> int | None:
        return round(self._size.value() * 1000) if self._limit.isChecked() else None

    @property
    def strip(self) -> Strip:
        """Which metadata the file does not get."""
        return STRIPS[self._metadata.currentIndex()]

    @property
    def carries_layers(self) -> bool:
        """Whether the layers go into the file."""
        return self._layers.isChecked()

    @property
    def is_thorough(self) -> bool:
        """Whether the file is searched for."""
        return self._thorough.isChecked()

    def limit_to(self, size_bytes: int) -> None:
        """Asks for a file of at most this size."""
        self._limit.setChecked(True)
        self._size.setValue(size_bytes // 100 / 10)

    def _on_browse(self) -> None:
        path = ask_save(self, tr("Export .sfc"), self.path, tr(SFC))
        if path is not None:
            self._path.setText(str(path))
            self._may_replace = self.path

    def _show_rate(self) -> None:
        rate = bits_per_pixel(self._size.value() * 1000, self._height, self._width)
        self._rate.setText(f"{rate:.3f} bpp" if self._limit.isChecked() else "")  # no text: a unit

    def accept(self) -> None:
        """Closes the dialog, unless a file is there that the person wants to keep."""
        if os.path.exists(self.path) and self.path != self._may_replace:
            question = tr("{name} already exists. Replace it?").format(name=self.path.name)
            if QMessageBox.question(self, tr("Export .sfc"), question) != QMessageBox.StandardButton.Yes:
                return
        super().accept()
