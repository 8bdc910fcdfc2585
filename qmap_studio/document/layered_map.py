"""A map that is composed of layers: edits of them, the one that is pending, undo, and who is told."""

import dataclasses
from collections.abc import Callable, Sequence

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.language import N_
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.brush import Brush
from qmap_studio.document.history import Edit, History
from qmap_studio.document.layers.composition import Composition, of_aspect
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.quality_map import QualityMap
from qmap_studio.document.stroke import Stroke

Observer = Callable[[Rect, bool], None]
"""Called with the rectangle of the map that changed, and whether the edit has ended."""


class LayeredMap:
    """The layers of a quality map and of its error bounds, and what they come to.

    Every edit gives the rectangle of the map it changed and is one undo; an edit that changes nothing is none. Points
    are (x, y) in pixels, where the first pixel spans 0 to 1. One edit at a time may be pending, a stroke or a preview:
    any other edit, undo and redo end it first. Whoever must know of changes subscribes.

    Args:
        height, width: of the map, in pixels.
        layers: to begin with.
    """

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        self.revision = 0
        """Increases with each change of the map, also within a stroke and by undo."""
        self._composition = Composition(height, width, layers)
        self.quality_map = QualityMap(self._composition.quality.values)
        """What the layers of quality come to; only read."""
        self._history = History()
        self._stroke: Stroke | None = None
        self._has_drawn = False
        self._pending: Edit | None = None
        """The edit under way; what comes after it is what is shown."""
        self._saved_state = self._history.state
        self._observers: list[Observer] = []

    @property
    def layers(self) -> Layers:
        """From below, as they are shown."""
        return self._composition.layers

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

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Lets somebody know of each change of the map, however it is made; returns what ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    # Edits

    def change_layers(self, layers: Layers, name: str) -> Rect:
        """Puts other layers in the place of all, as one edit.

        Args:
            layers: made of those that `finish` gives. If none is of quality, or none of bounds, those there are stay.
            name: what undo takes back, translated where it is shown.
        Returns:
            The rectangle that changed. If no level did, it is empty, and there is no edit.
        """
        return self._change(_completed(layers, self.finish()), name)

    def _change(self, layers: Layers, name: str) -> Rect:
        before, rect = self.finish(), around(self._composition.difference(layers))
        if not self._composition.show(layers):
            self._composition.layers = before
            return NOWHERE
        self._history.record(Edit(name, before, layers, rect))
        return self._changed(rect)

    def add_layer(self, layer: Layer, name: str) -> Rect:
        """Puts a layer over all others."""
        return self.change_layers((*self.finish(), layer), name)

    def replace_layer(self, layer: Layer, other: Layer, name: str) -> Rect:
        """Puts a layer in the place of another; ValueError if that is not one of the map's."""
        return self.change_layers(_exchanged(self.finish(), layer, other), name)

    # Strokes

    def begin_stroke(
        self, brush: Brush, x: float, y: float, pressure: float = 1.0, layer: BrushLayer | None = None
    ) -> Rect:
        """Starts a stroke with one dab; the pen's pressure, in [0, 1], scales the brush's flow.

        Args:
            layer: that it is drawn into; the uppermost one of what the brush paints, or a new one if that is no brush
                layer.
        Raises:
            ValueError: the layer is not one of the map's, or not of what the brush paints.
        """
        before, aspect = self.finish(), brush.aspect
        if layer is None:
            top = next(reversed(self.layers_of(aspect)), None)
            layer = top if isinstance(top, BrushLayer) else None
        self._stroke = Stroke(brush, layer or BrushLayer(aspect=aspect), *self.quality_map.values.shape)
        self._has_drawn = False
        drawn = self._stroke.layer
        layers = (*before, drawn) if layer is None else _exchanged(before, layer, drawn)
        self._composition.layers = layers
        self._composition.keep_below(layers[: layers.index(drawn)], aspect)
        self._pending = Edit(N_("Stroke"), before, layers, NOWHERE)
        return self._draw(self._stroke.dab(x, y, pressure))

    def continue_stroke(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Draws the stroke on to a point; on the way the pressure changes evenly.

        Raises:
            ValueError: no stroke has begun.
        """
        if self._stroke is None:
            raise ValueError("no stroke has begun")
        return self._draw(self._stroke.line_to(x, y, pressure))

    def end_stroke(self) -> Rect:
        """Ends the stroke, or another edit that is pending; gives the rectangle of the stroke, empty without one."""
        rect = self._stroke.rect if self._stroke is not None else NOWHERE
        self.finish()
        return rect

    def cancel_stroke(self) -> Rect:
        """Takes the stroke in progress away again; gives its rectangle, empty without one."""
        return self.cancel() if self._stroke is not None else NOWHERE

    # Previews

    def preview(self, layers: Layers, name: str) -> Rect:
        """Shows other layers, made as for `change_layers`, as a pending edit: the next preview takes its place.

        It becomes an edit by `finish`, or when any other edit begins; `cancel` takes it back.
        """
        before = self._before_previews()
        layers = _completed(layers, before)
        rect = around(self._composition.difference(layers))
        so_far = self._pending.rect if self._pending is not None else NOWHERE
        self._pending = Edit(name, before, layers, so_far.united(rect))
        self._composition.show(layers)
        return self._changed(rect, ended=False)

    def _before_previews(self) -> Layers:
        """The layers that a preview is made of; a stroke ends first."""
        if self._stroke is not None:
            self.finish()
        return self._pending.before if self._pending is not None else self.layers

    def finish(self) -> Layers:
        """Makes an edit of what is pending, if anything is, and gives the layers; observers are told of its end."""
        if self._pending is None:
            return self.layers
        pending, stroke = self._pending, self._stroke
        self._pending = self._stroke = None
        if stroke is None:
            # The last preview may be what was there before the first.
            has_changed = self._composition.show(pending.before)
        else:
            has_changed = self._has_drawn
            after = _exchanged(self.layers, stroke.layer, stroke.finished())
            pending = dataclasses.replace(pending, after=after, rect=stroke.rect)
        if has_changed:
            self._history.record(pending)
            if stroke is None:
                self._composition.show(pending.after)
            else:  # which holds just what is shown
                self._composition.layers = pending.after
        else:
            self._composition.layers = pending.before
        self._notify(NOWHERE, ended=True)
        return self.layers

    def cancel(self) -> Rect:
        """Takes back what is pending; gives the rectangle that changed, empty if nothing is."""
        if self._pending is None:
            return NOWHERE
        pending, stroke = self._pending, self._stroke
        self._pending = self._stroke = None
        rect = pending.rect if stroke is None else stroke.rect
        self._composition.show(pending.before)
        return self._changed(rect)

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
        self._composition.show(edit.before)
        return self._changed(edit.rect)

    def redo(self) -> Rect | None:
        """Does the edit again that was taken back last; None if there is none."""
        self.finish()
        edit = self._history.redo()
        if edit is None:
            return None
        self._composition.show(edit.after)
        return self._changed(edit.rect)

    # Inside

    def _draw(self, parts: Sequence[Rect]) -> Rect:
        """Shows parts of the stroke."""
        assert self._stroke is not None, "what is drawn is a stroke"
        aspect = self._stroke.layer.aspect
        changed = [part for part in parts if self._composition.compose(part, aspect)]
        self._has_drawn |= bool(changed)
        return self._changed(around(changed), ended=False)

    def _changed(self, rect: Rect, *, ended: bool = True) -> Rect:
        if not rect.empty:
            self.revision += 1
        if not rect.empty or ended:
            self._notify(rect, ended)
        return rect

    def _notify(self, rect: Rect, ended: bool) -> None:
        for observer in tuple(self._observers):
            observer(rect, ended)


def _completed(layers: Layers, before: Layers) -> Layers:
    """Layers with those that were there before of an aspect they have none of."""
    there = {layer.aspect for layer in layers}
    return (*layers, *(layer for layer in before if layer.aspect not in there))


def _exchanged(layers: Layers, layer: Layer, other: Layer) -> Layers:
    if not any(known is layer for known in layers):
        raise ValueError("the layer is not one of the map's")
    return tuple(other if known is layer else known for known in layers)
