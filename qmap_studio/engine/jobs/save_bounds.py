"""Writing the error bounds to a file."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.language import tr
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone


@dataclass(frozen=True)
class SaveBounds(Job):
    """Write the bounds as they were when asked for as a mask, as PNG, TIFF or NPY by the name's suffix."""

    is_of_map: ClassVar[bool] = True
    needs_codec: ClassVar[bool] = False

    path: Path

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.document import bounds_file

        path, snapshot = self.path, context.snapshot
        bounds = snapshot.bounds
        if bounds is None:
            bounds = np.full(snapshot.values.shape, UNBOUNDED, np.uint8)
        context.save_file(path, partial(bounds_file, path, bounds))
        return JobDone(context.job_id, path, tr("The region is saved as {name}.").format(name=path.name))
