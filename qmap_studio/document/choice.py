"""What of a document a person works on: a layer, and some of its shapes."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.stack import Layers


@dataclass(frozen=True)
class Choice:
    """What is chosen, by keys, which outlive edits; what is not there any more does not count.

    Attributes:
        layer: the active layer; None: the uppermost.
        shapes: those selected in it.
    """

    layer: int | None = None
    shapes: frozenset[int] = frozenset()


class Chosen(ABC):
    """Layers, and which of them is worked on. To choose is no edit."""

    def __init__(self) -> None:
        self._choice = Choice()
        self._choice_observers: list[Callable[[], None]] = []

    @property
    @abstractmethod
    def layers(self) -> Layers:
        """From below."""

    @property
    def choice(self) -> Choice:
        """What is chosen of what there is."""
        return self._choice

    @property
    def active_layer(self) -> Layer | None:
        """The layer that is chosen, or else the uppermost one; None if there is none."""
        chosen = self.layer(self._choice.layer)
        return chosen if chosen is not None else self.layers[-1] if self.layers else None

    def layer(self, key: int | None) -> Layer | None:
        """The layer of this key as it is now."""
        return next((layer for layer in self.layers if layer.key == key), None)

    def choose(self, choice: Choice) -> None:
        """Works on another layer, or on other shapes; whoever subscribed is told."""
        if choice != self._choice:
            self._choice = choice
            for observer in tuple(self._choice_observers):
                observer()

    def subscribe_choice(self, observer: Callable[[], None]) -> Callable[[], None]:
        """Lets somebody know when another layer or other shapes are chosen; returns what ends that."""
        self._choice_observers.append(observer)
        return lambda: self._choice_observers.remove(observer)
