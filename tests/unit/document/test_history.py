import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.rect import Rect
from qmap_studio.document import History


def a_map(height=300, width=520):
    return np.random.default_rng(1).integers(0, 65536, (height, width)).astype(np.uint16)


def edit(values, history, rect, level, name="Edit"):
    values[rect.slices] = level
    return history.record(name, rect)


columns, rows, sides = st.integers(0, 519), st.integers(0, 299), st.integers(1, 300)
edits = st.lists(st.tuples(columns, rows, sides, sides, st.integers(0, 65535)), min_size=1, max_size=5)


@given(edits, st.booleans())
@settings(max_examples=30)
def test_undo_and_redo_restore_every_step_bit_for_bit(steps, smooth):
    values = a_map() if not smooth else np.add.outer(np.arange(300), 9 * np.arange(520)).astype(np.uint16)
    history = History(values)
    states = [values.copy()]
    for x, y, width, height, level in steps:
        if edit(values, history, Rect(x, y, width, height).clipped(520, 300), level):
            states.append(values.copy())
    for expected in states[-2::-1]:
        history.undo()
        np.testing.assert_array_equal(values, expected)
        np.testing.assert_array_equal(history.committed, expected)
    assert not history.can_undo
    for expected in states[1:]:
        history.redo()
        np.testing.assert_array_equal(values, expected)
    assert not history.can_redo


def test_an_edit_keeps_only_the_tiles_that_changed():
    values = a_map(1024, 1024)
    history = History(values)
    values[10, 10] += 1
    values[700, 700] += 1
    history.record("Two pixels", Rect(0, 0, 1024, 1024))
    assert history.size_bytes < 2.1 * 2 * 256 * 256
    values[...] = 7
    history.record("Flat", Rect(0, 0, 1024, 1024))
    before = history.size_bytes
    values[...] = 8
    history.record("Flat", Rect(0, 0, 1024, 1024))
    assert history.size_bytes - before < 16 * 1000


def test_an_edit_that_changes_nothing_is_none_and_keeps_redo():
    values = a_map()
    history = History(values)
    edit(values, history, Rect(0, 0, 5, 5), 3)
    history.undo()
    assert not history.record("Nothing", Rect(0, 0, 520, 300))
    assert history.can_redo
    assert history.redo_name == "Edit"


def test_a_new_edit_forgets_what_was_undone():
    values = a_map()
    history = History(values)
    edit(values, history, Rect(0, 0, 5, 5), 3)
    history.undo()
    edit(values, history, Rect(9, 9, 5, 5), 4, name="Other")
    assert not history.can_redo
    assert history.undo_name == "Other"


def test_states_have_names_that_come_back():
    values = a_map()
    history = History(values)
    start = history.state
    edit(values, history, Rect(0, 0, 5, 5), 3)
    edited = history.state
    assert edited != start
    history.undo()
    assert history.state == start
    history.redo()
    assert history.state == edited
    history.undo()
    edit(values, history, Rect(0, 0, 5, 5), 4)
    assert history.state not in (start, edited)


def test_the_oldest_edits_are_forgotten_beyond_the_limit():
    values = a_map(256, 256)
    history = History(values, limit_bytes=300_000)
    for seed in range(6):
        values[...] = np.random.default_rng(seed).integers(0, 65536, values.shape)
        history.record(str(seed), Rect(0, 0, 256, 256))
    assert history.size_bytes <= 300_000
    assert history.undo_name == "5"
    last = values.copy()
    count = 0
    while history.can_undo:
        history.undo()
        count += 1
    assert count == 2
    while history.can_redo:
        history.redo()
    np.testing.assert_array_equal(values, last)


def test_the_last_edit_can_be_undone_however_large_it_is():
    values = a_map()
    history = History(values, limit_bytes=10)
    before = values.copy()
    edit(values, history, Rect(0, 0, 520, 300), 3)
    history.undo()
    np.testing.assert_array_equal(values, before)


def test_discard_gives_an_edit_up():
    values = a_map()
    history = History(values)
    before = values.copy()
    values[5:50, 6:60] = 1
    history.discard(Rect(6, 5, 54, 45))
    np.testing.assert_array_equal(values, before)
