"""What the model in use finds important, and what comes of it, at several qualities of a uniform map."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.engine.jobs.context import JobContext
from qmap_studio.engine.jobs.job import Job
from qmap_studio.engine.results import CellBits, JobDone, JobResult

if TYPE_CHECKING:
    from qmap_studio.codec.common.importance import StageImportance

QUALITIES = (0.1, 0.5, 0.9)
MOST_VALUES = 512
"""Of a plane's longer side: more cannot be told apart where several planes stand side by side."""


@dataclass(frozen=True)
class AtQuality:
    """What a uniform map of one quality gives.

    Attributes:
        lmbda: that the model takes the quality for.
        stages: as the encoder's, finest first; larger planes are reduced to 512 values a side.
        bpp: bits per pixel, estimated.
        psnr_db: of the whole picture.
    """

    quality: float
    lmbda: float
    stages: "tuple[StageImportance, ...]"
    cell_bits: CellBits
    bpp: float
    psnr_db: float


@dataclass(frozen=True)
class ImportanceStudied(JobResult):
    """Lowest quality first."""

    picture: Picture
    model_id: str
    at_qualities: tuple[AtQuality, ...]


@dataclass(frozen=True)
class StudyImportance(Job):
    """Code the picture under uniform maps, and show what the model finds important in it; gives `ImportanceStudied`."""

    is_of_map: ClassVar[bool] = True
    gives_way: ClassVar[bool] = True

    qualities: tuple[float, ...] = QUALITIES

    def do(self, context: JobContext) -> JobDone:
        share = 1 / len(self.qualities)
        found = tuple(_at(context, quality, i * share, share) for i, quality in enumerate(self.qualities))
        model_id = context.codecs.required.model_id
        context.deliver(ImportanceStudied(context.job_id, context.snapshot.picture, model_id, found))
        return JobDone(context.job_id, None, tr("What {model} finds important is shown.").format(model=model_id))


def _at(context: JobContext, quality: float, start: float, share: float) -> AtQuality:
    from qmap_studio.codec.common.importance import offering_importance
    from qmap_studio.evaluation.metrics import psnr_db

    codec, pixels = context.codecs.required, context.snapshot.picture.pixels
    height, width = pixels.shape[:2]
    quality_map = np.full((height, width), quality, np.float32)
    text = tr("Coding with quality {quality}").format(quality=quality)
    offering, middle = offering_importance(codec), start + share / 3
    stages = offering.importance(pixels, quality_map, context.progress.part(start, middle, text))
    coded = codec.preview(pixels, quality_map, checkpoint=context.progress.part(middle, start + share, text))
    return AtQuality(
        quality=quality,
        lmbda=offering.lmbda_of(quality),
        stages=tuple(map(_reduced, stages)),
        cell_bits=coded.cell_bits,
        bpp=float(bits_per_pixel(coded.estimated_bits / 8, height, width)),
        psnr_db=psnr_db(pixels, coded.reconstruction),
    )


def _reduced(stage: "StageImportance") -> "StageImportance":
    rows, columns = stage.mask.shape
    factor = max(rows, columns) / MOST_VALUES
    if factor <= 1:
        return stage
    size = max(1, round(columns / factor)), max(1, round(rows / factor))
    scale = np.exp(_resized(np.log(stage.scale), size))  # which is shown on a logarithmic scale
    return replace(stage, mask=_resized(stage.mask, size), scale=scale)


def _resized(plane: npt.NDArray[np.float32], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    from qmap_studio.core.opencv import cv2

    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
