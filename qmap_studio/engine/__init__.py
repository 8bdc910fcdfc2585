"""One background worker between the window and the codec. Imports neither torch nor the codec until it runs."""

from qmap_studio.engine.engine import Engine
from qmap_studio.engine.jobs import Compare, ExportPicture, ExportSfc, Job, OpenPicture, OpenSfc
from qmap_studio.engine.results import (
    Compared,
    EngineFailed,
    EngineReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    LiveResult,
    Notice,
    PictureOpened,
    Result,
    SfcOpened,
    Side,
)

__all__ = [
    "Compare",
    "Compared",
    "Engine",
    "EngineFailed",
    "EngineReady",
    "ExportPicture",
    "ExportSfc",
    "Job",
    "JobCancelled",
    "JobDone",
    "JobFailed",
    "JobProgress",
    "LiveResult",
    "Notice",
    "OpenPicture",
    "OpenSfc",
    "PictureOpened",
    "Result",
    "SfcOpened",
    "Side",
]
