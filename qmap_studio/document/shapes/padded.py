"""Shapes made larger or smaller by so many pixels on every side."""

from math import ceil

import numpy as np

from qmap_studio.core.opencv import cv2
from qmap_studio.document.shapes.ellipse import Ellipse
from qmap_studio.document.shapes.frame import Frame
from qmap_studio.document.shapes.mask import Mask
from qmap_studio.document.shapes.rectangle import Rectangle
from qmap_studio.document.shapes.shape import Shape

LARGEST_PX = 100_000_000


def padded(shape: Shape, by_px: float) -> Shape:
    """A shape with so much around it; boxes and ellipses stay what they are, all else becomes a mask.

    Args:
        by_px: below 0 it becomes smaller, boxes down to a pixel a side.
    """
    if not by_px:
        return shape
    frame = shape.frame
    if isinstance(shape, Rectangle | Ellipse):
        width, height = max(frame.width + 2 * by_px, 1.0), max(frame.height + 2 * by_px, 1.0)
        x, y = frame.middle
        return shape.in_frame(Frame(x - width / 2, y - height / 2, width, height, frame.angle))
    return _padded_pixels(shape, by_px)


def _padded_pixels(shape: Shape, by_px: float) -> Shape:
    """Every pixel whose middle is not farther away, or is farther inside, than that."""
    rect = shape.bounds.expanded(max(ceil(by_px), 1))
    if rect.area > LARGEST_PX:
        return shape
    filled = (shape.coverage(rect) > 0).astype(np.uint8)
    if not filled.any():
        return shape
    distance = cv2.distanceTransform(1 - filled if by_px > 0 else filled, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    pixels = distance <= by_px if by_px > 0 else distance > -by_px
    return Mask(rect.x, rect.y, pixels) if pixels.any() else shape
