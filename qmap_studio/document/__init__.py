"""What a person edits: a picture's quality map, the tools that change it, and its history. No Qt, no torch."""

from qmap_studio.document.annotations.annotation import Annotation
from qmap_studio.document.annotations.reader import AnnotationsFile, PictureIdentity, PictureUnclearError
from qmap_studio.document.annotations.readers import read_annotations
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.bound_files import bounds_file, read_bounds
from qmap_studio.document.brush import Brush
from qmap_studio.document.document import Document
from qmap_studio.document.map_files import (
    check_map_name,
    map_file_notice,
    quality_map_file,
    read_map_file,
    read_quality_map,
    write_quality_map,
)
from qmap_studio.document.quality_map import QualityMap

__all__ = [
    "Annotation",
    "AnnotationsFile",
    "Aspect",
    "Brush",
    "Document",
    "PictureIdentity",
    "PictureUnclearError",
    "QualityMap",
    "bounds_file",
    "check_map_name",
    "map_file_notice",
    "quality_map_file",
    "read_annotations",
    "read_bounds",
    "read_map_file",
    "read_quality_map",
    "write_quality_map",
]
