"""Shapes as pure geometry: where they lie, whether a point is in them, how far they cover each pixel.

Points are (x, y) in pixels, where the first pixel spans 0 to 1. Shapes are values and may reach beyond the picture.
"""

from qmap_studio.document.shapes.ellipse import Ellipse
from qmap_studio.document.shapes.frame import Frame, around_frames
from qmap_studio.document.shapes.mask import Mask
from qmap_studio.document.shapes.padded import padded
from qmap_studio.document.shapes.pixels import HARD_PX, boxes_coverage, pixel_centres, reach_of
from qmap_studio.document.shapes.polygon import Polygon
from qmap_studio.document.shapes.rectangle import Rectangle
from qmap_studio.document.shapes.shape import Shape

__all__ = [
    "HARD_PX",
    "Ellipse",
    "Frame",
    "Mask",
    "Polygon",
    "Rectangle",
    "Shape",
    "around_frames",
    "boxes_coverage",
    "padded",
    "pixel_centres",
    "reach_of",
]
