"""The same recipe over folders of photos: by processes of this machine, or by those of a Dask cluster. No Qt."""

from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.plan import Plan
from qmap_studio.batch.run import Observer, Run, Totals
from qmap_studio.batch.task import Task
from qmap_studio.batch.workers import Workers

__all__ = ["Observer", "Outcome", "Plan", "Run", "Task", "Totals", "Workers"]
