"""What a person edits: a picture's quality map, the tools that change it, and its history. No Qt, no torch."""

from .annotations import Box, read_annotations
from .brush import Brush, Stroke
from .document import Document
from .history import History
from .map_files import check_map_name, read_quality_map, write_quality_map
from .quality_map import MAX_LEVEL, QualityMap, level_of

__all__ = [
    "MAX_LEVEL",
    "Box",
    "Brush",
    "Document",
    "History",
    "QualityMap",
    "Stroke",
    "check_map_name",
    "level_of",
    "read_annotations",
    "read_quality_map",
    "write_quality_map",
]
