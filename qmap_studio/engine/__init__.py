"""One background worker between the window and the codec. Imports neither torch nor the codec until it runs."""

from qmap_studio.engine import jobs
from qmap_studio.engine.engine import Engine, importable_models, installed_models
from qmap_studio.engine.jobs import *  # noqa: F403 - each job and what it brings are listed there alone
from qmap_studio.engine.recovery import Abandoned, Recovery, abandoned, delete_copy
from qmap_studio.engine.results import (
    EngineFailed,
    EngineReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobProgress,
    LiveResult,
    Notice,
    Result,
)

__all__ = [
    "Abandoned",
    "Engine",
    "EngineFailed",
    "EngineReady",
    "JobCancelled",
    "JobDone",
    "JobFailed",
    "JobProgress",
    "LiveResult",
    "Notice",
    "Recovery",
    "Result",
    "abandoned",
    "delete_copy",
    "importable_models",
    "installed_models",
]
__all__ += jobs.__all__
