"""Annotation files as their publishers wrote them; they are not part of the repository.

They are looked for in the folder that QMAP_STUDIO_ANNOTATIONS names, else in `../shared/data/annotations`.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.pictures import Picture
from qmap_studio.document import AnnotationsFile, Document, PictureIdentity, PictureUnclearError, read_annotations
from qmap_studio.document.annotations.rules import Rules

ROOT = Path(__file__).parents[4]
FOLDER = Path(os.environ.get("QMAP_STUDIO_ANNOTATIONS", ROOT.parent / "shared" / "data" / "annotations"))

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no annotated photos in {FOLDER}")


def boxes_of(annotations, picture):
    with Image.open(FOLDER / picture) as image:
        found = read_annotations(FOLDER / annotations, PictureIdentity(FOLDER / picture, *image.size))
    assert found.notices == ()
    return found.annotations


VOC_100 = {
    "COCO": "coco/instances_default.json",
    "second COCO": "coco/instances_v2.json",
    "YOLO": "yolo/obj_train_data/{stem}.txt",
    "Open Images": "openimages/all_bounding_boxes.csv",
    "Pascal VOC": "pascalvoc/{stem}.xml",
    "CVAT": "cvat/annotations.xml",
    "LabelMe": "labelme/{stem}.json",
}
"""Files of the same boxes."""


def sides(annotation):
    box = annotation.shape
    return (box.x, box.y, box.x + box.width, box.y + box.height)


@pytest.mark.parametrize("writer", VOC_100)
def test_every_writer_says_the_same_of_every_voc_photo(writer):
    photos = sorted((FOLDER / "voc100/images").glob("*.jpg"))
    assert len(photos) == 20
    for photo in photos:
        expected = boxes_of(f"voc100/{VOC_100['COCO']}", photo)
        found = boxes_of(f"voc100/{VOC_100[writer]}".format(stem=photo.stem), photo)
        assert expected
        pairs = [
            sorted(boxes, key=lambda box: (box.label, [round(side) for side in sides(box)]))
            for boxes in (expected, found)
        ]
        for one, other in zip(*pairs, strict=True):
            assert one.label == other.label
            assert sides(other) == pytest.approx(sides(one), abs=0.01)
        np.testing.assert_array_equal(map_of(found, photo), map_of(expected, photo))


def map_of(annotations, photo):
    with Image.open(photo) as image:
        document = Document(Picture(np.zeros((image.height, image.width, 3), np.uint8)))
    document.apply_annotations(AnnotationsFile(annotations), Rules(), "boxes")
    return document.quality_map.values


def test_yolo_names_are_found_above_the_pictures():
    for path in sorted((FOLDER / "yolo-mark/img").glob("*.jpg")):
        boxes = boxes_of(path.with_suffix(".txt"), path)
        assert boxes
        assert {box.label for box in boxes} == {path.name.rstrip("0123456789.jpg")}


def test_coco_with_ids_from_0_and_folders_in_its_names():
    for path in sorted((FOLDER / "labelme-coco-masks/JPEGImages").glob("*.jpg")):
        assert boxes_of("labelme-coco-masks/annotations.json", path)


def test_masks_of_things_lie_in_the_boxes_of_the_same_things():
    """LabelMe wrote both from the same outlines."""
    folder = FOLDER / "labelme-voc-boxes"
    for path in sorted((folder / "JPEGImages").glob("*.jpg")):
        with Image.open(path) as image:
            picture = PictureIdentity(path, *image.size)
        masks = read_annotations(folder / "SegmentationObject" / f"{path.stem}.png", picture).annotations
        boxes = read_annotations(folder / "Annotations" / f"{path.stem}.xml", picture).annotations
        for box in boxes:
            assert max(overlap(box.shape.bounds, mask.shape.bounds) for mask in masks) > 0.7


def overlap(one, other):
    shared = one.intersected(other).area
    return shared / (one.area + other.area - shared)


def test_pictures_that_are_listed_but_missing_and_pictures_that_are_not_listed():
    assert read_annotations(
        FOLDER / "voc100/coco/instances_v2.json", PictureIdentity(Path("2007_000032.jpg"), 500, 281)
    ).annotations
    with pytest.raises(AnnotationError, match="has no boxes for air1"):
        boxes_of("voc100/coco/instances_v2.json", "yolo-mark/img/air1.jpg")


def test_words_of_icdar_are_four_corners():
    for path in sorted((FOLDER / "icdar2015-quad").glob("*.txt")):
        words = boxes_of(path, path.with_suffix(".jpg"))
        assert {word.label for word in words} <= {"text", "unreadable"}
        assert len(words) == len([line for line in path.read_text("utf-8-sig").splitlines() if line.strip()])


def test_words_of_mmocr_lie_where_its_boxes_are():
    content = json.loads((FOLDER / "mmocr-textdet/textdet_test.json").read_text())
    for entry in content["data_list"]:
        words = boxes_of("mmocr-textdet/textdet_test.json", f"mmocr-textdet/{entry['img_path']}")
        assert [word.label == "unreadable" for word in words] == [one["ignore"] for one in entry["instances"]]
        for word, one in zip(words, entry["instances"], strict=True):
            bounds = word.shape.bounds
            found = bounds.x, bounds.y, bounds.right, bounds.bottom
            assert found == pytest.approx(one["bbox"], abs=2)


NO_ANNOTATIONS = ("*.names", "*.data", "train.txt")


def refusal(path):
    """Why a file is not read for some picture that it knows; empty if it is."""
    try:
        read_annotations(path, PictureIdentity(Path("photo.jpg"), 500, 375))
    except PictureUnclearError:
        return ""
    except AnnotationError as error:
        is_read = "Open the photo that was annotated" in str(error)
        return "" if is_read else str(error)
    return ""


def test_every_annotation_file_is_read_and_every_other_file_is_refused_with_a_sentence():
    paths = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.suffix != ".jpg"]
    assert len(paths) > 100
    for path in paths:
        is_other = any(path.match(pattern) for pattern in NO_ANNOTATIONS)
        assert bool(refusal(path)) == is_other, path
        assert path.name in (refusal(path) or path.name)
