"""The formats of annotation files, one module each. A new one is a module of its own and a line here."""

from qmap_studio.document.annotations.formats.coco import COCO
from qmap_studio.document.annotations.formats.heat_map import HEAT_MAP
from qmap_studio.document.annotations.formats.label_raster import LABEL_RASTER
from qmap_studio.document.annotations.formats.voc import VOC
from qmap_studio.document.annotations.formats.yolo import YOLO
from qmap_studio.document.annotations.reader import Reader

FORMATS: tuple[Reader, ...] = (LABEL_RASTER, HEAT_MAP, COCO, VOC, YOLO)
"""In the order in which they are asked whether a file is theirs."""
