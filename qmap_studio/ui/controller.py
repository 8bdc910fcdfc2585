"""One document and the engine that follows it: edits go down, results come up. Knows no widget."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qmap_studio.document import Box, Document
    from qmap_studio.engine import Engine, GradCam, Job, MapFound, OptimiseMap, Result
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.opening import Opened, ReadyComparison


@dataclass
class _Pending:
    """A job on its way.

    Attributes:
        file_name: of the file that is opened; errors name it.
        writes: a file is there only once the job is done.
        saves: the revision of the map that it writes.
        then: called when it is done.
        follows: the revision of the map that the next one it finds takes the place of.
    """

    title: str
    file_name: str = ""
    writes: bool = False
    saves: int | None = None
    then: "Callable[[], object] | None" = None
    follows: int | None = None


class Session(QObject):
    """What the window works on. Nothing is done in it that lasts: files are read and coded by the engine."""

    document_opened = Signal(object)  # what was Opened
    map_changed = Signal(object)  # a Rect, changed by anything but the canvas
    threshold_changed = Signal(object)  # float or None
    document_state_changed = Signal()
    live_result_arrived = Signal(object)
    job_begun = Signal()
    codec_changed = Signal(str)  # the model's id
    engine_state_changed = Signal(str)
    job_progressed = Signal(float, str)
    job_ended = Signal(str)
    compare_begun = Signal(int)  # the job
    compared = Signal(object)  # a ReadyComparison
    failed = Signal(str)
    noted = Signal(str)
    told = Signal(str)  # that something is done

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.threshold: float | None = None
        """The quality above which is inside, chosen by the first map that is not uniform and then by the person."""
        self.is_decoded = False
        """Whether the picture was decoded from an `.sfc` file: the photo it was made from is not there."""
        self._bridge: EngineBridge | None = None
        self.has_codec = True
        self._waiting: Path | None = None
        self._jobs: dict[int, _Pending] = {}

    def attach(self, bridge: "EngineBridge") -> None:
        """Connects the engine; a file that was asked for earlier is opened now."""
        self._bridge = bridge
        bridge.result_delivered.connect(self._on_result)
        if self._waiting is not None:
            self.open(self._waiting)

    # Files

    def open(self, path: Path) -> None:
        """Reads a photo or an `.sfc` file in the background; the open work stays if it cannot be read."""
        if self._bridge is None:
            self._waiting = path
            return
        from qmap_studio.engine import OpenPicture, OpenSfc

        job = OpenSfc(path) if path.suffix.lower() == ".sfc" else OpenPicture(path)
        self._submit(job, _Pending(f"Opening {path.name}", path.name))

    def export(self, path: Path, target_bytes: int | None, then: "Callable[[], object] | None" = None) -> None:
        """Writes an `.sfc` file in the background; `then` is called once it is written."""
        from qmap_studio.engine import ExportSfc

        if self.document is not None:
            pending = _Pending(f"Exporting {path.name}", writes=True, saves=self.document.revision, then=then)
            self._submit(ExportSfc(path, target_bytes), pending)

    def export_picture(self, kind: str, path: Path) -> None:
        """Saves the "reconstruction", "heat_map" or "comparison" as a picture."""
        from qmap_studio.engine import ExportPicture

        self._submit(ExportPicture(kind, path, self.source_name), _Pending(f"Saving {path.name}", writes=True))

    @property
    def source_name(self) -> str:
        """What the picture is that results are compared with."""
        return "Decoded file" if self.is_decoded else "Original"

    def compare(self) -> None:
        from qmap_studio.engine import Compare

        self.compare_begun.emit(self._submit(Compare(), _Pending("Comparing with uniform quality")))

    def use_model(self, model_id: str) -> None:
        """Lets another model follow the painting, once it is loaded."""
        from qmap_studio.engine import UseModel

        told = f"{model_id} is loaded."
        self._submit(UseModel(model_id), _Pending(f"Loading {model_id}", then=lambda: self.told.emit(told)))

    def import_checkpoint(self, path: Path) -> None:
        """Installs the paper's authors' checkpoint."""
        from qmap_studio.engine import ImportCheckpoint

        self._submit(ImportCheckpoint(path), _Pending(f"Importing {path.name}", path.name))

    def find_map(self, job: "OptimiseMap | GradCam") -> None:
        """Lets the engine find a map; each better one takes the place of the one before, and the last is one edit."""
        if any(pending.follows is not None for pending in self._jobs.values()):
            self.noted.emit("A map is being searched already; cancel that search first.")
        elif self.document is not None:
            self._submit(job, _Pending("Finding a map", follows=self.document.revision))

    def cancel_job(self, job_id: int | None = None) -> None:
        """Cancels a job, or else the one that was asked for first."""
        for known in list(self._jobs)[:1] if job_id is None else [job_id]:
            self._engine.cancel(known)

    @property
    def is_busy(self) -> bool:
        return bool(self._jobs)

    @property
    def writing(self) -> str | None:
        """What is being written to a file, such as "Exporting photo.sfc"."""
        return next((pending.title for pending in self._jobs.values() if pending.writes), None)

    def import_map(self, path: Path) -> None:
        from qmap_studio.document import read_quality_map

        def replace(document: "Document") -> Rect:
            read = read_quality_map(path, document.picture.height, document.picture.width)
            self.told.emit(f"The map is now that of {path.name}.")
            return document.replace(read.values, "Import map")

        self.edit(replace)

    def save_map(self, path: Path) -> None:
        from qmap_studio.document import write_quality_map

        def write(document: "Document") -> None:
            write_quality_map(path, document.quality_map)
            document.mark_saved()
            self.told.emit(f"The map is saved as {path.name}.")

        self.edit(write)

    # Edits

    def edit(self, change: "Callable[[Document], Rect | None]") -> None:
        """Changes the document by anything but the canvas, and tells everybody where."""
        if self.document is None:
            return
        try:
            rect = change(self.document)
        except QMapStudioError as error:
            self.failed.emit(str(error))
            return
        if rect is not None and not rect.empty:
            self.map_changed.emit(rect)
            self.follow(rect)
        self.document_state_changed.emit()

    def undo(self) -> None:
        name = self.document.undo_name if self.document is not None else None
        self.edit(lambda document: document.undo())
        self.told.emit(f"Undone: {name}." if name else "")

    def redo(self) -> None:
        name = self.document.redo_name if self.document is not None else None
        self.edit(lambda document: document.redo())
        self.told.emit(f"Done again: {name}." if name else "")

    def fill_uniform(self, quality: float) -> None:
        self.edit(lambda document: document.fill_uniform(quality))

    def invert(self) -> None:
        self.edit(lambda document: document.invert())

    def strengthen(self, factor: float) -> None:
        """Spreads the map's qualities around their mean, or draws them together with a factor below 1."""
        from qmap_studio.ui.strength import strengthened

        name = "Strengthen" if factor > 1 else "Weaken"
        self.edit(lambda document: document.replace(strengthened(document.quality_map.values, factor), name))

    def shift(self, quality: float) -> None:
        """Adds to the quality everywhere."""
        from qmap_studio.ui.strength import shifted

        name = "Raise" if quality > 0 else "Lower"
        self.edit(lambda document: document.replace(shifted(document.quality_map.values, quality), name))

    def apply_boxes(self, boxes: "Sequence[Box]", quality: float, feather_px: float, outside: float | None) -> None:
        self.edit(lambda document: document.apply_boxes(boxes, quality, feather_px, outside))

    # What the canvas tells

    def follow(self, rect: Rect, ended: bool = True) -> None:
        """The map has changed: the engine is to follow."""
        if self.document is None or self._bridge is None:
            return
        if not rect.empty:
            values = self.document.quality_map.values[rect.slices].copy()
            self._engine.update_map(rect, values, self.document.revision)
        if ended:
            if self.threshold is None:
                self._choose_threshold()
            self.document_state_changed.emit()

    def set_view(self, visible: Rect, zoom: float) -> None:
        if self._bridge is not None:
            self._engine.set_view(visible, zoom)

    def set_selection(self, rect: Rect | None) -> None:
        if self._bridge is not None:
            self._engine.set_selection(rect)

    def set_threshold(self, threshold: float | None) -> None:
        """Moves the quality above which is inside."""
        self.threshold = threshold
        if self._bridge is not None:
            self._engine.set_threshold(threshold)
        self.threshold_changed.emit(threshold)

    # Inside

    @property
    def _engine(self) -> "Engine":
        assert self._bridge is not None, "the engine is attached before it is used"
        return self._bridge.engine

    def _submit(self, job: "Job", pending: _Pending) -> int:
        job_id = self._engine.submit(job)
        self._jobs[job_id] = pending
        self.job_begun.emit()
        self.job_progressed.emit(0.0, f"{pending.title}…")
        self.document_state_changed.emit()
        return job_id

    def _show(self, opened: "Opened") -> None:
        from qmap_studio.core.picture import reduction_notice

        document = opened.document
        self.document, self.is_decoded = document, opened.is_decoded
        self._engine.show(document.picture, opened.values, document.revision)
        self.document_opened.emit(opened)
        self.set_threshold(opened.threshold)
        self.document_state_changed.emit()
        if document.picture.is_reduced:
            self.noted.emit(reduction_notice(opened.path.name))

    def _choose_threshold(self) -> None:
        """Parts the map in two, unless it is uniform."""
        from qmap_studio.document import MAX_LEVEL
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
                    self.live_result_arrived.emit(result)
            case engine.EngineReady(device=device, model_id=model_id, notices=notices):
                self.has_codec = True
                self.codec_changed.emit(model_id)
                self.engine_state_changed.emit(f"{model_id} · {device_name(device)}")
                for notice in notices:
                    self.noted.emit(notice)
            case engine.EngineFailed(message=message):
                self.has_codec = False
                self.engine_state_changed.emit("No codec")
                self.failed.emit(message)
            case engine.Notice(text=text):
                self.noted.emit(text)
            case Opened():
                self._show(result)
            case engine.MapFound():
                self._take_map(result)
            case ReadyComparison():
                self.compared.emit(result)
            case engine.JobProgress(fraction=fraction, text=text):
                self.job_progressed.emit(fraction, text)
            case engine.JobDone(text=text):
                self._end_job(result.job_id, text, done=True)
            case engine.JobFailed(message=message):
                name = self._jobs[result.job_id].file_name if result.job_id in self._jobs else ""
                self._end_job(result.job_id, "")
                self.failed.emit(message if name in message else f"{name}: {message}")
            case engine.JobCancelled():
                self._end_job(result.job_id, "Cancelled.")

    def _take_map(self, result: "MapFound") -> None:
        """Shows a map on the way of a search, unless the person has gone on to something else."""
        document, pending = self.document, self._jobs.get(result.job_id)
        if document is None or pending is None:
            return
        if result.picture is not document.picture:
            self._engine.cancel(result.job_id)
        elif pending.follows != document.revision:
            self._engine.cancel(result.job_id)
            self.noted.emit("The map was edited, so the search for a better one has stopped.")
        else:
            self.edit(lambda document: document.try_map(result.values, "Optimise"))
            pending.follows = document.revision

    def _end_job(self, job_id: int, text: str, done: bool = False) -> None:
        pending = self._jobs.pop(job_id, None)
        if self.document is not None and pending is not None and pending.follows is not None:
            self.document.keep_trial()
        if done and pending is not None and self.document is not None and pending.saves == self.document.revision:
            self.document.mark_saved()
        if not self._jobs:
            self.job_ended.emit(text)
        self.document_state_changed.emit()
        if done and pending is not None and pending.then is not None:
            pending.then()

    def is_current(self, revision: int) -> bool:
        """Whether a live result is of the map as it is now."""
        return self.document is not None and revision == self.document.revision


def device_name(device: str) -> str:
    """A device as a person calls it."""
    kind = device.split(":")[0]
    return {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}.get(kind, device)
