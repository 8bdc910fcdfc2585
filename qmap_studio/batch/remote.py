"""What a worker of a cluster does, on its machine: one photo at a time, with a codec that is loaded once."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmap_studio import __version__
from qmap_studio.core.errors import Cancelled, ComputeError, QMapStudioError
from qmap_studio.core.files import digest_of
from qmap_studio.core.language import tr

if TYPE_CHECKING:
    from qmap_studio.batch.coder import Coder
    from qmap_studio.batch.outcome import Outcome
    from qmap_studio.batch.task import Task


@dataclass(frozen=True)
class Wanted:
    """What all workers must have in common.

    Attributes:
        version: of the program.
        weights: digest of the model's weights.
        mark, marked: a file in the folder of results as workers see it, and what it holds; None where there is none.
    """

    version: str
    model: str
    device: str
    weights: str
    mark: Path | None = None
    marked: str = ""


_coders: dict[tuple[str, str, str], "Coder"] = {}
"""By model, device and digest of the weights."""
_fits: set[Wanted] = set()
_one_at_a_time = threading.Lock()
"""A codec is no thing for several threads, and the memory is counted for one photo a process."""


def prepare(wanted: Wanted) -> str:
    """Loads the codec; says why this worker does not fit, nothing if it does."""
    with _one_at_a_time:
        coder = _coder(wanted)
    return coder if isinstance(coder, str) else ""


def do(wanted: Wanted, key: str, task: "Task") -> "Outcome | str | None":
    """Codes a photo.

    Args:
        key: of this task; once nobody waits for it any more, the photo is given up.
    Returns:
        What has come of it; why this worker does not fit; None if the photo was given up. Nothing is raised: not every
        error can travel.
    """
    from distributed import get_worker

    worker = get_worker()

    def checkpoint(_share: float = 0.0) -> None:
        state = worker.state.tasks.get(key)
        if state is None or state.state == "cancelled":
            raise Cancelled

    try:
        with _one_at_a_time:
            checkpoint()
            coder = _coder(wanted)
            return coder if isinstance(coder, str) else coder.do(task, checkpoint)
    except Cancelled:
        return None
    except Exception as error:
        return _told(error)


def _coder(wanted: Wanted) -> "Coder | str":
    try:
        return _loaded(wanted)
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, QMapStudioError) else f"{type(error).__name__}: {error}"


def _loaded(wanted: Wanted) -> "Coder":
    if wanted not in _fits:
        _check(wanted)
        _fits.add(wanted)
    loaded = wanted.model, wanted.device, wanted.weights
    if loaded not in _coders:
        from qmap_studio.core import threads

        threads.work_in_one_thread()
        from qmap_studio.batch.coder import Coder

        _coders[loaded] = Coder(wanted.model, wanted.device)
    return _coders[loaded]


def _check(wanted: Wanted) -> None:
    from qmap_studio.codec.models import weights_path

    if wanted.version != __version__:
        text = tr("it has version {theirs} of the program, not {ours}")
        raise ComputeError(text.format(theirs=__version__, ours=wanted.version))
    if digest_of(weights_path(wanted.model)) != wanted.weights:
        raise ComputeError(tr("its weights of the model {model} are others").format(model=wanted.model))
    if wanted.mark is not None and _content(wanted.mark) != wanted.marked:
        text = tr("it does not see the folder of results, {folder}; say with --path-map HERE=THERE where it does")
        raise ComputeError(text.format(folder=wanted.mark.parent))


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
