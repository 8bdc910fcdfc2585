"""JSON of Create ML, OpenMMLab, Ultralytics, torchvision."""

import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation, PictureUnclearError
from qmap_studio.document.shapes import Polygon, Rectangle

CAT = {"label": "cat", "coordinates": {"x": 40, "y": 25, "width": 40, "height": 30}}
CREATE_ML = [{"image": "other.jpg", "annotations": []}, {"image": "photo.jpg", "annotations": [CAT]}]
BOX = (20, 10, 40, 30)
SIDES = [20, 10, 60, 40]


@pytest.mark.parametrize(
    "content", [CREATE_ML, [{"imagefilename": "photo.jpg", "annotation": [CAT]}], [*CREATE_ML[:1], *CREATE_ML[1:]]]
)
def test_create_ml_boxes_are_given_by_their_middle(files, content):
    assert files.boxes(content) == [Annotation.box("cat", *BOX)]


def test_create_ml_pictures_without_boxes_and_those_that_are_not_there(files):
    assert files.boxes(CREATE_ML, "other.jpg") == []
    assert files.boxes(CREATE_ML[:1], "other.jpg") == []
    with pytest.raises(PictureUnclearError) as caught:
        files.read(CREATE_ML, "third.jpg")
    assert set(caught.value.pictures) == {"photo.jpg", "other.jpg"}


def test_create_ml_entries_that_cannot_be_read_are_told(files):
    bad = [{"label": "x"}, {"label": "x", "coordinates": {"x": 1, "y": 1, "width": -2, "height": 1}}, 7]
    found = files.read([{"image": "photo.jpg", "annotations": [*bad, CAT]}])
    assert found.annotations == (Annotation.box("cat", *BOX),)
    assert "3 of 4 annotations in boxes.json were left out. The first: Annotation 1" in found.notices[0]


def mmocr(*instances, metainfo=None):
    return {
        "metainfo": {"category": [{"id": 0, "name": "text"}]} if metainfo is None else metainfo,
        "data_list": [
            {"img_path": "imgs/other.jpg", "height": 40, "width": 50, "instances": []},
            {"img_path": "imgs/photo.jpg", "height": 800, "width": 1000, "instances": list(instances)},
        ],
    }


def test_open_mmlab_instances_are_polygons_or_boxes_scaled_to_the_picture(files):
    corners = [100, 20, 180, 24, 178, 60, 99, 50]
    assert files.boxes(
        mmocr(
            {"polygon": corners, "bbox": [0, 0, 1, 1], "bbox_label": 0, "ignore": False},
            {"polygon": [*corners, 90, 40], "bbox_label": 0, "ignore": True},
            {"bbox": SIDES, "bbox_label": 1},
        )
    ) == [
        Annotation("text", Polygon(((50, 10), (90, 12), (89, 30), (49.5, 25)))),
        Annotation("unreadable", Polygon(((50, 10), (90, 12), (89, 30), (49.5, 25), (45, 20)))),
        Annotation.box("class 1", 10, 5, 20, 15),
    ]


def test_open_mmlab_names_of_classes_may_stand_after_the_pictures_and_in_a_list(files):
    content = mmocr({"bbox": SIDES, "bbox_label": 1}, metainfo={"classes": ["cat", "dog"]})
    content = {key: content[key] for key in ("data_list", "metainfo")}
    assert [box.label for box in files.boxes(content)] == ["dog"]


def test_open_mmlab_instances_that_cannot_be_read_are_told(files):
    found = files.read(mmocr({"bbox_label": 0}, {"bbox": SIDES, "bbox_label": 0}, {"polygon": [1, 2, 3, 4]}))
    assert len(found.annotations) == 1
    assert "2 of 3 annotations in boxes.json were left out" in found.notices[0]
    assert "The first: Annotation 1 in boxes.json has no usable bbox" in found.notices[0]


def detection(**more):
    return {"name": "cat", "class": 0, "confidence": 0.9, "box": {"x1": 20, "y1": 10, "x2": 60, "y2": 40}, **more}


YOLOV5 = {"xmin": 20, "ymin": 10, "xmax": 60, "ymax": 40, "confidence": 0.9, "class": 0, "name": "cat"}
SHARES = {"x1": 0.04, "y1": 0.025, "x2": 0.12, "y2": 0.1}


@pytest.mark.parametrize("content", [[detection()], [YOLOV5], [detection(box=SHARES)], [detection(track_id=3)]])
def test_ultralytics_boxes_are_pixels_or_shares(files, content):
    assert files.boxes(content) == [Annotation.box("cat", *BOX, 0.9)]


def test_ultralytics_outlines_and_turned_boxes(files):
    turned = {"x1": 100, "y1": 100, "x2": 140, "y2": 130, "x3": 125, "y3": 150, "x4": 85, "y4": 120}
    outline = {"x": [20, 60, 30], "y": [10, 15, 40]}
    outlined, box = files.boxes([detection(segments=outline), detection(box=turned, name="")])
    assert outlined == Annotation("cat", Polygon(((20, 10), (60, 15), (30, 40))), 0.9)
    assert isinstance(box.shape, Rectangle)
    assert (box.label, round(box.shape.angle)) == ("class 0", 37)


DETECTED = {"boxes": [SIDES, [0, 0, 5, 5]], "labels": [1, 0], "scores": [0.9, 0.5]}


@pytest.mark.parametrize(
    "content",
    [
        DETECTED,
        {**DETECTED, "masks": [[[0, 1]] * 100] * 2},
        {"labels": [1, 0], "scores": [0.9, 0.5], "bboxes": DETECTED["boxes"]},
        [{"file_name": "a/photo.jpg", **DETECTED}, {"file_name": "b.jpg", "boxes": [], "labels": [], "scores": []}],
        {"b.jpg": {"boxes": [], "labels": [], "scores": []}, "photo.jpg": DETECTED},
        [DETECTED],
    ],
    ids=["one", "masks", "mmdet", "list", "by name", "list of one"],
)
def test_torchvision_boxes_with_names_from_a_list_nearby(files, content):
    found = files.boxes(content, name="photo.json")
    assert found == [Annotation.box("class 1", *BOX, 0.9), Annotation.box("class 0", 0, 0, 5, 5, 0.5)]
    files.write("cat\ndog", "classes.txt")
    assert [box.label for box in files.boxes(content, name="photo.json")] == ["dog", "cat"]


def test_torchvision_labels_may_be_names_or_missing(files):
    assert [box.label for box in files.boxes({**DETECTED, "labels": ["a cat", "dog"]})] == ["a cat", "dog"]
    assert files.boxes({"boxes": [SIDES], "scores": [0.5]}) == [Annotation.box("object", *BOX, 0.5)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"boxes": [[0.5, 0.5, 0.2, 0.1]], "labels": [1], "scores": [1]},
            r"shares of the picture.*Save them as pixels",
        ),
        ({"boxes": [SIDES], "labels": [1, 2]}, "1 boxes but 2 labels"),
        ({"boxes": [[1, 2]], "labels": [1]}, "expected 4 numbers"),
        ({"boxes": 5, "labels": [1]}, "0 boxes but 1 labels"),
        ({"a.jpg": {"boxes": 5, "labels": [1]}}, "no usable boxes"),
    ],
)
def test_torchvision_files_that_say_too_little(files, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        files.read(content, "a.jpg")


def test_torchvision_pictures_of_other_names_are_asked_for(files):
    with pytest.raises(PictureUnclearError) as caught:
        files.read({"a.jpg": DETECTED, "b.jpg": DETECTED})
    assert caught.value.pictures == ("a.jpg", "b.jpg")
