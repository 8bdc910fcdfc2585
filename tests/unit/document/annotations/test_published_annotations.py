"""Annotation files as their publishers wrote them; they are not part of the repository.

They are looked for in the folder that QMAP_STUDIO_ANNOTATIONS names, else in `../shared/data/annotations`.
"""

import os
from pathlib import Path

import pytest
from PIL import Image

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import PictureIdentity, read_annotations

ROOT = Path(__file__).parents[4]
FOLDER = Path(os.environ.get("QMAP_STUDIO_ANNOTATIONS", ROOT.parent / "shared" / "data" / "annotations"))

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no annotated photos in {FOLDER}")


def boxes_of(annotations, picture):
    with Image.open(FOLDER / picture) as image:
        found = read_annotations(FOLDER / annotations, PictureIdentity(FOLDER / picture, *image.size))
    assert found.notices == ()
    return found.annotations


def rounded(boxes):
    shapes = ((box.label, box.shape) for box in boxes)
    return sorted((label, *map(round, (shape.x, shape.y, shape.width, shape.height))) for label, shape in shapes)


def test_three_writers_say_the_same_of_every_voc_photo():
    photos = sorted(path.name for path in (FOLDER / "voc100/images").glob("*.jpg"))
    assert len(photos) == 20
    for name in photos:
        picture = f"voc100/images/{name}"
        default = boxes_of("voc100/coco/instances_default.json", picture)
        second = boxes_of("voc100/coco/instances_v2.json", picture)
        yolo = boxes_of(f"voc100/yolo/obj_train_data/{Path(name).stem}.txt", picture)
        assert default
        assert all(not box.label.startswith(("class ", "category ")) for box in (*default, *second, *yolo))
        for other in (second, yolo):
            assert [row[0] for row in rounded(other)] == [row[0] for row in rounded(default)]
            pairs = zip(rounded(default), rounded(other), strict=True)
            # Writers disagree on whether the first pixel is 0 or 1 and whether the last one is inside.
            assert all(abs(a - b) <= 2 for one, two in pairs for a, b in zip(one[1:], two[1:], strict=True))


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


def other_files():
    for path in sorted(FOLDER.rglob("*")):
        relative = path.relative_to(FOLDER)
        is_yolo = relative.parts[0] == "yolo-mark" or relative.parts[:2] == ("voc100", "yolo")
        is_label = is_yolo and path.suffix == ".txt" and path.name != "train.txt"
        if path.is_file() and "coco" not in str(relative).lower() and not is_label:
            yield path


def test_every_other_file_is_refused_with_a_sentence():
    paths = list(other_files())
    assert len(paths) > 100
    for path in paths:
        with pytest.raises(AnnotationError) as caught:
            read_annotations(path, PictureIdentity(Path("photo.jpg"), 500, 375))
        assert path.name in str(caught.value)
