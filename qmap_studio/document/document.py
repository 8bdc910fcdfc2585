"""The document: a picture, its quality map and error bounds, and every way to edit them as a whole."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import QualityMapShapeError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import DEFAULT_QUALITY
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.layered_map import LayeredMap
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.composition import of_aspect
from qmap_studio.document.layers.raster import MaskLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.layers.uniform import UniformBound, UniformLayer
from qmap_studio.document.quality_map import QualityMap
from qmap_studio.document.shapes import Rectangle


class Document(LayeredMap):
    """A picture and the layers that are composed into its quality map and its error bounds.

    Edits of the quality leave the bounds as they are, and the other way round.

    Args:
        picture: what is coded.
        path: where it was read from, or where the document was opened from.
        quality_map: of the picture's size, taken over; uniform without one.
        bounds: of the picture's size, taken over, 0 to 8 or UNBOUNDED; None: no pixel has one.
    Raises:
        QualityMapShapeError: the map is not the picture's size, or the bounds are not.
    """

    def __init__(
        self,
        picture: Picture,
        path: Path | None = None,
        quality_map: QualityMap | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        layers: Layers = (UniformLayer(DEFAULT_QUALITY),)
        if quality_map is not None:
            _check_shape(quality_map.values, picture.height, picture.width)
            first = quality_map.values[0, 0]
            is_uniform = bool((quality_map.values == first).all())
            layers = (UniformLayer(first / MAX_LEVEL),) if is_uniform else (*layers, MaskLayer.of(quality_map.values))
        if bounds is not None:
            _check_shape(bounds, picture.height, picture.width)
            layers = (*layers, *_layers_of_bounds(bounds))
        super().__init__(picture.height, picture.width, layers)
        self.picture = picture
        self.path = path
        self.selection: Rect | None = None

    def fill_uniform(self, quality: float) -> Rect:
        """One quality everywhere, in place of all layers of quality."""
        return self.change_layers((UniformLayer(quality),), N_("Uniform quality"))

    def fill_rectangle(self, rect: Rect, quality: float, feather_px: float = 0, bound: int | None = None) -> Rect:
        """A rectangle of one quality, fading into the map around it over the feather, or of a bound in its place."""
        if rect.empty:
            return NOWHERE
        placed = PlacedShape(Rectangle.of(rect), quality, feather_px, bound=bound)
        return self._add_shapes([placed], N_("Rectangle"))

    def apply_boxes(
        self,
        boxes: Sequence[Annotation],
        quality: float,
        feather_px: float = 0,
        outside: float | None = None,
        bound: int | None = None,
    ) -> Rect:
        """Gives the shapes of annotations one quality or bound; where they overlap they never add up.

        Args:
            boxes: those off the picture are passed over.
            quality: inside of them.
            feather_px: how far around a shape its quality fades.
            outside: quality everywhere else, in place of all layers of quality; the map stays as it is there without
                one.
            bound: the error bound inside of them in place of the quality.
        """
        shapes = [PlacedShape(box.shape, quality, feather_px, box.label, bound) for box in boxes]
        shapes = [
            placed for placed in shapes if not placed.reach.clipped(self.picture.width, self.picture.height).empty
        ]
        if outside is None:
            return self._add_shapes(shapes, N_("Boxes")) if shapes else NOWHERE
        layer, layers = ShapeLayer(tuple(shapes)), self.finish()
        bounds = of_aspect(layers, Aspect.BOUND)
        return self.change_layers((UniformLayer(outside), *bounds, layer), N_("Boxes"))

    def bound_everywhere(self, bound: int) -> Rect:
        """One error bound everywhere, in place of all layers of bounds: 0 to 8."""
        return self.change_layers((UniformBound(bound),), N_("Bounds everywhere"))

    def replace_bounds(self, bounds: Bounds, name: str) -> Rect:
        """Puts other bounds in the place of all layers of bounds.

        Args:
            bounds: uint8 (H, W), 0 to 8 or UNBOUNDED, copied.
            name: of the edit, for undo.
        Raises:
            QualityMapShapeError: they are not of the picture's size.
        """
        _check_shape(bounds, self.picture.height, self.picture.width)
        return self._put_bounds(_layers_of_bounds(bounds), name)

    def clear_bounds(self) -> Rect:
        """No pixel has a bound any more."""
        return self._put_bounds((), N_("Remove bounds"))

    def invert(self) -> Rect:
        """Quality q becomes 1 - q."""
        return self._adjust(AdjustLayer.inverted(), N_("Invert"))

    def strengthen(self, factor: float) -> Rect:
        """Spreads the qualities around their mean, or draws them together with a factor below 1."""
        self.finish()
        mean = float(self.quality_map.values.mean()) / MAX_LEVEL
        name = N_("Strengthen") if factor > 1 else N_("Weaken")
        return self._adjust(AdjustLayer.strengthened(factor, mean), name)

    def shift(self, quality: float) -> Rect:
        """Adds to the quality everywhere, within its range."""
        return self._adjust(AdjustLayer.shifted(quality), N_("Raise") if quality > 0 else N_("Lower"))

    def replace(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Puts another map in the place of all layers of quality.

        Args:
            values: uint16 (H, W), copied.
            name: of the edit, for undo.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        return self.change_layers((MaskLayer.of(values.copy()),), name)

    def try_map(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Previews another map in the place of all layers of quality.

        Args:
            values: uint16 (H, W), copied.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        return self.preview((MaskLayer.of(values.copy()),), name)

    # Inside

    def _put_bounds(self, bounds: Layers, name: str) -> Rect:
        return self._change((*of_aspect(self.finish(), Aspect.QUALITY), *bounds), name)

    def _adjust(self, layer: AdjustLayer, name: str) -> Rect:
        """Over all layers of quality; one adjustment after the other is one layer."""
        *below, top = layers = of_aspect(self.finish(), Aspect.QUALITY)
        if isinstance(top, AdjustLayer) and top.is_plain:
            return self.change_layers((*below, top.then(layer)), name)
        return self.change_layers((*layers, layer), name)

    def _add_shapes(self, shapes: Sequence[PlacedShape], name: str) -> Rect:
        """Into the uppermost layer of their aspect, or a new one if that holds no shapes."""
        layers = of_aspect(self.finish(), shapes[0].aspect)
        top = layers[-1] if layers else None
        if not isinstance(top, ShapeLayer):
            return self.change_layers((*layers, ShapeLayer(tuple(shapes))), name)
        return self.change_layers((*layers[:-1], dataclasses.replace(top, shapes=(*top.shapes, *shapes))), name)


def _layers_of_bounds(bounds: Bounds) -> Layers:
    return (MaskLayer.of(bounds, Aspect.BOUND),) if (bounds != UNBOUNDED).any() else ()


def _check_shape(values: NDArray[np.uint16] | Bounds, height: int, width: int) -> None:
    if values.shape != (height, width):
        raise QualityMapShapeError(
            tr(
                "The map is {found_width} x {found_height} pixels, the picture is {width} x {height}: "
                "expected a map of the picture's size."
            ).format(found_width=values.shape[1], found_height=values.shape[0], width=width, height=height)
        )
