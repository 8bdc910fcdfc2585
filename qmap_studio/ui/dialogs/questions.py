"""Short questions: which file, and what becomes of work that is in none."""

from enum import Enum, auto
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from qmap_studio.core.language import tr


class Keep(Enum):
    """What becomes of work that is in no file."""

    EXPORT = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_open(parent: QWidget, title: str, folder: str, filters: str) -> Path | None:
    """A file to read, or None."""
    name, _ = QFileDialog.getOpenFileName(parent, title, folder, filters)
    return Path(name) if name else None


def ask_save(parent: QWidget, title: str, suggestion: Path, filters: str) -> Path | None:
    """A file to write, or None. The chosen filter's suffix is added before Qt asks whether a file may be replaced."""
    dialog = QFileDialog(parent, title, str(suggestion.parent), filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)

    def use_suffix_of(chosen: str) -> None:
        dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))

    dialog.filterSelected.connect(use_suffix_of)
    use_suffix_of(dialog.selectedNameFilter())
    dialog.selectFile(suggestion.name)
    return Path(dialog.selectedFiles()[0]) if dialog.exec() else None


def ask_page(parent: QWidget, page: int, page_count: int) -> int | None:
    """Which page or frame of a file, from 0, or None."""
    text = tr("Page or frame, 1 to {count}:").format(count=page_count)
    number, is_chosen = QInputDialog.getInt(parent, tr("Open Page"), text, page + 1, 1, page_count)
    return number - 1 if is_chosen else None


def ask_keep(parent: QWidget, name: str) -> Keep:
    """What a person wants with a map that is in no file yet."""
    box = _question(
        parent,
        tr("The map of {name} has unsaved changes.").format(name=name),
        tr("Export the photo with its map to keep them."),
    )
    export = box.addButton(tr("&Export…"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(export)
    box.exec()
    return {export: Keep.EXPORT, discard: Keep.DISCARD}.get(box.clickedButton(), Keep.CANCEL)


def ask_stop(parent: QWidget, writing: str) -> bool:
    """Whether a person closes the window although a file is not finished."""
    # For translators: {doing} is such as "Exporting photo.sfc".
    unfinished = tr("{doing} is not finished.").format(doing=writing)
    box = _question(parent, unfinished, tr("Closing now leaves no new file."))
    stay = box.addButton(tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    close = box.addButton(tr("&Close Anyway"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is close


def _question(parent: QWidget, text: str, consequence: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("QMap Studio")  # no text: a name
    box.setText(text)
    box.setInformativeText(consequence)
    box.layout().setContentsMargins(20, 18, 20, 16)
    return box
