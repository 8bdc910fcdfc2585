import numpy as np
import pytest

from qmap_studio.ui.canvas.colours import (
    Overlay,
    base_quality,
    colour_map,
    heat_indices,
    heat_table,
    overlay_table,
    quality_colour,
)


def test_overlays_cycle() -> None:
    assert [Overlay.COLOUR.next, Overlay.SPOTLIGHT.next, Overlay.HIDDEN.next] == [
        Overlay.SPOTLIGHT,
        Overlay.HIDDEN,
        Overlay.COLOUR,
    ]


def test_the_base_quality_stays_clear_and_others_are_tinted() -> None:
    alpha = overlay_table(Overlay.COLOUR, 0.6, base=0.5)[:, 3]
    assert alpha[127] == alpha[128] == 0
    assert alpha[0] == alpha[255] == round(0.6 * 255)
    assert overlay_table(Overlay.COLOUR, 0.6, base=None)[:, 3].min() == round(0.6 * 255)
    assert overlay_table(Overlay.HIDDEN, 0.6, base=None)[:, 3].max() == 0


def test_the_spotlight_darkens_low_quality() -> None:
    table = overlay_table(Overlay.SPOTLIGHT, 1.0, base=0.5)
    assert table[0].tolist() == [0, 0, 0, 255]
    assert table[255, 3] == 0
    assert (np.diff(table[:, 3].astype(int)) <= 0).all()


def test_base_quality_is_what_covers_most() -> None:
    values = np.full((40, 40), 32768, np.uint16)
    assert base_quality(values) == pytest.approx(0.5, abs=0.01)
    values[:5] = 60000
    assert base_quality(values) == pytest.approx(0.5, abs=0.01)
    ramp = np.linspace(0, 65535, 1600).astype(np.uint16).reshape(40, 40)
    assert base_quality(ramp) is None


def test_quality_colours_are_those_of_the_map() -> None:
    assert quality_colour(0.0) == tuple(colour_map("viridis")[0, :3])
    assert quality_colour(2.0) == tuple(colour_map("viridis")[255, :3])


def test_unknown_cells_are_transparent_and_cells_without_bits_are_not() -> None:
    indices = heat_indices(np.array([[np.nan, 0.0, 0.01, 10.0, 90.0]], np.float32))
    assert indices.tolist() == [[0, 1, 1, 255, 255]]
    assert heat_table()[[0, 1], 3].tolist() == [0, 255]
