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
    """At most one at a time; whatever else is edited in its document meanwhile wins over it.

    Args:
        edit: changes a document by one of its methods; an error is shown.
    """

    notice_given = Signal(str)

    def __init__(
        self,
        jobs: Jobs,
        edit: "Callable[[Document, Callable[[Document], object]], None]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._edit = jobs, edit
        self._job_id: int | None = None
        self._document: Document | None = None
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
            self._document, self._revision, self._edit_name = document, document.revision, edit_name

    def is_of(self, document: "Document") -> bool:
        """Whether a map for this document is being searched."""
        return self._job_id is not None and document is self._document

    def take(self, result: "MapFound", document: "Document | None") -> bool:
        """Shows a map on the way, unless the person has gone on to something else; tells whether it did."""
        if result.job_id != self._job_id:
            return False
        if document is None:  # closed by now
            self._jobs.cancel(result.job_id)
            return False
        if self._revision != document.revision:
            self._jobs.cancel(result.job_id)
            self.notice_given.emit(tr("The map was edited, so the search for a better one has stopped."))
            return False
        self._edit(document, lambda document: document.try_map(result.values, self._edit_name))
        document.catch_up()
        self._revision, self._shows_map = document.revision, True
        return True

    def other_edit_ended(self, document: "Document") -> None:
        """What is pending in a document from now on is no map of the search."""
        if document is self._document:
            self._shows_map = False

    def give_up(self) -> None:
        """Nobody wants its map any more."""
        if self._job_id is not None:
            self._jobs.cancel(self._job_id)
            self._document, self._shows_map = None, False

    def end(self, job_id: int) -> None:
        """The last map that was found becomes an edit; what else may be pending, such as a stroke, goes on."""
        if job_id == self._job_id:
            document, self._job_id, self._document = self._document, None, None
            if document is not None and self._shows_map:
                document.finish()
            self._shows_map = False
