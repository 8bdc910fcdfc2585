import math

import numpy as np
import pytest

from qmap_studio.evaluation.bjontegaard import INTERVAL_BPP, INTERVAL_DB, bd_psnr, bd_rate, shared_interval
from qmap_studio.evaluation.rd import RdCurve, RdPoint, read_anchors

RATES = np.geomspace(0.1, 2, 9)


def curve(name, psnr, bpp):
    return RdCurve(name, tuple(RdPoint(rate, value) for rate, value in zip(bpp, psnr, strict=True)))


def psnr_at(rates):
    """Bends as the curves of codecs do."""
    return 34 + 10 * np.log10(rates) + 1.5 * np.log10(rates) ** 2


@pytest.fixture
def anchors():
    return {anchor.name: anchor for anchor in read_anchors()}


@pytest.mark.parametrize(
    ("name", "percent", "db"),
    [("jpeg", 135.4, -4.5170427), ("jpeg2000", 53.6, -1.9157145), ("webp", 47.5, -1.839726), ("hm", 0.2, -0.0033929),
     ("mbt2018-mean", -2.8, 0.1705771), ("av1", -7.6, 0.4142195), ("song2021", -9.5, 0.4790913),
     ("cheng2020-attn", -17.5, 0.8560618), ("vtm", -21.9, 1.1218827), ("bpg444", 0.0, 0.0)],
)  # fmt: skip
def test_published_codecs_against_bpg(anchors, name, percent, db):
    assert bd_rate(anchors[name], anchors["bpg444"]) == pytest.approx(percent, abs=0.06)
    # scipy.interpolate.PchipInterpolator(log10(bpp), psnr).integrate(low, high) / (high - low), version 1.17.1.
    assert bd_psnr(anchors[name], anchors["bpg444"]) == pytest.approx(db, abs=1e-6)


def test_each_published_curve_that_has_a_bd_rate_has_a_bd_psnr(anchors):
    for name, anchor in anchors.items():
        if bd_rate(anchor, anchor) is not None:
            assert bd_psnr(anchor, anchors["bpg444"]) is not None, name


def test_a_codec_of_half_the_bytes():
    psnr = np.linspace(27, 38, 9)
    rate = np.exp(0.2 * psnr) / 1000
    assert bd_rate(curve("half", psnr, rate / 2), curve("full", psnr, rate)) == pytest.approx(-50)
    # PSNR is a straight line over the logarithm of the rate: 5 dB for each factor of e.
    psnr = 36 + 5 * np.log(RATES)
    gain = bd_psnr(curve("half", psnr, RATES / 2), curve("full", psnr, RATES))
    assert gain == pytest.approx(5 * math.log(2))


def test_a_codec_of_so_many_db_more():
    better, plain = curve("better", psnr_at(RATES) + 0.7, RATES), curve("plain", psnr_at(RATES), RATES)
    assert bd_psnr(better, plain) == pytest.approx(0.7)
    assert bd_psnr(plain, better) == pytest.approx(-0.7)


def test_gains_in_db_add_up(anchors):
    jpeg, webp, vtm = anchors["jpeg"], anchors["webp"], anchors["vtm"]
    assert bd_psnr(vtm, webp) + bd_psnr(webp, jpeg) == pytest.approx(bd_psnr(vtm, jpeg))


def test_the_order_of_points_does_not_matter_nor_do_useless_ones():
    psnr, rate = [27, 30, 33, 38], [0.1, 0.3, 0.7, 2.0]
    plain = curve("plain", psnr, rate)
    untidy = curve("untidy", [38, 27, 33, math.inf, 30, 30], [2.0, 0.1, 0.7, 24, 0.3, 0.5])
    assert bd_rate(untidy, plain) == pytest.approx(0)
    untidy = curve("untidy", [38, 27, 33, math.inf, 30, 29], [2.0, 0.1, 0.7, 24, 0.3, 0.3])
    assert bd_psnr(untidy, plain) == pytest.approx(0)


def test_a_setting_that_pays_more_for_less_counts_as_it_is():
    rate = [0.1, 0.3, 0.4, 0.5, 2.0]
    plain, dented = curve("plain", [27, 30, 31, 32, 38], rate), curve("dented", [27, 30, 29, 32, 38], rate)
    assert -2 < bd_psnr(dented, plain) < 0
    assert bd_rate(dented, plain) > 0


@pytest.mark.parametrize("figure", [bd_rate, bd_psnr])
def test_a_curve_that_is_too_short_has_no_figure(anchors, figure):
    jpeg = anchors["jpeg"]
    for short in (anchors["evc-ss"], curve("one", [30.0], [1.0]), curve("none", [], [])):
        assert figure(short, jpeg) is None
        assert figure(jpeg, short) is None


def test_a_curve_of_one_psnr_at_every_rate(anchors):
    flat = curve("flat", [30.0] * 9, RATES)
    assert bd_rate(flat, anchors["jpeg"]) is None
    assert bd_psnr(flat, curve("higher", [31.0] * 9, RATES)) == pytest.approx(-1)


def test_curves_are_compared_over_what_they_share_where_they_do_not_cover_the_usual():
    assert shared_interval([(28.5, 40.0), (20.0, 36.6)], INTERVAL_DB) == INTERVAL_DB
    assert shared_interval([(32.0, 42.0), (30.0, 45.0), None], INTERVAL_DB) == (32.0, 42.0)
    assert shared_interval([(0.1, 0.6), (0.2, 3.0)], INTERVAL_BPP) == (0.2, 0.6)
    assert shared_interval([(20.0, 28.0), (30.0, 40.0)], INTERVAL_DB) == INTERVAL_DB
    assert shared_interval([None], INTERVAL_DB) == INTERVAL_DB


def test_curves_meet_the_ends_of_what_they_share_exactly():
    easy, wide = curve("easy", psnr_at(RATES / 3), RATES / 3), curve("wide", psnr_at(RATES) - 1, RATES)
    interval = shared_interval((easy.range_bpp, wide.range_bpp), INTERVAL_BPP)
    assert interval == (RATES[0], RATES[-1] / 3)
    assert bd_psnr(easy, wide, interval) == pytest.approx(1, abs=0.02)
