"""What of a document a person works on: a layer, and some of its shapes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """What is chosen, by keys, which outlive edits; what is not there any more does not count.

    Attributes:
        layer: the active layer; None: the uppermost.
        shapes: those selected in it.
    """

    layer: int | None = None
    shapes: frozenset[int] = frozenset()
