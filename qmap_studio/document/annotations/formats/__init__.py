"""The formats of annotation files, one module each. A new one is a module of its own and a line here."""

from qmap_studio.document.annotations.formats.box_table import BOX_TABLE
from qmap_studio.document.annotations.formats.coco import COCO
from qmap_studio.document.annotations.formats.create_ml import CREATE_ML
from qmap_studio.document.annotations.formats.cvat import CVAT
from qmap_studio.document.annotations.formats.dota import DOTA
from qmap_studio.document.annotations.formats.heat_map import HEAT_MAP
from qmap_studio.document.annotations.formats.icdar import ICDAR
from qmap_studio.document.annotations.formats.kitti import KITTI
from qmap_studio.document.annotations.formats.label_raster import LABEL_RASTER
from qmap_studio.document.annotations.formats.label_studio import LABEL_STUDIO
from qmap_studio.document.annotations.formats.labelme import LABELME
from qmap_studio.document.annotations.formats.mot import MOT
from qmap_studio.document.annotations.formats.open_images import OPEN_IMAGES
from qmap_studio.document.annotations.formats.open_mmlab import OPEN_MMLAB
from qmap_studio.document.annotations.formats.supervisely import SUPERVISELY
from qmap_studio.document.annotations.formats.torchvision import TORCHVISION
from qmap_studio.document.annotations.formats.ultralytics import ULTRALYTICS
from qmap_studio.document.annotations.formats.via import VIA, VIA_CSV
from qmap_studio.document.annotations.formats.visdrone import VISDRONE
from qmap_studio.document.annotations.formats.voc import VOC
from qmap_studio.document.annotations.formats.yolo import YOLO
from qmap_studio.document.annotations.reader import Reader

FORMATS: tuple[Reader, ...] = (
    LABEL_RASTER,
    HEAT_MAP,
    COCO,
    OPEN_MMLAB,
    LABELME,
    LABEL_STUDIO,
    SUPERVISELY,
    VIA,
    VIA_CSV,
    CREATE_ML,
    ULTRALYTICS,
    TORCHVISION,
    VOC,
    CVAT,
    OPEN_IMAGES,
    BOX_TABLE,
    DOTA,
    KITTI,
    MOT,
    VISDRONE,
    ICDAR,
    YOLO,
)
"""In the order in which they are asked whether a file is theirs."""
