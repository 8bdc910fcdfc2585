"""What does tasks: processes of this machine, or of others."""

from collections.abc import Callable, Iterator
from typing import Protocol

from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.task import Task


class Workers(Protocol):
    """Several, each with a codec of its own."""

    @property
    def count(self) -> int:
        """How many there are."""

    def outcomes(self, tasks: Iterator[Task], is_stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome]]:
        """Does tasks in any order; takes no more of them than there are workers for, and a few.

        Args:
            is_stopped: asked again and again; once it says so, no task is begun, and those that are under way are
                given up without a file.
        Raises:
            QMapStudioError: no worker can work, such as without the model's weights.
        """

    def close(self) -> None:
        """Ends them."""
