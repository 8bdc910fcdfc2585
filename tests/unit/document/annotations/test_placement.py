import numpy as np
import pytest
from made_annotations import coco
from PIL import Image, ImageOps

from qmap_studio.core.errors import AnnotationError


def upright(pixels, orientation):
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(image))


def one_box(width, height):
    images = [{"id": 0, "file_name": "photo.jpg", "width": width, "height": height}]
    return coco(images=images, annotations=[{"image_id": 0, "category_id": 0, "bbox": [20, 10, 40, 30]}])


def coco_of(side):
    return one_box(side, side), "coco.json"


def mmlab_of(side):
    instances = [{"bbox": [20, 10, 60, 40], "bbox_label": 0}]
    return {"data_list": [{"img_path": "photo.jpg", "width": side, "height": side, "instances": instances}]}, "m.json"


def torchvision_of(side):
    return {"boxes": [[20, 10, 60, 40]], "labels": [1], "width": side, "height": side}, "torchvision.json"


def label_studio_of(side):
    value = {"x": 4, "y": 2.5, "width": 8, "height": 7.5, "rotation": 1, "rectanglelabels": ["a"]}
    result = [{"type": "rectanglelabels", "original_width": side, "original_height": side, "value": value}]
    return [{"id": 1, "data": {"image": "photo.jpg"}, "annotations": [{"result": result}]}], "label_studio.json"


def voc_of(side):
    size = f"<size><width>{side}</width><height>{side}</height></size>"
    box = "<bndbox><xmin>20</xmin><ymin>10</ymin><xmax>60</xmax><ymax>40</ymax></bndbox>"
    return f"<annotation><filename>photo.jpg</filename>{size}<object>{box}</object></annotation>", "voc.xml"


@pytest.mark.parametrize("orientation", range(5, 9))
@pytest.mark.parametrize("scale", [1, 2])
def test_boxes_of_the_photo_as_stored_are_turned_with_it(files, orientation, scale):
    stored = np.zeros((100, 200), np.uint8)
    stored[10:40, 20:60] = 1
    rows, columns = np.nonzero(upright(stored, orientation))
    expected = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    found = files.read(one_box(200, 100), size=(100 * scale, 200 * scale), orientation=orientation)
    (shape,) = (annotation.shape for annotation in found.annotations)
    assert (shape.x, shape.y, shape.width, shape.height) == tuple(side * scale for side in expected)
    assert "before it was turned upright; they were turned with it" in found.notices[0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(200, 100), (100, 100)])
def test_boxes_of_the_upright_photo_stay(files, orientation, size):
    """A square photo, one on its head or a mirrored one has the same size before and after."""
    found = files.read(one_box(*size), size=size, orientation=orientation)
    (shape,) = (annotation.shape for annotation in found.annotations)
    assert (shape.x, shape.y, shape.width, shape.height) == (20, 10, 40, 30)
    is_clear = orientation == 1 or (orientation > 4 and size == (200, 100))
    assert [notice.partition(";")[2] for notice in found.notices] == [
        " they are taken as drawn on the upright photo."
    ] * (not is_clear)


def test_detections_on_a_turned_photo_are_of_the_upright_one(files):
    found = files.read([{"image_id": 1, "category_id": 0, "bbox": [1, 2, 3, 4]}], orientation=3)
    assert len(found.annotations) == len(found.notices) == 1


def test_a_turned_photo_without_orientation_is_refused(files):
    with pytest.raises(AnnotationError, match="200 x 100 pixels, this one is 100 x 200: it was turned, and no EXIF"):
        files.read(one_box(200, 100), size=(100, 200))


@pytest.mark.parametrize("side", [0, -1, 1e-320, 0.5, 1e300, "²", True, None, float("nan")])
@pytest.mark.parametrize("make", [coco_of, mmlab_of, torchvision_of, label_studio_of, voc_of])
def test_a_side_that_no_picture_has_says_nothing(files, make, side):
    content, name = make(side)
    (box,) = files.boxes(content, name=name)
    assert (round(box.shape.x), round(box.shape.width)) == (20, 40)
