import base64
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document.annotations.reader import PictureUnclearError
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle


def supervisely(*objects, **changes):
    content = {"description": "", "tags": [], "size": {"height": 400, "width": 500}, "objects": list(objects)}
    return {**content, **changes}


def drawn(kind, *points, interior=(), **more):
    points = {"exterior": [list(point) for point in points], "interior": list(interior)}
    return {"id": 3, "classTitle": "dog", "geometryType": kind, "points": points, "bitmap": None, **more}


def bitmap(mask, mode="P", origin=(10, 20), kind="bitmap"):
    pixels = np.array(mask, np.uint8)
    file = BytesIO()
    if mode == "P":  # transparent but for colour 1
        image = Image.fromarray(pixels, "L").convert("P")
        image.putpalette([0, 0, 0, 255, 255, 255])
        image.save(file, "PNG", transparency=0)
    elif mode == "RGBA":
        Image.fromarray(np.dstack([pixels * 0 + 9] * 3 + [pixels * 255])).save(file, "PNG")
    else:
        Image.fromarray(pixels * 255).convert(mode).save(file, "PNG")
    data = base64.b64encode(zlib.compress(file.getvalue())).decode()
    return drawn(kind, bitmap={"data": data, "origin": list(origin)})


@pytest.mark.parametrize(
    ("entry", "shape"),
    [
        (drawn("rectangle", (10, 20), (39, 59)), Rectangle(10, 20, 30, 40)),
        (drawn("rectangle", (40.5, 60), (10, 20)), Rectangle(10, 20, 30.5, 40)),
        (drawn("polygon", (1, 2), (30, 4), (5, 60)), Polygon(((1, 2), (30, 4), (5, 60)))),
        (drawn("point", (100, 50)), Ellipse(95, 45, 10, 10)),
        (drawn("line", (10, 50), (60, 50)), Polygon(((10, 55), (60, 55), (60, 45), (10, 45)))),
        (drawn("graph", nodes={"a": {"loc": [3, 4]}, "b": {"loc": [9, 5]}}), Rectangle(3, 4, 6, 1)),
        (drawn("cuboid") | {"points": [[3, 4], [9, 5], [7, 7]]}, Rectangle(3, 4, 6, 3)),
    ],
)
def test_shapes_lie_where_they_were_drawn(files, entry, shape):
    (found,) = files.boxes(supervisely(entry), name="photo.jpg.json")
    assert (found.label, found.shape, found.score) == ("dog", shape, None)


def test_a_polygon_has_holes(files):
    holes = [[(3, 3), (5, 3), (5, 5), (3, 5)], [[6, 6], [8, 6], [8, 8], [6, 8]]]
    (found,) = files.boxes(
        supervisely(drawn("polygon", (1, 1), (9, 1), (9, 9), (1, 9), interior=holes)), name="photo.jpg.json"
    )
    expected = np.zeros((10, 10), bool)
    expected[1:9, 1:9] = True
    expected[3:5, 3:5] = expected[6:8, 6:8] = False
    assert ((found.shape.coverage(Rect(0, 0, 10, 10)) > 0) == expected).all()


@pytest.mark.parametrize("mode", ["P", "RGBA", "L", "1"])
def test_masks_lie_at_their_origin(files, mode):
    (found,) = files.boxes(supervisely(bitmap([[0, 0, 0], [0, 1, 1], [0, 1, 0]], mode)), name="photo.jpg.json")
    assert found.shape.bounds == Rect(11, 21, 2, 2)
    assert found.shape.pixels.tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            drawn("bitmap", bitmap={"data": "eJw=", "origin": [1, 2]}),
            "Annotation 2 in photo.jpg.json has a mask that is",
        ),
        (drawn("bitmap", bitmap={"data": 5, "origin": [1, 2]}), "damaged"),
        (drawn("bitmap", bitmap={"data": ""}), "no usable points"),
        (drawn("bitmap"), "no JSON object"),
        (bitmap([[0, 0]]), "empty mask"),
        (drawn("polygon", (1, 2), (3, 4)), "at least 3 points"),
        (drawn("graph"), "no JSON object"),
        (drawn("rectangle"), "no points"),
    ],
)
def test_an_object_that_cannot_be_read_is_left_out_and_told(files, entry, reason):
    found = files.read(supervisely(drawn("rectangle", (1, 2), (3, 4)), entry), name="photo.jpg.json")
    assert len(found.annotations) == 1
    assert "1 of 2" in found.notices[0]
    assert reason in found.notices[0]


def test_the_picture_goes_by_the_name_of_the_file(files):
    content = supervisely(drawn("rectangle", (1, 2), (3, 4)), size={"height": 40, "width": 50})
    assert len(files.boxes(content, name="photo.jpg.json")) == 1
    assert len(files.boxes(content, name="photo.json")) == 1
    with pytest.raises(PictureUnclearError) as caught:
        files.read(content, name="other.jpg.json")
    assert caught.value.pictures == ("other.jpg",)
    assert len(files.read(content, name="other.jpg.json", chosen="other.jpg").annotations) == 1


def test_files_without_objects(files):
    assert files.boxes(supervisely(), name="photo.jpg.json") == []
    with pytest.raises(AnnotationError, match="no list of objects"):
        files.read(supervisely(objects=5), name="photo.jpg.json")
