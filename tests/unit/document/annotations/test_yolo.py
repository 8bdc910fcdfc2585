from itertools import permutations
from math import cos, sin

import numpy as np
import pytest
from made_annotations import HEIGHT, WIDTH

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document import Annotation
from qmap_studio.document.shapes import Polygon, Rectangle


def test_yolo_boxes_are_shares_of_the_picture(files):
    assert files.boxes("0 0.5 0.5 0.2 0.1\r\n\r\n2 0.25 0.25 0.5 0.5 0.875\n") == [
        Annotation.box("class 0", 200, 180, 100, 40),
        Annotation.box("class 2", 0, 0, 250, 200, 0.875),
    ]


def test_yolo_with_a_byte_order_mark(files):
    assert len(files.boxes(b"\xef\xbb\xbf0 0.5 0.5 0.2 0.1")) == 1


def test_yolo_polygons_stay_polygons(files):
    (outline,) = files.boxes("1 0.1 0.2 0.3 0.2 0.2 0.5 0.9")
    assert (outline.label, outline.score) == ("class 1", 0.9)
    assert isinstance(outline.shape, Polygon)
    assert np.ravel(outline.shape.points) == pytest.approx([50, 80, 150, 80, 100, 200])


def test_yolo_oriented_boxes_are_turned(files):
    # In pixels: 100 100, 140 130, 125 150, 85 120.
    (box,) = files.boxes("1 0.2 0.25 0.28 0.325 0.25 0.375 0.17 0.3")
    assert isinstance(box.shape, Rectangle)
    assert (box.shape.width, box.shape.height, box.shape.angle) == pytest.approx((50, 25, 36.8699))
    assert box.shape.frame.middle == pytest.approx((112.5, 125))


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_yolo_corners_of_an_upright_box_in_any_order(files, order):
    corners = np.array([[0.1, 0.2], [0.3, 0.2], [0.3, 0.5], [0.1, 0.5]])[list(order)]
    (box,) = files.boxes("1 " + " ".join(map(str, corners.ravel())))
    assert isinstance(box.shape, Rectangle)
    assert (box.shape.x, box.shape.y, box.shape.width, box.shape.height) == (50, 80, 100, 120)


def test_shares_of_six_digits_are_whole_pixels_again(files):
    left, top, right, bottom = 37 / WIDTH, 59 / HEIGHT, 241 / WIDTH, 332 / HEIGHT
    shares = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
    (box,) = files.boxes("0 " + " ".join(f"{share:.6f}" for share in shares))
    assert box == Annotation.box("class 0", 37, 59, 204, 273)
    assert files.boxes("0 0.500002 0.5 0.2 0.1")[0].shape.x == pytest.approx(200.001, abs=1e-9)


def test_yolo_boxes_over_the_edge_by_rounding_are_clipped(files):
    assert files.boxes("0 0.999 0.5 0.01 1.0001")[0].shape.bounds == Rect(497, 0, 3, HEIGHT)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("person\n0 0.5 0.5", "is of no known format; expected .*YOLO text"),
        ("data/img/air1.jpg\ndata/img/air2.jpg", "is of no known format"),
        ("0.5 0.5 0.5 0.2 0.1", "is of no known format"),
        ("-1 0.5 0.5 0.2 0.1", "is of no known format"),
        ("0 nan 0.5 0.2 0.1", "is of no known format"),
        ("0 0.5 0.5 0.2", "has 4 fields"),
        ("0 0.5 0.5 0.2 0.1 0.9 0.9 3.5", "not pixels"),
        ("0", "is of no known format"),
        ("0 250 200 50 40", "not pixels"),
        ("0 0.5 0.5 -0.2 0.1", "outside of 0 to 1"),
        ("0 0.5 0.5 0.2 0.1 95.5", "confidence of 95.5"),
    ],
)
def test_lines_that_are_no_yolo_boxes(files, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        files.boxes(content)


def bounds(files, content, size=(200, 100), **options):
    shapes = [box.shape.frame for box in files.boxes(content, size=size, **options)]
    return [tuple(round(side, 6) for side in (box.x, box.y, box.width, box.height)) for box in shapes]


POSE_3 = "0 0.2 0.25 0.2 0.3 0.15 0.2 2 0.25 0.3 1 0 0 0"
QUAD = "0 0.5 0.5 0.4 0.4 0.45 0.35 0.62 0.38"
CIRCLE = "0 " + " ".join(f"{0.5 + 0.1 * cos(turn):g} {0.5 + 0.1 * sin(turn):g}" for turn in np.arange(0, 6.2, 0.5))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0 0.2 0.25 0.2 0.3 0.15 0.2 0.25 0.3", (20, 10, 40, 30)),
        ("0 0.1 0.1 0.3 0.1 0.3 0.4 0.1 0.4 0.05 0.2 0.88", (10, 10, 50, 30)),
        ("0 0.2 0.25 0.2 0.3 7", (20, 10, 40, 30)),
        ("0 0.2 0.25 0.2 0.3 0.87 12", (20, 10, 40, 30)),
        (POSE_3, (20, 10, 40, 30)),
        (POSE_3 + " 0.9", (20, 10, 40, 30)),
        (POSE_3 + " 0.9 3", (20, 10, 40, 30)),
        ("0 0.1 0.1 0.3 0.1 0.3 0.4 0.1 0.4 0.88 3", (20, 10, 40, 30)),
        ("0 0.5 0.4 0.6 0.5 0.5 0.6 0.4 0.5", (80, 40, 40, 20)),
        (CIRCLE, (80, 40, 40, 20)),
    ],
    ids=[
        "pose",
        "scored segment",
        "track",
        "scored track",
        "visibility",
        "scored",
        "tracked",
        "tracked segment",
        "obb",
        "many",
    ],
)
def test_what_the_numbers_of_a_line_are_is_told_by_all_of_them(files, content, expected):
    assert bounds(files, content) == [pytest.approx(expected, abs=0.3)]


