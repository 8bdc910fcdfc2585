"""Annotation files made by hand, for a photo of 500 x 400."""

import json
from pathlib import Path, PurePath

from qmap_studio.document import AnnotationsFile, PictureIdentity, read_annotations

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


def identity(path="photo.jpg", size=(WIDTH, HEIGHT), orientation=1):
    """A picture called photo.jpg, or as it is given."""
    return PictureIdentity(PurePath(path), *size, orientation)


class Files:
    """Writes annotation files into a folder and reads the photo's annotations from them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content, name=None) -> Path:
        """Writes text, bytes, or JSON of anything else."""
        is_text = isinstance(content, str | bytes)
        path = self.folder / (name or ("labels.txt" if is_text else "boxes.json"))
        content = content if is_text else json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, content, image="photo.jpg", name=None, size=(WIDTH, HEIGHT), **options) -> AnnotationsFile:
        """Writes a file and reads what it knows of the picture."""
        orientation = options.pop("orientation", 1)
        return read_annotations(self.write(content, name), identity(image, size, orientation), **options)

    def boxes(self, *args, **options) -> list:
        """Writes a file and reads the boxes in it, of which none may be amiss."""
        found = self.read(*args, **options)
        assert found.notices == ()
        return list(found.annotations)
