"""Strokes of a brush as edits of a layered map."""

import dataclasses
from collections.abc import Sequence

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import NOWHERE, Rect, around
from qmap_studio.document.brush import Brush
from qmap_studio.document.history import Edit
from qmap_studio.document.layered_map import LayeredMap, exchanged
from qmap_studio.document.layers.raster import BrushLayer, RasterLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.stroke import Stroke


class PaintedMap(LayeredMap):
    """A map whose pending edit may be a stroke."""

    def __init__(self, height: int, width: int, layers: Layers) -> None:
        super().__init__(height, width, layers)
        self._stroke: Stroke | None = None
        self._has_drawn = False

    def begin_stroke(
        self, brush: Brush, x: float, y: float, pressure: float = 1.0, layer: RasterLayer | None = None
    ) -> Rect:
        """Starts a stroke with one dab; the pen's pressure, in [0, 1], scales the brush's flow.

        Args:
            layer: that it is drawn into; without it, and if `layer_to_paint` knows none, a new one over the active one.
        Raises:
            ValueError: the layer is not one of the map's, or not of what the brush paints, or there is none to erase.
        """
        before, aspect = self.finish(), brush.aspect
        layer = layer or self.layer_to_paint(brush)
        if layer is None and brush.erases:
            raise ValueError("there is no layer to erase")
        self._stroke = Stroke(brush, layer or BrushLayer(aspect=aspect), *self.quality_map.values.shape)
        self._has_drawn = False
        drawn = self._stroke.layer
        if layer is None:
            drawn = self._stroke.layer = dataclasses.replace(drawn, name=self.fresh_name(tr(drawn.title)))
            layers = self.with_layer(drawn)
        else:
            layers = exchanged(before, layer, drawn)
        self._composition.layers = layers
        self._composition.keep_below(layers[: layers.index(drawn)], aspect)
        self._pending = Edit(N_("Stroke"), before, layers, NOWHERE)
        return self._draw(self._stroke.dab(x, y, pressure))

    def layer_to_paint(self, brush: Brush) -> RasterLayer | None:
        """The layer that a stroke goes into: the active one, if it can be painted, or erased; None: a new one.

        What has another aspect than the active layer goes into the uppermost layer of that aspect.
        """
        active = self.active_layer
        if active is None or active.aspect is not brush.aspect:
            active = next(reversed(self.layers_of(brush.aspect)), None)
        kind = RasterLayer if brush.erases else BrushLayer
        return active if isinstance(active, kind) and active.visible and not active.locked else None

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._stroke is not None

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

    @property
    def layers_so_far(self) -> Layers:
        stroke = self._stroke
        return self.layers if stroke is None else exchanged(self.layers, stroke.layer, stroke.so_far())

    def finish(self) -> Layers:
        pending, stroke = self._pending, self._stroke
        if pending is None or stroke is None:
            return super().finish()
        self._pending = self._stroke = None
        after = exchanged(self.layers, stroke.layer, stroke.finished())
        rect = self._composition.reached(stroke.rect, stroke.layer)
        return self._end(dataclasses.replace(pending, after=after, rect=rect), self._has_drawn)

    def cancel(self) -> Rect:
        if self._pending is not None and self._stroke is not None:
            rect = self._composition.reached(self._stroke.rect, self._stroke.layer)
            self._pending, self._stroke = dataclasses.replace(self._pending, rect=rect), None
        return super().cancel()

    def _draw(self, parts: Sequence[Rect]) -> Rect:
        """Shows parts of the stroke."""
        assert self._stroke is not None, "what is drawn is a stroke"
        self._has_drawn |= bool(parts)
        changed = around(self._composition.compose(part, self._stroke.layer) for part in parts)
        return self._changed(changed, ended=False)
