"""Opening, importing, exporting, saving: asks for the file, then has the engine do it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import Settings
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.dialogs.questions import ask_open, ask_page, ask_save, ask_save_as, ask_stop
from qmap_studio.ui.dropped_files import DroppedFiles
from qmap_studio.ui.file_filters import (
    CHECKPOINTS,
    EIGHT_BITS,
    MAPS,
    PICTURES,
    SAVED_MAPS,
    annotation_filters,
    photo_filters,
)
from qmap_studio.ui.jobs import PendingJob
from qmap_studio.ui.open_documents import OpenDocument

if TYPE_CHECKING:
    from qmap_studio.engine import AnnotationsRead

Answer = TypeVar("Answer")


class Files(QObject):
    """What the File menu and the imports do.

    Args:
        window: the dialogs' parent.
    """

    opened_alone = Signal(object)  # an OpenDocument, with nothing for its map

    def __init__(self, window: QWidget, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        self._once_open: dict[Path, DroppedFiles] = {}
        """By a photo that is being opened what was dropped with it."""
        controller.document_opened.connect(self._on_document_opened)

    @property
    def name(self) -> str:
        """The name of the document in front."""
        front = self._controller.documents.front
        return front.name if front is not None else tr("the photo")

    def _on_document_opened(self, opened: OpenDocument) -> None:
        """Remembers the file, and takes what was dropped with it."""
        path = opened.path
        if path is not None and path != sample_photo_path() and opened.copy is None:
            self._settings.add_recent(path)
            self._settings.folder = str(path.parent)
        self._controller.show(opened)  # so that jobs are of it
        if path in self._once_open:
            self._import(self._once_open.pop(path))
        else:
            self.opened_alone.emit(opened)

    def open(self, path: Path | str, page: int = 0, dropped: DroppedFiles | None = None) -> None:
        """Opens a page of a photo's file, an `.sfc` file or a project, or shows the document that it is.

        Args:
            dropped: what was dropped with the photo, and is taken once it is open.
        """
        path = Path(path)
        self._once_open.pop(path, None)
        self._controller.open(path, page)
        if dropped is None:
            return
        if self._controller.documents.of_file(path, page) is not None:  # it was open
            self._import(dropped)
        else:
            self._once_open[path] = dropped

    def open_with_map(self, photo: Path, coded: Path) -> None:
        """Opens a photo with the map of the `.sfc` file that was made of it, or shows the document that it is."""
        self._once_open.pop(photo, None)
        self._controller.open_with_map(photo, coded)
        if self._controller.documents.of_file(photo, 0) is None:
            self._once_open[photo] = DroppedFiles(photo, None, None, 0)  # it has its map: no annotations are laid over

    def take(self, paths: Sequence[Path | str]) -> None:
        """Does what is meant by dropping files: photos are opened, annotations and arrays become map."""
        dropped = DroppedFiles.of(map(Path, paths))
        if dropped.photo is not None:
            self.open(dropped.photo, dropped=dropped)
            for path in dropped.more_photos:
                self._controller.open(path)
        else:
            self._import(dropped)

    def meaning(self, paths: Sequence[Path]) -> str:
        """What `take` would do, in a few words."""
        dropped = DroppedFiles.of(paths)
        if dropped.photo is None and self._controller.document is None:
            return tr("Open the photo first")
        return dropped.meaning

    def _import(self, dropped: DroppedFiles) -> None:
        """Takes the map and the annotations, and says how many files were left out."""
        if dropped.quality_map is not None:
            self.import_map(dropped.quality_map)
        if dropped.annotations is not None:
            self.import_annotations(dropped.annotations)
        if dropped.left_out:
            text = ngettext(
                "{count} file was left out: one map and one file of annotations are taken at a time.",
                "{count} files were left out: one map and one file of annotations are taken at a time.",
                dropped.left_out,
            )
            self._controller.notice_given.emit(text.format(count=dropped.left_out))

    def may_stop_writing(self) -> bool:
        """Whether nothing is being written, or the person gives it up."""
        writing = self._controller.jobs.writing
        return writing is None or ask_stop(self._window, writing)

    def import_map(self, path: Path) -> None:
        """Takes the map of a file, as one edit."""
        from qmap_studio.engine import ImportMap

        if self._controller.document is None:
            self._say_open_first(path)
        else:
            self._controller.jobs.submit(ImportMap(path), _reading(path))

    def import_annotations(self, path: Path, chosen: str | None = None) -> None:
        """Reads what a file has for the photo, then asks what becomes of it.

        Args:
            chosen: the picture in the file that the person chose, if it was not clear.
        """
        from qmap_studio.engine import ReadAnnotations

        document = self._controller.document
        if document is None:
            self._say_open_first(path)
        else:
            self._controller.jobs.submit(ReadAnnotations(path, document.path, chosen), _reading(path))

    def import_checkpoint(self, path: Path, model_id: str) -> None:
        """Installs a checkpoint of a model's authors."""
        from qmap_studio.engine import ImportCheckpoint

        pending = PendingJob(tr("Importing {name}").format(name=path.name), path.name)
        self._controller.jobs.submit(ImportCheckpoint(path, model_id), pending)

    def export(self, path: Path, target_bytes: int | None, then: Callable[[], object] | None = None) -> None:
        """Writes an `.sfc` file with what the settings keep in it; `then` is called once it is written."""
        from qmap_studio.engine import ExportSfc

        document = self._controller.document
        if document is not None:
            saved = self._controller.marks_saved()
            pending = PendingJob(tr("Exporting {name}").format(name=path.name), writes=True, on_done=saved, then=then)
            project = document.project(self._controller.threshold) if self._settings.export_layers else None
            thorough = self._settings.export_thorough and self._controller.can_be_thorough
            job = ExportSfc(path, target_bytes, self._settings.strip_metadata, project, thorough)
            self._controller.jobs.submit(job, pending)

    def save_map(self, path: Path, bits: int = 16) -> None:
        """Writes the map to a file."""
        from qmap_studio.engine import SaveMap

        document = self._controller.document
        if document is not None:
            document.catch_up()  # with what is known of the bounds, which are in no file of a map
            saved = self._controller.marks_saved() if document.bounds is None else None
            pending = PendingJob(tr("Writing {name}").format(name=path.name), writes=True, on_done=saved)
            self._controller.jobs.submit(SaveMap(path, bits), pending)

    def save_picture(self, kind: str, path: Path) -> None:
        """Saves the "reconstruction", the "heat_map" or the "comparison" as a picture."""
        from qmap_studio.engine import ExportPicture

        job = ExportPicture(kind, path, self._controller.source_name, self._settings.strip_metadata)
        self._controller.jobs.submit(job, PendingJob(tr("Saving {name}").format(name=path.name), writes=True))

    def ask_open(self) -> None:
        path = self._ask_open(tr("Open"), photo_filters())
        if path is not None:
            self.open(path)

    def ask_open_page(self) -> None:
        """Asks for another page or frame of the file, and opens it."""
        front = self._controller.documents.front
        assert front is not None, "a file with pages is open"
        page = self._of_this_photo(lambda: ask_page(self._window, front.page, front.page_count))
        if page is not None and front.document.path is not None:
            self.open(front.document.path, page)

    def ask_import_map(self) -> None:
        path = self.ask_file(tr("Import Map"), tr(MAPS))
        if path is not None:
            self.import_map(path)

    def ask_import_annotations(self) -> None:
        path = self.ask_file(tr("Import Annotations"), annotation_filters())
        if path is not None:
            self.import_annotations(path)

    def ask_import_checkpoint(self, model_id: str) -> None:
        path = self._ask_open(tr("Import Checkpoint of {model}").format(model=model_id), tr(CHECKPOINTS))
        if path is not None:
            self.import_checkpoint(path, model_id)

    def ask_save_map(self) -> None:
        suggestion = self._suggest("-map.png")  # no text: a name's end
        filters = tr(SAVED_MAPS).split(";;")
        chosen = self._of_this_photo(lambda: ask_save_as(self._window, tr("Save Map"), suggestion, filters))
        if chosen is not None:
            self.save_map(chosen[0], 8 if chosen[1] == EIGHT_BITS else 16)

    def ask_attach_photo(self) -> None:
        """Asks for the photo that a decoded picture was made from, and puts it in the picture's place."""
        from qmap_studio.engine import AttachPicture

        front = self._controller.documents.front
        path = self.ask_file(tr("Attach the Original Photo"), photo_filters())
        if path is not None and front is not None:
            digest = front.original.digest if front.original is not None else ""
            self._controller.jobs.submit(AttachPicture(path, front.document.picture, digest), _reading(path))

    def ask_save_picture(self, kind: str) -> None:
        """Saves the "reconstruction", the "heat_map" or the "comparison"."""
        ending = f"-{kind.replace('_', '-')}.png"  # no text: a name's end
        path = self.ask_new_file(tr("Save Picture"), ending, tr(PICTURES))
        if path is not None:
            self.save_picture(kind, path)

    def ask_export(self, then: Callable[[], object] | None = None) -> None:
        """Asks where to export to, and exports; `then` is called once the file is written."""
        from qmap_studio.ui.dialogs.export import ExportDialog

        document = self._controller.document
        if document is None:
            return
        picture = document.picture
        dialog = ExportDialog(
            self._suggest(".sfc"),
            picture.height,
            picture.width,
            self._controller.size_bytes,
            self._window,
            self._settings.strip_metadata,
            self._settings.export_layers,
            self._settings.export_thorough if self._controller.can_be_thorough else None,
        )
        if self._of_this_photo(dialog.exec):
            self._settings.strip_metadata, self._settings.export_layers = dialog.strip, dialog.carries_layers
            if self._controller.can_be_thorough:
                self._settings.export_thorough = dialog.is_thorough
            self.export(dialog.path, dialog.target_bytes, then)

    def ask_picture(self, result: "AnnotationsRead") -> None:
        """Asks whose annotations are meant, and reads them."""
        from qmap_studio.ui.dialogs.choose_picture import ChoosePictureDialog

        dialog = ChoosePictureDialog(result.choices, result.path.name, self.name, self._window)
        if self._of_this_photo(dialog.exec) and dialog.chosen:
            self.import_annotations(result.path, dialog.chosen)

    def _of_this_photo(self, ask: Callable[[], Answer]) -> Answer | None:
        """The answer to a question about the open photo; None if another one was opened while the person thought."""
        document = self._controller.document
        answer = ask()
        if self._controller.document is document:
            return answer
        self._controller.notice_given.emit(tr("Another photo was opened meanwhile, so nothing was done."))
        return None

    def _say_open_first(self, path: Path) -> None:
        text = tr("Open the photo first: {name} holds a map or annotations for one.")
        self._controller.notice_given.emit(text.format(name=path.name))

    def _ask_open(self, title: str, filters: str) -> Path | None:
        return ask_open(self._window, title, self._settings.folder, filters)

    def ask_file(self, title: str, filters: str) -> Path | None:
        """Asks for a file with something for the open photo."""
        return self._of_this_photo(lambda: self._ask_open(title, filters))

    def ask_new_file(self, title: str, ending: str, filters: str) -> Path | None:
        """Asks where to save something of the open photo; `ending` is that of the suggested name."""
        return self._of_this_photo(lambda: ask_save(self._window, title, self._suggest(ending), filters))

    def _suggest(self, ending: str) -> Path:
        folder = Path(self._settings.folder) if self._settings.folder else Path.home()
        return folder / f"{Path(self.name).stem}{ending}"


def _reading(path: Path) -> PendingJob:
    return PendingJob(tr("Reading {name}").format(name=path.name), path.name)
