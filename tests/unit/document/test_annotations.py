import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document import Annotation, read_annotations
from qmap_studio.document.annotations.run_lengths import box_of_run_lengths

WIDTH, HEIGHT = 500, 400


def coco(**changes):
    content = {
        "images": [
            {"id": 0, "file_name": "a/photo.jpg", "width": WIDTH, "height": HEIGHT},
            {"id": 20180000001, "file_name": "other.jpg", "width": 64, "height": 48},
        ],
        "categories": [{"id": 0, "name": "person"}, {"id": 7, "name": "traffic light"}],
        "annotations": [
            {"id": 1, "image_id": 0, "category_id": 0, "bbox": [10.5, 20, 30, 40.25]},
            {"id": 2, "image_id": 0, "category_id": 7, "bbox": [450, 380, 100, 100]},
            {"id": 3, "image_id": 20180000001, "category_id": 7, "bbox": [1, 2, 3, 4]},
        ],
    }
    return {**content, **changes}


def one_annotation(**entry):
    return coco(annotations=[{"image_id": 0, "category_id": 0, **entry}])


@pytest.fixture
def read(tmp_path):
    """Writes a file and reads the boxes of photo.jpg in it."""

    def write_and_read(content, image="photo.jpg", name=None, size=(WIDTH, HEIGHT)):
        if isinstance(content, str | bytes):
            path = tmp_path / (name or "labels.txt")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            path = tmp_path / (name or "boxes.json")
            path.write_text(json.dumps(content))
        return read_annotations(path, image, *size)

    return write_and_read


def test_coco_boxes_of_one_picture_clipped_to_it(read):
    assert read(coco()) == [
        Annotation.box("person", 10.5, 20, 30, 40.25),
        Annotation.box("traffic light", 450, 380, 50, 20),
    ]
    assert read(coco(), "other.jpg", size=(64, 48)) == [Annotation.box("traffic light", 1, 2, 3, 4)]


@pytest.mark.parametrize("image", ["photo.jpg", "a/photo.jpg", "C:\\photos\\a\\photo.jpg", Path("/x/photo.jpg")])
def test_coco_finds_the_picture_by_its_name_in_any_folder(read, image):
    assert len(read(coco(), image)) == 2


def test_coco_tells_pictures_of_the_same_name_apart_by_folder_then_size(read):
    images = [
        {"id": 1, "file_name": "day/photo.jpg", "width": 10, "height": 10},
        {"id": 2, "file_name": "night/photo.jpg", "width": WIDTH, "height": HEIGHT},
    ]
    content = coco(
        images=images,
        annotations=[{"image_id": id_, "category_id": id_, "bbox": [0, 0, 5, 5]} for id_ in (1, 2)],
    )
    assert [box.label for box in read(content, "day/photo.jpg", size=(10, 10))] == ["category 1"]
    assert [box.label for box in read(content)] == ["category 2"]
    images[0].update(width=WIDTH, height=HEIGHT)
    with pytest.raises(AnnotationError, match=r"2 pictures named photo\.jpg"):
        read(content)


def test_coco_of_a_single_picture_of_this_size_needs_no_name(read):
    content = coco(images=[{"id": 0, "file_name": "else.png", "width": WIDTH, "height": HEIGHT}])
    assert len(read(content)) == 2
    content["images"][0]["width"] = 64
    with pytest.raises(AnnotationError, match=r"no boxes for photo\.jpg: .*else\.png"):
        read(content)


def test_coco_that_does_not_know_the_picture_names_some_it_knows(read):
    with pytest.raises(AnnotationError, match=r"no boxes for new\.jpg: it lists 2 other pictures \(photo\.jpg, other"):
        read(coco(), "new.jpg")
    with pytest.raises(AnnotationError, match="lists 0 other pictures"):
        read(coco(images=[]))


def test_coco_boxes_of_a_resized_picture_are_scaled(read):
    assert read(coco(), size=(250, 200))[0] == Annotation.box("person", 5.25, 10, 15, 20.125)
    with pytest.raises(AnnotationError, match="500 x 400 pixels, this one is 400 x 500"):
        read(coco(), size=(400, 500))


