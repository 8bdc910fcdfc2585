"""The formats of annotation files, one module each. A new one is a module of its own and a line here."""

from qmap_studio.document.annotations.formats.coco import COCO
from qmap_studio.document.annotations.formats.cvat import CVAT
from qmap_studio.document.annotations.formats.label_studio import LABEL_STUDIO
from qmap_studio.document.annotations.formats.labelme import LABELME
from qmap_studio.document.annotations.formats.supervisely import SUPERVISELY
from qmap_studio.document.annotations.formats.via import VIA, VIA_CSV
from qmap_studio.document.annotations.formats.voc import VOC
from qmap_studio.document.annotations.formats.yolo import YOLO
from qmap_studio.document.annotations.reader import Reader

FORMATS: tuple[Reader, ...] = (COCO, LABELME, LABEL_STUDIO, SUPERVISELY, VIA, CVAT, VOC, VIA_CSV, YOLO)
"""In the order in which they are asked whether a file is theirs."""
