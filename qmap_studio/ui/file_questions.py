"""Asks which file to open or to write, and whether unsaved work may go."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

PHOTOS = "Photos and .sfc files (*.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp *.sfc);;All files (*)"
PICTURES = "PNG (*.png);;JPEG (*.jpg);;TIFF (*.tif);;WebP, lossless (*.webp)"
MAPS = "Maps (*.png *.tif *.tiff *.npy);;All files (*)"
SAVED_MAPS = "PNG, 16 bits (*.png);;TIFF, 16 bits (*.tif);;NumPy array (*.npy)"
BOXES = "COCO JSON, YOLO text (*.json *.txt);;All files (*)"


def ask_open(parent: QWidget, title: str, folder: str, filters: str) -> Path | None:
    """A file to read, or None."""
    name, _ = QFileDialog.getOpenFileName(parent, title, folder, filters)
    return Path(name) if name else None


def ask_save(parent: QWidget, title: str, suggestion: Path, filters: str) -> Path | None:
    """A file to write, with the suggestion's suffix if none was given, or None."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(suggestion), filters)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(suggestion.suffix)


def may_discard(parent: QWidget, name: str) -> bool:
    """Whether a map that is not saved may be given up."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("QMap Studio")
    box.setText(f"The map of {name} has changes that are in no file.")
    box.setInformativeText("Export or save the map to keep it.")
    discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is discard