def test_coco_without_sizes_or_names_of_categories(read):
    content = coco(images=[{"id": "photo", "file_name": "photo.jpg"}], categories=None)
    content["annotations"] = [{"image_id": "photo", "category_id": 3, "bbox": [0, 0, 5, 5]}]
    assert read(content) == [Annotation.box("category 3", 0, 0, 5, 5)]


def test_coco_ids_may_be_text_on_one_side_only(read):
    content = one_annotation(bbox=[0, 0, 5, 5])
    content["annotations"][0]["image_id"] = "0"
    assert len(read(content)) == 1


def test_coco_detections_without_a_list_of_pictures(read):
    detections = [
        {"image_id": 139, "category_id": 18, "bbox": [258, 41, 100, 100], "score": 0.236},
        {"image_id": 285, "category_id": 18, "bbox": [0, 0, 9, 9], "score": 0.5},
    ]
    assert read(detections, "000000000139.jpg") == [Annotation.box("category 18", 258, 41, 100, 100, 0.236)]
    assert len(read(detections[:1])) == 1
    with pytest.raises(AnnotationError, match="detections in 2 pictures, and none of their ids is photo"):
        read(detections)


def test_a_picture_without_boxes_is_no_error(read):
    assert read(coco(annotations=[])) == []
    assert read("") == []
    assert read("\n \n") == []


def test_boxes_off_the_picture_or_without_area_are_left_out(read):
    assert read(one_annotation(bbox=[600, 0, 5, 5])) == []
    assert read(one_annotation(bbox=[-10, -10, 5, 5])) == []
    assert read(one_annotation(bbox=[10, 10, 0, 5])) == []


def test_polygons_are_reduced_to_the_box_around_them(read):
    polygons = [[10, 20, 30, 25, 20, 60.5], [5, 30, 12, 30, 12, 40]]
    assert read(one_annotation(segmentation=polygons)) == [Annotation.box("person", 5, 20, 25, 40.5)]
    assert read(one_annotation(bbox=[], segmentation=polygons)) == [Annotation.box("person", 5, 20, 25, 40.5)]


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


