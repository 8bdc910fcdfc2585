"""Text files in the encodings that tools write, whole or piece by piece."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_PIECE_BYTES = 2**18
HEAD_BYTES = 2**16


class NoTextError(ValueError):
    """A file holds something other than text."""


class TextFile:
    """A text file: UTF-8, UTF-16 or UTF-32, with or without a byte order mark, else Latin-1.

    Args:
        path: of the file.
        checkpoint: called with the share of the file that is read; may raise to stop.
    Raises:
        OSError: it cannot be read.
        NoTextError: it holds something other than text.
    """

    def __init__(self, path: Path, checkpoint: Callable[[float], None] | None = None) -> None:
        self.path = path
        self._checkpoint = checkpoint or (lambda _share: None)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            self.size_bytes = file.seek(0, 2)
            file.seek(0)
            self._encoding = _marked_encoding(head) or self._unmarked_encoding(file)
        text = codecs.getincrementaldecoder(self._encoding)("replace").decode(head)
        self.head = text.replace("\r\n", "\n").replace("\r", "\n")
        """The beginning of the text, up to 64 kB of the file; every line ends with a line feed."""
        if "\0" in self.head:
            raise NoTextError

    def pieces(self) -> Iterator[str]:
        """The text in pieces, in order; at each the checkpoint is called."""
        with self.path.open("rb") as file:
            for piece in _decoded(file, self._encoding, "replace"):
                self._checkpoint(file.tell() / max(self.size_bytes, 1))
                yield piece

    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces())

    def _unmarked_encoding(self, file: BinaryIO) -> str:
        try:
            for _piece in _decoded(file, "utf-8-sig", "strict"):
                self._checkpoint(0.0)
        except UnicodeDecodeError:
            return "latin-1"
        return "utf-8-sig"


def _decoded(file: BinaryIO, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while piece := file.read(_PIECE_BYTES):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or the zeros that plain characters have in it."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = [index for index, byte in enumerate(head[:4]) if byte == 0]
    return {(1, 3): "utf-16-le", (0, 2): "utf-16-be", (1, 2, 3): "utf-32-le", (0, 1, 2): "utf-32-be"}.get(tuple(zeros))
