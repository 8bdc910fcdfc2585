import csv
import io
import json
from math import radians

import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document.annotations.reader import PictureUnclearError
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle

COLUMNS = (
    "filename",
    "file_size",
    "file_attributes",
    "region_count",
    "region_id",
    "region_shape_attributes",
    "region_attributes",
)
RECT = {"name": "rect", "x": 10, "y": 20, "width": 30.5, "height": 40}
DOG = {"class": "dog"}


def region(shape=RECT, attributes=DOG):
    return {"shape_attributes": shape, "region_attributes": attributes}


def pictures(*regions, name="photo.jpg"):
    other = {"filename": "b.jpg", "size": 5, "regions": [region()], "file_attributes": {}}
    return {"b.jpg5": other, f"{name}7": {"filename": name, "size": 7, "regions": list(regions), "file_attributes": {}}}


def project(*regions):
    ids = {"_via_image_id_list": ["b.jpg5", "photo.jpg7"], "_via_data_format_version": "2.0.10"}
    settings = {"ui": {}, "core": {}, "project": {"name": "x"}}
    return {"_via_settings": settings, "_via_img_metadata": pictures(*regions), "_via_attributes": {}, **ids}


def table(*regions, name="photo.jpg"):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerow(["b.jpg", 5, "{}", 0, 0, "{}", "{}"])
    for number, entry in enumerate(regions):
        shape, attributes = (json.dumps(entry[key]) for key in ("shape_attributes", "region_attributes"))
        writer.writerow([name, 7, "{}", len(regions), number, shape, attributes])
    return text.getvalue()


@pytest.mark.parametrize("wrap", [pictures, project, table])
@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (RECT, Rectangle(10, 20, 30.5, 40)),
        ({"name": "circle", "cx": 100, "cy": 50, "r": 5.5}, Ellipse(94.5, 44.5, 11, 11)),
        ({"name": "ellipse", "cx": 50, "cy": 60, "rx": 10, "ry": 20}, Ellipse(40, 40, 20, 40)),
        (
            {"name": "polygon", "all_points_x": [1, 30, 5], "all_points_y": [2, 4, 60]},
            Polygon(((1, 2), (30, 4), (5, 60))),
        ),
        ({"name": "point", "cx": 100, "cy": 50}, Ellipse(95, 45, 10, 10)),
        (
            {"name": "polyline", "all_points_x": [10, 60], "all_points_y": [50, 50]},
            Polygon(((10, 55), (60, 55), (60, 45), (10, 45))),
        ),
    ],
)
def test_shapes_lie_where_they_were_drawn(files, wrap, shape, expected):
    (found,) = files.boxes(wrap(region(shape)))
    assert (found.label, found.shape, found.score) == ("dog", expected, None)


def test_an_ellipse_turns_clockwise_by_radians(files):
    shape = {"name": "ellipse", "cx": 50, "cy": 60, "rx": 10, "ry": 20, "theta": radians(30)}
    (found,) = files.boxes(pictures(region(shape)))
    assert found.shape.angle == pytest.approx(30)


@pytest.mark.parametrize(
    ("attributes", "label"),
    [
        ({"breed": "poodle"}, "poodle"),
        ({"breed": "poodle", "colour": "red"}, "poodle"),
        ({"breed": "poodle", "Type": "dog"}, "dog"),
        ({"breed": "poodle", "type": "", "name": "dog"}, "dog"),
        ({"class": {"cat": False, "dog": True}}, "dog"),
        ({"class": 3}, "3"),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_class_is_the_attribute_that_is_called_so(files, attributes, label):
    (found,) = files.boxes(pictures(region(attributes=attributes)))
    assert found.label == label


def test_version_1_numbers_its_regions(files):
    content = {"photo.jpg7": {"filename": "photo.jpg", "size": 7, "regions": {"0": region(), "1": region()}}}
    assert len(files.boxes(content)) == 2
    assert len(files.boxes(table(region()).replace("filename", "#filename", 1), name="a.csv")) == 1


@pytest.mark.parametrize("wrap", [pictures, project, table])
@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({**RECT, "width": -1}, "negative size"),
        ({"name": "circle", "cx": 1, "cy": 1}, "no usable r"),
        ({"name": "circle", "cx": 1, "cy": 1, "r": 0}, "radius above 0"),
        ({"name": "star"}, "unknown kind: star"),
        ({"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1]}, "at least 3 points, found 1"),
        (5, "no JSON object"),
    ],
)
def test_a_region_that_cannot_be_read_is_left_out_and_told(files, wrap, shape, reason):
    found = files.read(wrap(region(), region(shape)))
    assert len(found.annotations) == 1
    assert "1 of 2" in found.notices[0]
    assert reason in found.notices[0]


def test_a_line_of_the_table_that_is_damaged(files):
    found = files.read(table(region(), region()) + "photo.jpg,7,{},3,2,{name,{}\n", name="a.csv")
    assert len(found.annotations) == 2
    assert "Line 5 of a.csv is damaged" in found.notices[0]


@pytest.mark.parametrize("wrap", [pictures, table])
def test_the_picture_may_have_to_be_chosen(files, wrap):
    content = wrap(region(), name="c.jpg")
    with pytest.raises(PictureUnclearError) as caught:
        files.read(content)
    assert caught.value.pictures == ("b.jpg", "c.jpg")
    assert len(files.read(content, chosen="c.jpg").annotations) == 1


@pytest.mark.parametrize("content", [pictures(), project(), table()[:-2] + '"\r\nphoto.jpg,7,{},0,0,{},{}\r\n'])
def test_a_picture_without_regions_is_no_error(files, content):
    assert files.boxes(content) == []


def test_other_files(files):
    with pytest.raises(AnnotationError, match="0 other pictures"):
        files.read({"_via_settings": {}, "_via_img_metadata": {}})
    with pytest.raises(AnnotationError, match="cut short"):
        files.read(json.dumps(project(region()))[:-20], name="boxes.json")
