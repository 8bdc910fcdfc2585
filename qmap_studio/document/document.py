"""The document: a picture, the layers of its quality map, and every way to edit them."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import QualityMapShapeError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.picture import Picture
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.brush import Brush
from qmap_studio.document.history import Edit, History
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.raster import BrushLayer, MaskLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.stack import Layers, Stack
from qmap_studio.document.layers.uniform import UniformLayer
from qmap_studio.document.quality_map import QualityMap
from qmap_studio.document.shapes import Rectangle
from qmap_studio.document.stroke import Stroke

DEFAULT_QUALITY = 0.5

Observer = Callable[[Rect, bool], None]
"""Called with the rectangle of the map that changed, and whether the edit has ended."""


class Document:
    """A picture and the layers that are composed into its quality map.

    Every edit gives the rectangle of the map it changed and is one undo; an edit that changes nothing is none. Points
    are (x, y) in pixels, where the first pixel spans 0 to 1. One edit at a time may be pending, a stroke or a preview:
    any other edit, undo and redo end it first. Whoever must know of changes subscribes.

    Args:
        picture: what is coded.
        path: where it was read from, or where the document was opened from.
        quality_map: of the picture's size, taken over; uniform without one.
    Raises:
        QualityMapShapeError: the map is not the picture's size.
    """

    def __init__(self, picture: Picture, path: Path | None = None, quality_map: QualityMap | None = None) -> None:
        layers: Layers = (UniformLayer(DEFAULT_QUALITY),)
        if quality_map is not None:
            _check_shape(quality_map.values, picture.height, picture.width)
            first = quality_map.values[0, 0]
            is_uniform = bool((quality_map.values == first).all())
            layers = (UniformLayer(first / MAX_LEVEL),) if is_uniform else (*layers, MaskLayer.of(quality_map.values))
        self.picture = picture
        self.path = path
        self.selection: Rect | None = None
        self.revision = 0
        """Increases with each change of the map, also within a stroke and by undo."""
        self._stack = Stack(picture.height, picture.width, layers)
        self.quality_map = QualityMap(self._stack.values)
        """What the layers come to; only read."""
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
        return self._stack.layers

    @property
    def is_modified(self) -> bool:
        """Whether the map differs from the one that was opened or saved last."""
        return self._pending is not None or self._history.state != self._saved_state

    def mark_saved(self) -> None:
        """The map as it is now is saved."""
        self.finish()
        self._saved_state = self._history.state

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Lets somebody know of each change of the map, however it is made; returns what ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    # Strokes

    def begin_stroke(
        self, brush: Brush, x: float, y: float, pressure: float = 1.0, layer: BrushLayer | None = None
    ) -> Rect:
        """Starts a stroke with one dab; the pen's pressure, in [0, 1], scales the brush's flow.

        Args:
            layer: that it is drawn into; the uppermost one, or a new one if that is no brush layer.
        """
        self.finish()
        before = self.layers
        if layer is None and isinstance(before[-1], BrushLayer):
            layer = before[-1]
        self._stroke = Stroke(brush, layer or BrushLayer(), self.picture.height, self.picture.width)
        self._has_drawn = False
        drawn = self._stroke.layer
        self._stack.layers = (*before, drawn) if layer is None else _exchanged(before, layer, drawn)
        self._pending = Edit(N_("Stroke"), before, self._stack.layers, NOWHERE)
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
        """Ends the stroke, which becomes one undo; gives the rectangle of the whole stroke, empty without one."""
        rect = self._stroke.rect if self._stroke is not None else NOWHERE
        self.finish()
        return rect

    def cancel_stroke(self) -> Rect:
        """Takes the stroke in progress away again; gives its rectangle, empty without one."""
        return self.cancel() if self._stroke is not None else NOWHERE

    # Previews

    def preview(self, layers: Layers, name: str) -> Rect:
        """Shows other layers as a pending edit: the next preview takes its place.

        It becomes an edit by `finish`, or when any other edit begins; `cancel` takes it back.
        """
        before = self._before_previews()
        rect = around(self._stack.difference(layers))
        so_far = self._pending.rect if self._pending is not None else NOWHERE
        self._pending = Edit(name, before, layers, so_far.united(rect))
        self._stack.show(layers)
        return self._changed(rect, ended=False)

    def try_map(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Previews another map's levels over everything.

        Args:
            values: uint16 (H, W), copied.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        return self.preview((*self._before_previews(), MaskLayer.of(values.copy())), name)

    def finish(self) -> None:
        """Makes an edit of what is pending, if anything is; observers are told that it has ended."""
        if self._pending is None:
            return
        pending, stroke = self._pending, self._stroke
        self._pending = self._stroke = None
        if stroke is None:
            # The last preview may be what was there before the first.
            has_changed = self._stack.show(pending.before)
        else:
            has_changed = self._has_drawn
            after = _exchanged(self.layers, stroke.layer, stroke.finished())
            pending = dataclasses.replace(pending, after=after, rect=stroke.rect)
        if has_changed:
            self._history.record(pending)
            if stroke is None:
                self._stack.show(pending.after)
            else:  # which holds just what is shown
                self._stack.layers = pending.after
        else:
            self._stack.layers = pending.before
        self._notify(NOWHERE, ended=True)

    def cancel(self) -> Rect:
        """Takes back what is pending; gives the rectangle that changed, empty if nothing is."""
        if self._pending is None:
            return NOWHERE
        pending, stroke = self._pending, self._stroke
        self._pending = self._stroke = None
        rect = pending.rect if stroke is None else stroke.rect
        self._stack.show(pending.before)
        return self._changed(rect)

    # Edits of the layers

    def add_layer(self, layer: Layer, name: str) -> Rect:
        """Puts a layer over all others."""
        self.finish()
        return self._edit((*self.layers, layer), name)

    def replace_layer(self, layer: Layer, other: Layer, name: str) -> Rect:
        """Puts a layer in the place of one that is there."""
        self.finish()
        return self._edit(_exchanged(self.layers, layer, other), name)

    def fill_uniform(self, quality: float) -> Rect:
        """One quality everywhere, in place of all layers."""
        self.finish()
        return self._edit((UniformLayer(quality),), N_("Uniform quality"))

    def fill_rectangle(self, rect: Rect, quality: float, feather_px: float = 0) -> Rect:
        """A rectangle of one quality, fading into the map around it over the feather."""
        if rect.empty:
            return NOWHERE
        return self._add_shapes([PlacedShape(Rectangle.of(rect), quality, feather_px)], N_("Rectangle"))

    def apply_boxes(
        self, boxes: Sequence[Annotation], quality: float, feather_px: float = 0, outside: float | None = None
    ) -> Rect:
        """Gives the shapes of annotations one quality; where they overlap they never add up.

        Args:
            boxes: those off the picture are passed over.
            quality: inside of them.
            feather_px: how far around a shape its quality fades.
            outside: quality everywhere else, in place of all layers; the map stays as it is there without one.
        """
        shapes = [PlacedShape(box.shape, quality, feather_px, box.label) for box in boxes]
        shapes = [
            placed for placed in shapes if not placed.reach.clipped(self.picture.width, self.picture.height).empty
        ]
        if outside is None:
            return self._add_shapes(shapes, N_("Boxes")) if shapes else NOWHERE
        self.finish()
        return self._edit((UniformLayer(outside), ShapeLayer(tuple(shapes))), N_("Boxes"))

    def invert(self) -> Rect:
        """Quality q becomes 1 - q."""
        return self.add_layer(AdjustLayer.inverted(), N_("Invert"))

    def strengthen(self, factor: float) -> Rect:
        """Spreads the qualities around their mean, or draws them together with a factor below 1."""
        self.finish()
        mean = float(self.quality_map.values.mean()) / MAX_LEVEL
        name = N_("Strengthen") if factor > 1 else N_("Weaken")
        return self.add_layer(AdjustLayer.strengthened(factor, mean), name)

    def shift(self, quality: float) -> Rect:
        """Adds to the quality everywhere, within its range."""
        return self.add_layer(AdjustLayer.shifted(quality), N_("Raise") if quality > 0 else N_("Lower"))

    def replace(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Puts another map over everything.

        Args:
            values: uint16 (H, W), copied.
            name: of the edit, for undo.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        return self.add_layer(MaskLayer.of(values.copy()), name)

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
        self._stack.show(edit.before)
        return self._changed(edit.rect)

    def redo(self) -> Rect | None:
        """Does the edit again that was taken back last; None if there is none."""
        self.finish()
        edit = self._history.redo()
        if edit is None:
            return None
        self._stack.show(edit.after)
        return self._changed(edit.rect)

    # Inside

    def _draw(self, parts: Sequence[Rect]) -> Rect:
        """Shows parts of the stroke."""
        for part in parts:
            self._has_drawn |= self._stack.compose(part)
        return self._changed(around(parts), ended=False)

    def _before_previews(self) -> Layers:
        """The layers that a preview is made of; a stroke ends first."""
        if self._stroke is not None:
            self.finish()
        return self._pending.before if self._pending is not None else self.layers

    def _add_shapes(self, shapes: Sequence[PlacedShape], name: str) -> Rect:
        """Into the uppermost layer, or a new one if that holds no shapes."""
        self.finish()
        *below, top = self.layers
        if isinstance(top, ShapeLayer):
            return self._edit((*below, dataclasses.replace(top, shapes=(*top.shapes, *shapes))), name)
        return self._edit((*self.layers, ShapeLayer(tuple(shapes))), name)

    def _edit(self, layers: Layers, name: str) -> Rect:
        before, rect = self.layers, around(self._stack.difference(layers))
        if not self._stack.show(layers):
            self._stack.layers = before
            return NOWHERE
        self._history.record(Edit(name, before, layers, rect))
        return self._changed(rect)

    def _changed(self, rect: Rect, *, ended: bool = True) -> Rect:
        if not rect.empty:
            self.revision += 1
        if not rect.empty or ended:
            self._notify(rect, ended)
        return rect

    def _notify(self, rect: Rect, ended: bool) -> None:
        for observer in tuple(self._observers):
            observer(rect, ended)


def _exchanged(layers: Layers, layer: Layer, other: Layer) -> Layers:
    return tuple(other if known is layer else known for known in layers)


def _check_shape(values: NDArray[np.uint16], height: int, width: int) -> None:
    if values.shape != (height, width):
        raise QualityMapShapeError(
            tr(
                "The quality map is {found_width} x {found_height} pixels, the picture is {width} x {height}: "
                "expected a map of the picture's size."
            ).format(found_width=values.shape[1], found_height=values.shape[0], width=width, height=height)
        )
