"""The errors a person can be shown.

    QMapStudioError               the world's fault; its message is a sentence fit to show
    ├── ImageError                a picture cannot be read or written
    ├── QualityMapError           a quality map or a mask cannot be used
    │   └── QualityMapShapeError  it is a map, but of another size than the picture
    ├── AnnotationError           a file of annotations cannot be read
    ├── RulesError                rules for annotations cannot be read, or say what has no meaning
    ├── ProjectError              a project cannot be read: damaged beyond use, foreign, of a newer program
    ├── BitstreamError            an .sfc file is damaged, cut short, foreign or hostile
    ├── WeightsError              a model's weights are missing, damaged or not the file's
    ├── TaskModelError            a user's model for a task cannot be read, is not safe to read, or does not fit
    ├── ComputeError              what computes is missing or ran out of memory
    ├── TargetSizeError           no quality gives a file of the size asked for
    └── FileAccessError           a file cannot be read or written: read-only folder, full disk

    Cancelled                     somebody asked to stop; not an error

Misuse by a programmer stays ValueError or TypeError. Messages say what was expected and what was found.
"""


class QMapStudioError(Exception):
    """The world's fault, told in a sentence fit to show."""


class ImageError(QMapStudioError):
    """A picture cannot be read or written."""


class QualityMapError(QMapStudioError):
    """A quality map, a mask or a region cannot be used: damaged, out of range, of another kind."""


class QualityMapShapeError(QualityMapError):
    """A quality map has another size than its picture."""


class AnnotationError(QMapStudioError):
    """A file of annotations cannot be read, or leaves open what it means."""


class RulesError(QMapStudioError):
    """Rules for annotations cannot be read, or say what has no meaning."""


class ProjectError(QMapStudioError):
    """A project cannot be read: damaged beyond use, foreign, or of a newer program."""


class BitstreamError(QMapStudioError):
    """An .sfc file is damaged, cut short, foreign or hostile."""


class WeightsError(QMapStudioError):
    """A model's weights are missing, damaged, or not those a file was made with."""


class TaskModelError(QMapStudioError):
    """A user's model for a task cannot be read, is not safe to read, or does not fit the picture."""


class ComputeError(QMapStudioError):
    """There is nothing to compute with: no such device, too little memory, no codec, or none that has gradients."""


class TargetSizeError(QMapStudioError):
    """No quality gives a file of the size asked for."""


class FileAccessError(QMapStudioError):
    """A file cannot be read or written."""


class Cancelled(Exception):  # noqa: N818 - an answer to a request, not an error
    """Work was given up because somebody asked to stop."""
