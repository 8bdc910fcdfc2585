"""A large file for many photos gives each the same, and is not read once for each."""

import json
import random

import pytest
from made_annotations import HEIGHT, WIDTH, coco, identity

from qmap_studio.core.errors import AnnotationError, Cancelled
from qmap_studio.document import read_annotations
from qmap_studio.document.annotations import repeated
from qmap_studio.document.annotations.repeated import RepeatedReader, seconds_a_picture
from qmap_studio.document.annotations.text_file import TextFile


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch):
    monkeypatch.setattr(repeated, "INDEXED_FROM_BYTES", 1)


@pytest.fixture
def readings(monkeypatch):
    """Of files from the beginning, counted."""
    counted = []
    pieces = TextFile.pieces
    monkeypatch.setattr(TextFile, "pieces", lambda self: counted.append(self.path.name) or pieces(self))
    return counted


def told(read, path, picture, chosen=None):
    """What it gives, or why not."""
    try:
        return read(path, picture, chosen)
    except AnnotationError as error:
        return type(error), str(error), getattr(error, "pictures", None)


def assert_alike(path, *pictures, chosen=None):
    reader = RepeatedReader()
    for _ in range(2):
        for picture in pictures:
            assert told(reader.read, path, picture, chosen) == told(read_annotations, path, picture, chosen)


MANY = [
    {"id": "7", "file_name": "b/photo.jpg", "width": WIDTH, "height": HEIGHT},
    {"id": 8.0, "file_name": "twice.jpg"},
    {"id": 9, "file_name": "twice.jpg"},
    {"id": 10, "file_name": "a1b2c3d4-my photo_jpg.rf.0a1b2c3d4e5f.jpg"},
    {"id": 11},
    {"id": None, "file_name": "\ud800.jpg"},
]
PICTURES = [
    *map(identity, ("photo.jpg", "a/photo.jpg", "b/photo.jpg", "other.jpg", "OTHER.JPG", "twice.jpg", "my_photo.jpg")),
    *map(identity, ("11.jpg", "00011.png", "nothing.jpg", "")),
    identity("photo.jpg", (50, 40)),
    identity("photo.jpg", (40, 40)),
    identity("photo.jpg", (HEIGHT, WIDTH), 6),
    identity("other.jpg", (64, 48), 3),
]


@pytest.mark.parametrize("chosen", [None, "twice.jpg (9)", "b/photo.jpg"])
def test_each_photo_of_a_data_set_gets_the_same(files, chosen):
    content = coco()
    content["images"] += MANY
    content["annotations"] += [
        {"image_id": 7, "category_id": 0, "bbox": [0, 0, 5, 5]},
        {"image_id": 8, "category_id": 9, "bbox": [0, 0, 5, float("nan")], "score": float("nan")},
        {"image_id": "9", "category_id": 7, "segmentation": [[0, 0, 9.5, 0, 9, 9]], "score": 0.25},
        {"image_id": 9, "category_id": 7, "bbox": [-1, -1, 1, 1]},
        {"image_id": 11, "category_id": "0", "bbox": [1, 1, 2, 2]},
        {"category_id": "0", "bbox": [1, 1, 2, 2]},
    ]
    assert_alike(files.write(content), *PICTURES, chosen=chosen)


def test_the_order_of_the_lists_does_not_matter(files):
    content = coco()
    for keys in (("annotations", "images", "categories"), ("categories", "annotations", "images")):
        assert_alike(files.write({key: content[key] for key in keys}), *PICTURES[:4])


def test_detections_get_the_same(files):
    detections = [
        {"image_id": n % 3, "category_id": n, "bbox": [n, n, 5, 5], "score": n / 10, "segmentation": []}
        for n in range(9)
    ]
    pictures = [identity(name) for name in ("0.jpg", "0002.jpg", "7.jpg", "photo.jpg")]
    assert_alike(files.write(detections), *pictures)
    assert_alike(files.write(detections), *pictures, chosen="1")
    assert_alike(files.write(detections[:1]), *pictures)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(coco())[:-20],
        json.dumps(coco(images="none")),
        json.dumps({"images": []}),
        json.dumps(coco(annotations=[1])),
        json.dumps(coco(categories=[1])),
        json.dumps(coco(images=[])),
        json.dumps([{"image_id": 1}, 2]),
        json.dumps(coco()) + json.dumps(coco()),
        json.dumps(coco()).encode("utf-16"),
        "nothing",
    ],
)
def test_of_other_and_damaged_files_the_same_is_told(files, content):
    assert_alike(files.write(content, "boxes.json"), identity(), identity("other.jpg", (64, 48)))


