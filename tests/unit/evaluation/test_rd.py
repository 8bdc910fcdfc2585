import math

import numpy as np
import pytest

from qmap_studio.evaluation.rd import RdCurve, RdPoint, bd_rate, bd_rates, pchip, read_anchors


def curve(name, psnr, bpp):
    return RdCurve(name, tuple(RdPoint(rate, value) for rate, value in zip(bpp, psnr, strict=True)))


@pytest.fixture
def anchors():
    return {anchor.name: anchor for anchor in read_anchors()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("jpeg", 135.4), ("jpeg2000", 53.6), ("webp", 47.5), ("hm", 0.2), ("mbt2018-mean", -2.8), ("av1", -7.6),
     ("song2021", -9.5), ("cheng2020-attn", -17.5), ("vtm", -21.9), ("bpg444", 0.0)],
)  # fmt: skip
def test_published_codecs_against_bpg(anchors, name, expected):
    assert bd_rate(anchors[name], anchors["bpg444"]) == pytest.approx(expected, abs=0.06)


def test_every_anchor_has_a_source(anchors):
    assert all(anchor.source for anchor in anchors.values())


def test_a_codec_of_half_the_bytes():
    psnr = np.linspace(27, 38, 9)
    rate = np.exp(0.2 * psnr) / 1000
    assert bd_rate(curve("half", psnr, rate / 2), curve("full", psnr, rate)) == pytest.approx(-50)


def test_the_order_of_points_does_not_matter_nor_do_useless_ones():
    psnr, rate = [27, 30, 33, 38], [0.1, 0.3, 0.7, 2.0]
    plain = curve("plain", psnr, rate)
    untidy = curve("untidy", [38, 27, 33, math.inf, 30, 30], [2.0, 0.1, 0.7, 24, 0.3, 0.5])
    assert bd_rate(untidy, plain) == pytest.approx(0)


def test_a_curve_that_is_too_short_has_no_bd_rate(anchors):
    short = anchors["evc-ss"]
    assert not short.covers()
    assert bd_rates(short, [anchors["jpeg"]]) == {"jpeg": None}
    assert bd_rates(anchors["jpeg"], [short]) == {"evc-ss": None}
    with pytest.raises(ValueError, match="evc-ss"):
        bd_rate(short, anchors["jpeg"])


@pytest.mark.parametrize("points", [0, 1])
def test_a_curve_needs_two_points(points):
    assert not curve("few", [30.0] * points, [1.0] * points).covers()


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
