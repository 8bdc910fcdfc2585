"""Layers, adjustments and shapes as entries of a project, each with its kind."""

import base64
import binascii
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Adjustment, Blur, Grow, Invert, Levels, Limits, Shift, Strength
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.raster import BrushLayer, MaskLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.uniform import UniformBound, UniformLayer
from qmap_studio.document.project.entries import EntryError, entry_of, value_of
from qmap_studio.document.shapes import Ellipse, Frame, Mask, Polygon, Rectangle, Shape

LAYERS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        UniformLayer,
        UniformBound,
        BrushLayer,
        MaskLayer,
        LinearGradient,
        RadialGradient,
        ShapeLayer,
        AdjustLayer,
    )
}
ADJUSTMENTS: dict[str, type[Adjustment]] = {
    "invert": Invert,
    "strength": Strength,
    "shift": Shift,
    "limits": Limits,
    "levels": Levels,
    "blur": Blur,
    "grow": Grow,
}
SHAPES: dict[str, type[Any]] = {"rectangle": Rectangle, "ellipse": Ellipse, "polygon": Polygon, "mask": Mask}
MOST_ADJUSTMENTS = 1000
MOST_MASK_PX = 200_000_000
LARGEST_FEATHER_PX = 1000.0
SMALLEST_SIDE_PX = 0.001

_APART = ("tiles", "shapes", "adjustments", "key")


def layer_entry(layer: Layer) -> dict[str, Any]:
    """All of a layer but its tiles and its shapes."""
    adjustments = [{"kind": _name(ADJUSTMENTS, each), **entry_of(each)} for each in layer.adjustments]
    return {"kind": layer.kind, **entry_of(layer, leave_out=_APART), "adjustments": adjustments}


def layer_of(entry: object, **given: Any) -> Layer:
    """The layer of an entry.

    Args:
        given: its tiles or its shapes, if it is of a kind that has them.
    Raises:
        EntryError: it is of no known kind, or one of its values is wrong.
    """
    kind = _kind(LAYERS, entry)
    adjustments = entry.get("adjustments", []) if isinstance(entry, dict) else []
    if not isinstance(adjustments, list) or len(adjustments) > MOST_ADJUSTMENTS:
        raise EntryError("the adjustments are no list, or too long a one")
    made = tuple(value_of(_kind(ADJUSTMENTS, each), each) for each in adjustments)
    layer: Layer = value_of(kind, entry, adjustments=made, **given)
    return layer


def kind_of(entry: object) -> type[Layer]:
    """The kind of layer that an entry is of; EntryError if there is none."""
    return _kind(LAYERS, entry)


def shape_entry(placed: PlacedShape) -> dict[str, Any]:
    """A shape of a layer."""
    shape = placed.shape
    geometry = _mask_entry(shape) if isinstance(shape, Mask) else entry_of(shape)
    return {**entry_of(placed, leave_out=("shape", "key")), "shape": {"kind": _name(SHAPES, shape), **geometry}}


def shapes_of(entries: object, take: Callable[[int], None]) -> list[PlacedShape | None]:
    """The shapes of entries; None for each that cannot be read.

    Args:
        take: called with the bytes of memory that one needs, before they are taken; may raise to refuse.
    """
    if not isinstance(entries, list):
        raise EntryError("the shapes are no list")
    return [_shape_of(entry, take) for entry in entries]


def _shape_of(entry: object, take: Callable[[int], None]) -> PlacedShape | None:
    try:
        geometry = entry.get("shape") if isinstance(entry, dict) else None
        kind = _kind(SHAPES, geometry)
        shape: Shape = _mask_of(geometry, take) if kind is Mask else value_of(kind, geometry)
        placed = value_of(PlacedShape, entry, shape=shape)
        return placed if placed.feather_px <= LARGEST_FEATHER_PX else None
    except EntryError:
        return None


def _mask_entry(mask: Mask) -> dict[str, Any]:
    height, width = mask.pixels.shape
    packed = zlib.compress(np.packbits(mask.pixels).tobytes(), 1)
    placed = entry_of(mask.placed) if mask.placed is not None else None
    pixels = base64.b64encode(packed).decode("ascii")
    return {"x": mask.x, "y": mask.y, "width": width, "height": height, "pixels": pixels, "placed": placed}


def _mask_of(entry: object, take: Callable[[int], None]) -> Mask:
    assert isinstance(entry, dict), "its kind was read from it"
    width, height, packed = entry.get("width"), entry.get("height"), entry.get("pixels")
    if not (type(width) is int and type(height) is int and width > 0 < height and width * height <= MOST_MASK_PX):
        raise EntryError("a mask without a size, or too large a one")
    if not isinstance(packed, str):
        raise EntryError("a mask without pixels")
    take(width * height)
    size = -(-width * height // 8)
    try:
        inflater = zlib.decompressobj()
        bits = inflater.decompress(base64.b64decode(packed, validate=True), size + 1)
    except (zlib.error, binascii.Error) as error:
        raise EntryError("the pixels of a mask cannot be unpacked") from error
    if len(bits) != size:
        raise EntryError("the pixels of a mask are not as many as they should be")
    pixels = np.unpackbits(np.frombuffer(bits, np.uint8), count=width * height).astype(bool)
    placed = value_of(Frame, entry["placed"]) if entry.get("placed") is not None else None
    if placed is not None and min(placed.width, placed.height) < SMALLEST_SIDE_PX:
        raise EntryError("a mask in a frame without an inside")
    return value_of(Mask, entry, pixels=pixels.reshape(height, width), placed=placed)


def _kind(kinds: dict[str, type[Any]], entry: object) -> type[Any]:
    name = entry.get("kind") if isinstance(entry, dict) else None
    if not isinstance(name, str) or name not in kinds:
        raise EntryError(f"{str(name)[:40]!r} is none of {', '.join(kinds)}")
    return kinds[name]


def _name(kinds: dict[str, type[Any]], value: object) -> str:
    return next(name for name, kind in kinds.items() if type(value) is kind)


def chunks_of(shapes: Sequence[PlacedShape], size: int = 1000) -> list[tuple[PlacedShape, ...]]:
    """Shapes by the thousand: no piece of JSON is so long that reading it holds up the program."""
    return [tuple(shapes[i : i + size]) for i in range(0, len(shapes), size)]
