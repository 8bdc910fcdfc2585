"""What of a file was left out, and why: counted, with the first reason."""

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import ngettext


class LeftOut:
    """Counts the entries of a file that could not be used.

    Args:
        name: the file's.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._first: AnnotationError | None = None

    def add(self, reason: AnnotationError) -> None:
        """One more."""
        self._count += 1
        self._first = self._first or reason

    def notices(self, total: int) -> tuple[str, ...]:
        """A sentence on them, if there are any.

        Args:
            total: entries that the file has for the picture, these included.
        Raises:
            AnnotationError: there are no others.
        """
        count, first = self._count, self._first
        if first is None:
            return ()
        if count == total:
            raise first
        text = ngettext(
            "{count} of {total} annotations in {name} was left out. {reason}",
            "{count} of {total} annotations in {name} were left out. The first: {reason}",
            count,
        )
        return (text.format(count=count, total=total, name=self._name, reason=first),)
