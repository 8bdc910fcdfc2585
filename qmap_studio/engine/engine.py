"""The engine, as the window sees it: tell it what is shown and painted, ask for jobs, receive results."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.changes import Patch, Viewport
from qmap_studio.engine.inbox import Inbox
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import MapValues, Result
from qmap_studio.engine.runner import Runner, load_with_torch

if TYPE_CHECKING:
    from qmap_studio.codec import Codec
    from qmap_studio.document.inside import Inside


def installed_models() -> list[str]:
    """Ids of the models whose weights are installed now."""
    from qmap_studio.codec.common.installed import installed_weights

    return sorted(installed_weights())


def importable_models() -> tuple[str, ...]:
    """Ids of the models whose authors' checkpoints can be imported."""
    from qmap_studio.codec.models import importable_models

    return importable_models()


class Engine:
    """One worker thread behind two queues: live requests, where the latest wins, and jobs, which yield to them.

    Every method but `stop` returns at once. Arrays handed over belong to the engine. What is asked before `start`
    waits for it; jobs that need no codec are done even before it is loaded.

    Args:
        deliver: called with each result, from the worker thread.
        model_id: of the codec that follows the painting; files are opened with the one that made them.
        load: gives the codec of a model; called in the worker thread, and at the start in one of its own.
    """

    def __init__(
        self,
        deliver: Callable[[Result], None],
        *,
        model_id: str = "live",
        device: str = "auto",
        load: "Callable[[str], Codec] | None" = None,
    ) -> None:
        self._inbox = Inbox()
        self._runner = Runner(self._inbox, model_id, load or partial(load_with_torch, device=device), deliver)
        self._shown: Rect | None = None

    def start(self) -> None:
        """Start the worker, and loading the codec beside it."""
        self._runner.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """Drop what waits, cancel what runs, and wait at most so long for the worker to end."""
        self._runner.stop(wait_s)

    def show(self, picture: Picture, values: MapValues, revision: int, bounds: Bounds | None = None) -> None:
        """Begin with a picture.

        Args:
            values: uint16 (H, W), the whole map.
            revision: of the map; live results repeat it.
            bounds: uint8 (H, W), the error bounds; None where no pixel has one.
        """
        if values.shape != (picture.height, picture.width):
            raise ValueError(f"a map of {picture.height} x {picture.width} was expected, got {values.shape}")
        _check_bounds(bounds, values)
        self._shown = Rect.whole(picture.height, picture.width)
        self._inbox.show(picture, values, revision, bounds)

    def update_map(self, rect: Rect, values: MapValues, revision: int, bounds: Bounds | None = None) -> None:
        """Replace a part of the map.

        Args:
            rect: a part of the picture shown.
            values: uint16, the rectangle's shape.
            bounds: uint8, the rectangle's shape; None where none of its pixels has one.
        """
        if self._shown is None or rect.intersected(self._shown) != rect:
            raise ValueError(f"{rect} is no part of the picture {self._shown}")
        if values.shape != (rect.height, rect.width):
            raise ValueError(f"values of {rect.height} x {rect.width} were expected, got {values.shape}")
        _check_bounds(bounds, values)
        if not rect.empty:
            self._inbox.update_map(Patch(rect, values, bounds), revision)

    def set_view(self, visible: Rect, zoom: float) -> None:
        """Say what is on the screen; `zoom` is screen pixels for a pixel of the picture."""
        self._inbox.set_view(Viewport(visible, zoom))

    def set_selection(self, selection: "Rect | Inside | None") -> None:
        """Say what figures call inside; None leaves it to the threshold."""
        self._inbox.set_selection(selection)

    def set_threshold(self, threshold: float | None) -> None:
        """Say above which quality, 0 to 1, a part of the map is inside; without one nothing but a selection is."""
        self._inbox.set_threshold(threshold)

    def submit(self, job: Job) -> int:
        """Queue a job, of the picture and the map as they are now; its results carry the number returned."""
        return self._inbox.add_job(job)

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop; it ends with `JobCancelled` unless it was done already."""
        self._inbox.cancel_job(job_id)


def _check_bounds(bounds: Bounds | None, values: MapValues) -> None:
    if bounds is not None and bounds.shape != values.shape:
        raise ValueError(f"bounds of the map's shape {values.shape} were expected, got {bounds.shape}")
