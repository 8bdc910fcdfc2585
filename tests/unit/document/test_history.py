import itertools

import numpy as np

from qmap_studio.core.rect import Rect
from qmap_studio.document.history import UNPACKED_BYTES, Edit, History
from qmap_studio.document.layers.raster import MaskLayer
from qmap_studio.document.layers.uniform import UniformLayer

WHOLE = Rect(0, 0, 256, 256)


def noise(seed, side=256):
    return MaskLayer.of(np.random.default_rng(seed).integers(0, 65536, (side, side)).astype(np.uint16))


def edits(layers):
    """Edits from each layer to the next."""
    return [Edit(str(number), (a,), (b,), WHOLE) for number, (a, b) in enumerate(itertools.pairwise(layers))]


def test_edits_come_back_in_order_and_again():
    history = History()
    done = edits([UniformLayer(q / 10) for q in range(4)])
    for edit in done:
        history.record(edit)
    assert [history.undo() for _ in range(4)] == [*done[::-1], None]
    assert (history.undo_name, history.redo_name) == (None, "0")
    assert [history.redo() for _ in range(4)] == [*done, None]
    assert (history.undo_name, history.redo_name) == ("2", None)


def test_a_new_edit_forgets_what_was_undone():
    history = History()
    first, second = edits([UniformLayer(q / 10) for q in range(3)])
    history.record(first)
    history.undo()
    history.record(second)
    assert history.redo() is None
    assert history.undo_name == "1"


def test_states_have_names_that_come_back():
    history = History()
    start = history.state
    first, second = edits([UniformLayer(q / 10) for q in range(3)])
    history.record(first)
    edited = history.state
    assert edited != start
    history.undo()
    assert history.state == start
    history.redo()
    assert history.state == edited
    history.undo()
    history.record(second)
    assert history.state not in (start, edited)


def test_only_what_the_map_no_longer_holds_takes_memory():
    history = History()
    base, mask = UniformLayer(0.5), noise(1)
    history.record(Edit("Add", (base,), (base, mask), WHOLE))
    assert history.size_bytes == 0
    history.record(Edit("Remove", (base, mask), (base,), WHOLE))
    assert history.size_bytes == 2 * 256 * 256
    history.undo()
    assert history.size_bytes == 0
    history.undo()
    assert history.size_bytes == 2 * 256 * 256, "what redo would bring back"


def test_the_oldest_edits_are_forgotten_beyond_the_limit_and_the_last_never():
    history = History(limit_bytes=300_000)
    for edit in edits([noise(seed) for seed in range(6)]):
        history.record(edit)
    assert history.size_bytes <= 300_000
    assert [history.undo().name, history.undo().name] == ["4", "3"]
    assert history.undo() is None
    history = History(limit_bytes=10)
    edit = edits([noise(1), noise(2)])[0]
    history.record(edit)
    assert history.undo() is edit


def test_older_edits_are_compressed_and_come_back_bit_for_bit():
    side = 2048
    ramp = np.add.outer(np.arange(side), np.arange(side))
    maps = [(ramp * factor % 65536).astype(np.uint16) for factor in range(1, 14)]
    history = History()
    for edit in edits([MaskLayer.of(values) for values in maps]):
        history.record(edit)
    unpacked = 12 * maps[0].nbytes
    assert unpacked > UNPACKED_BYTES
    assert history.size_bytes < UNPACKED_BYTES + 0.2 * unpacked
    for values in maps[-2::-1]:
        (layer,) = history.undo().before
        tile = layer.tiles[3, 2]
        np.testing.assert_array_equal(tile.levels, values[512:768, 768:1024])


def test_what_was_undone_is_compressed_and_counted_too():
    side = 2048
    ramp = np.add.outer(np.arange(side), np.arange(side))
    maps = [(ramp * factor % 65536).astype(np.uint16) for factor in range(1, 14)]
    history = History()
    for edit in edits([MaskLayer.of(values) for values in maps]):
        history.record(edit)
    recorded = history.size_bytes
    while (edit := history.undo()) is not None:
        for layer in edit.before:
            _ = [tile.levels for tile in layer.tiles.values()]  # shown again
    assert history.size_bytes < recorded + UNPACKED_BYTES
    for values in maps[1:]:
        (layer,) = history.redo().after
        np.testing.assert_array_equal(layer.tiles[3, 2].levels, values[512:768, 768:1024])
    assert history.size_bytes < recorded + UNPACKED_BYTES
