"""What a run will need, told before it starts."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from qmap_studio.batch.task import Task
from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import pixels_told
from qmap_studio.document.annotations.repeated import seconds_a_picture

WORKER_BYTES, BYTES_A_PIXEL = 700 << 20, 76
"""Of a process with the live model, and of the photo it codes to a size; without one it takes a third less."""
SEARCH_BYTES = 500 << 20
"""Of a thorough one, on top."""
LOOKED_INTO = 16
"""The largest files; of these the header is read."""
LONG_S = 1.0
"""To read annotations for one photo."""


@dataclass(frozen=True)
class Needs:
    """What a run needs.

    Attributes:
        workers: at work side by side.
        pixels: of the largest photo; 0 if that is not known.
        reading_s: the annotations of each photo take so long to be found, about.
        thorough: files are searched for.
    """

    workers: int
    pixels: int
    reading_s: float
    thorough: bool = False

    @classmethod
    def of(cls, tasks: Sequence[Task], workers: int) -> "Needs":
        """Of what is to be done; of the photos only the headers of the largest files are read."""
        largest = nlargest(LOOKED_INTO, tasks, key=lambda task: task.size)
        pixels = max((pixels_told(task.photo) for task in largest), default=0)
        reading_s = max(map(_reading_s, tasks[:1]), default=0.0)
        return cls(min(workers, len(tasks)), pixels, reading_s, bool(tasks) and tasks[0].thorough)

    @property
    def memory_bytes(self) -> int:
        """Of all workers, each with the largest photo; about."""
        return self.workers * (WORKER_BYTES + self.thorough * SEARCH_BYTES + BYTES_A_PIXEL * self.pixels)

    def sentences(self, machine_bytes: int | None = None) -> tuple[str, ...]:
        """For people.

        Args:
            machine_bytes: memory of the machine on which the workers are, where that is known.
        """
        return tuple(filter(None, (self._memory(machine_bytes), self._reading())))

    def _memory(self, machine_bytes: int | None) -> str:
        if not self.workers:
            return ""
        text = ngettext(
            "{count} process needs about {memory:,} MB of memory, for photos of up to {megapixels:.1f} megapixels.",
            "{count} processes need about {memory:,} MB of memory, for photos of up to {megapixels:.1f} megapixels.",
            self.workers,
        )
        said = text.format(count=self.workers, memory=self.memory_bytes >> 20, megapixels=self.pixels / 1e6)
        if machine_bytes is not None and self.memory_bytes > machine_bytes:
            more = tr("This machine has {memory:,} MB: take fewer processes.")
            said += " " + more.format(memory=machine_bytes >> 20)
        return said

    def _reading(self) -> str:
        if self.reading_s < LONG_S:
            return ""
        text = tr(
            "The annotations are read from beginning to end for each photo, which takes about {seconds:.0f} s each "
            "time: as COCO JSON they would be read once."
        )
        return text.format(seconds=self.reading_s)


def machine_bytes() -> int | None:
    """The memory of this machine; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _reading_s(task: Task) -> float:
    """Of the annotations of a photo; where they cannot be read, that is told photo by photo."""
    annotations = task.recipe.annotations
    try:
        return 0.0 if annotations is None else seconds_a_picture(annotations)
    except AnnotationError:
        return 0.0
