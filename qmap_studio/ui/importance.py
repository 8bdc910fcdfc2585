"""What the model itself finds important, over the photo in the place of the quality map."""

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.jobs import PendingJob
from qmap_studio.ui.renewal import Renewal

if TYPE_CHECKING:
    from qmap_studio.engine import ImportanceFound, Result
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.canvas.importance_sheet import Plane
    from qmap_studio.ui.canvas.pane_grid import PaneGrid

Kind = Literal["mask", "scale"]
NAMES: dict[Kind, str] = {"mask": N_("Importance mask"), "scale": N_("Scale factors")}
COMING: dict[Kind, str] = {"mask": N_("importance mask on its way…"), "scale": N_("scale factors on their way…")}

CODED_PX = 16
"""Names the last stage, whose values stand for the cells that are coded."""


class Importance(QObject):
    """Found when it is asked for, and anew when the map has changed; until then it says that it is older.

    Attributes:
        model_id: of the codec in use; empty while none is loaded.
        is_offered: whether its model learns what is important.
        kind: what is shown or on its way; None for the quality map.
        side_px: names the stage by the side of the square that one of its values stands for.
    """

    changed = Signal()

    def __init__(self, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self.model_id, self.is_offered = "", False
        self.kind: Kind | None = None
        self.side_px = CODED_PX
        self._controller = controller
        self._panes: PaneGrid | None = None
        self._found: ImportanceFound | None = None
        self._job_id: int | None = None
        self._renewal = Renewal(controller, self._subject, lambda: self._ask(is_asked=False), self)
        self._renewal.age_changed.connect(self._show_age)
        controller.document_shown.connect(lambda _shown: self._forget())

    def attach(self, bridge: "EngineBridge", panes: "PaneGrid") -> None:
        """Shows what the engine finds on the photo's pane."""
        self._panes = panes
        bridge.result_delivered.connect(self._on_result)

    def show(self, kind: Kind | None) -> None:
        """Shows the mask or the scale factors, once they are found, or the quality map."""
        self.kind = kind
        self._renewal.is_wanted = kind is not None
        if kind is None:
            self._renewal.stop()
        elif self._renewal.is_old and not self._renewal.is_expected:
            self._ask(is_asked=True)
        self._show()

    def toggle(self, kind: Kind) -> None:
        self.show(None if self.kind == kind else kind)

    def show_stage(self, side_px: int) -> None:
        """Shows another stage of the encoder."""
        self.side_px = side_px
        self._show()

    def _ask(self, *, is_asked: bool) -> None:
        from qmap_studio.engine import FindImportance

        pending = PendingJob(tr("Finding what is important"), is_asked=is_asked)
        self._job_id = self._controller.jobs.submit(FindImportance(), pending)
        self._renewal.expect(self._job_id)

    def _subject(self) -> object:
        document = self._controller.document
        return document and (document, document.revision)

    def _forget(self) -> None:
        """What was found is of another photo or another model."""
        self._found = None
        self._renewal.forget()
        self.show(None)

    def _on_result(self, result: "Result") -> None:
        from qmap_studio import engine

        match result:
            case engine.EngineReady(model_id=model_id, learns_importance=is_offered):
                self.model_id, self.is_offered = model_id, is_offered
                self._forget()
            case engine.ImportanceFound(job_id=job_id) if self._renewal.take(job_id):
                self._found = result
                self._show()
            case engine.JobFailed(job_id=job_id) | engine.JobCancelled(job_id=job_id):
                if job_id == self._job_id and self._found is None:
                    self.show(None)

    def _show(self) -> None:
        if self._panes is not None:
            plane, original = self._plane(), self._panes.original
            original.show_importance(plane)
            original.set_note(tr(COMING[self.kind]) if self.kind is not None and plane is None else "")
            self._show_age()
            self._panes.overlay_changed.emit()
        self.changed.emit()

    def _show_age(self) -> None:
        if self._panes is not None:
            self._panes.original.show_age(self._renewal.is_old)

    def _plane(self) -> "Plane | None":
        """What is to be seen of what was found."""
        from qmap_studio.ui.canvas.colour_range import mask_range, scale_range
        from qmap_studio.ui.canvas.importance_sheet import Plane

        if self.kind is None or self._found is None:
            return None
        stage = next(stage for stage in self._found.stages if stage.side_px == self.side_px)
        values = stage.mask if self.kind == "mask" else stage.scale
        colours = (mask_range if self.kind == "mask" else scale_range)([values])
        return Plane(tr(NAMES[self.kind]), stage.side_px, values, colours)
