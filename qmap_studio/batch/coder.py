"""Codes one photo after the other with a codec that is loaded once."""

import errno
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from qmap_studio.batch.outcome import Outcome
from qmap_studio.batch.places import with_paths
from qmap_studio.batch.stores import at_hand
from qmap_studio.batch.task import Task
from qmap_studio.codec import load_codec
from qmap_studio.core.errors import Cancelled, QMapStudioError
from qmap_studio.core.files import make_folder
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import load_picture
from qmap_studio.core.rate import bytes_at
from qmap_studio.document.annotations.repeated import RepeatedReader
from qmap_studio.evaluation.region import RegionFigures, region_of
from qmap_studio.recipes.encode import encode_picture, size_notice
from qmap_studio.recipes.figures import measure_file

Checkpoint = Callable[[float], None]


class Coder:
    """Does tasks.

    Args:
        model, device: as `load_codec` takes them.
        scratch: a folder that coders beside this one are given as well, and that is deleted after them; None for one
            of its own.
    Raises:
        WeightsError, ComputeError: the codec cannot be loaded.
    """

    def __init__(self, model: str, device: str, scratch: Path | None = None) -> None:
        self._codec = load_codec(model, device)
        self._annotations = RepeatedReader(scratch)

    def do(self, task: Task, checkpoint: Checkpoint = lambda _share: None) -> Outcome:
        """Codes a photo; whatever goes wrong with it is in the outcome.

        Args:
            checkpoint: called now and then; what it raises ends the work, and no file is written.
        """
        began = perf_counter()
        names: dict[str, str] = {}

        def failed(error: str, *, is_disk_full: bool = False) -> Outcome:
            return Outcome(
                task.place,
                task.file,
                seconds=perf_counter() - began,
                notices=task.notices,
                error=with_paths(error, names),
                is_disk_full=is_disk_full,
            )

        try:
            with at_hand(task) as near:
                names.update(near.names)
                outcome = self._do(near.task, checkpoint, began)
            return replace(outcome, notices=tuple(with_paths(notice, names) for notice in outcome.notices))
        except Cancelled:
            raise
        except QMapStudioError as error:
            return failed(str(error), is_disk_full=_is_disk_full(error))
        except MemoryError:
            return failed(tr("There is not enough memory for this picture."))
        except Exception as error:  # one photo stops no others
            return failed(tr("Unexpected: {error}").format(error=f"{type(error).__name__}: {error}"))

    def _do(self, task: Task, checkpoint: Checkpoint, began: float) -> Outcome:
        read = load_picture(task.photo)
        picture = read.picture.stripped(task.strip)
        document, notices = task.recipe.document(
            picture, task.photo, partial(self._annotations.read, checkpoint=checkpoint)
        )
        quality_map = task.recipe.quality_map(document)
        target_bytes = task.target_bytes
        if task.target_bpp is not None:
            target_bytes = bytes_at(task.target_bpp, picture.height, picture.width)
        checkpoint(0.0)
        make_folder(task.output.parent)
        encoding = encode_picture(
            self._codec,
            picture,
            quality_map,
            task.output,
            target_bytes,
            bounds=document.bounds,
            thorough=task.thorough,
            checkpoint=checkpoint,
        )
        region = None if task.recipe.is_uniform else region_of(document.quality_map.values)
        figures = measure_file(picture, encoding, region).figures
        small = size_notice(encoding, target_bytes)
        said = (*task.notices, *read.notices, *notices, *self._codec.notices, *([small] if small else []))
        return Outcome(
            task.place,
            task.file,
            width=picture.width,
            height=picture.height,
            bytes=encoding.size_bytes,
            bpp=encoding.file_bpp,
            psnr=_psnr(figures.overall),
            psnr_inside=_psnr(figures.inside),
            psnr_outside=_psnr(figures.outside),
            ms_ssim=_ms_ssim(figures.overall),
            ms_ssim_inside=_ms_ssim(figures.inside),
            ms_ssim_outside=_ms_ssim(figures.outside),
            seconds=perf_counter() - began,
            notices=tuple(map(str, said)),
        )


def _psnr(figures: RegionFigures | None) -> float | None:
    return figures.psnr_db if figures is not None else None


def _ms_ssim(figures: RegionFigures | None) -> float | None:
    return figures.ms_ssim if figures is not None else None


def _is_disk_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__
    return False