def test_run_lengths_of_a_large_mask_take_no_memory(read):
    segmentation = {"size": [60000, 60000], "counts": [60000 * 60000 - 7, 7]}
    assert box_of_run_lengths(segmentation, "A mask") == (59999, 59993, 1, 7)
    square = {
        "size": [HEIGHT, WIDTH],
        "counts": [HEIGHT * 10 + 5, 20, HEIGHT - 20, 20, HEIGHT * WIDTH - HEIGHT * 11 - 25],
    }
    assert read(one_annotation(segmentation=square)) == [Annotation.box("person", 10, 5, 2, 20)]


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
def test_damaged_run_lengths(read, segmentation, sentence):
    with pytest.raises(AnnotationError, match=f"Annotation 1 in boxes.json .*{sentence}"):
        read(one_annotation(segmentation=segmentation))


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
        {"segmentation": [[1, 2, 3]]},
        {"segmentation": [["a", "b"]]},
    ],
)
def test_coco_annotations_without_a_usable_box_are_named(read, entry):
    with pytest.raises(AnnotationError, match=r"Annotation 1 in boxes\.json has no usable box"):
        read(one_annotation(**entry))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"images": [', "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("{}", "lists no images"),
        ('{"images": [], "x": 1}', "no annotations"),
        ('{"shapes": [], "imagePath": "a.jpg"}', "a LabelMe file"),
        ("[1, 2]", "no list of objects"),
        ('{"images": [5], "annotations": []}', "no list of objects"),
        ("<annotation></annotation>", "XML"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "no text file"),
    ],
)
def test_files_of_other_kinds(read, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        read(content)


def test_an_empty_json_file_is_damaged(read):
    with pytest.raises(AnnotationError, match="no JSON"):
        read("", name="boxes.json")


def test_a_score_that_is_no_number(read):
    with pytest.raises(AnnotationError, match="score"):
        read(one_annotation(bbox=[1, 2, 3, 4], score="high"))


def test_missing_files_and_folders(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(AnnotationError, match="Cannot read the boxes"):
            read_annotations(path, "photo.jpg", WIDTH, HEIGHT)


def test_yolo_boxes_are_shares_of_the_picture(read):
    assert read("0 0.5 0.5 0.2 0.1\r\n\r\n2 0.25 0.25 0.5 0.5 0.875\n") == [
        Annotation.box("class 0", 200, 180, 100, 40),
        Annotation.box("class 2", 0, 0, 250, 200, 0.875),
    ]


def test_yolo_with_a_byte_order_mark(read):
    assert len(read(b"\xef\xbb\xbf0 0.5 0.5 0.2 0.1")) == 1


def test_yolo_polygons_are_reduced_to_boxes(read):
    assert read("1 0.1 0.2 0.3 0.2 0.2 0.5") == [Annotation.box("class 1", 50, 80, 100, pytest.approx(120))]
    assert read("1 0.1 0.2 0.3 0.2 0.3 0.5 0.1 0.5") == [Annotation.box("class 1", 50, 80, 100, pytest.approx(120))]


def test_yolo_boxes_over_the_edge_by_rounding_are_clipped(read):
    assert read("0 0.999 0.5 0.01 1.0001")[0].shape.bounds == Rect(497, 0, 3, HEIGHT)


@pytest.mark.parametrize(
    ("names", "content"),
    [
        ("obj.names", "air\nbird"),
        ("classes.txt", "air\r\nbird\r\n\r\n"),
        ("data.yaml", "train: x\nnames: [air, 'bird']\nnc: 2\n"),
        ("data.yaml", 'names: ["air",\n  bird]  # two\n'),
        ("data.yaml", "nc: 2\nnames:\n- air\n- 'bird'\nroboflow:\n  license: x\n"),
        ("data.yaml", "names:\n  0: air\n  1: bird # a bird\n\nnc: 2"),
        ("data.yaml", "names: {0: air, 1: bird}\n"),
    ],
)
@pytest.mark.parametrize("folder", [".", "..", "../.."])
def test_yolo_names_of_classes_are_found_nearby(tmp_path, names, content, folder):
    labels = tmp_path / "set" / "labels" / "train"
    labels.mkdir(parents=True)
    (labels / "photo.txt").write_text("1 0.5 0.5 0.2 0.1\n0 0.5 0.5 0.2 0.1\n2 0.5 0.5 0.2 0.1\n")
    (labels / folder / names).write_text(content)
    boxes = read_annotations(labels / "photo.txt", "photo.jpg", WIDTH, HEIGHT)
    assert [box.label for box in boxes] == ["bird", "air", "class 2"]


def test_yolo_names_that_cannot_be_read_cost_no_boxes(tmp_path):
    (tmp_path / "photo.txt").write_text("1 0.5 0.5 0.2 0.1")
    (tmp_path / "classes.txt").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "data.yaml").write_text("nc: 2\n")
    assert read_annotations(tmp_path / "photo.txt", "photo.jpg", WIDTH, HEIGHT)[0].label == "class 1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("0 0.5 0.5 0.2 0.1\nperson", "Line 2 of labels.txt is no YOLO box"),
        ("data/img/air1.jpg\ndata/img/air2.jpg", "is no YOLO box: .*air1.jpg"),
        ("377,117,463,117,465,130,378,130,Genaxis Theatre", "is no YOLO box"),
        ("0.5 0.5 0.5 0.2 0.1", "class number"),
        ("-1 0.5 0.5 0.2 0.1", "class number"),
        ("0 nan 0.5 0.2 0.1", "is no YOLO box"),
        ("0 0.5 0.5 0.2", "has 4 fields"),
        ("0 0.5 0.5 0.2 0.1 0.9 0.9 0.9", "has 8 fields"),
        ("0", "has 1 field;"),
        ("0 250 200 50 40", "not pixels"),
        ("0 0.5 0.5 -0.2 0.1", "outside of 0 to 1"),
        ("0 0.5 0.5 0.2 0.1 95", "confidence of 95"),
    ],
)
def test_lines_that_are_no_yolo_boxes(read, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        read(content)


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=100)
def test_any_file_gives_boxes_or_the_one_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "anything.txt"
    path.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    try:
        boxes = read_annotations(path, "photo.jpg", WIDTH, HEIGHT)
    except AnnotationError:
        return
    assert all(isinstance(box, Annotation) for box in boxes)


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
        boxes = read_annotations(path, "photo.jpg", WIDTH, HEIGHT)
    except AnnotationError:
        return
    for box in boxes:
        assert not box.shape.bounds.clipped(WIDTH, HEIGHT).empty
