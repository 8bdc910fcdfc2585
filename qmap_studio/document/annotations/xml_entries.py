"""XML of any size, one element at a time: nobody's entities are expanded, and memory holds one picture's elements."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.values import number_of

if TYPE_CHECKING:
    from qmap_studio.document.annotations.reader import Source


def elements(source: "Source", *names: str) -> Iterator[Element]:
    """The elements of some names, wherever they stand, each whole; those around them are not kept.

    Raises:
        AnnotationError: the file is no whole XML, or has entities of its own.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    kept = _Kept(names)
    parser: Any = DefusedXMLParser(target=kept)
    try:
        for piece in source.text.pieces():
            parser.feed(piece)
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

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._done: list[Element] = []
        self._open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._open or tag in self._names:
            element = Element(tag, attributes)
            if self._open:
                self._open[-1].append(element)
            self._open.append(element)

    def data(self, text: str) -> None:
        if self._open:
            last = self._open[-1]
            if len(last):
                last[-1].tail = (last[-1].tail or "") + text
            else:
                last.text = (last.text or "") + text

    def end(self, _tag: str) -> None:
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
