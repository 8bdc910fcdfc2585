"""Files with a few characters changed, or cut short: they give annotations, or the one error."""

import json

import numpy as np
import pytest
from made_annotations import coco
from test_json_formats import CREATE_ML, DETECTED, YOLOV5, detection, mmocr
from test_open_images import ROWS
from test_text_formats import DET, GT, KITTI, QUAD, VISDRONE

from qmap_studio.core.errors import AnnotationError

SAMPLES = {
    "coco.json": json.dumps(coco()),
    "create_ml.json": json.dumps(CREATE_ML),
    "open_mmlab.json": json.dumps(mmocr({"polygon": [1, 2, 3, 4, 5, 9], "bbox_label": 0, "ignore": True})),
    "ultralytics.json": json.dumps([detection(segments={"x": [1, 2, 3], "y": [1, 5, 1]})]),
    "yolov5.json": json.dumps([YOLOV5]),
    "torchvision.json": json.dumps([{"file_name": "photo.jpg", **DETECTED}]),
    "one.json": json.dumps(DETECTED),
    "open_images.csv": ROWS,
    "icdar.txt": f"{QUAD},word\n{QUAD},###\n",
    "dota.txt": "imagesource:x\n10 10 60 10 60 40 10 40 plane 0\n",
    "kitti.txt": KITTI,
    "gt.txt": GT,
    "det.txt": DET,
    "visdrone.txt": VISDRONE,
    "yolo.txt": "0 0.5 0.5 0.2 0.1 0.9\n1 0.25 0.25 0.5 0.5 0.875\n",
    "segments.txt": "1 0.1 0.2 0.3 0.2 0.2 0.5 0.9",
}
PIECES = ("", "-", "0", "9" * 9, "1e999", "NaN", "null", '"', ",", "[", "]", "{", "}", "[]", "{}", "\n", "\0", "é")


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_give_annotations_or_the_one_error(files, name):
    random = np.random.default_rng(7)
    content = SAMPLES[name]
    for _ in range(150):
        damaged = content[: random.integers(len(content))] if random.random() < 0.1 else content
        for _ in range(random.integers(1, 4)):
            start = random.integers(len(damaged) + 1)
            damaged = damaged[:start] + str(random.choice(PIECES)) + damaged[start + random.integers(0, 6) :]
        try:
            files.read(damaged, image="1.jpg" if name in ("gt.txt", "det.txt") else "photo.jpg", name=name)
        except AnnotationError as error:
            message = str(error)
            assert len(message) < 1000
