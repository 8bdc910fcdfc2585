import numpy as np
import pytest

from qmap_studio.ui.canvas.colour_range import bits_range, mask_range, scale_range


def indices(pixels: np.ndarray, table: np.ndarray) -> list[int]:
    """Where in its table each colour comes first."""
    return [int(np.flatnonzero((table[:, :3] == colour).all(axis=1))[0]) for colour in pixels.reshape(-1, 3)]


def test_masks_that_differ_are_shown_from_0_to_1() -> None:
    plane = np.array([[0.1, 0.5, 0.8]], np.float32)
    colours = mask_range([plane])
    assert colours.labels == ("0", "mask", "1")
    assert indices(colours.of(plane), colours.table) == pytest.approx([0.1 * 255, 128, 0.8 * 255], abs=1)


def test_masks_that_differ_little_have_a_scale_of_their_own_which_the_legend_names() -> None:
    plane = np.array([[0.4631, 0.4966]], np.float32)
    colours = mask_range([plane])
    assert colours.labels == ("0.463", "mask", "0.497")
    assert indices(colours.of(plane), colours.table) == [0, 255]


def test_masks_that_tell_nothing_apart_are_not_made_to_differ() -> None:
    assert mask_range([np.array([[0.5, 0.5002]], np.float32)]).labels == ("0", "mask", "1")


def test_ends_that_are_near_each_other_are_told_apart() -> None:
    assert scale_range([np.array([[71.97, 72.02]], np.float32)]).labels == ("71.97", "log", "72.02")


def test_scale_factors_are_shown_on_a_logarithmic_scale_from_the_lowest_to_the_highest_of_all() -> None:
    planes = [np.array([[0.5, 2.0]], np.float32), np.array([[8.0]], np.float32)]
    colours = scale_range(planes)
    assert colours.labels == ("0.5", "log", "8")
    middle, ends = indices(colours.of(planes[0]), colours.table), indices(colours.of(planes[1]), colours.table)
    assert [*middle, *ends] == pytest.approx([0, 128, 255], abs=1)


def test_one_value_everywhere_has_a_colour() -> None:
    plane = np.full((2, 3), 4.0, np.float32)
    assert scale_range([plane]).of(plane).shape == (2, 3, 3)


def test_bits_beyond_the_scale_have_the_colour_of_its_ends() -> None:
    colours = bits_range()
    shown = colours.of(np.array([[0.0, 99.0]], np.float32))
    assert (shown[0] == colours.table[[0, 255], :3]).all()


def test_a_few_values_at_the_edges_do_not_hide_what_the_rest_tells_apart() -> None:
    plane = np.tile(np.linspace(0.40, 0.45, 200, dtype=np.float32), (400, 1))
    plane[0, :] = 0.9
    colours = mask_range([plane])
    assert (colours.low, colours.high) == pytest.approx((0.40, 0.45), abs=0.002)
