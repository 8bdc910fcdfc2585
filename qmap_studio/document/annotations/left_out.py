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
        self.reasons: list[AnnotationError] = []

    def add(self, reason: AnnotationError) -> None:
        """One more."""
        self.reasons.append(reason)

    def notices(self, total: int) -> tuple[str, ...]:
        """A sentence on them, if there are any.

        Args:
            total: entries that the file has for the picture, these included.
        Raises:
            AnnotationError: there are no others.
        """
        count = len(self.reasons)
        if not count:
            return ()
        if count == total:
            raise self.reasons[0]
        text = ngettext(
            "{count} of {total} annotations in {name} was left out. {reason}",
            "{count} of {total} annotations in {name} were left out. The first: {reason}",
            count,
        )
        return (text.format(count=count, total=total, name=self._name, reason=self.reasons[0]),)
