"""The open documents and the engine that follows the one in front: edits go down, results come up. Knows no widget."""

import gc
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.jobs import Jobs, PendingJob
from qmap_studio.ui.map_search import MapSearch
from qmap_studio.ui.open_documents import OpenDocument, OpenDocuments

if TYPE_CHECKING:
    from collections.abc import Callable

    from qmap_studio.document import Document
    from qmap_studio.engine import Engine, Job
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.opening import Attached, Opened

CATCH_UP_S = 0.012
"""So long at a time the composition of a large edit takes from the window."""


class Controller(QObject):
    """What the window works on. Nothing is done in it that lasts: files are read and coded by the engine.

    Attributes:
        documents: those that are open.
        jobs: what the engine does in the background.
        search: for a better map.
    """

    document_opened = Signal(object)  # an OpenDocument that was not there before
    document_shown = Signal(object)  # the OpenDocument that is in front from now on
    document_left = Signal(object)  # the OpenDocument that was
    all_closed = Signal()
    documents_changed = Signal()  # which there are, their names, or whether they are saved
    picture_in_question = Signal(object)  # PictureInQuestion
    map_changed = Signal(object, bool)  # a Rect; whether the edit has ended
    choice_changed = Signal()  # another layer, or other shapes, of the document in front
    selection_changed = Signal()
    threshold_changed = Signal(object)  # float or None
    document_state_changed = Signal()
    live_result_arrived = Signal(object)
    figures_outdated = Signal()  # those of the map as it is now are on their way
    codec_changed = Signal(str)  # the id of the model in use
    model_chosen = Signal(str)  # its id: the person wants it, and it is loaded
    engine_state_changed = Signal(str)
    compare_begun = Signal(int)  # the job
    compared = Signal(object)  # a ReadyComparison
    annotations_read = Signal(object)  # AnnotationsRead
    failed = Signal(str)
    notice_given = Signal(str)
    done = Signal(str)  # what the person asked for, in words

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.documents = OpenDocuments()
        self.has_codec = True
        self.can_be_thorough = True  # an export by the codec there is
        self._bridge: EngineBridge | None = None
        self._waiting: list[tuple[Path, int]] = []
        self._has_told_pending = False  # that an edit is pending in the document
        self._inside: object = None  # as the engine was told
        self._unsubscribe: dict[OpenDocument, Callable[[], object]] = {}
        self._catching_up = QTimer(self, interval=0)
        self._catching_up.timeout.connect(self._catch_up)
        self.jobs = Jobs(self._settle, self)
        self.search = MapSearch(self.jobs, self.edit_of, self)
        self.search.notice_given.connect(self.notice_given)
        self.jobs.changed.connect(self.document_state_changed)
        self.jobs.failed.connect(self.failed)

    @property
    def document(self) -> "Document | None":
        """The one in front."""
        return self.documents.front.document if self.documents.front is not None else None

    @property
    def threshold(self) -> float | None:
        """The quality above which is inside."""
        return self.documents.front.threshold if self.documents.front is not None else None

    @property
    def is_decoded(self) -> bool:
        """Whether the picture in front was decoded from an `.sfc` file."""
        return self.documents.front is not None and self.documents.front.is_decoded

    @property
    def size_bytes(self) -> int | None:
        """What the map in front gives as it is, if that is known."""
        return self.documents.front.size_bytes if self.documents.front is not None else None

    def attach(self, bridge: "EngineBridge") -> None:
        """Connects the engine; files that were asked for earlier are opened now."""
        self._bridge = bridge
        self.jobs.attach(bridge.engine)
        waiting, self._waiting = self._waiting, []
        for path, page in waiting:
            self.open(path, page)

    # What the engine does in the background

    def open(self, path: Path, page: int = 0) -> None:
        """Reads a page of a photo's file, an `.sfc` file or a project, unless it is open: then it comes in front."""
        if self._bridge is None:
            self._waiting.append((path, page))
            return
        if (known := self.documents.of_file(path, page)) is not None:
            self.show(known)
            return
        from qmap_studio.engine import OpenPicture, OpenProject, OpenSfc

        jobs = {".sfc": OpenSfc, ".qmapproj": OpenProject}
        kind = jobs.get(path.suffix.lower())
        job = OpenPicture(path, page) if kind is None else kind(path)
        self.jobs.submit(job, PendingJob(tr("Opening {name}").format(name=path.name), path.name))

    def open_with_map(self, photo: Path, coded: Path) -> None:
        """Reads a photo and lays the map of an `.sfc` file over it; a photo that is open keeps the map it has."""
        from qmap_studio.engine import OpenSfc

        if self._bridge is None or self.documents.of_file(photo, 0) is not None:
            self.open(photo)
        else:
            self.jobs.submit(
                OpenSfc(coded, photo), PendingJob(tr("Opening {name}").format(name=photo.name), photo.name)
            )

    def take(self, opened: "Opened") -> None:
        """Adds what was opened to the documents, and shows it; if it was opened meanwhile, only shows it."""
        item = OpenDocument.of(opened)
        known = self.documents.of_file(item.path, item.page) if item.path is not None and item.copy is None else None
        if known is not None:
            self.show(known)
            return
        self._add(item)
        for notice in opened.notices:
            self.notice_given.emit(notice)
        if opened.page_count > 1:
            self.notice_given.emit(tr("Another page or frame is opened with File > Open Page."))

    def _add(self, item: OpenDocument) -> None:
        item.document.composes_later = True
        self.documents.add(item)
        ends = (
            item.document.subscribe(partial(self._on_map_changed, item)),
            item.document.subscribe_choice(partial(self._on_choice_changed, item)),
        )
        self._unsubscribe[item] = lambda: [end() for end in ends]
        self.document_opened.emit(item)
        self.show(item)

    def attach_photo(self, attached: "Attached") -> None:
        """Puts a photo in the place of the picture that was decoded from a file, under the same layers."""
        item = self.documents.of_picture(attached.of)
        if item is not None:
            self.show(item)
            self._add(item.with_photo(attached))
            self.close(item)

    def show(self, item: OpenDocument) -> None:
        """Brings a document in front."""
        before = self.documents.front
        if item is before:
            return
        if before is not None:
            if not self.search.is_of(before.document):
                before.document.finish()  # a stroke that is held
            before.document.catch_up()
            self.document_left.emit(before)
        self.documents.front = item
        self._has_told_pending = False
        document = item.document
        document.catch_up()
        bounds = document.bounds
        self._engine.show(
            document.picture,
            document.quality_map.values.copy(),
            document.revision,
            bounds.copy() if bounds is not None else None,
        )
        self._inside = None
        self.document_shown.emit(item)
        self._tell_inside()
        self.set_threshold(item.threshold)
        if document.revision > 0:  # the map may have changed behind; looking through a large one takes a moment
            self.choose_threshold()
        self.documents_changed.emit()
        self.document_state_changed.emit()

    def step(self, by: int) -> None:
        """Shows the document so many tabs further on."""
        if (other := self.documents.beside(by)) is not None:
            self.show(other)

    def close(self, item: OpenDocument) -> None:
        """Puts a document away, saved or not."""
        if self.search.is_of(item.document):
            self.search.give_up()
        self._unsubscribe.pop(item)()
        beside = self.documents.remove(item)
        QTimer.singleShot(0, gc.collect)  # what it held: by themselves such collections are rare
        if item is not self.documents.front:
            self.documents_changed.emit()
            return
        self.documents.front = None
        if beside is not None:
            self.show(beside)
            return
        self.all_closed.emit()
        self.documents_changed.emit()
        self.document_state_changed.emit()

    @property
    def source_name(self) -> str:
        """What the picture is that results are compared with."""
        return tr("Decoded file") if self.is_decoded else tr("Original")

    def compare(self, *, is_asked: bool = True) -> None:
        """Compares with uniform quality; a person asked for it, or the comparison is renewed by itself."""
        from qmap_studio.engine import Compare

        pending = PendingJob(tr("Comparing with uniform quality"), is_asked=is_asked)
        self.compare_begun.emit(self.jobs.submit(Compare(), pending))

    def use_model(self, model_id: str) -> None:
        """Lets another model follow the painting, once it is loaded."""
        from qmap_studio.engine import UseModel

        def on_loaded() -> None:
            self.model_chosen.emit(model_id)
            self.done.emit(tr("{model} is loaded.").format(model=model_id))

        self.jobs.submit(UseModel(model_id), PendingJob(tr("Loading {model}").format(model=model_id), then=on_loaded))

    def find_map(self, job: "Job", edit_name: str = N_("Optimise")) -> None:
        """Lets the engine find a map; each better one takes the place of the one before, and the last is one edit."""
        if self.document is not None:
            self.search.begin(job, self.document, edit_name)

    def marks_saved(self, item: OpenDocument | None = None) -> "Callable[[], None]":
        """A function that marks a map as it is now as saved, whatever is edited until then; the one in front's."""
        item = item or self.documents.front
        assert item is not None, "there is something to save"
        document = item.document
        document.finish()  # so that what goes to the file has a state of its own, to which undo comes back
        state = document.state

        def mark() -> None:
            document.mark_saved(state)
            self.documents_changed.emit()

        return mark

    # Edits

    def edit(self, change: "Callable[[Document], object]") -> None:
        """Changes the document by one of its methods; an error is shown."""
        if self.document is not None:
            self.edit_of(self.document, change)

    def undo(self) -> None:
        name = self.document.undo_name if self.document is not None else None
        self.edit(lambda document: document.undo())
        self.done.emit(tr("Undone: {edit}.").format(edit=tr(name)) if name else "")

    def redo(self) -> None:
        name = self.document.redo_name if self.document is not None else None
        self.edit(lambda document: document.redo())
        self.done.emit(tr("Done again: {edit}.").format(edit=tr(name)) if name else "")

    def is_current(self, revision: int) -> bool:
        """Whether a live result is of the map as it is now."""
        return self.document is not None and revision == self.document.revision

    # What the engine is to look at

    def set_view(self, visible: Rect, zoom: float) -> None:
        if self._bridge is not None:
            self._engine.set_view(visible, zoom)

    def on_selection_changed(self) -> None:
        """Something else is selected in the document now."""
        self._tell_inside()
        self.selection_changed.emit()

    def set_threshold(self, threshold: float | None) -> None:
        """Moves the quality above which is inside."""
        if self.documents.front is not None:
            self.documents.front.threshold = threshold
        if self._bridge is not None:
            self._engine.set_threshold(threshold)
        self.threshold_changed.emit(threshold)
        self.outdate_figures()

    # Inside

    @property
    def _engine(self) -> "Engine":
        assert self._bridge is not None, "the engine is attached before it is used"
        return self._bridge.engine

    def _on_map_changed(self, item: OpenDocument, rect: Rect, ended: bool) -> None:
        if item is not self.documents.front:
            if ended:
                self.search.other_edit_ended(item.document)
            self.documents_changed.emit()
            return
        document = item.document
        if not rect.empty:
            values, bounds = document.quality_map.values[rect.slices].copy(), document.bounds
            part = bounds[rect.slices].copy() if bounds is not None else None
            self._engine.update_map(rect, values, document.revision, part)
        self.map_changed.emit(rect, ended)
        if document.is_behind:
            self._catching_up.start()
        if ended:
            self.search.other_edit_ended(document)
            self._tell_inside()
            self.choose_threshold()
            self._has_told_pending = False
            self.document_state_changed.emit()
            self.documents_changed.emit()
        else:
            self.tell_pending()
        if not rect.empty:
            self.outdate_figures()

    def _on_choice_changed(self, item: OpenDocument) -> None:
        if item is self.documents.front:
            self.choice_changed.emit()

    def _catch_up(self) -> None:
        """Composes a little more of an edit of much of the map."""
        document = self.document
        if document is not None and document.is_behind:
            document.catch_up(CATCH_UP_S)
        else:
            self._catching_up.stop()

    def _settle(self) -> None:
        """What a job is asked of is the map with all edits."""
        if self.document is not None:
            self.document.catch_up()

    def _tell_inside(self) -> None:
        """Tells the engine what is inside, if that has changed."""
        inside = self.document.inside if self.document is not None else None
        if inside != self._inside and self._bridge is not None:
            self._inside = inside
            self._engine.set_selection(inside)
            self.outdate_figures()

    def tell_pending(self) -> None:
        """The document holds an edit that has not ended: told once, not with each change of it."""
        if not self._has_told_pending:
            self._has_told_pending = True
            self.document_state_changed.emit()
            self.documents_changed.emit()

    def outdate_figures(self) -> None:
        if self.document is not None and self.has_codec:
            self.figures_outdated.emit()

    def choose_threshold(self) -> None:
        """Parts the map in front in two, unless it is parted or uniform."""
        from qmap_studio.core.cells import MAX_LEVEL
        from qmap_studio.evaluation.region import default_threshold

        document = self.document
        if document is None or self.threshold is not None or document.held_bounds:  # which are then what is inside
            return
        threshold = default_threshold(document.quality_map.values)
        if threshold is not None:
            self.set_threshold(threshold / MAX_LEVEL)

    def edit_of(self, document: "Document", change: "Callable[[Document], object]") -> None:
        """Changes a document by one of its methods; an error is shown."""
        try:
            change(document)
        except QMapStudioError as error:
            self.failed.emit(str(error))
