import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_annotations import HEIGHT, WIDTH, one_annotation

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document.annotations.formats.run_lengths import mask_of_run_lengths


def pixels_of(shape, height=HEIGHT, width=WIDTH):
    """What a shape covers of a picture."""
    return shape.coverage(Rect.whole(height, width)) > 0


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
def test_run_lengths_are_the_mask_cut_to_what_is_set(height, width, share, seed):
    mask = np.random.default_rng(seed).random((height, width)) < share
    for counts in (runs(mask), packed(runs(mask))):
        segmentation = {"size": [height, width], "counts": counts}
        if not mask.any():
            with pytest.raises(AnnotationError, match="A mask has an empty mask"):
                mask_of_run_lengths(segmentation, "A mask")
            continue
        assert (pixels_of(mask_of_run_lengths(segmentation, "A mask"), height, width) == mask).all()


def test_a_small_part_of_a_large_mask_takes_little_memory(files):
    found = mask_of_run_lengths({"size": [60000, 60000], "counts": [60000 * 60000 - 7, 7]}, "A mask")
    assert found.bounds == Rect(59999, 59993, 1, 7)
    with pytest.raises(AnnotationError, match="too large"):
        mask_of_run_lengths({"size": [60000, 60000], "counts": [7, 60000 * 60000 - 7]}, "A mask")
    square = {
        "size": [HEIGHT, WIDTH],
        "counts": [HEIGHT * 10 + 5, 20, HEIGHT - 20, 20, HEIGHT * WIDTH - HEIGHT * 11 - 25],
    }
    (annotation,) = files.boxes(one_annotation(segmentation=square))
    assert annotation.shape.bounds == Rect(10, 5, 2, 20)
    assert annotation.shape.pixels.all()


def blob(seed):
    """A mask of some discs."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    discs = zip(rng.uniform(0, HEIGHT, 5), rng.uniform(0, WIDTH, 5), rng.uniform(9, 90, 5), strict=True)
    return np.any([np.hypot(rows - y, columns - x) < radius for y, x, radius in discs], axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_run_lengths_are_those_of_pycocotools(files, seed):
    coco_masks = pytest.importorskip("pycocotools.mask")
    mask = blob(seed)
    text = coco_masks.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    assert text == packed(runs(mask))
    for counts in (text, runs(mask)):
        (annotation,) = files.boxes(one_annotation(segmentation={"size": [HEIGHT, WIDTH], "counts": counts}))
        assert (pixels_of(annotation.shape) == mask).all()


@pytest.mark.parametrize("seed", range(5))
def test_outlines_are_those_of_pycocotools_but_for_the_rim(files, seed):
    coco_masks = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 15))
    radii = rng.uniform(60, 120, 15)
    parts = [
        np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=1).ravel().tolist()
        for x, y in ((130, 130), (300 - 30 * seed, 260))
    ]
    (annotation,) = files.boxes(one_annotation(segmentation=parts))
    run_lengths = coco_masks.merge(coco_masks.frPyObjects(parts, HEIGHT, WIDTH))
    expected = coco_masks.decode(run_lengths).astype(bool)
    found = pixels_of(annotation.shape)
    assert np.count_nonzero(found & expected) > 0.97 * np.count_nonzero(found | expected)


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
        mask_of_run_lengths({"size": [2, 2], "counts": [1]}, "It")
