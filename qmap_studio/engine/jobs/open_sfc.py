"""Opening an `.sfc` file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.cells import CELL_PX, levels_of
from qmap_studio.core.errors import BitstreamError, ImageError, ProjectError
from qmap_studio.core.files import digest_of
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, load_picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import CellBits, JobDone, JobResult, MapValues

if TYPE_CHECKING:
    from qmap_studio.codec import Decoding
    from qmap_studio.document.project import Project


@dataclass(frozen=True)
class SfcOpened(JobResult):
    """A decoded file; `values` is its map, one value a pixel, ready to be edited.

    Attributes:
        bounds: the error bounds that were asked for when it was made; None if no pixel has one.
        digest: the SHA-256 of the file, in hexadecimal.
        project: the layers that its map was made of, if the file carries them, and what photo it was made from.
        notices: what a person should know.
        photo: where the picture was read from, if it is not the decoded one; the digest is that of this file then.
    """

    path: Path
    picture: Picture
    values: MapValues
    cell_bits: CellBits
    size_bytes: int
    bounds: Bounds | None = None
    digest: str = ""
    project: "Project | None" = None
    notices: tuple[str, ...] = ()
    photo: Path | None = None


@dataclass(frozen=True)
class OpenSfc(Job):
    """Decode an `.sfc` file to its picture and its quality map; delivers `SfcOpened`.

    Attributes:
        photo: that it was made from, which is then read in place of the decoded picture.
    """

    takes_over: ClassVar[bool] = True

    path: Path
    photo: Path | None = None

    def do(self, context: JobContext) -> JobDone:
        from qmap_studio.recipes.sfc_files import SfcFigures, read_sfc

        path = self.path
        checkpoint = context.progress.part(0, 1, tr("Decoding {name}").format(name=path.name))
        data = read_sfc(path)
        decoding = context.codecs.of_file(data).decode(data, checkpoint=checkpoint)
        if self.photo is not None:
            return self._with_photo(self.photo, decoding, context)
        picture = decoding.picture
        values = map_of_cells(decoding.quality_cells, picture.height, picture.width)
        project, notices = _layers(data, path, picture)
        opened = SfcOpened(
            context.job_id,
            path,
            picture,
            values,
            decoding.cell_bits,
            len(data),
            decoding.bounds,
            hashlib.sha256(data).hexdigest(),
            project,
            notices,
        )
        context.deliver(opened)
        size = tr("{name}: {text}").format(name=path.name, text=SfcFigures.of(data, picture).text)
        sentences = [size, tr("Figures now compare with this decoded picture.")]
        in_use = context.codecs.in_use
        if in_use is not None and in_use.model_id != decoding.model_id:
            models = tr("It was made with {made_with}; what you paint is coded with {in_use}.")
            sentences.append(models.format(made_with=decoding.model_id, in_use=in_use.model_id))
        return JobDone(context.job_id, path, " ".join(sentences))

    def _with_photo(self, photo: Path, decoding: "Decoding", context: JobContext) -> JobDone:
        read = watched(lambda: load_picture(photo), context.progress.check)
        picture, decoded = read.picture, decoding.picture
        if (picture.height, picture.width) != (decoded.height, decoded.width):
            text = tr("{photo} is of another size than the photo that {name} was made from.")
            raise ImageError(text.format(photo=photo.name, name=self.path.name))
        opened = SfcOpened(
            context.job_id,
            self.path,
            picture,
            map_of_cells(decoding.quality_cells, picture.height, picture.width),
            decoding.cell_bits,
            0,
            decoding.bounds,
            digest_of(photo),
            notices=read.notices,
            photo=photo,
        )
        context.deliver(opened)
        text = tr("{photo} is open with the map of {name}.")
        return JobDone(context.job_id, photo, text.format(photo=photo.name, name=self.path.name))


def _layers(data: bytes, path: Path, picture: Picture) -> "tuple[Project | None, tuple[str, ...]]":
    """What the file carries of the layers of its map, and what is to be said about them."""
    from qmap_studio.document.project import read_project_bytes
    from qmap_studio.recipes.sfc_files import layers_in

    try:
        layers = layers_in(data)
        if not layers:
            return None, ()
        read = read_project_bytes(layers, path.name)
    except (ProjectError, BitstreamError):
        return None, (tr("The layers of the map that {name} carries cannot be read.").format(name=path.name),)
    if (read.project.height, read.project.width) != (picture.height, picture.width):
        return None, (tr("The layers of the map that {name} carries cannot be read.").format(name=path.name),)
    return read.project, read.losses


def map_of_cells(quality_cells: npt.NDArray[np.float32], height: int, width: int) -> MapValues:
    """uint16 (H, W): the map a file signals, one value a pixel; coding it again signals the same."""
    levels = levels_of(np.clip(quality_cells, 0, 1))
    return levels.repeat(CELL_PX, axis=0)[:height].repeat(CELL_PX, axis=1)[:, :width]
