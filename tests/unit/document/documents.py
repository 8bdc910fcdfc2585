"""Documents to be edited, and what edits them."""

import numpy as np
from hypothesis import strategies as st

from qmap_studio.core.pictures import Picture
from qmap_studio.document import AnnotationsFile, Brush, Document, QualityMap
from qmap_studio.document.annotations.rules import ClassRule, Length, Rules


def a_document(height=300, width=400, seed=None):
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    if seed is None:
        return Document(picture)
    values = np.random.default_rng(seed).integers(0, 65536, (height, width)).astype(np.uint16)
    return Document(picture, quality_map=QualityMap(values))


def apply_boxes(document, boxes, quality, feather_px=0, outside=None, bound=None):
    rules = Rules(others=ClassRule(quality, bound), feather=Length(feather_px), rest=outside)
    return document.apply_annotations(AnnotationsFile(tuple(boxes)), rules, "boxes.json")


brushes = st.builds(Brush, st.floats(1, 150), st.floats(0, 1), st.floats(0.01, 1), st.floats(0, 1))


points = st.tuples(st.floats(-50, 450), st.floats(-50, 350))


def stroke(document, x, y):
    document.begin_stroke(Brush(30), x, y)
    document.end_stroke()


def levels(value):
    return np.full((20, 20), value, np.uint16)
