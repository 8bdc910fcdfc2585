import math

import numpy as np
import pytest

from qmap_studio.evaluation.rd import RdCurve, RdPoint, pchip, read_anchors


def test_every_anchor_has_a_source():
    assert all(anchor.source for anchor in read_anchors())


def test_a_curve_s_range_is_that_of_its_lossy_points():
    points = [RdPoint(0.7, 33.0), RdPoint(0.1, 27.0), RdPoint(24.0, math.inf)]
    curve = RdCurve("any", tuple(points))
    assert (curve.range_db, curve.range_bpp) == ((27.0, 33.0), (0.1, 0.7))
    assert (RdCurve("one", tuple(points[1:])).range_db, RdCurve("none", ()).range_bpp) == (None, None)


def test_pchip_agrees_with_scipy():
    # scipy.interpolate.PchipInterpolator(x, y)(at), version 1.17.1; y turns twice and has a flat piece.
    x = np.array([0.0, 1.0, 1.5, 3.0, 4.0, 6.0])
    y = np.array([1.0, 3.0, 2.0, 2.0, 5.0, 5.5])
    at = np.array([0.0, 0.4, 1.2, 2.0, 3.3, 5.0, 6.0])
    expected = [
        1.0,
        2.3760000000000003,
        2.6480000000000006,
        2.0,
        2.615905660377358,
        5.377358490566038,
        5.500000000000001,
    ]
    assert pchip(x, y, at) == pytest.approx(np.array(expected), abs=1e-12)


def test_pchip_of_two_points_is_a_line():
    assert pchip(np.array([0.0, 2.0]), np.array([1.0, 5.0]), np.array([0.5])) == pytest.approx(np.array([2.0]))