def test_a_lone_box_with_confidence_and_track_1_is_said_to_be_one(files):
    found = files.read("0 0.2 0.25 0.2 0.3 0.87 1", size=(200, 100))
    assert found.annotations == (Annotation.box("class 0", 20, 10, 40, 30, 0.87),)
    assert "not as a triangle" in found.notices[0]


@pytest.mark.parametrize(
    ("description", "expected"), [("kpt_shape: [2, 2]", (60, 30, 80, 40)), ("names: [cat]", (80, 35, 44, 15))]
)
def test_a_data_set_says_whether_it_holds_poses(files, description, expected):
    with pytest.raises(AnnotationError, match=r"polygons or poses.*Put the data\.yaml"):
        files.read(QUAD)
    files.write(description, "data.yaml")
    assert bounds(files, QUAD) == [expected]


def test_a_line_with_another_count_of_keypoints_is_left_out(files):
    files.write("kpt_shape: [3, 3]\n", "data.yaml")
    found = files.read(f"{POSE_3}\n{POSE_3} 0.9\n{QUAD}\n")
    assert len(found.annotations) == 2
    assert "Line 3 of labels.txt has 9 fields; with 3 keypoints of 3 numbers a pose has 14" in found.notices[0]


@pytest.mark.parametrize(
    ("column", "scores"),
    [
        ("7 8", [None, None]),
        ("1 2", [None, None]),
        ("1 1", [1.0, 1.0]),
        ("0 1", [0.0, 1.0]),
        ("0.5 1", [0.5, 1.0]),
        ("1", [None]),
    ],
)
def test_a_last_number_is_a_track_or_a_confidence_in_all_lines(files, column, scores):
    lines = (f"0 0.5 0.5 0.2 0.1 {number}" for number in column.split())
    assert [box.score for box in files.boxes("\n".join(lines))] == scores


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("0 0.1 0.1 0.3 0.1 0.3 0.4 0.4 1", "a point of its polygon, or a confidence and a track"),
        ("0 0.1 0.1 0.3 0.1 0.3 0.4\n0 0.1 0.1 0.3 0.1 0.3 0.4 0.5", "do not agree"),
    ],
)
def test_layouts_that_cannot_be_told_apart_are_refused(files, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        files.read(content)


def test_bad_lines_are_left_out_and_told(files):
    found = files.read("0 0.5 0.5 0.2 0.1\nperson\n0 0.5\n0 250 200 50 40\n0 0.5 0.5 0.1 0.1")
    assert len(found.annotations) == 2
    assert found.notices[0].startswith("3 of 5 annotations in labels.txt were left out. The first: Line 2 of labels")


def test_boxes_over_the_edge_are_clipped(files):
    assert bounds(files, "0 0.2 0.25 0.2 0.3\n1 1.05 0.5 0.2 0.2") == [(20, 10, 40, 30), (190, 40, 10, 20)]


def test_pixels_are_refused_though_some_could_be_shares(files):
    with pytest.raises(AnnotationError, match=r"Line 1 .*not pixels"):
        files.read("0 250 200 50 40\n0 2 1 1 1\n0 30 40 2 2")


def test_shares_are_of_the_upright_picture(files):
    assert bounds(files, "0 0.2 0.25 0.2 0.3", size=(100, 200), orientation=6) == [(10, 20, 20, 60)]


def test_a_confidence_before_the_box_is_told_by_boxes_that_would_leave_the_picture(files):
    found = files.read("7 0.86 0.3 0.56 0.32 0.5\n7 0.9 0.7 0.55 0.3 0.5\n")
    assert [box.score for box in found.annotations] == [0.86, 0.9]
    assert found.annotations[0].shape.bounds == Rect(70, 124, 160, 200)
    assert found.notices == (
        "labels.txt was read with the confidence before the box: behind it, boxes would leave the picture.",
    )


@pytest.mark.parametrize(
    "content",
    [
        "7 0.86 0.3 0.2 0.32 0.5",  # both ways it lies in the picture
        "7 0.97 0.5 0.6 0.3 1",  # beyond it by far, though neither way fits
        "7 0.95 0.5 0.3 0.3 0.5\n7 0.5 0.5 0.3 0.3 0.9",  # beyond it by a little
        "7 0.95 0.5 0.6 0.3 2\n7 0.5 0.5 0.3 0.3 3",  # tracks
    ],
)
def test_else_the_confidence_comes_last(files, content):
    first = content.split()
    x, width = float(first[1]) * WIDTH, float(first[3]) * WIDTH
    assert files.boxes(content)[0].shape.x == pytest.approx(x - width / 2)
