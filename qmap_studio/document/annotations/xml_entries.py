"""XML of any size, one element at a time: nobody's entities are expanded, and memory holds one picture's elements."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.values import number_of

if TYPE_CHECKING:
    from qmap_studio.document.annotations.reader import Source

_MOST_CHARACTERS, _MOST_INSIDE = 16 * 2**20, 300_000
"""Of a tag with its attributes; of elements within one that is kept."""


def elements(source: "Source", *names: str) -> Iterator[Element]:
    """The elements of some names, wherever they stand, each whole; those around them are not kept.

    Raises:
        AnnotationError: the file is no whole XML, has entities of its own, or an element that is too large.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    kept = _Kept(names, source.name)
    parser: Any = DefusedXMLParser(target=kept)
    unread = 0
    try:
        for piece in source.text.pieces():
            parts = kept.parts
            parser.feed(piece)
            # A tag is held until it ends.
            unread = unread + len(piece) if kept.parts == parts else 0
            if unread > _MOST_CHARACTERS:
                raise kept.too_large()
            yield from kept.take()
        parser.close()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise AnnotationError(tr("{name} is damaged or cut short: no valid XML.").format(name=source.name)) from error
    yield from kept.take()


def text_at(element: Element, path: str) -> str:
    """The text of an element below, without spaces around it; "" if there is none."""
    return (element.findtext(path) or "").strip()


def number_at(element: Element, path: str, where: str) -> float:
    """The number that an element below holds."""
    return number_of(text_at(element, path), path, where)


class _Kept:
    """Builds the elements of some names, and passes over all others."""

    def __init__(self, names: tuple[str, ...], source_name: str) -> None:
        self._names, self._source_name = names, source_name
        self._done: list[Element] = []
        self._open: list[Element] = []
        self._inside = 0
        self.parts = 0
        """Tags and texts so far."""

    def too_large(self) -> AnnotationError:
        text = tr("{name} is damaged, or has an element that is too large.")
        return AnnotationError(text.format(name=self._source_name))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.parts += 1
        if self._open or tag in self._names:
            self._inside = self._inside + 1 if self._open else 0
            if self._inside > _MOST_INSIDE:
                raise self.too_large()
            element = Element(tag, attributes)
            if self._open:
                self._open[-1].append(element)
            self._open.append(element)

    def data(self, text: str) -> None:
        self.parts += 1
        # What stands behind an element, within another one, means nothing.
        if self._open and not len(self._open[-1]):
            last = self._open[-1]
            last.text = (last.text or "") + text
            if len(last.text) > _MOST_CHARACTERS // 16:
                raise self.too_large()

    def end(self, _tag: str) -> None:
        self.parts += 1
        if self._open:
            element = self._open.pop()
            if not self._open:
                self._done.append(element)

    def close(self) -> None:
        """Nothing is left to be done."""

    def take(self) -> list[Element]:
        """Those that are whole by now."""
        done, self._done = self._done, []
        return done
