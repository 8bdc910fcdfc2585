"""What to tell a person about an exception."""

import logging

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.language import N_, tr

_log = logging.getLogger(__name__)

LOADING = N_(
    "An error inside the program came up while the codec was being loaded; your work is kept. The log has the details."
)
DOING_A_JOB = N_(
    "An error inside the program came up while the job was being done; your work is kept. The log has the details."
)
UPDATING = N_(
    "An error inside the program came up while the result was being updated; your work is kept. "
    "The log has the details."
)
"""What to say of an error that nobody foresaw, by what was tried."""

_NO_MEMORY = N_(
    "There was not enough memory. Close other programs or pictures, or use a smaller picture, and try again."
)


def sentence(error: BaseException, unforeseen: str) -> str:
    """A sentence fit to show; an error nobody foresaw goes to the log with all its details.

    Args:
        unforeseen: what to say of an error that nobody foresaw, one of the texts above.
    """
    if isinstance(error, QMapStudioError):
        return str(error)
    if _is_out_of_memory(error):
        return tr(_NO_MEMORY)
    _log.error(unforeseen, exc_info=error)
    return tr(unforeseen)


def _is_out_of_memory(error: BaseException) -> bool:
    # torch tells it by a class of its own on a GPU and by a RuntimeError on the CPU; neither needs torch imported.
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "not enough memory" in str(error))
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
    )
