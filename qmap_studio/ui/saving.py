"""Projects: saving them, and asking before unsaved work goes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.core.settings import Settings
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.dialogs.questions import Keep, PictureAnswer, ask_keep, ask_open, ask_picture, ask_save_as
from qmap_studio.ui.file_filters import photo_filters
from qmap_studio.ui.jobs import PendingJob
from qmap_studio.ui.open_documents import OpenDocument

if TYPE_CHECKING:
    from qmap_studio.engine import PictureInQuestion

PROJECT, WITH_PHOTO = N_("Project (*.qmapproj)"), N_("Project that holds the photo (*.qmapproj)")


class Saving(QObject):
    """What becomes of projects.

    Args:
        window: the dialogs' parent.
    """

    def __init__(self, window: QWidget, controller: Controller, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings = window, controller, settings
        controller.picture_in_question.connect(self._on_picture_in_question)

    def save(self, item: OpenDocument | None = None, then: Callable[[], object] | None = None) -> None:
        """Saves a document, the one in front without one, as the project that it is; asks where if it is none yet."""
        item = item or self._controller.documents.front
        if item is None:
            return
        if item.document.project_path is None:
            self.save_as(item, then)
        else:
            self._submit(item, item.document.project_path, then)

    def save_as(self, item: OpenDocument | None = None, then: Callable[[], object] | None = None) -> None:
        """Asks where to save a document to, and whether its photo goes into the file, and saves it."""
        item = item or self._controller.documents.front
        if item is None:
            return
        item.document.finish()
        filters = [tr(PROJECT), tr(WITH_PHOTO)]
        chosen = ask_save_as(self._window, tr("Save Project"), self._suggestion(item), filters, int(item.holds_picture))
        if chosen is not None and item in self._controller.documents.all:
            path, item.holds_picture = chosen[0], chosen[1] == 1
            self._submit(item, path, then)

    def may_close(self, items: Sequence[OpenDocument], then: Callable[[], object]) -> bool:
        """Whether documents may go now: they are saved, or the person gives up what is not.

        Args:
            then: tried again after the person has saved them.
        """
        for item in items:
            item.document.finish()
        unsaved = [item for item in items if item.document.is_modified]
        if not unsaved:
            return True
        answer = ask_keep(self._window, [item.name for item in unsaved])
        if answer is Keep.SAVE:
            self._save_all(unsaved, then)
        return answer is Keep.DISCARD

    def _save_all(self, items: Sequence[OpenDocument], then: Callable[[], object]) -> None:
        """One after the other; giving up one of them ends it."""
        first, *rest = items
        self._controller.show(first)  # what is saved is seen while its name is asked for
        self.save(first, then=(lambda: self._save_all(rest, then)) if rest else then)

    def _submit(self, item: OpenDocument, path: Path, then: Callable[[], object] | None) -> None:
        from qmap_studio.engine import SaveProject

        document = item.document
        saved = self._controller.marks_saved(item)

        def on_done() -> None:
            document.project_path = path
            saved()
            self._settings.add_recent(path)
            self._settings.folder = str(path.parent)

        job = SaveProject(path, document.project(item.threshold), document.picture, item.holds_picture)
        title = tr("Saving {name}").format(name=path.name)
        self._controller.jobs.submit(job, PendingJob(title, writes=True, on_done=on_done, then=then))

    def _suggestion(self, item: OpenDocument) -> Path:
        path = item.document.project_path
        if path is not None:
            return path
        photo = item.document.path
        folder = Path(self._settings.folder) if self._settings.folder else Path.home()
        return folder / f"{photo.stem if photo is not None else tr('picture')}.qmapproj"

    def _on_picture_in_question(self, question: "PictureInQuestion") -> None:
        """Asks which picture a project is to be opened with, and opens it."""
        name = question.job.path.name
        answer = ask_picture(self._window, name, question.expected, question.changed, question.reason)
        path = question.changed
        if answer is PictureAnswer.CHOOSE:
            title = tr("Where is {name}?").format(name=question.expected.name)
            path = ask_open(self._window, title, str(question.expected.parent), photo_filters())
        if answer is PictureAnswer.CANCEL or path is None:
            return
        job = replace(question.job, picture_path=path, takes_changed=True)
        self._controller.jobs.submit(job, PendingJob(tr("Opening {name}").format(name=name), name))
