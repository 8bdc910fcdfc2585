"""What every job is: a frozen request that knows how it is done."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from qmap_studio.engine.jobs.context import JobContext
    from qmap_studio.engine.results import JobDone


class Job(ABC):
    """Something that takes a while, asked of the engine. It holds what the user chose and nothing else.

    Attributes:
        is_of_map: of the picture and the map as they were when it was asked for, whatever is painted before it begins.
        needs_codec: waits until the codec is loaded, if it can be.
        takes_over: brings another picture or another model.
        gives_way: shows something of the picture and the model there are: it is cancelled when a job is asked for that
            takes over.
    """

    is_of_map: ClassVar[bool] = False
    needs_codec: ClassVar[bool] = True
    takes_over: ClassVar[bool] = False
    gives_way: ClassVar[bool] = False

    @abstractmethod
    def do(self, context: "JobContext") -> "JobDone":
        """Do it to its end, in the worker thread.

        Files are written at the very end and whole, so that a cancelled job leaves none.

        Raises:
            QMapStudioError: it cannot be done, in a sentence.
            Cancelled: it was cancelled; no file was written.
        """
