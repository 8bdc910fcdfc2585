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
        ("[" * 100_000, "JSON of another kind, or damaged"),
        ("{}", "JSON of another kind"),
        ('{"images": [], "x": 1}', "no annotations"),
        ('{"x": [], "imagePath": "a.jpg"}', "JSON of another kind"),
        ("[1, 2]", "JSON of another kind"),
        ('{"images": [5], "annotations": []}', "no list of objects"),
        ("<html></html>", "XML of another kind"),
        ('{"image": "a.png"}\n{"image": "b.png"}\n', "holds JSON lines"),
        ("a,b\n1,2\n", "of no known format"),
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


def test_of_the_known_formats_those_are_named_whose_files_have_the_suffix(files):
    with pytest.raises(AnnotationError) as caught:
        files.read("<html></html>", name="boxes.xml")
    assert "Pascal VOC XML" in str(caught.value)
    assert "YOLO" not in str(caught.value)
    with pytest.raises(AnnotationError, match=r"COCO JSON.*YOLO text"):
        files.read("a b", name="boxes.odd")


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
