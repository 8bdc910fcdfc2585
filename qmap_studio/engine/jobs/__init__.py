"""The jobs that can be asked of the engine, one file each: its request, what it brings, and how it is done.

A new job is a file here and its names below.
"""

from qmap_studio.engine.jobs.attach_picture import AttachPicture, PictureAttached
from qmap_studio.engine.jobs.compare import Compare, Compared, Side
from qmap_studio.engine.jobs.export_picture import ExportPicture
from qmap_studio.engine.jobs.export_sfc import ExportSfc
from qmap_studio.engine.jobs.find_importance import FindImportance, ImportanceFound
from qmap_studio.engine.jobs.grad_cam import GradCam
from qmap_studio.engine.jobs.import_bounds import BoundsImported, ImportBounds
from qmap_studio.engine.jobs.import_checkpoint import ImportCheckpoint
from qmap_studio.engine.jobs.import_map import ImportMap, MapImported
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.jobs.map_found import MapFound
from qmap_studio.engine.jobs.map_from_importance import MapFromImportance
from qmap_studio.engine.jobs.open_picture import OpenPicture, PictureOpened
from qmap_studio.engine.jobs.open_project import OpenProject, PictureInQuestion, ProjectOpened
from qmap_studio.engine.jobs.open_sfc import OpenSfc, SfcOpened
from qmap_studio.engine.jobs.optimise_map import OptimiseMap
from qmap_studio.engine.jobs.read_annotations import AnnotationsRead, ReadAnnotations
from qmap_studio.engine.jobs.save_bounds import SaveBounds
from qmap_studio.engine.jobs.save_drawing import SaveDrawing
from qmap_studio.engine.jobs.save_map import SaveMap
from qmap_studio.engine.jobs.save_project import SaveProject
from qmap_studio.engine.jobs.study_importance import AtQuality, ImportanceStudied, StudyImportance
from qmap_studio.engine.jobs.use_model import UseModel

__all__ = [
    "AnnotationsRead",
    "AtQuality",
    "AttachPicture",
    "BoundsImported",
    "Compare",
    "Compared",
    "ExportPicture",
    "ExportSfc",
    "FindImportance",
    "GradCam",
    "ImportBounds",
    "ImportCheckpoint",
    "ImportMap",
    "ImportanceFound",
    "ImportanceStudied",
    "Job",
    "MapFound",
    "MapFromImportance",
    "MapImported",
    "OpenPicture",
    "OpenProject",
    "OpenSfc",
    "OptimiseMap",
    "PictureAttached",
    "PictureInQuestion",
    "PictureOpened",
    "ProjectOpened",
    "ReadAnnotations",
    "SaveBounds",
    "SaveDrawing",
    "SaveMap",
    "SaveProject",
    "SfcOpened",
    "Side",
    "StudyImportance",
    "UseModel",
]
