"""All layers of a map, and what those of each aspect come to: its qualities, and its error bounds."""

from collections.abc import Iterator
from math import inf

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.stack import BoundStack, Layers, Stack


class Composition:
    """Layers of both aspects in one tuple; those of one do not matter to the other.

    Args:
        height, width: of the map, in pixels.
        layers: to begin with; the first one of quality covers everything.
    """

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        self._size = height, width
        self._layers = layers
        self._quality = Stack(height, width, _seen(layers, Aspect.QUALITY))
        # Takes a byte a pixel: it is there while there are layers of bounds.
        self._bounds: BoundStack | None = None
        for stack, ours in self._stacks(layers):
            stack.show(ours)

    @property
    def quality(self) -> Stack:
        """The layers of quality."""
        return self._quality

    @property
    def bounds(self) -> Bounds | None:
        """uint8 (H, W), what the layers of bounds come to; None where no pixel has a bound."""
        return self._bounds.bounds if self._bounds is not None else None

    @property
    def held_bounds(self) -> tuple[int, ...]:
        """The bounds that some pixels have, from the strictest."""
        return self._bounds.held if self._bounds is not None else ()

    @property
    def layers(self) -> Layers:
        """All of them, from below. Who puts others here, and not by `show`, composes where they differ."""
        return self._layers

    @layers.setter
    def layers(self, layers: Layers) -> None:
        for stack, ours in self._stacks(layers):
            stack.layers = ours
        self._keep(layers)

    def show(self, layers: Layers, until: float = inf) -> Rect:
        """Takes other layers and composes where they differ, as `Stack.show`."""
        changed = around([stack.show(ours, until) for stack, ours in self._stacks(layers)])
        self._keep(layers)
        return changed

    @property
    def is_behind(self) -> bool:
        """Whether some levels are still those of other layers."""
        return any(stack.is_behind for stack, _ in self._stacks(self._layers))

    def catch_up(self, until: float = inf) -> Rect:
        """Composes what was left, as `Stack.catch_up`."""
        return around([stack.catch_up(until) for stack, _ in self._stacks(self._layers)])

    def difference(self, layers: Layers) -> list[Rect]:
        """Where other layers may come to other levels."""
        return [rect for stack, ours in self._stacks(layers) for rect in stack.difference(ours)]

    def compose(self, rect: Rect, layer: Layer) -> Rect:
        """Brings up to date what a layer holds another thing of in a rectangle.

        Returns:
            Where levels may have changed; empty if none has.
        """
        reached = self.reached(rect, layer)
        return reached if self._stack(layer.aspect).compose(reached) else NOWHERE

    def reached(self, rect: Rect, layer: Layer) -> Rect:
        """Where levels may change once what a layer holds has changed within a rectangle."""
        return self._stack(layer.aspect).reached(rect, layer)

    def keep_below(self, layers: Layers, aspect: Aspect) -> None:
        """Keeps what the lowest layers of an aspect come to, as `Stack.keep_below`."""
        self._stack(aspect).keep_below(_seen(layers, aspect))

    def keep_shared(self, layers: Layers, others: Layers) -> None:
        """Keeps what the layers come to that both begin with: they will stay while those over them change."""
        for stack, ours in self._stacks(layers):
            theirs = _seen(others, ours[0].aspect) if ours else ()
            shared = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a is not b), len(ours))
            stack.keep_below(ours[:shared])

    def _keep(self, layers: Layers) -> None:
        self._layers = layers
        if not _seen(layers, Aspect.BOUND):
            self._bounds = None

    def _stacks(self, layers: Layers) -> Iterator[tuple[Stack, Layers]]:
        """What composes each aspect now or with other layers, and those of it."""
        for aspect in Aspect:
            ours = _seen(layers, aspect)
            if aspect is Aspect.QUALITY or ours or self._bounds is not None:
                yield self._stack(aspect), ours

    def _stack(self, aspect: Aspect) -> Stack:
        if aspect is Aspect.QUALITY:
            return self._quality
        if self._bounds is None:
            self._bounds = BoundStack(*self._size, ())
        return self._bounds


def of_aspect(layers: Layers, aspect: Aspect) -> Layers:
    """The layers of an aspect, in their order."""
    return tuple(layer for layer in layers if layer.aspect is aspect)


def _seen(layers: Layers, aspect: Aspect) -> Layers:
    """Those of an aspect that are visible."""
    return tuple(layer for layer in layers if layer.aspect is aspect and layer.visible)