@pytest.mark.parametrize("name", ["labels.txt", "labels.csv"])
def test_other_formats_are_read_as_ever(files, name):
    path = files.write("0 0.5 0.5 0.5 0.5\n", name)
    assert_alike(path, identity(), identity("other.jpg", (64, 48)))


def test_random_data_sets(files):
    chance = random.Random(0)
    for _ in range(30):
        count = chance.randint(1, 6)
        names = [
            chance.choice(["a", "B", "b", "é", "e\u0301"]) + chance.choice([".jpg", ".png", ""]) for _ in range(count)
        ]
        images = [{"id": chance.randint(0, 4), "file_name": name, "width": 500, "height": 400} for name in names]
        boxes = [
            {"image_id": chance.randint(0, 5), "category_id": 0, "bbox": [chance.randint(-9, 520), 9, 9, 9]}
            for _ in range(chance.randint(0, 9))
        ]
        path = files.write(coco(images=images, annotations=boxes))
        assert_alike(path, *map(identity, ("a.jpg", "b.png", "é.jpg", "sub/B.jpg", "c.jpg")))


def test_a_data_set_is_read_once(files, readings, tmp_path):
    path = files.write(coco())
    reader = RepeatedReader(tmp_path)
    for name in ("photo.jpg", "other.jpg", "nothing.jpg", "photo.jpg"):
        told(reader.read, path, identity(name))
    assert readings == ["boxes.json"]
    assert len(RepeatedReader(tmp_path).read(path, identity()).annotations) == 2, "in another process"
    assert readings == ["boxes.json"]


def test_a_damaged_data_set_is_read_once(files, readings):
    path = files.write(json.dumps(coco())[:-20], "boxes.json")
    reader = RepeatedReader()
    assert {told(reader.read, path, identity()) for _ in range(3)} == {told(read_annotations, path, identity())}
    assert readings == ["boxes.json"] * 2


def test_a_data_set_that_changes_is_read_again(files):
    reader = RepeatedReader()
    assert len(reader.read(files.write(coco()), identity()).annotations) == 2
    changed = coco()
    changed["annotations"].append({"image_id": 0, "category_id": 0, "bbox": [1, 2, 3, 4]})
    assert len(reader.read(files.write(changed), identity()).annotations) == 3


def test_what_is_cancelled_midway_is_begun_anew(files, tmp_path):
    path, reader = files.write(coco()), RepeatedReader(tmp_path)

    def cancel(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        reader.read(path, identity(), checkpoint=cancel)
    assert len(reader.read(path, identity()).annotations) == 2


def test_no_room_for_what_is_kept_is_a_sentence(files, tmp_path):
    reader = RepeatedReader(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    path = files.write(coco())
    told(reader.read, path, identity())
    (kept,) = (tmp_path / "kept").glob("*.sqlite")
    kept.write_bytes(b"something else")
    with pytest.raises(AnnotationError, match=r"The annotations of boxes.json cannot be kept in .*kept while"):
        RepeatedReader(tmp_path / "kept").read(path, identity())


def test_a_file_that_is_gone_is_a_sentence(tmp_path):
    with pytest.raises(AnnotationError, match="Cannot read the boxes in"):
        RepeatedReader().read(tmp_path / "nowhere.json", identity())


def test_what_a_photo_costs_is_known_before(files):
    assert seconds_a_picture(files.write(coco())) == 0
    path = files.write("0 0.5 0.5 0.5 0.5\n" * 1000)
    assert seconds_a_picture(path) == path.stat().st_size / repeated.BYTES_A_SECOND
