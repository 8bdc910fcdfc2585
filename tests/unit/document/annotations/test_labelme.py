import base64
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle


def png(pixels):
    file = BytesIO()
    Image.fromarray(np.array(pixels, np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def labelme(*shapes, **changes):
    content = {"shapes": list(shapes), "imagePath": "photo.jpg", "imageData": None}
    return {"version": "5.5.0", **content, "imageWidth": 500, "imageHeight": 400, **changes}


def shape_of(kind, *points, **more):
    return {"label": "dog", "shape_type": kind, "points": [list(point) for point in points], "group_id": None, **more}


@pytest.mark.parametrize(
    ("entry", "shape"),
    [
        (shape_of("rectangle", (10, 20), (40.5, 60)), Rectangle(10, 20, 30.5, 40)),
        (shape_of("rectangle", (40.5, 60), (10, 20)), Rectangle(10, 20, 30.5, 40)),
        (shape_of("rectangle", (10, 20), (40.5, 20), (40.5, 60), (10, 60)), Rectangle(10, 20, 30.5, 40)),
        (shape_of("circle", (100, 100), (103, 104)), Ellipse(95, 95, 10, 10)),
        (shape_of("polygon", (1, 2), (30, 4), (5, 60)), Polygon(((1, 2), (30, 4), (5, 60)))),
        (shape_of(None, (1, 2), (30, 4), (5, 60)), Polygon(((1, 2), (30, 4), (5, 60)))),
        (shape_of("point", (100, 50)), Ellipse(95, 45, 10, 10)),
        (shape_of("points", (100, 50), (90, 70)), Rectangle(90, 50, 10, 20)),
        (shape_of("oriented_rectangle", (10, 20), (40, 20), (40, 60), (10, 60)), Rectangle(10, 20, 30, 40)),
        (shape_of("line", (10, 50), (60, 50)), Polygon(((10, 55), (60, 55), (60, 45), (10, 45)))),
    ],
)
def test_shapes_lie_where_they_were_drawn(files, entry, shape):
    (found,) = files.boxes(labelme(entry))
    assert (found.label, found.shape, found.score) == ("dog", shape, None)


def test_turned_rectangles_turn_about_their_middle(files):
    (found,) = files.boxes(labelme(shape_of("rotation", (100, 100), (130, 140), (122, 146), (92, 106), score=0.5)))
    assert found.shape.frame.middle == (111, 123)
    assert (found.shape.width, found.shape.height) == (50, 10)
    assert found.shape.angle == pytest.approx(53.13, abs=0.01)
    assert found.score == 0.5


def test_a_line_strip_is_as_wide_at_its_corners(files):
    (found,) = files.boxes(labelme(shape_of("linestrip", (50, 50), (150, 50), (150, 150), (150, 150))))
    assert set(found.shape.points) == {(50, 55), (145, 55), (145, 150), (155, 150), (155, 45), (50, 45)}


def test_a_line_that_turns_back_has_a_usual_outline(files):
    (found,) = files.boxes(labelme(shape_of("linestrip", (50, 50), (150, 50), (60, 50.1))))
    assert found.shape.bounds.expanded(0).right <= 171


def test_masks_lie_at_their_first_point(files):
    mask = png([[0, 0, 0], [0, 255, 255], [0, 255, 0]])
    (found,) = files.boxes(labelme(shape_of("mask", (10.6, 20.2), (12.6, 22.2), mask=mask)))
    assert found.shape.bounds == Rect(11, 21, 2, 2)
    assert found.shape.pixels.tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            shape_of("mask", (1, 2), (3, 4), mask="iVBORw0KGgo="),
            "Annotation 2 in boxes.json has a mask that is damaged",
        ),
        (shape_of("mask", (1, 2), (3, 4)), "a mask that is damaged"),
        (shape_of("mask", (1, 2), (3, 4), mask=png([[0, 0]])), "an empty mask"),
        (shape_of("polygon", (1, 2), (3, 4)), "at least 3 points, found 2"),
        (shape_of("circle", (1, 2), (1, 2)), "a radius above 0"),
        (shape_of("point"), "no points"),
        (shape_of("rectangle", (1, "x"), (3, 4)), "no usable y"),
        (5, "no JSON object"),
    ],
)
def test_a_shape_that_cannot_be_read_is_left_out_and_told(files, entry, reason):
    found = files.read(labelme(shape_of("rectangle", (1, 2), (3, 4)), entry))
    assert len(found.annotations) == 1
    assert len(found.notices) == 1
    assert "1 of 2" in found.notices[0]
    assert reason in found.notices[0]


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("photo", ["x" * 2**20, 'a\\"' * 100_000, "\\" * 300_001, "", None])
def test_the_photo_inside_is_passed_over(files, photo, is_last):
    content = {"imageData": photo, **{k: v for k, v in labelme(shape_of("point", (9, 9))).items() if k != "imageData"}}
    if is_last:
        content["imageData"] = content.pop("imageData")
    assert len(files.boxes(content)) == 1


def test_a_photo_inside_that_is_cut_short(files):
    with pytest.raises(AnnotationError, match="damaged or cut short"):
        files.read(json.dumps(labelme(imageData="x" * 2**20))[: 2**19], name="boxes.json")


def test_the_picture_may_have_another_size_or_name(files):
    (found,) = files.boxes(labelme(shape_of("rectangle", (10, 20), (40, 60))), size=(250, 200))
    assert found.shape == Rectangle(5, 10, 15, 20)
    with pytest.raises(AnnotationError, match=r"no boxes for photo\.jpg"):
        files.read(labelme(imagePath="..\\a\\other.jpg", imageWidth=400, imageHeight=500))


def test_a_first_outline_longer_than_the_beginning_of_the_file(files):
    outline = {"label": "dog", "points": [(10 + n / 100, 20 + n % 2) for n in range(8000)], "shape_type": "polygon"}
    (found,) = files.boxes(labelme(outline))
    assert (found.label, len(found.shape.points)) == ("dog", 8000)


def test_files_without_shapes(files):
    assert files.boxes(labelme()) == []
    with pytest.raises(AnnotationError, match="no list of shapes"):
        files.read({"imagePath": "photo.jpg", "imageData": None})
