import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_annotations import coco, identity

from qmap_studio.core.errors import AnnotationError, Cancelled
from qmap_studio.document import Annotation, read_annotations


def test_a_picture_without_boxes_is_no_error(files):
    assert files.boxes(coco(annotations=[])) == []
    assert files.boxes("") == []
    assert files.boxes("\n \n") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"images": [', "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("{}", "lists no images"),
        ('{"images": [], "x": 1}', "no annotations"),
        ('{"shapes": [], "imagePath": "a.jpg"}', "is LabelMe JSON"),
        ("[1, 2]", "no list of objects"),
        ('{"images": [5], "annotations": []}', "no list of objects"),
        ("<annotation></annotation>", "is Pascal VOC XML"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "damaged or cut short"),
        (b"\x7fELF\x02\x01\x01\x00", "no text file"),
    ],
)
def test_files_of_other_kinds(files, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        files.boxes(content)


def test_an_empty_json_file_is_damaged(files):
    with pytest.raises(AnnotationError, match="no JSON"):
        files.boxes("", name="boxes.json")


def test_missing_files_and_folders(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(AnnotationError, match="Cannot read the boxes"):
            read_annotations(path, identity())


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=100)
def test_any_file_gives_boxes_or_the_one_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "anything.txt"
    path.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
    try:
        boxes = read_annotations(path, identity()).annotations
    except AnnotationError:
        return
    assert all(isinstance(box, Annotation) for box in boxes)


NAMED = coco(categories=[{"id": 0, "name": "Stra\u00dfe"}, {"id": 7, "name": "b"}])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_text_may_be_in_any_encoding_that_tools_write(files, encoding):
    content = json.dumps(NAMED, ensure_ascii=False).encode(encoding)
    assert files.boxes(content, name="boxes.json")[0].label == "Stra\u00dfe"
    files.write("Stra\u00dfe\nb".encode(encoding), "classes.txt")
    assert files.boxes("0 0.5 0.5 0.2 0.1".encode(encoding))[0].label == "Stra\u00dfe"


LABEL_STUDIO = [{"id": 1, "data": {"image": "photo.png"}, "annotations": [{"result": []}]}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LABEL_STUDIO, "is Label Studio JSON, which is not read yet. Export it from there as COCO or YOLO"),
        (LABEL_STUDIO[0], "is Label Studio JSON"),
        ([{"image": "a.png", "label": [{"x": 1, "rectanglelabels": ["cat"]}], "id": 1}], "is Label Studio JSON"),
        ([{"image": "photo.png", "annotations": [{"label": "cat", "coordinates": {"x": 4}}]}], "is CreateML JSON"),
        ({"version": "5", "shapes": [], "imagePath": "a.jpg", "imageData": None}, "is LabelMe JSON"),
        ({"imagePath": "a.jpg", "imageData": "x" * 10**5, "shapes": []}, "is LabelMe JSON"),
        ({"_via_settings": {}, "_via_img_metadata": {}}, "is VGG Image Annotator JSON"),
        ({"a.jpg123": {"filename": "a.jpg", "size": 123, "regions": []}}, "is VGG Image Annotator JSON"),
        ({"description": "", "size": {"height": 1, "width": 1}, "objects": []}, "is Supervisely JSON"),
        ('{"image": "a.png"}\n{"image": "b.png"}\n', "is JSON lines"),
        ('<?xml version="1.0"?>\n<!-- a --><annotations><version>1.1</version>', "is CVAT XML"),
        ("<annotation><folder>x</folder></annotation>", "is Pascal VOC XML"),
        ("filename,file_size,region_shape_attributes\na,1,", "is VGG Image Annotator CSV"),
    ],
)
def test_other_formats_are_named_with_what_to_export(files, content, sentence):
    with pytest.raises(AnnotationError, match=sentence):
        files.read(content)


def test_the_share_that_is_read_is_told_and_reading_can_be_stopped(files):
    shares = []
    path = files.write(coco(info="x" * 2**20))
    read_annotations(path, identity(), checkpoint=shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert len(set(shares)) > 4

    def stop(share):
        if share:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_annotations(path, identity(), checkpoint=stop)
