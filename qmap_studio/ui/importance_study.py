"""What the model finds important at several qualities: asked for, shown in a window of its own, saved."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.file_filters import PICTURES
from qmap_studio.ui.files import Files
from qmap_studio.ui.jobs import PendingJob

if TYPE_CHECKING:
    from qmap_studio.engine import ImportanceStudied, Result
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.canvas.pane_grid import PaneGrid
    from qmap_studio.ui.dialogs.importance import ImportanceDialog


class ImportanceStudy(QObject):
    """One sheet at a time; it says which model and which photo it is of, and goes with the photo.

    Args:
        window: the sheet lies over it, and work in it goes on.
    """

    def __init__(self, window: QWidget, controller: Controller, files: Files) -> None:
        super().__init__(window)
        self._window, self._controller, self._files = window, controller, files
        self._panes: PaneGrid | None = None
        self.dialog: ImportanceDialog | None = None
        controller.document_shown.connect(lambda _shown: self.close())
        controller.all_closed.connect(self.close)

    def attach(self, bridge: "EngineBridge", panes: "PaneGrid") -> None:
        """Takes what the engine finds, and the photo from its pane."""
        self._panes = panes
        bridge.result_delivered.connect(self._on_result)

    def begin(self) -> None:
        """Has the photo coded at several qualities; the sheet opens once that is done."""
        from qmap_studio.engine import StudyImportance

        self._controller.jobs.submit(StudyImportance(), PendingJob(tr("Finding what is important")))

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _on_result(self, result: "Result") -> None:
        from qmap_studio.engine import ImportanceStudied

        document = self._controller.document
        if isinstance(result, ImportanceStudied) and document is not None and result.picture is document.picture:
            self._show(result)

    def _show(self, studied: "ImportanceStudied") -> None:
        from qmap_studio.ui.dialogs.importance import ImportanceDialog

        assert self._panes is not None
        photo = self._panes.pane("original").photo.mipmap
        assert photo is not None, "a photo is shown"
        self.close()
        self.dialog = ImportanceDialog(studied, photo.levels[-1].copy(), self._files.name, self._window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.save_requested.connect(self._ask_save)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.show()

    def _on_closed(self) -> None:
        self.dialog = None

    def _ask_save(self) -> None:
        from qmap_studio.engine import SaveDrawing

        assert self.dialog is not None
        drawing = self.dialog.drawing()
        path = self._files.ask_new_file(tr("Save Picture"), "-importance.png", tr(PICTURES))  # no text: a name's end
        if path is not None:
            pending = PendingJob(tr("Saving {name}").format(name=path.name), writes=True)
            self._controller.jobs.submit(SaveDrawing(path, drawing), pending)
