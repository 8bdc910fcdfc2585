"""Small annotation files of every format, for a photo of 500 x 400 called photo.jpg, and those of publishers."""

import base64
import json
import sys
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from qmap_studio.document import PictureIdentity

_TESTS = Path(__file__).parents[1] / "unit" / "document" / "annotations"
_MAX_BYTES = 300_000
_BOX, _POINTS = [10.5, 20, 30, 40.25], [[10, 20], [60, 25], [40, 90.5]]
_SIZE = {"width": 500, "height": 400}


@dataclass(frozen=True)
class Sample:
    """An annotation file of a name without folders, and the picture that it is read for."""

    name: str
    data: bytes
    picture: PictureIdentity


def made_samples() -> list[Sample]:
    """One or more of every format."""
    photo = PictureIdentity(PurePath("photo.jpg"), 500, 400)
    files = {name: json.dumps(content).encode() for name, content in _JSONS.items()}
    files |= {name: text.encode() for name, text in _TEXTS.items()} | _rasters()
    return [Sample(name, data, photo) for name, data in files.items()]


def published_samples(folder: Path) -> list[Sample]:
    """The files in a folder that are not too large, each for the photo of its name, else for one near it."""
    if not folder.is_dir():
        return []
    photos = {path.stem: path for path in sorted(folder.rglob("*.jpg"))}
    samples = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".jpg" or path.stat().st_size > _MAX_BYTES:
            continue
        near = [
            each
            for each in photos.values()
            if each.parts[: len(folder.parts) + 1] == path.parts[: len(folder.parts) + 1]
        ]
        photo = photos.get(path.stem.removeprefix("gt_")) or (near or list(photos.values()))[0]
        with Image.open(photo) as image:
            picture = PictureIdentity(PurePath(photo.name), *image.size)
        samples.append(Sample(path.name, path.read_bytes(), picture))
    return samples


def _rasters() -> dict[str, bytes]:
    sys.path.insert(0, str(_TESTS))
    from made_rasters import bumps, labels, npy, pfm, picture

    colours = [(number, 255 - number, 0) for number in range(256)]
    pixels, heat = labels(), bumps().astype(np.float32)
    grey, deep = np.uint8(heat * 255), np.uint16(heat * 65535)
    rgb = np.array([(0, 0, 0), (255, 9, 9), (9, 9, 255)], np.uint8)[pixels]
    files = {"palette.png": picture(pixels, palette=colours), "index.png": picture(pixels), "rgb.png": picture(rgb)}
    for kind, suffix in (("TIFF", "tif"), ("BMP", "bmp"), ("PPM", "pgm"), ("GIF", "gif")):
        files[f"index.{suffix}"] = picture(pixels[:40, :50], kind)
    for compression in ("tiff_adobe_deflate", "tiff_lzw", "packbits"):
        files[f"{compression}.tif"] = picture(deep, "TIFF", compression=compression)
    files |= {"float.tif": picture(heat[:40, :50], "TIFF"), "double.npy": npy(heat[:40, :50].astype(np.float64))}
    files |= {"labels.npy": npy(pixels[:40, :50].astype(np.int64)), "heat.pfm": pfm(heat[:40, :50], ">")}
    files |= {"heat.png": picture(grey), "deep.png": picture(deep), "heat.jpg": picture(grey, "JPEG")}
    return files | {"heat.webp": picture(grey, "WEBP"), "one-bit.png": picture(pixels > 0)}


def _packed() -> str:
    """A small mask as Supervisely writes them: a PNG file, compressed, in base64."""
    content = BytesIO()
    Image.new("1", (8, 8), 1).save(content, "PNG")
    return base64.b64encode(zlib.compress(content.getvalue())).decode()


def _brushed() -> list[int]:
    """A mask of 500 x 400 as Label Studio's brush writes it, in runs of which every other one is set."""
    words = 500 * 400 * 4
    lengths = [2**16] * 12 + [words - 12 * 2**16]
    runs = (f"100{length - 1:016b}{255 * (n % 2):08b}" for n, length in enumerate(lengths))
    bits = f"{words:032b}{7:05b}" + 4 * f"{15:04b}" + "".join(runs)
    return [int(bits[n : n + 8].ljust(8, "0"), 2) for n in range(0, len(bits), 8)]


