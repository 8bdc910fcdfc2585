import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_annotations import HEIGHT, WIDTH, coco, identity, one_annotation

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation, read_annotations
from qmap_studio.document.shapes import Polygon


def test_coco_boxes_of_one_picture_clipped_to_it(files):
    assert files.boxes(coco()) == [
        Annotation.box("person", 10.5, 20, 30, 40.25),
        Annotation.box("traffic light", 450, 380, 50, 20),
    ]
    assert files.boxes(coco(), "other.jpg", size=(64, 48)) == [Annotation.box("traffic light", 1, 2, 3, 4)]


def test_coco_boxes_of_a_resized_picture_are_scaled(files):
    assert files.boxes(coco(), size=(250, 200))[0] == Annotation.box("person", 5.25, 10, 15, 20.125)
    with pytest.raises(AnnotationError, match="500 x 400 pixels, this one is 400 x 500"):
        files.boxes(coco(), size=(400, 500))


def test_coco_without_sizes_or_names_of_categories(files):
    content = coco(images=[{"id": "photo", "file_name": "photo.jpg"}], categories=None)
    content["annotations"] = [{"image_id": "photo", "category_id": 3, "bbox": [0, 0, 5, 5]}]
    assert files.boxes(content) == [Annotation.box("category 3", 0, 0, 5, 5)]


def test_coco_ids_may_be_text_on_one_side_only(files):
    content = one_annotation(bbox=[0, 0, 5, 5])
    content["annotations"][0]["image_id"] = "0"
    assert len(files.boxes(content)) == 1


def test_coco_detections_without_a_list_of_pictures(files):
    detections = [
        {"image_id": 139, "category_id": 18, "bbox": [258, 41, 100, 100], "score": 0.236},
        {"image_id": 285, "category_id": 18, "bbox": [0, 0, 9, 9], "score": 0.5},
    ]
    assert files.boxes(detections, "000000000139.jpg") == [Annotation.box("category 18", 258, 41, 100, 100, 0.236)]
    assert len(files.boxes(detections[:1])) == 1
    with pytest.raises(AnnotationError, match="detections in 2 pictures, and none of their ids is photo"):
        files.boxes(detections)


def test_boxes_off_the_picture_or_without_area_are_left_out(files):
    for bbox in ([600, 0, 5, 5], [-10, -10, 5, 5], [10, 10, 0, 5]):
        found = files.read(one_annotation(bbox=bbox))
        assert found.annotations == ()
        assert found.notices[0].startswith("1 annotation in boxes.json lies outside the picture or has no area")


TRIANGLE, OTHER = [10, 20, 30, 25, 20, 60.5], [100, 30, 120, 30, 120, 40]


@pytest.mark.parametrize("bbox", [[], [10, 20, 20, 40.5]])
def test_an_outline_is_the_shape_rather_than_the_box(files, bbox):
    (annotation,) = files.boxes(one_annotation(bbox=bbox, segmentation=[TRIANGLE]))
    assert annotation.shape == Polygon(((10, 20), (30, 25), (20, 60.5)))
    (annotation,) = files.boxes(one_annotation(bbox=bbox, segmentation=TRIANGLE))
    assert annotation.shape == Polygon(((10, 20), (30, 25), (20, 60.5)))


def test_several_outlines_are_one_shape(files):
    (annotation,) = files.boxes(one_annotation(segmentation=[TRIANGLE, OTHER]))
    assert annotation.shape.contains(20, 30)
    assert annotation.shape.contains(115, 33)
    assert not annotation.shape.contains(60, 33)


def test_an_outline_that_is_the_box_once_more_is_a_box(files):
    corners = [10, 20, 40, 20, 40, 60, 10, 60]
    assert files.boxes(one_annotation(bbox=[10, 20, 30, 40], segmentation=[corners])) == [
        Annotation.box("person", 10, 20, 30, 40)
    ]


@pytest.mark.parametrize("segmentation", [[], [[1, 2]], [["a", "b"]], {"size": [5]}, "x", 7])
def test_without_a_usable_outline_the_box_is_taken(files, segmentation):
    assert files.boxes(one_annotation(bbox=[1, 2, 3, 4], segmentation=segmentation)) == [
        Annotation.box("person", 1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"bbox": [1, 2, 3]},
        {"bbox": ["1", 2, 3, 4]},
        {"bbox": [1, 2, float("nan"), 4]},
        {"bbox": [1, 2, float("inf"), 4]},
        {"bbox": [1, 2, -3, 4]},
        {"bbox": [10**400, 2, 3, 4]},
        {"bbox": {"x": 1}},
        {"segmentation": []},
    ],
)
def test_coco_annotations_without_a_usable_box_are_named(files, entry):
    with pytest.raises(AnnotationError, match=r"Annotation 1 in boxes\.json has no usable box"):
        files.boxes(one_annotation(**entry))


