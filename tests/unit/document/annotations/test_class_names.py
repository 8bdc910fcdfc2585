from itertools import pairwise
from string import ascii_lowercase

import pytest
from made_annotations import identity

from qmap_studio.document import read_annotations
from qmap_studio.document.annotations.formats.class_names import find_data_set


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
    boxes = read_annotations(labels / "photo.txt", identity()).annotations
    assert [box.label for box in boxes] == ["bird", "air", "class 2"]


def test_yolo_names_that_cannot_be_read_cost_no_boxes(tmp_path):
    (tmp_path / "photo.txt").write_text("1 0.5 0.5 0.2 0.1")
    (tmp_path / "classes.txt").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "data.yaml").write_text("nc: 2\n")
    assert read_annotations(tmp_path / "photo.txt", identity()).annotations[0].label == "class 1"


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise(ascii_lowercase)) + "names: *z"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("names: [no, 1e3, null, ~]", ("no", "1e3", "null", "~")),
        ("names:\n  0: 'it''s, a cat' # yes\n  2: \"a: b\"", ("it's, a cat", "class 1", "a: b")),
        ("x: &names [a, b]\nnames: *names", ("a", "b")),
        ("names: {0: a, b: c, 1: [d], 99999: e}", ("a",)),
        ("names: [[a], {b: c}]", ()),
        ("names: a", ()),
        ("names: [a", ()),
        ("? [a]\n: b", ()),
        ("names: !!python/object/apply:os.getcwd []", ()),
        ("[" * 5000, ()),
        (BOMB, ()),
        ("names: [a]\n#" + "x" * 2**18, ()),
    ],
)
def test_a_data_yaml_is_read_as_text_and_cannot_do_harm(tmp_path, content, names):
    (tmp_path / "data.yaml").write_text(content)
    assert find_data_set(tmp_path / "photo.txt").names == names


def test_a_data_yaml_three_folders_above_is_found_and_no_further(tmp_path):
    (tmp_path / "data.yaml").write_text("kpt_shape: [17, 3]")
    assert find_data_set(tmp_path / "a" / "b" / "c" / "photo.txt").keypoints == (17, 3)
    assert not find_data_set(tmp_path / "a" / "b" / "c" / "d" / "photo.txt").is_described
