"""Opening, importing, exporting, saving: asks for the file, then lets the session do it."""

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import Settings
from qmap_studio.ui.session import Session

PHOTOS = (
    "Photos and .sfc files (*.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp *.gif *.ppm *.jp2 *.avif *.ico *.sfc)"
    ";;All files (*)"
)
PICTURES = "PNG (*.png);;JPEG (*.jpg);;TIFF (*.tif);;WebP, lossless (*.webp)"
MAPS = "Maps (*.png *.tif *.tiff *.npy);;All files (*)"
SAVED_MAPS = "PNG, 16 bits (*.png);;TIFF, 16 bits (*.tif);;NumPy array (*.npy)"
CHECKPOINTS = "Checkpoints (*.pt *.pth *.pth.tar);;All files (*)"
BOXES = "COCO JSON, YOLO text (*.json *.txt);;All files (*)"


class Keep(Enum):
    """What becomes of work that is in no file."""

    EXPORT = auto()
    DISCARD = auto()
    CANCEL = auto()


class Files(QObject):
    """What the File menu and the imports do.

    Args:
        window: the dialogs' parent.
    """

    failed = Signal(str)

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self.size_bytes: int | None = None
        """What the map gives as it is, if that is known."""

    @property
    def name(self) -> str:
        """The open document's name."""
        document = self._session.document
        return document.path.name if document is not None and document.path is not None else "the photo"

    def remember(self, path: Path | None) -> None:
        """A document was opened from this file."""
        if path is not None and path != sample_photo_path():
            self._settings.add_recent(path)
            self._settings.folder = str(path.parent)

    def open(self, path: Path | str) -> None:
        """Opens a photo or an `.sfc` file, unless the person wants to keep the open work."""
        if self.may_leave(lambda: self.open(path)):
            self._session.open(Path(path))

    def take(self, path: Path | str) -> None:
        """Does what is meant by dropping a file on the photo: boxes and arrays become map, anything else is opened."""
        path = Path(path)
        match path.suffix.lower():
            case ".json" | ".txt":
                self.import_boxes(path)
            case ".npy":
                self._session.import_map(path)
            case _:
                self.open(path)

    def may_leave(self, leave: Callable[[], object]) -> bool:
        """Whether the open work may go now: it is saved, or the person gives it up.

        Args:
            leave: tried again after the person has exported the work.
        """
        document = self._session.document
        if document is None or not document.is_modified:
            return True
        answer = ask_keep(self._window, self.name)
        if answer is Keep.EXPORT:
            self.ask_export(leave)
        return answer is Keep.DISCARD

    def may_stop_writing(self) -> bool:
        """Whether nothing is being written, or the person gives it up."""
        writing = self._session.writing
        return writing is None or ask_stop(self._window, writing)

    def import_boxes(self, path: Path) -> None:
        """Asks which boxes of a file are painted, and paints them."""
        from qmap_studio.document import read_annotations
        from qmap_studio.ui.dialogs.boxes import BoxesDialog

        document = self._session.document
        if document is None:
            return
        picture = document.picture
        try:
            boxes = read_annotations(path, self.name, picture.width, picture.height)
        except QMapStudioError as error:
            self.failed.emit(str(error))
            return
        if not boxes:
            self.failed.emit(f"{path.name} has no boxes for {self.name}.")
            return
        dialog = BoxesDialog(boxes, path.name, picture.height, picture.width, self._window)
        if dialog.exec():
            self._session.apply_boxes(dialog.chosen, dialog.quality, dialog.feather_px, dialog.outside)

    def ask_open(self) -> None:
        path = self._ask_open("Open", PHOTOS)
        if path is not None:
            self.open(path)

    def ask_import_map(self) -> None:
        path = self._ask_open("Import Map", MAPS)
        if path is not None:
            self._session.import_map(path)

    def ask_import_boxes(self) -> None:
        path = self._ask_open("Import Boxes", BOXES)
        if path is not None:
            self.import_boxes(path)

    def ask_import_checkpoint(self) -> None:
        path = self._ask_open("Import Checkpoint of song2021", CHECKPOINTS)
        if path is not None:
            self._session.import_checkpoint(path)

    def ask_save_map(self) -> None:
        path = ask_save(self._window, "Save Map", self._suggest("-map.png"), SAVED_MAPS)
        if path is not None:
            self._session.save_map(path)

    def ask_save_picture(self, kind: str) -> None:
        """Saves the "reconstruction", the "heat_map" or the "comparison"."""
        path = ask_save(self._window, "Save Picture", self._suggest(f"-{kind.replace('_', '-')}.png"), PICTURES)
        if path is not None:
            self._session.export_picture(kind, path)

    def ask_export(self, then: Callable[[], object] | None = None) -> None:
        """Asks where to export to, and exports; `then` is called once the file is written."""
        from qmap_studio.ui.dialogs.export import ExportDialog

        document = self._session.document
        if document is None:
            return
        picture = document.picture
        dialog = ExportDialog(self._suggest(".sfc"), picture.height, picture.width, self.size_bytes, self._window)
        if dialog.exec():
            self._session.export(dialog.path, dialog.target_bytes, then)

    def _ask_open(self, title: str, filters: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._settings.folder, filters)
        return Path(name) if name else None

    def _suggest(self, ending: str) -> Path:
        folder = Path(self._settings.folder) if self._settings.folder else Path.home()
        return folder / f"{Path(self.name).stem}{ending}"


def ask_save(parent: QWidget, title: str, suggestion: Path, filters: str) -> Path | None:
    """A file to write, or None. The chosen filter's suffix is added before Qt asks whether a file may be replaced."""
    dialog = QFileDialog(parent, title, str(suggestion.parent), filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)

    def follow_filter(chosen: str) -> None:
        dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))

    dialog.filterSelected.connect(follow_filter)
    follow_filter(dialog.selectedNameFilter())
    dialog.selectFile(suggestion.name)
    return Path(dialog.selectedFiles()[0]) if dialog.exec() else None


def ask_keep(parent: QWidget, name: str) -> Keep:
    """What a person wants with a map that is in no file yet."""
    box = _question(parent, f"The map of {name} has unsaved changes.", "Export the photo with its map to keep them.")
    export = box.addButton("Export…", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(export)
    box.exec()
    return {export: Keep.EXPORT, discard: Keep.DISCARD}.get(box.clickedButton(), Keep.CANCEL)


def ask_stop(parent: QWidget, writing: str) -> bool:
    """Whether a person closes the window although a file is not finished."""
    box = _question(parent, f"{writing} is not finished.", "Closing now leaves no new file.")
    stay = box.addButton("Keep Open", QMessageBox.ButtonRole.RejectRole)
    close = box.addButton("Close Anyway", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is close


def _question(parent: QWidget, text: str, consequence: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("QMap Studio")
    box.setText(text)
    box.setInformativeText(consequence)
    box.layout().setContentsMargins(20, 18, 20, 16)
    return box
