"""A map that is composed of layers: edits of them, the one that is pending, undo, and who is told."""

import dataclasses
import re
from collections.abc import Callable
from itertools import count
from math import inf
from time import perf_counter

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.language import tr
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.choice import Choice, Chosen
from qmap_studio.document.history import Edit, History
from qmap_studio.document.layers.composition import Composition, of_aspect
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.quality_map import QualityMap

AT_ONCE_S = 0.03
"""So long an edit composes, before the rest is left for later."""

Observer = Callable[[Rect, bool], None]
"""Called with the rectangle of the map that changed, and whether the edit has ended."""


class LayeredMap(Chosen):
    """The layers of a quality map and of its error bounds, and what they come to.

    Every edit gives the rectangle of the map it changed and is one undo; an edit that changes nothing is none. Points
    are (x, y) in pixels, where the first pixel spans 0 to 1. One edit at a time may be pending: any other edit, undo
    and redo end it first. Whoever must know of changes subscribes.

    Args:
        height, width: of the map, in pixels.
        layers: to begin with.
    """

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        super().__init__()
        self.revision = 0
        """Increases with each change of the map, also within a stroke and by undo."""
        self._composition = Composition(height, width, layers)
        self.quality_map = QualityMap(self._composition.quality.values)
        """What the layers of quality come to; only read."""
        self._history = History()
        self._pending: Edit | None = None
        """The edit under way; what comes after it is what is shown."""
        self._counts_by_levels = False
        self._saved_state = self._history.state
        self._observers: list[Observer] = []
        self.composes_later = False
        """Whether an edit of much of a large map composes what takes long only when `catch_up` is called."""
        self.is_catching_up = False
        """Whether observers are told of what was left of an edit that they know of."""

    @property
    def layers(self) -> Layers:
        """From below, as they are shown."""
        return self._composition.layers

    @property
    def layers_so_far(self) -> Layers:
        """The layers as they are at this moment, also in the middle of an edit; none of them changes any more."""
        return self.layers

    def layers_of(self, aspect: Aspect) -> Layers:
        """Those of quality or those of bounds, from below; how they lie to the others does not matter."""
        return of_aspect(self.layers, aspect)

    @property
    def bounds(self) -> Bounds | None:
        """What the layers of bounds come to, uint8 (H, W), to be read until the next edit; None if no pixel has one."""
        return self._composition.bounds

    @property
    def held_bounds(self) -> tuple[int, ...]:
        """The bounds that some pixels have, from the strictest."""
        return self._composition.held_bounds

    @property
    def is_modified(self) -> bool:
        """Whether the map differs from the one that was opened or saved last."""
        return self._pending is not None or self._history.state != self._saved_state

    @property
    def state(self) -> int:
        """A number that names what the map holds without what is pending; it comes back by undo and redo."""
        return self._history.state

    def mark_saved(self, state: int | None = None) -> None:
        """The map as it is now, or as it was in a state, is saved."""
        if state is None:
            self.finish()
        self._saved_state = self._history.state if state is None else state

    def mark_unsaved(self) -> None:
        """The map as it is now is in no file."""
        self._saved_state = -1

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Lets somebody know of each change of the map, however it is made; returns what ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    # Edits

    def change_layers(self, layers: Layers, name: str) -> Rect:
        """Puts other layers in the place of all, as one edit.

        Args:
            layers: made of those that `finish` gives.
            name: what undo takes back, translated where it is shown.
        Returns:
            The rectangle that changed, empty if no level did. Without another layer in them there is no edit.
        """
        before = self.finish()
        if are_same(layers, before):
            return NOWHERE
        rect = around(self._composition.difference(layers))
        self._history.record(Edit(name, before, layers, rect))
        return self._show(layers, rect)

    def add_layer(self, layer: Layer, name: str) -> Rect:
        """Puts a layer over the active one, which it then is, with a name if it has none."""
        return self.change_layers(self.with_layer(layer), name)

    def with_layer(self, layer: Layer) -> Layers:
        """The layers with one more over the active one, which it then is, with a name if it has none.

        What has another aspect than the active one lies over all, and that stays the active one.
        """
        layers, active = self.finish(), self.active_layer
        if not layer.name:
            layer = dataclasses.replace(layer, name=self.fresh_name(tr(layer.title)))
        if active is None or active.aspect is layer.aspect:
            self.choose(Choice(layer.key))
        places = (n for n, known in enumerate(layers, 1) if known is active and known.aspect is layer.aspect)
        place = next(places, len(layers))
        return (*layers[:place], layer, *layers[place:])

    def replace_layer(self, layer: Layer, other: Layer, name: str) -> Rect:
        """Puts a layer in the place of another; ValueError if that is not one of the map's."""
        return self.change_layers(exchanged(self.finish(), layer, other), name)

    def fresh_name(self, title: str) -> str:
        """A title with the least number, in the place of its own, that makes it the name of no layer there is."""
        taken = {layer.name for layer in self.layers}
        title = re.sub(r" \d+$", "", title)
        return next(name for n in count(1) if (name := f"{title} {n}") not in taken)

    # Previews

    def preview(self, layers: Layers, name: str, *, by_levels: bool = False) -> Rect:
        """Shows other layers, made of those that `before_previews` gives, as a pending edit.

        The next preview of this name takes its place. It becomes an edit by `finish`, or when any other edit begins;
        `cancel` takes it back.

        Args:
            by_levels: it is no edit if in the end no level differs, whatever the layers are.
        """
        before = self.before_previews(name)
        self._composition.keep_shared(before, layers)
        rect = around(self._composition.difference(layers))
        so_far = self._pending.rect if self._pending is not None else NOWHERE
        self._pending, self._counts_by_levels = Edit(name, before, layers, so_far.united(rect)), by_levels
        return self._show(layers, rect, ended=False)

    @property
    def is_pending(self) -> bool:
        """Whether an edit is under way: a preview or a stroke."""
        return self._pending is not None

    def before_previews(self, name: str) -> Layers:
        """The layers that a preview of this name is made of; what else is pending becomes an edit first."""
        if self._pending is None or self._pending.name != name:
            return self.finish()
        return self._pending.before

    def finish(self) -> Layers:
        """Makes an edit of what is pending, if anything is, and gives the layers; observers are told of its end."""
        if self._pending is not None and self._counts_by_levels:
            self.catch_up()  # what is compared below is all there
        pending, self._pending = self._pending, None
        if pending is None:
            return self.layers
        # The last preview may be what was there before the first.
        has_changed = not are_same(pending.before, pending.after)
        if has_changed and self._counts_by_levels:
            has_changed = not self._composition.show(pending.before).empty
            self._composition.show(pending.after)
        return self._end(pending, has_changed)

    def _end(self, pending: Edit, has_changed: bool) -> Layers:
        """Records an edit that is shown, or forgets one that has come to nothing."""
        if has_changed:
            self._history.record(pending)
        self._composition.layers = pending.after if has_changed else pending.before
        self._notify(NOWHERE, ended=not self.is_behind)
        return self.layers

    def cancel(self) -> Rect:
        """Takes back what is pending; gives the rectangle that changed, empty if nothing is."""
        pending, self._pending = self._pending, None
        return self._show(pending.before, pending.rect) if pending is not None else NOWHERE

    # Undo

    @property
    def undo_name(self) -> str | None:
        """What undo would take back, to be translated where it is shown, or None."""
        return self._pending.name if self._pending is not None else self._history.undo_name

    @property
    def redo_name(self) -> str | None:
        """What redo would do again, to be translated where it is shown, or None."""
        return None if self._pending is not None else self._history.redo_name

    def undo(self) -> Rect | None:
        """Takes the last edit back; None if there is none."""
        self.finish()
        edit = self._history.undo()
        if edit is None:
            return None
        return self._show(edit.before, edit.rect)

    def redo(self) -> Rect | None:
        """Does the edit again that was taken back last; None if there is none."""
        self.finish()
        edit = self._history.redo()
        if edit is None:
            return None
        return self._show(edit.after, edit.rect)

    @property
    def edits(self) -> tuple[str, ...]:
        """The names of all edits, from the oldest that is remembered to the last that can be done again."""
        return self._history.names

    @property
    def position(self) -> int:
        """How many of them are done."""
        return self._history.position

    @property
    def forgets(self) -> bool:
        """Whether older edits were forgotten, so that what came before the first is not the beginning."""
        return self._history.forgets

    def go_to(self, position: int) -> Rect:
        """Undoes and does again until so many edits are done; ValueError if there are not as many.

        Returns:
            The rectangle that changed; what lies between is not composed.
        """
        self.finish()
        if not 0 <= position <= len(self.edits):
            raise ValueError(f"there are {len(self.edits)} edits, not {position}")
        layers = self.layers
        while self.position > position and (edit := self._history.undo()) is not None:
            layers = edit.before
        while self.position < position and (edit := self._history.redo()) is not None:
            layers = edit.after
        if are_same(layers, self.layers):
            return NOWHERE
        return self._show(layers, around(self._composition.difference(layers)))

    # Catching up

    @property
    def is_behind(self) -> bool:
        """Whether some levels are still those before the last edits; only where it `composes_later`."""
        return self._composition.is_behind

    def catch_up(self, seconds: float = inf) -> Rect:
        """Composes for so long what was left; observers are told, as of the edit, which ends once nothing is left."""
        if not self.is_behind:
            return NOWHERE
        changed = self._composition.catch_up(perf_counter() + seconds)
        self.is_catching_up = True
        try:
            return self._changed(changed, ended=self._pending is None)
        finally:
            self.is_catching_up = False

    # Inside

    def _show(self, layers: Layers, rect: Rect, *, ended: bool = True) -> Rect:
        """Shows other layers, which differ within a rectangle; gives what has changed by now."""
        until = perf_counter() + AT_ONCE_S if self.composes_later else inf
        changed = self._composition.show(layers, until)
        return self._changed(changed if self.composes_later or changed.empty else rect, ended=ended)

    def _changed(self, rect: Rect, *, ended: bool = True) -> Rect:
        ended = ended and not self.is_behind
        if not rect.empty:
            self.revision += 1
        if not rect.empty or ended or (self.is_behind and not self.is_catching_up):  # or nobody would catch up
            self._notify(rect, ended)
        return rect

    def _notify(self, rect: Rect, ended: bool) -> None:
        for observer in tuple(self._observers):
            observer(rect, ended)


def are_same(layers: Layers, others: Layers) -> bool:
    """Whether they are the very same layers."""
    return len(layers) == len(others) and all(a is b for a, b in zip(layers, others, strict=True))


def exchanged(layers: Layers, layer: Layer, other: Layer) -> Layers:
    """Layers with another one in the place of one; ValueError if that is none of them."""
    if not any(known is layer for known in layers):
        raise ValueError("the layer is not one of the map's")
    return tuple(other if known is layer else known for known in layers)
