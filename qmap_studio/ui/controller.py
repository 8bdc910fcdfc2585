"""One document and the engine that follows it: edits go down, results come up. Knows no widget."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.device_name import device_name
from qmap_studio.ui.jobs import Jobs, PendingJob
from qmap_studio.ui.map_search import MapSearch

if TYPE_CHECKING:
    from collections.abc import Callable

    from qmap_studio.core.pictures import Picture
    from qmap_studio.document import Document
    from qmap_studio.engine import Engine, Job, Result
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.opening import Opened, ReadyComparison


class Controller(QObject):
    """What the window works on. Nothing is done in it that lasts: files are read and coded by the engine.

    Attributes:
        threshold: the quality above which is inside, chosen by the first map that is not uniform, then by the person.
        page, page_count: which page or frame of its file the picture is, from 0, and how many there are.
        is_decoded: the picture was decoded from an `.sfc` file: the photo it was made from is not there.
        size_bytes: what the map gives as it is, if that is known.
        jobs: what the engine does for it in the background.
    """

    document_opened = Signal(object)  # what was Opened
    work_in_the_way = Signal(object)  # what was Opened, to be shown in the place of work that is in no file
    map_changed = Signal(object, bool)  # a Rect; whether the edit has ended
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
        self.document: Document | None = None
        self.threshold: float | None = None
        self.page, self.page_count = 0, 1
        self.is_decoded = False
        self.size_bytes: int | None = None
        self.has_codec = True
        self._bridge: EngineBridge | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._waiting: tuple[Path, int] | None = None
        self._given_up: tuple[Document, int] | None = None
        """The document that the photo being opened may replace, and its revision then: later work is not given up."""
        self._has_told_pending = False  # that an edit is pending in the document
        self.jobs = Jobs(self)
        self._search = MapSearch(self.jobs, self.edit, self)
        self._search.notice_given.connect(self.notice_given)
        self.jobs.changed.connect(self.document_state_changed)
        self.jobs.failed.connect(self.failed)

    def attach(self, bridge: "EngineBridge") -> None:
        """Connects the engine; a file that was asked for earlier is opened now."""
        self._bridge = bridge
        self.jobs.attach(bridge.engine)
        bridge.result_delivered.connect(self._on_result)
        if self._waiting is not None:
            self.open(*self._waiting)

    # What the engine does in the background

    def open(self, path: Path, page: int = 0) -> None:
        """Reads a page of a photo's file, or an `.sfc` file.

        The open work, which the person has given up, stays if it cannot be read.
        """
        if self._bridge is None:
            self._waiting = path, page
            return
        from qmap_studio.engine import OpenPicture, OpenSfc

        self._given_up = (self.document, self.document.revision) if self.document is not None else None
        job = OpenSfc(path) if path.suffix.lower() == ".sfc" else OpenPicture(path, page)
        self.jobs.submit(job, PendingJob(tr("Opening {name}").format(name=path.name), path.name))

    def show(self, opened: "Opened") -> None:
        """Puts what was opened in the place of the open work."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        document = opened.document
        self.document, self.is_decoded, self.size_bytes = document, opened.is_decoded, None
        self.page, self.page_count = opened.page, opened.page_count
        self._search.other_edit_ended()
        self._has_told_pending = False
        self._unsubscribe = document.subscribe(self._on_map_changed)
        self._engine.show(document.picture, opened.values, document.revision, opened.bounds)
        self.document_opened.emit(opened)
        self.set_threshold(opened.threshold)
        self.document_state_changed.emit()
        for notice in opened.notices:
            self.notice_given.emit(notice)
        if opened.page_count > 1:
            self.notice_given.emit(tr("Another page or frame is opened with File > Open Page."))

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
            self._search.begin(job, self.document, edit_name)

    def marks_saved(self) -> "Callable[[], None]":
        """A function that marks the map as it is now as saved, whatever is edited until then."""
        document = self.document
        assert document is not None, "there is something to save"
        document.finish()  # so that what goes to the file has a state of its own, to which undo comes back
        return partial(document.mark_saved, document.state)

    # Edits

    def edit(self, change: "Callable[[Document], object]") -> None:
        """Changes the document by one of its methods; an error is shown."""
        if self.document is not None:
            try:
                change(self.document)
            except QMapStudioError as error:
                self.failed.emit(str(error))

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

    def set_selection(self, rect: Rect | None) -> None:
        """Says what is selected in the document now."""
        if self._bridge is not None:
            self._engine.set_selection(rect)
        self.selection_changed.emit()
        self._outdate_figures()

    def set_threshold(self, threshold: float | None) -> None:
        """Moves the quality above which is inside."""
        self.threshold = threshold
        if self._bridge is not None:
            self._engine.set_threshold(threshold)
        self.threshold_changed.emit(threshold)
        self._outdate_figures()

    # Inside

    @property
    def _engine(self) -> "Engine":
        assert self._bridge is not None, "the engine is attached before it is used"
        return self._bridge.engine

    def _show_unless_worked_on(self, opened: "Opened") -> None:
        """Shows it, unless there is work that was done since the person gave up the rest."""
        document = self.document
        if document is not None:
            document.finish()  # a stroke that is held: the mouse will be needed for the answer
            if document.is_modified and (document, document.revision) != self._given_up:
                self.work_in_the_way.emit(opened)
                return
        self.show(opened)

    def _on_map_changed(self, rect: Rect, ended: bool) -> None:
        assert self.document is not None, "it has just changed"
        if not rect.empty:
            values, bounds = self.document.quality_map.values[rect.slices].copy(), self.document.bounds
            part = bounds[rect.slices].copy() if bounds is not None else None
            self._engine.update_map(rect, values, self.document.revision, part)
        self.map_changed.emit(rect, ended)
        if ended:
            self._search.other_edit_ended()
            if self.threshold is None and not self.document.held_bounds:  # which are then what is inside
                self._choose_threshold()
            self._has_told_pending = False
            self.document_state_changed.emit()
        else:
            self._tell_pending()
        if not rect.empty:
            self._outdate_figures()

    def _tell_pending(self) -> None:
        """The document holds an edit that has not ended: told once, not with each change of it."""
        if not self._has_told_pending:
            self._has_told_pending = True
            self.document_state_changed.emit()

    def _outdate_figures(self) -> None:
        if self.document is not None and self.has_codec:
            self.figures_outdated.emit()

    def _choose_threshold(self) -> None:
        """Parts the map in two, unless it is uniform."""
        from qmap_studio.core.cells import MAX_LEVEL
        from qmap_studio.evaluation.region import default_threshold

        assert self.document is not None, "there is a map"
        threshold = default_threshold(self.document.quality_map.values)
        if threshold is not None:
            self.set_threshold(threshold / MAX_LEVEL)

    def _on_result(self, result: "Result | Opened | ReadyComparison") -> None:
        from qmap_studio import engine
        from qmap_studio.ui.opening import Opened, ReadyComparison

        match result:
            case engine.LiveResult(picture=picture):
                # An answer may still be on its way when another photo is opened.
                if self.document is not None and picture is self.document.picture:
                    if result.figures is not None:
                        self.size_bytes = result.figures.size_bytes
                    self.live_result_arrived.emit(result)
                    if not self.is_current(result.revision):
                        self._outdate_figures()
            case engine.EngineReady(device=device, model_id=model_id, notices=notices):
                self.has_codec, self.size_bytes = True, None
                self.codec_changed.emit(model_id)
                self._outdate_figures()
                self.engine_state_changed.emit(f"{model_id} · {device_name(device)}")
                for notice in notices:
                    self.notice_given.emit(notice)
            case engine.EngineFailed(message=message):
                self.has_codec = False
                self.engine_state_changed.emit(tr("No codec"))
                self.failed.emit(message)
            case engine.Notice(text=text):
                self.notice_given.emit(text)
            case Opened():
                self._show_unless_worked_on(result)
            case engine.MapFound():
                if self.document is not None and self._search.take(result, self.document):
                    self._tell_pending()  # also of a map that is the one before
            case engine.MapImported(picture=picture, values=values):
                self._edit_of(picture, lambda document: document.replace(values, N_("Import map")))
            case engine.BoundsImported(picture=picture, bounds=bounds):
                self._edit_of(picture, lambda document: document.replace_bounds(bounds, N_("Import region")))
            case engine.AnnotationsRead(picture=picture):
                if self.document is not None and picture is self.document.picture:
                    self.annotations_read.emit(result)
            case ReadyComparison():
                self.compared.emit(result)
            case engine.JobProgress():
                self.jobs.on_progress(result)
            case engine.JobDone() | engine.JobFailed() | engine.JobCancelled():
                self._search.end(result.job_id, self.document)
                self.jobs.on_ended(result)

    def _edit_of(self, picture: "Picture", change: "Callable[[Document], object]") -> None:
        """Changes the document unless another picture is shown by now."""
        if self.document is not None and picture is self.document.picture:
            self.edit(change)
