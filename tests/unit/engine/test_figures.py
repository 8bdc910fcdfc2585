import numpy as np

from qmap_studio.core.rect import Rect
from qmap_studio.engine.figures import region_in


def test_inside_is_the_selection_or_else_what_is_above_the_threshold():
    values = np.zeros((40, 60), np.uint16)
    values[10:20, 30:50] = 65535
    values[0, 0] = 30000
    assert region_in(values, None, None) is None
    for threshold, pixels in ((0.0, 201), (0.5, 200), (1.0, 0)):
        by_quality = region_in(values, None, threshold)
        assert by_quality is not None
        assert by_quality.sum() == pixels
    selected = region_in(values, Rect(-5, -5, 10, 10), 0.5)
    assert selected is not None
    assert selected.sum() == 25


def test_inside_of_a_uniform_map_is_what_has_a_bound():
    values, bounds = np.full((40, 60), 30000, np.uint16), np.full((40, 60), 255, np.uint8)
    bounds[10:20, 30:50] = 3
    for threshold in (None, 0.2):
        inside = region_in(values, None, threshold, bounds)
        assert inside is not None
        assert (inside == (bounds == 3)).all()
    selected = region_in(values, Rect(0, 0, 5, 5), None, bounds)
    assert selected is not None
    assert selected.sum() == 25
    values[0, 0] = 65535
    painted = region_in(values, None, 0.5, bounds)
    assert painted is not None
    assert painted.sum() == 1
