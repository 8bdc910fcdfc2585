"""A small picture of what a layer holds, from a few of its pixels and shapes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import FULL, filled
from qmap_studio.document.layers.gradient import GradientLayer
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.raster import RasterLayer
from qmap_studio.document.layers.rendered import Rendered
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.shapes import Frame
from qmap_studio.document.tiles import TILE_PX

MOST_SHAPES = 100


def thumbnail(layer: Layer, height: int, width: int, side: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Levels and coverage of a layer of a map of height x width pixels, before it is adjusted.

    Returns:
        uint16 (h, w) each, of which the longer side has `side` pixels.
    """
    scale = side / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    rect = Rect(0, 0, columns, rows)
    below = np.zeros((rows, columns), np.uint16)
    if isinstance(layer, RasterLayer):
        return _of_raster(layer, height, width, rows, columns)
    if isinstance(layer, GradientLayer):
        layer = _scaled_gradient(layer, scale)
    elif isinstance(layer, ShapeLayer):
        layer = _scaled_shapes(layer, scale)
    rendered = layer.render(rect, below) or Rendered(0, 0)
    return filled(rendered.levels, below.shape).copy(), filled(rendered.coverage, below.shape).copy()


def _of_raster(
    layer: RasterLayer, height: int, width: int, rows: int, columns: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    levels, coverage = np.zeros((2, rows, columns), np.uint16)
    for i in range(rows):
        y = (2 * i + 1) * height // (2 * rows)
        for j in range(columns):
            x = (2 * j + 1) * width // (2 * columns)
            tile = layer.tiles.get((x // TILE_PX, y // TILE_PX))
            if tile is not None:
                level, covered = tile.levels, tile.coverage
                at = y % TILE_PX, x % TILE_PX
                levels[i, j] = level if isinstance(level, int) else level[at]
                coverage[i, j] = covered if isinstance(covered, int) else covered[at]
    return levels, coverage


def _scaled_gradient(layer: GradientLayer, scale: float) -> GradientLayer:
    (x0, y0), (x1, y1) = layer.start, layer.end
    start, end = (x0 * scale, y0 * scale), (x1 * scale, y1 * scale)
    if np.hypot(end[0] - start[0], end[1] - start[1]) < 1:
        end = start[0] + 1.001, start[1]
    return replace(layer, start=start, end=end)


def _scaled_shapes(layer: ShapeLayer, scale: float) -> ShapeLayer:
    made = []
    for placed in layer.shapes[-MOST_SHAPES:]:
        frame = placed.shape.frame
        small = Frame(frame.x * scale, frame.y * scale, frame.width * scale, frame.height * scale, frame.angle)
        if small.width < 1 or small.height < 1:  # a dot is seen, too
            small = replace(small, width=max(1.0, small.width), height=max(1.0, small.height))
        made.append(replace(placed, shape=placed.shape.in_frame(small), feather_px=placed.feather_px * scale))
    return replace(layer, shapes=tuple(made))


def greys(levels: NDArray[np.uint16], coverage: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Levels as indices of a colour table, and how opaque they are: uint8 (h, w, 2)."""
    indices, alpha = (levels >> 8).astype(np.uint8), (coverage.astype(np.uint32) * 255 // FULL).astype(np.uint8)
    return np.stack([indices, alpha], axis=2)
