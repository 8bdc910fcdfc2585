"""Other arrangements of layers, and of the shapes in them: each gives new layers, which an edit puts in their place."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from qmap_studio.document.layers.layer import Layer, new_key
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.stack import Layers


def changed(layers: Layers, key: int, **changes: Any) -> Layers:
    """With other values in the fields of one layer."""
    return tuple(replace(layer, **changes) if layer.key == key else layer for layer in layers)


def moved(layers: Layers, key: int, place: int) -> Layers:
    """With one layer at another place among the others, counted from below; the base stays the lowest."""
    layer = _layer(layers, key)
    others = [each for each in layers if each is not layer]
    if layer is layers[0]:
        return layers
    place = min(max(place, 1), len(others))
    return (*others[:place], layer, *others[place:])


def stepped(layers: Layers, key: int, by: int) -> Layers:
    """With one layer so many places higher, or lower."""
    return moved(layers, key, _place(layers, key) + by)


def without(layers: Layers, key: int) -> Layers:
    """Without one layer; the base stays."""
    return tuple(layer for layer in layers if layer.key != key or layer is layers[0])


def duplicated(layers: Layers, key: int, name: str) -> tuple[Layers, int]:
    """With a copy of a layer above it, and the copy's key."""
    layer = _layer(layers, key)
    twin = replace(layer, key=new_key(), name=name)
    if isinstance(twin, ShapeLayer):
        twin = replace(twin, shapes=tuple(replace(placed, key=new_key()) for placed in twin.shapes))
    place = _place(layers, key) + 1
    return (*layers[:place], twin, *layers[place:]), twin.key


def with_shapes(
    layers: Layers, key: int, shapes: Collection[int], change: Callable[[PlacedShape], PlacedShape]
) -> Layers:
    """With some shapes of a layer changed."""
    layer = _layer(layers, key)
    if not isinstance(layer, ShapeLayer):
        return layers
    made = tuple(change(placed) if placed.key in shapes else placed for placed in layer.shapes)
    return changed(layers, key, shapes=made)


def without_shapes(layers: Layers, key: int, shapes: Collection[int]) -> Layers:
    """Without some shapes of a layer, and without the layer if none are left."""
    layer = _layer(layers, key)
    if not isinstance(layer, ShapeLayer):
        return layers
    left = tuple(placed for placed in layer.shapes if placed.key not in shapes)
    return changed(layers, key, shapes=left) if left else without(layers, key)


def shapes_moved(layers: Layers, key: int, shapes: Collection[int], to: int, place: int) -> Layers:
    """With some shapes of a layer in another one, or at another place in their own, counted from the lowest.

    Shapes of qualities do not go to shapes of bounds: nothing changes then.
    """
    source, target = _layer(layers, key), _layer(layers, to)
    if not (isinstance(source, ShapeLayer) and isinstance(target, ShapeLayer)) or source.aspect is not target.aspect:
        return layers
    moving = [placed for placed in source.shapes if placed.key in shapes]
    above = sum(placed.key in shapes for placed in target.shapes[:place])
    others = [placed for placed in target.shapes if placed.key not in shapes]
    place = min(max(place - above, 0), len(others))
    made = changed(layers, to, shapes=(*others[:place], *moving, *others[place:]))
    return made if to == key else without_shapes(made, key, shapes)


def _place(layers: Layers, key: int) -> int:
    return next(place for place, layer in enumerate(layers) if layer.key == key)


def _layer(layers: Layers, key: int) -> Layer:
    return next(layer for layer in layers if layer.key == key)
