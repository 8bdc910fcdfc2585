"""Projects: a picture's layers and what belongs to them, as a file that is whole, damaged or written on and on."""

from qmap_studio.document.project.archive import LARGEST_PICTURE_BYTES
from qmap_studio.document.project.project import Project, Source
from qmap_studio.document.project.reading import ProjectRead, names_in, picture_in, read_project, read_project_bytes
from qmap_studio.document.project.writing import ProjectWriter, project_bytes, write_project

__all__ = [
    "LARGEST_PICTURE_BYTES",
    "Project",
    "ProjectRead",
    "ProjectWriter",
    "Source",
    "names_in",
    "picture_in",
    "project_bytes",
    "read_project",
    "read_project_bytes",
    "write_project",
]
