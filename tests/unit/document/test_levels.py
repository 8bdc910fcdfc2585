import numpy as np

from qmap_studio.document.levels import shifted, strengthened


def test_strengthening_spreads_around_the_mean() -> None:
    values = np.array([[20000, 40000]], np.uint16)
    assert strengthened(values, 1.5).tolist() == [[15000, 45000]]
    assert strengthened(values, 0.5).tolist() == [[25000, 35000]]
    assert strengthened(values, 10).tolist() == [[0, 65535]]


def test_shifting_stays_within_the_range() -> None:
    values = np.array([[0, 30000, 65535]], np.uint16)
    assert shifted(values, 0.2).tolist() == [[13107, 43107, 65535]]
    assert shifted(values, -0.2).tolist() == [[0, 16893, 52428]]
