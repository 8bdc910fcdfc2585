import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_annotations import HEIGHT, WIDTH, one_annotation

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation
from qmap_studio.document.annotations.formats.run_lengths import box_of_run_lengths


def mask_box(mask):
    columns, rows = np.nonzero(mask.T)
    if not len(columns):
        return (0, 0, 0, 0)
    return (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)


def runs(mask):
    """Run lengths, column by column, beginning with background."""
    flat = np.concatenate([[0], mask.T.ravel(), [0]]).astype(int)
    edges = np.flatnonzero(np.diff(flat))
    counts = np.diff(np.concatenate([[0], edges, [mask.size]]))
    return [int(count) for count in (counts[:-1] if counts[-1] == 0 and len(counts) % 2 == 1 else counts)]


def packed(counts):
    """The text COCO packs run lengths into."""
    text = ""
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits = value & 31
            value >>= 5
            more = value != (-1 if bits & 16 else 0)
            text += chr((bits | (32 if more else 0)) + 48)
    return text


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0, 1), st.integers(0, 2**32 - 1))
@settings(max_examples=200)
def test_run_lengths_are_reduced_to_the_box_around_the_mask(height, width, share, seed):
    mask = np.random.default_rng(seed).random((height, width)) < share
    for counts in (runs(mask), packed(runs(mask))):
        assert box_of_run_lengths({"size": [height, width], "counts": counts}, "A mask") == mask_box(mask)


def test_run_lengths_of_a_large_mask_take_no_memory(files):
    segmentation = {"size": [60000, 60000], "counts": [60000 * 60000 - 7, 7]}
    assert box_of_run_lengths(segmentation, "A mask") == (59999, 59993, 1, 7)
    square = {
        "size": [HEIGHT, WIDTH],
        "counts": [HEIGHT * 10 + 5, 20, HEIGHT - 20, 20, HEIGHT * WIDTH - HEIGHT * 11 - 25],
    }
    assert files.boxes(one_annotation(segmentation=square)) == [Annotation.box("person", 10, 5, 2, 20)]


@pytest.mark.parametrize(
    ("segmentation", "sentence"),
    [
        ({"size": [5, 5], "counts": [10, 5]}, "15 pixels; its size says 25"),
        ({"size": [5], "counts": [25]}, "without a size"),
        ({"counts": [25]}, "without a size"),
        ({"size": [5, -5], "counts": [25]}, "without a size"),
        ({"size": [5, 5], "counts": [30, -5]}, "no counts"),
        ({"size": [5, 5], "counts": None}, "no counts"),
        ({"size": [5, 5], "counts": [1.5, 23.5]}, "no counts"),
        ({"size": [5, 5], "counts": "PP"}, "packed"),
        ({"size": [5, 5], "counts": "\u00e4"}, "packed"),
        ({"size": [5, 5], "counts": "o" * 50}, "packed"),
    ],
)
def test_damaged_run_lengths(files, segmentation, sentence):
    with pytest.raises(AnnotationError, match=f"Annotation 1 in boxes.json .*{sentence}"):
        files.boxes(one_annotation(segmentation=segmentation))


def test_one_pixel_is_one():
    with pytest.raises(AnnotationError, match="has a mask of 1 pixel; its size says 4"):
        box_of_run_lengths({"size": [2, 2], "counts": [1]}, "It")
