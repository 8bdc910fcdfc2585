import numpy as np

from qmap_studio.core.rect import Rect
from qmap_studio.engine.figures import region_in


def test_inside_is_the_selection_or_else_what_is_above_the_threshold():
    values = np.zeros((40, 60), np.uint16)
    whole = Rect(0, 0, 60, 40)
    values[10:20, 30:50] = 65535
    values[0, 0] = 30000
    assert region_in(whole, values, None, None) is None
    for threshold, pixels in ((0.0, 201), (0.5, 200), (1.0, 0)):
        by_quality = region_in(whole, values, None, threshold)
        assert by_quality is not None
        assert by_quality.sum() == pixels
    part = region_in(Rect(32, 0, 28, 16), values, None, 0.5)
    assert part is not None
    assert (part == (values[:16, 32:] > 0)).all()
    selected = region_in(whole, values, Rect(-5, -5, 10, 10), 0.5)
    assert selected is not None
    assert selected.sum() == 25