@pytest.mark.parametrize(
    ("segmentation", "sentence"),
    [([[1, 2, 3]], "pairs of x and y"), ([["a", "b"]], "a number"), ([[1, 2, 3, 4]], "at least 3 points")],
)
def test_outlines_that_cannot_be_used_are_named(files, segmentation, sentence):
    with pytest.raises(AnnotationError, match=rf"Annotation 1 in boxes\.json has no usable .*{sentence}"):
        files.boxes(one_annotation(segmentation=segmentation))


def test_a_score_that_is_no_number(files):
    with pytest.raises(AnnotationError, match="score"):
        files.boxes(one_annotation(bbox=[1, 2, 3, 4], score="high"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(["images", "annotations", "categories"]), json_values, st.data())
@settings(max_examples=200)
def test_any_value_in_a_coco_file_gives_boxes_or_the_one_error(tmp_path_factory, part, value, data):
    content = coco()
    keys = sorted(content[part][0])
    content[part][0][data.draw(st.sampled_from(keys))] = value
    if data.draw(st.booleans()):
        content[part] = value
    path = tmp_path_factory.getbasetemp() / "anything.json"
    path.write_text(json.dumps(content))
    try:
        boxes = read_annotations(path, identity()).annotations
    except AnnotationError:
        return
    for box in boxes:
        assert not box.shape.bounds.clipped(WIDTH, HEIGHT).empty


def test_bad_boxes_are_left_out_and_told(files):
    bad = {"image_id": 0, "category_id": 0, "bbox": [float("nan"), 1, 2, 3]}
    found = files.read(coco(annotations=[*coco()["annotations"], bad, {"image_id": 0, "bbox": []}]))
    assert len(found.annotations) == 2
    assert found.notices[0].startswith("2 of 4 annotations in boxes.json were left out. The first: Annotation 4 in")


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf"), None])
def test_a_score_that_nobody_computed_is_none(files, score):
    found = files.boxes(one_annotation(bbox=[1, 2, 3, 4], score=score))
    assert found == [Annotation.box("person", 1, 2, 3, 4)]


def test_ids_may_be_floats(files):
    assert len(files.boxes(one_annotation(bbox=[0, 0, 5, 5], image_id=0.0, category_id=7.0))) == 1
    found = files.boxes(one_annotation(bbox=[0, 0, 5, 5], image_id=0.0, category_id=7.0))
    assert found[0].label == "traffic light"


def test_the_parts_of_a_data_set_may_stand_in_any_order(files):
    for order in permutations(coco().items()):
        assert files.boxes(dict(order)) == files.boxes(coco())


def test_a_data_set_is_known_by_whichever_part_fills_its_beginning(files):
    classes = [{"supercategory": "x" * 60, "name": f"class {n}", "id": n} for n in range(8, 1000)]
    boxes = [{"bbox": [1, 2, 3, 4], "image_id": 20180000001, "category_id": n} for n in range(1000)]
    parts = coco(categories=coco()["categories"] + classes, annotations=coco()["annotations"] + boxes)
    for first in parts:
        content = {first: parts[first], **parts}
        assert len(json.dumps({first: parts[first]})) > 2**16 or first == "images"
        assert files.boxes(content) == files.boxes(coco())


def test_a_thing_of_no_category_is_an_object(files):
    content = coco(annotations=[{"image_id": 0, "bbox": [1, 2, 3, 4]}])
    assert files.boxes(content) == [Annotation.box("object", 1, 2, 3, 4)]


def test_keypoints_alone_are_the_box_around_those_that_are_marked(files):
    keypoints = [10, 20, 2, 0, 0, 0, 40, 30, 1, 25.5, 60, 2]
    assert files.boxes(one_annotation(keypoints=keypoints)) == [Annotation.box("person", 10, 20, 30, 40)]
    for unusable in ([0, 0, 0] * 3, [1, 2], [1, 2, "x"], "none", None):
        with pytest.raises(AnnotationError, match="has no usable box"):
            files.boxes(one_annotation(keypoints=unusable))


def test_segments_of_a_panoptic_picture_are_not_here_but_in_its_png(files):
    entry = {"image_id": 0, "file_name": "photo.png", "segments_info": [{"id": 1, "category_id": 0}]}
    content = coco(annotations=[entry])
    with pytest.raises(AnnotationError, match=r"Annotation 1 in boxes\.json is panoptic: .* photo\.png"):
        files.boxes(content)
