"""A search for a better map that the engine makes: its maps are seen as they come, and are one edit in the end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from qmap_studio.core.language import tr
from qmap_studio.ui.jobs import Jobs, PendingJob

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.engine import Job, MapFound


class MapSearch(QObject):
    """At most one at a time; whatever else is edited meanwhile wins over it.

    Args:
        edit: changes the open document by one of its methods; an error is shown.
    """

    notice_given = Signal(str)

    def __init__(
        self, jobs: Jobs, edit: "Callable[[Callable[[Document], object]], None]", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs, self._edit = jobs, edit
        self._job_id: int | None = None
        self._edit_name = ""
        self._revision = 0
        """That of the map that the next one takes the place of."""
        self._shows_map = False
        """Whether its last map is what is pending in the document: no other edit has ended it."""

    def begin(self, job: "Job", document: "Document", edit_name: str) -> None:
        """Lets the engine search, unless it does already.

        Args:
            job: delivers `MapFound`.
            edit_name: for undo; marked, and translated where it is shown.
        """
        if self._job_id is not None:
            self.notice_given.emit(tr("A map is being searched already; cancel that search first."))
        else:
            self._job_id = self._jobs.submit(job, PendingJob(tr("Finding a map")))
            self._revision, self._edit_name = document.revision, edit_name

    def take(self, result: "MapFound", document: "Document") -> bool:
        """Shows a map on the way, unless the person has gone on to something else; tells whether it did."""
        if result.job_id != self._job_id:
            return False
        if result.picture is not document.picture:
            self._jobs.cancel(result.job_id)
            return False
        if self._revision != document.revision:
            self._jobs.cancel(result.job_id)
            self.notice_given.emit(tr("The map was edited, so the search for a better one has stopped."))
            return False
        self._edit(lambda document: document.try_map(result.values, self._edit_name))
        self._revision, self._shows_map = document.revision, True
        return True

    def other_edit_ended(self) -> None:
        """What is pending in the document from now on is no map of the search."""
        self._shows_map = False

    def end(self, job_id: int, document: "Document | None") -> None:
        """The last map that was found becomes an edit; what else may be pending, such as a stroke, goes on."""
        if job_id == self._job_id:
            self._job_id = None
            if document is not None and self._shows_map:
                document.finish()
