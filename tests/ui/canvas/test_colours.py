import numpy as np

from qmap_studio.ui.canvas.colours import (
    Overlay,
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


def test_the_tint_is_the_colour_of_the_quality() -> None:
    table = overlay_table(Overlay.COLOUR, 0.6)
    assert (table[:, :3] == colour_map("viridis")[:, :3]).all()
    assert (table[:, 3] == round(0.6 * 255)).all()
    assert overlay_table(Overlay.HIDDEN, 0.6)[:, 3].max() == 0


def test_the_spotlight_darkens_low_quality() -> None:
    table = overlay_table(Overlay.SPOTLIGHT, 1.0)
    assert table[0].tolist() == [0, 0, 0, 255]
    assert table[255, 3] == 0
    assert (np.diff(table[:, 3].astype(int)) <= 0).all()


def test_quality_colours_are_those_of_the_map() -> None:
    assert quality_colour(0.0) == tuple(colour_map("viridis")[0, :3])
    assert quality_colour(2.0) == tuple(colour_map("viridis")[255, :3])


def test_unknown_cells_are_transparent_and_cells_without_bits_are_not() -> None:
    indices = heat_indices(np.array([[np.nan, 0.0, 0.01, 10.0, 90.0]], np.float32))
    assert indices.tolist() == [[0, 1, 1, 255, 255]]
    assert heat_table()[[0, 1], 3].tolist() == [0, 255]
