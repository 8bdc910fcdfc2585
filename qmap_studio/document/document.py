"""The document: a picture, its quality map and error bounds, and every way to edit them as a whole."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import QualityMapShapeError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import DEFAULT_QUALITY
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.document.annotations.layers import MapParts
from qmap_studio.document.annotations.reader import AnnotationsFile
from qmap_studio.document.annotations.rules import Rules
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.choice import Choice
from qmap_studio.document.inside import Inside
from qmap_studio.document.layered_map import exchanged
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Adjustment, Invert, Shift, Strength
from qmap_studio.document.layers.composition import of_aspect
from qmap_studio.document.layers.raster import MaskLayer
from qmap_studio.document.layers.shape import PlacedShape, ShapeLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.layers.uniform import UniformBound, UniformLayer
from qmap_studio.document.painted_map import PaintedMap
from qmap_studio.document.project.project import Project, Source
from qmap_studio.document.quality_map import QualityMap
from qmap_studio.document.shapes import Rectangle

MOST_SELECTED = 1000
ANNOTATIONS = N_("Annotations")


class Document(PaintedMap):
    """A picture and the layers that are composed into its quality map and its error bounds.

    Edits of the quality leave the bounds as they are, and the other way round.

    Args:
        picture: what is coded.
        path: where it was read from, or where the document was opened from.
        quality_map: of the picture's size, taken over; uniform without one.
        bounds: of the picture's size, taken over, 0 to 8 or UNBOUNDED; None: no pixel has one.
        source: the file that the picture is from.
        layers: to begin with, in place of all of these, the first of them a UniformLayer.
    Raises:
        QualityMapShapeError: the map is not the picture's size, or the bounds are not.
    """

    def __init__(
        self,
        picture: Picture,
        path: Path | None = None,
        quality_map: QualityMap | None = None,
        bounds: Bounds | None = None,
        source: Source | None = None,
        layers: Layers = (),
    ) -> None:
        base = DEFAULT_QUALITY
        own: Layers = ()
        if quality_map is not None:
            _check_shape(quality_map.values, picture.height, picture.width)
            first = quality_map.values[0, 0]
            if (quality_map.values == first).all():
                base = first / MAX_LEVEL
            else:
                own = (MaskLayer.of(quality_map.values, name=tr("Map of the file")),)
        if bounds is not None:
            _check_shape(bounds, picture.height, picture.width)
            own = (*own, *_layers_of_bounds(bounds, tr("Bounds of the file")))
        layers = layers or (UniformLayer(base, name=tr("Base quality")), *own)
        super().__init__(picture.height, picture.width, layers)
        self.picture = picture
        self.path = path
        self.source = source or Source(str(path or ""), "")
        self.project_path: Path | None = None
        """The project that it was opened from or saved as."""
        self.selection: Rect | None = None
        """A rectangle that was selected for the figures."""

    @classmethod
    def of_project(cls, project: Project, picture: Picture) -> Self:
        """The document of a project, with the picture that it is of.

        Raises:
            QualityMapShapeError: the picture has another size than the project's map.
        """
        if (picture.height, picture.width) != (project.height, project.width):
            _refuse_shape((project.height, project.width), picture.height, picture.width)
        path = Path(project.source.path) if project.source.path else None
        document = cls(picture, path, source=project.source, layers=project.layers)
        document.selection = project.selection
        document.choose(Choice(project.active))
        return document

    def project(self, threshold: float | None = None) -> Project:
        """What a project of it holds, at this moment, also in the middle of an edit.

        Args:
            threshold: the quality above which is inside.
        """
        active, layers = self.active_layer, self.layers_so_far
        return Project(
            source=self.source,
            height=self.picture.height,
            width=self.picture.width,
            layers=layers,
            active=active.key if active is not None else None,
            threshold=threshold,
            selection=self.selection,
            saved_as=str(self.project_path or ""),
        )

    @property
    def inside(self) -> Rect | Inside | None:
        """What figures call inside: the selection, or else what layers and shapes are marked as; None: neither."""
        return self.selection if self.selection is not None else Inside.of(self.layers)

    def fill_uniform(self, quality: float) -> Rect:
        """One quality everywhere, in place of all layers of quality."""
        layers = self.finish()
        base = dataclasses.replace(_base(layers), quality=quality)
        if not any(of_aspect(layers, Aspect.QUALITY)[1:]) and base.level == _base(layers).level:
            return NOWHERE
        return self.change_layers(_with_quality((base,), layers), N_("Uniform quality"))

    def set_base(self, quality: float) -> Rect:
        """The quality that the lowest layer gives to all that the others leave to it."""
        base = _base(self.finish())
        return self.replace_layer(base, dataclasses.replace(base, quality=quality), N_("Base quality"))

    def fill_rectangle(self, rect: Rect, quality: float, feather_px: float = 0, bound: int | None = None) -> Rect:
        """A rectangle of one quality, fading into the map around it over the feather, or of a bound in its place."""
        if rect.empty:
            return NOWHERE
        placed = PlacedShape(Rectangle.of(rect), quality, feather_px, bound=bound)
        return self.add_shapes([placed], N_("Rectangle"))

    def apply_annotations(self, found: AnnotationsFile, rules: Rules, name: str) -> Rect:
        """Lays what rules make of annotations over all layers, as layers of this name, which are then worked on."""
        return self.change_layers(self._with_parts(self.finish(), MapParts.of(found, rules, name)), ANNOTATIONS)

    def preview_annotations(self, parts: MapParts) -> Rect:
        """Shows what `apply_annotations` does, as a pending edit."""
        return self.preview(self._with_parts(self.before_previews(ANNOTATIONS), parts), ANNOTATIONS)

    def add_shapes(self, shapes: Sequence[PlacedShape], name: str) -> Rect:
        """Adds shapes of one aspect to the active layer, or a new one if that takes none; they are then selected,
        unless they are very many.

        Those of another aspect than the active layer go to the uppermost of theirs, and the choice stays.
        """
        if not shapes:
            return NOWHERE
        layers, active = self.finish(), self.active_layer
        aspect = shapes[0].aspect
        is_of_active = active is None or active.aspect is aspect
        if not is_of_active:
            active = next(reversed(self.layers_of(aspect)), None)
        if isinstance(active, ShapeLayer) and active.visible and not active.locked:
            layer = dataclasses.replace(active, shapes=(*active.shapes, *shapes))
            layers = exchanged(layers, active, layer)
        else:
            layer = ShapeLayer(tuple(shapes), name=self.fresh_name(tr(ShapeLayer.title)))
            layers = self.with_layer(layer)
        rect = self.change_layers(layers, name)
        if is_of_active:
            selected = shapes if len(shapes) <= MOST_SELECTED else ()
            self.choose(Choice(layer.key, frozenset(placed.key for placed in selected)))
        return rect

    def bound_everywhere(self, bound: int) -> Rect:
        """One error bound everywhere, in place of all layers of bounds: 0 to 8."""
        held = self.layers_of(Aspect.BOUND)
        if len(held) == 1 and isinstance(held[0], UniformBound) and held[0].bound == bound and held[0].visible:
            return NOWHERE
        layer = UniformBound(bound, name=tr(UniformBound.title))
        return self._put_bounds((layer,), N_("Bounds everywhere"))

    def replace_bounds(self, bounds: Bounds, name: str) -> Rect:
        """Puts other bounds in the place of all layers of bounds.

        Args:
            bounds: uint8 (H, W), 0 to 8 or UNBOUNDED, copied.
            name: of the edit, for undo.
        Raises:
            QualityMapShapeError: they are not of the picture's size.
        """
        _check_shape(bounds, self.picture.height, self.picture.width)
        self.catch_up()
        if self.bounds is not None and np.array_equal(bounds, self.bounds):
            return NOWHERE
        return self._put_bounds(_layers_of_bounds(bounds, tr(name)), name)

    def clear_bounds(self) -> Rect:
        """No pixel has a bound any more."""
        return self._put_bounds((), N_("Remove bounds"))

    def invert(self) -> Rect:
        """Quality q becomes 1 - q."""
        return self._adjust(Invert(), N_("Invert"))

    def strengthen(self, factor: float) -> Rect:
        """Spreads the qualities around their mean, or draws them together with a factor below 1."""
        self.finish()
        self.catch_up()
        mean = float(self.quality_map.values.mean()) / MAX_LEVEL
        name = N_("Strengthen") if factor > 1 else N_("Weaken")
        return self._adjust(Strength(factor, mean), name)

    def shift(self, quality: float) -> Rect:
        """Adds to the quality everywhere, within its range."""
        return self._adjust(Shift(quality), N_("Raise") if quality > 0 else N_("Lower"))

    def replace(self, values: NDArray[np.uint16], name: str, layer_name: str = "") -> Rect:
        """Puts another map over all layers of quality, in the place of the uppermost one if that is a whole map, too.

        Args:
            values: uint16 (H, W), copied.
            name: of the edit, for undo.
            layer_name: of the layer; without one it is that of the edit.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        layers = self._with_map(values, layer_name or tr(name), self.finish())
        self.catch_up()
        return NOWHERE if np.array_equal(values, self.quality_map.values) else self.change_layers(layers, name)

    def try_map(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Previews what `replace` does; it becomes an edit only if it differs from the map before."""
        return self.preview(self._with_map(values, tr(name), self.before_previews(name)), name, by_levels=True)

    # Inside

    def _put_bounds(self, bounds: Layers, name: str) -> Rect:
        return self.change_layers((*of_aspect(self.finish(), Aspect.QUALITY), *bounds), name)

    def _adjust(self, adjustment: Adjustment, name: str) -> Rect:
        """Over all layers; one adjustment after the other is one layer."""
        layers = self.finish()
        top = of_aspect(layers, Aspect.QUALITY)[-1]
        if isinstance(top, AdjustLayer) and top.is_plain and top.visible and not top.locked:
            return self.change_layers(exchanged(layers, top, top.then(adjustment)), name)
        layer = dataclasses.replace(AdjustLayer.of(adjustment), name=self.fresh_name(tr(AdjustLayer.title)))
        self.choose(Choice(layer.key))
        return self.change_layers((*layers, layer), name)

    def _with_parts(self, layers: Layers, parts: MapParts) -> Layers:
        layers, added = parts.over(layers, self.picture.height, self.picture.width)
        if added is not None:
            self.choose(Choice(added.key))
        return layers

    def _with_map(self, values: NDArray[np.uint16], name: str, layers: Layers) -> Layers:
        _check_shape(values, self.picture.height, self.picture.width)
        layer = MaskLayer.of(values.copy(), name=name)
        self.choose(Choice(layer.key))
        top = of_aspect(layers, Aspect.QUALITY)[-1]
        if isinstance(top, MaskLayer) and top.is_plain and top.visible and not (top.locked or top.adjustments):
            return exchanged(layers, top, layer)
        return (*layers, layer)


def _base(layers: Layers) -> UniformLayer:
    """The lowest layer, which covers everything."""
    base = layers[0]
    assert isinstance(base, UniformLayer), "every document has a base quality"
    return base


def _with_quality(quality: Layers, layers: Layers) -> Layers:
    """Other layers of quality in the place of those there are; those of bounds stay."""
    return (*quality, *of_aspect(layers, Aspect.BOUND))


def _layers_of_bounds(bounds: Bounds, name: str) -> Layers:
    return (MaskLayer.of(bounds, Aspect.BOUND, name),) if (bounds != UNBOUNDED).any() else ()


def _check_shape(values: NDArray[np.uint16] | Bounds, height: int, width: int) -> None:
    if values.shape != (height, width):
        _refuse_shape(values.shape, height, width)


def _refuse_shape(found: tuple[int, ...], height: int, width: int) -> NoReturn:
    text = tr(
        "The map is {found_width} x {found_height} pixels, the picture is {width} x {height}: "
        "expected a map of the picture's size."
    )
    raise QualityMapShapeError(text.format(found_width=found[1], found_height=found[0], width=width, height=height))
