"""Saving what the window has drawn."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from qmap_studio.core.pictures import Picture
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import JobDone, Pixels


@dataclass(frozen=True)
class SaveDrawing(Job):
    """Write a drawing, uint8 (H, W, 3), as a picture."""

    needs_codec: ClassVar[bool] = False

    path: Path
    pixels: Pixels = field(compare=False)

    def do(self, context: JobContext) -> JobDone:
        return context.save_picture(self.path, Picture(self.pixels))
