"""Sizes of files as people read them."""

from qmap_studio.core.language import ngettext


def size_text(size_bytes: int) -> str:
    """A size in bytes.

    >>> size_text(1), size_text(24_576)
    ('1 byte', '24,576 bytes')
    """
    return ngettext("{n:,} byte", "{n:,} bytes", size_bytes).format(n=size_bytes)
