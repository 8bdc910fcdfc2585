from pathlib import Path, PurePath

import numpy as np
import pytest
from made_annotations import HEIGHT, WIDTH, coco

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.pictures import Metadata, Picture
from qmap_studio.document import PictureIdentity, PictureUnclearError


@pytest.mark.parametrize("image", ["photo.jpg", "a/photo.jpg", "C:\\photos\\a\\photo.jpg", Path("/x/photo.jpg")])
def test_coco_finds_the_picture_by_its_name_in_any_folder(files, image):
    assert len(files.boxes(coco(), image)) == 2


def test_coco_tells_pictures_of_the_same_name_apart_by_folder_then_size(files):
    images = [
        {"id": 1, "file_name": "day/photo.jpg", "width": 10, "height": 10},
        {"id": 2, "file_name": "night/photo.jpg", "width": WIDTH, "height": HEIGHT},
    ]
    content = coco(
        images=images,
        annotations=[{"image_id": id_, "category_id": id_, "bbox": [0, 0, 5, 5]} for id_ in (1, 2)],
    )
    assert [box.label for box in files.boxes(content, "day/photo.jpg", size=(10, 10))] == ["category 1"]
    assert [box.label for box in files.boxes(content)] == ["category 2"]
    images[0].update(width=WIDTH, height=HEIGHT)
    with pytest.raises(AnnotationError, match=r"2 pictures named photo\.jpg"):
        files.boxes(content)


def test_coco_of_a_single_picture_of_this_size_needs_no_name(files):
    content = coco(images=[{"id": 0, "file_name": "else.png", "width": WIDTH, "height": HEIGHT}])
    assert len(files.boxes(content)) == 2
    content["images"][0]["width"] = 64
    with pytest.raises(AnnotationError, match=r"no boxes for photo\.jpg: .*else\.png"):
        files.boxes(content)


def test_coco_that_does_not_know_the_picture_names_some_it_knows(files):
    with pytest.raises(AnnotationError, match=r"no boxes for new\.jpg: it lists 2 other pictures \(photo\.jpg, other"):
        files.boxes(coco(), "new.jpg")
    with pytest.raises(AnnotationError, match="lists 0 other pictures"):
        files.boxes(coco(images=[]))


def listing(*names, key="file_name"):
    """One box for each picture, whose label is the picture's number."""
    images = [{"id": number, key: name, "width": 10, "height": 10} for number, name in enumerate(names)]
    boxes = [{"image_id": number, "category_id": number, "bbox": [0, 0, 5, 5]} for number in range(len(names))]
    return coco(images=images, annotations=boxes, categories=[])


def label_of(files, names, image, **options):
    found = files.read(listing(*names), image, size=(10, 10), **options)
    return found.annotations[0].label, len(found.notices)


@pytest.mark.parametrize(
    ("listed", "name", "is_guess"),
    [
        ("Photo.JPG", "photo.jpg", False),
        ("cafe\u0301.jpg", "caf\u00e9.jpg", False),
        ("my%20photo.jpg", "my photo.jpg", False),
        ("my photo.jpg", "my%20photo.jpg", False),
        ("a/b/a1b2c3d4-photo.jpg", "photo.jpg", True),
        ("a1b2c3d4-my_photo.jpg", "my photo.jpg", True),
        ("photo_jpg.rf.0123456789abcdef0123456789abcdef.jpg", "photo.jpg", True),
        ("photo.png", "photo.jpg", True),
        ("photo.png", "photo.sfc", True),
    ],
)
def test_names_that_tools_and_systems_changed_are_matched(files, listed, name, is_guess):
    assert label_of(files, ("other.jpg", listed), name) == ("category 1", is_guess)


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        (("Photo.jpg", "photo.jpg"), "photo.jpg"),
        (("photo.png", "photo.JPG"), "photo.jpg"),
        (("a1b2c3d4-photo.jpg", "photo.jpg"), "photo.jpg"),
        (("night/photo.jpg", "day/photo.jpg"), "/x/day/photo.jpg"),
        (("night/photo.jpg", "Day/photo.jpg"), "/x/day/photo.jpg"),
    ],
)
def test_the_nearest_name_decides(files, listed, name):
    assert label_of(files, listed, name) == ("category 1", 0)


@pytest.mark.parametrize(
    ("listed", "first"),
    [
        (("x.jpg", "a1b2c3d4-photo.jpg", "00000000-photo.jpg"), "a1b2c3d4-photo.jpg"),
        (("x.jpg", "b/photo.jpg", "a/photo.jpg"), "b/photo.jpg"),
        (("x.jpg", "photo.jpg", "photo.jpg"), "photo.jpg (1)"),
    ],
)
def test_a_person_is_asked_where_several_fit_likely_ones_first(files, listed, first):
    with pytest.raises(PictureUnclearError) as caught:
        files.read(listing(*listed), size=(10, 10))
    assert caught.value.pictures[0] == first
    assert caught.value.pictures[2] == "x.jpg"
    assert label_of(files, listed, "photo.jpg", chosen=first) == ("category 1", 0)


def test_a_person_is_asked_among_the_ids_of_detections(files):
    detections = [{"image_id": image, "category_id": image, "bbox": [0, 0, 5, 5]} for image in (139, 285)]
    with pytest.raises(PictureUnclearError) as caught:
        files.read(detections)
    assert caught.value.pictures == ("139", "285")
    assert [box.label for box in files.boxes(detections, chosen="285")] == ["category 285"]


@pytest.mark.parametrize(
    ("path", "file_name", "expected"),
    [
        ("/x/photo.sfc", "IMG 1.jpg", "/x/IMG 1.jpg"),
        ("/x/photo.sfc", None, "/x/photo.sfc"),
        ("/x/photo.sfc", "C:\\a\\b.png", "/x/b.png"),
        ("/x/photo.sfc", "../..", "/x/.."),
        ("/x/photo.sfc", "/", "/x/photo.sfc"),
        (None, "a.png", "a.png"),
        (None, None, "."),
    ],
)
def test_a_picture_goes_by_the_name_of_its_photo(path, file_name, expected):
    picture = Picture(np.zeros((3, 5, 3), np.uint8), metadata=Metadata(file_name=file_name, orientation=6))
    found = PictureIdentity.of(picture, None if path is None else Path(path))
    assert found == PictureIdentity(PurePath(expected), 5, 3, 6)
