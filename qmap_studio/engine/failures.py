"""What to tell a person about an exception."""

import logging

from qmap_studio.core.errors import QMapStudioError

_log = logging.getLogger(__name__)

_NO_MEMORY = "There was not enough memory. Close other programs or pictures, or use a smaller picture, and try again."


def sentence(error: BaseException, attempt: str) -> str:
    """A sentence fit to show; an error nobody foresaw goes to the log with all its details.

    Args:
        attempt: what was tried, to follow "while".
    """
    if isinstance(error, QMapStudioError):
        return str(error)
    if _is_out_of_memory(error):
        return _NO_MEMORY
    _log.error("unexpected error while %s", attempt, exc_info=error)
    return f"An error inside the program came up while {attempt}; your work is kept. The log has the details."


def _is_out_of_memory(error: BaseException) -> bool:
    # torch tells it by a class of its own on a GPU and by a RuntimeError on the CPU; neither needs torch imported.
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "not enough memory" in str(error))
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
    )