_COCO = {
    "images": [{"id": 0, "file_name": "a/photo.jpg", **_SIZE}, {"id": 7, "file_name": "b.jpg", **_SIZE}],
    "categories": [{"id": 1, "name": "person"}],
    "annotations": [
        {"image_id": 0, "category_id": 1, "bbox": _BOX},
        {"image_id": 0, "category_id": 1, "segmentation": [[10, 20, 60, 25, 40, 90], [100, 20, 160, 25, 140, 90.5]]},
        {"image_id": 0, "category_id": 1, "segmentation": {"size": [400, 500], "counts": [4005, 20, 380, 20, 195575]}},
        {"image_id": 0, "category_id": 1, "segmentation": {"size": [400, 500], "counts": "Um3d0l;0kcn5"}},
        {"image_id": 0, "category_id": 1, "bbox": _BOX, "keypoints": [10, 20, 2, 30, 40, 1], "num_keypoints": 2},
    ],
}
_LABELME = {
    "version": "5.0.1", "flags": {}, "imagePath": "photo.jpg", "imageData": None, "imageHeight": 400, "imageWidth": 500,
    "shapes": [
        {"label": "a", "points": [[10, 20], [50, 60]], "shape_type": "rectangle", "group_id": None, "flags": {}},
        {"label": "b", "points": _POINTS, "shape_type": "polygon"},
        {"label": "c", "points": [[100, 100], [120, 100]], "shape_type": "circle"},
        {"label": "d", "points": _POINTS, "shape_type": "linestrip"},
        {"label": "e", "points": [[10, 20]], "shape_type": "point"},
    ],
}  # fmt: skip
_VIA = {
    "photo.jpg1234": {
        "filename": "photo.jpg", "size": 1234, "file_attributes": {},
        "regions": [
            {"shape_attributes": {"name": "rect", "x": 10, "y": 20, "width": 30, "height": 40},
             "region_attributes": {"class": "a"}},
            {"shape_attributes": {"name": "polygon", "all_points_x": [10, 60, 40], "all_points_y": [20, 25, 90]},
             "region_attributes": {"class": "b"}},
            {"shape_attributes": {"name": "ellipse", "cx": 90, "cy": 90, "rx": 20, "ry": 10, "theta": 0.5},
             "region_attributes": {}},
        ],
    }
}  # fmt: skip
_LABEL_STUDIO = [
    {
        "id": 1, "data": {"image": "/data/upload/1/a1b2c3d4-photo.jpg"},
        "annotations": [{"id": 1, "result": [
            {"type": "rectanglelabels", "original_width": 500, "original_height": 400,
             "value": {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 15, "rectanglelabels": ["a"]}},
            {"type": "polygonlabels", "original_width": 500, "original_height": 400,
             "value": {"points": _POINTS, "polygonlabels": ["b"]}},
            {"type": "brushlabels", "original_width": 500, "original_height": 400,
             "value": {"format": "rle", "rle": _brushed(), "brushlabels": ["c"]}},
        ]}],
    }
]  # fmt: skip
_SUPERVISELY = {
    "description": "", "tags": [], "size": _SIZE,
    "objects": [
        {"classTitle": "a", "geometryType": "rectangle", "points": {"exterior": [[10, 20], [50, 60]], "interior": []}},
        {"classTitle": "b", "geometryType": "polygon", "points": {"exterior": _POINTS, "interior": [_POINTS]}},
        {"classTitle": "c", "geometryType": "bitmap", "bitmap": {"origin": [10, 20], "data": _packed()}},
    ],
}  # fmt: skip
_JSONS = {
    "coco.json": _COCO,
    "detections.json": [{"image_id": 7, "category_id": 1, "bbox": _BOX, "score": 0.9}],
    "panoptic.json": {
        **_COCO,
        "annotations": [
            {"image_id": 0, "file_name": "photo.png",
             "segments_info": [{"id": 5, "category_id": 1, "bbox": _BOX, "area": 9, "iscrowd": 0}]}
        ],
    },
    "labelme.json": _LABELME,
    "via.json": _VIA,
    "label_studio.json": _LABEL_STUDIO,
    "supervisely.json": _SUPERVISELY,
    "createml.json": [
        {"image": "photo.jpg",
         "annotations": [{"label": "a", "coordinates": {"x": 90, "y": 80, "width": 40, "height": 30}}]}
    ],
    "ultralytics.json": [
        {"name": "a", "class": 0, "confidence": 0.9, "box": {"x1": 20.5, "y1": 10, "x2": 60, "y2": 40},
         "segments": {"x": [20, 60, 60], "y": [10, 10, 40]}},
        {"name": "b", "class": 1, "confidence": 0.8,
         "box": {"x1": 20, "y1": 10, "x2": 60, "y2": 20, "x3": 55, "y3": 40, "x4": 15, "y4": 30}},
    ],
    "yolov5.json": [
        {"xmin": 20.5, "ymin": 10, "xmax": 60, "ymax": 40, "confidence": 0.9, "class": 0, "name": "a"}
    ],
    "torchvision.json": {"boxes": [[20, 10, 60, 40], [1, 2, 3, 4]], "labels": [1, 2], "scores": [0.9, 0.8]},
    "several.json": {
        "photo.jpg": {"bboxes": [[20, 10, 60, 40]], "labels": ["a"]},
        "b.jpg": {"bboxes": [], "labels": []},
    },
    "mmocr.json": {
        "data_list": [
            {"img_path": "photo.jpg", **_SIZE,
             "instances": [{"bbox": _BOX, "bbox_label": 0, "polygon": [10, 20, 60, 25, 40, 90]}]}
        ]
    },
}  # fmt: skip
_TEXTS = {
    "boxes.txt": "0 0.5 0.5 0.2 0.1\n1 0.25 0.25 0.1 0.1 0.9\n",
    "polygons.txt": "0 0.1 0.1 0.3 0.1 0.3 0.4 0.2 0.5 0.1 0.4\n1 0.5 0.5 0.7 0.5 0.7 0.9\n",
    "gt_icdar.txt": "377,117,463,117,465,130,378,130,Genaxis Theatre\n10,20,60,20,60,40,10,40,###\n",
    "dota.txt": "imagesource:GoogleEarth\ngsd:0.1\n10.0 20.0 60.0 20.0 60.0 40.0 10.0 40.0 plane 0\n",
    "kitti.txt": "Car 0.00 0 -1.58 87.01 73.33 314.15 323.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n",
    "visdrone.txt": "400,8,73,116,0,0,0,0\n10,20,60,80,1,4,0,1\n",
    "mot.txt": "1,1,10,20,30,40,1,1,1\n1,2,50,60,70,80,1,1,0.5\n2,1,11,21,30,40,1,1,1\n",
    "openimages.csv": "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\nphoto,x,/m/01g317,1,0.1,0.4,0.2,0.6\n",
    "retina.csv": "photo.jpg,10,20,60,80,person\nother.jpg,1,2,3,4,car\n",
    "tensorflow.csv": "filename,width,height,class,xmin,ymin,xmax,ymax\nphoto.jpg,500,400,person,10,20,60,80\n",
    "via.csv": "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"
    'photo.jpg,9,"{}",1,0,"{""name"":""rect"",""x"":10,""y"":20,""width"":30,""height"":40}","{""class"":""a""}"\n',
    "voc.xml": "<annotation><filename>photo.jpg</filename><size><width>500</width><height>400</height></size>"
    "<object><name>dog</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>"
    "<object><name>cat</name><robndbox><cx>90</cx><cy>80</cy><w>30</w><h>20</h><angle>0.5</angle></robndbox></object>"
    "<object><name>car</name><polygon><x1>10</x1><y1>20</y1><x2>60</x2><y2>25</y2><x3>40</x3><y3>90</y3></polygon>"
    "</object></annotation>",
    "cvat.xml": '<?xml version="1.0"?><annotations><version>1.1</version>'
    '<image id="0" name="photo.jpg" width="500" height="400">'
    '<box label="a" occluded="0" xtl="10" ytl="20" xbr="60" ybr="80" rotation="30"/>'
    '<polygon label="b" points="10,20;60,25;40,90.5"/><points label="c" points="10,20;60,25"/>'
    '<ellipse label="d" cx="90" cy="80" rx="20" ry="10"/>'
    '<mask label="e" rle="3, 4, 3" left="10" top="20" width="5" height="2"/></image></annotations>',
}
