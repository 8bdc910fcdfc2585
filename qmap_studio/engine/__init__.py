"""One background worker between the window and the codec. Imports neither torch nor the codec until it runs."""

from qmap_studio.engine.engine import Engine
from qmap_studio.engine.jobs import Compare, ExportPicture, ExportSfc, GradCam, Job, OpenPicture, OpenSfc, OptimiseMap
from qmap_studio.engine.results import (
    Compared,
    EngineFailed,
    EngineReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    LiveResult,
    MapFound,
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
    "GradCam",
    "Job",
    "JobCancelled",
    "JobDone",
    "JobFailed",
    "JobProgress",
    "LiveResult",
    "MapFound",
    "Notice",
    "OpenPicture",
    "OpenSfc",
    "OptimiseMap",
    "PictureOpened",
    "Result",
    "SfcOpened",
    "Side",
]
