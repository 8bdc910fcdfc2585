"""How each job is done. Files are written at the very end and whole, so a cancelled job leaves none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmap_studio.core.errors import ComputeError, FileAccessError, ImageError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.picture import Picture, read_picture, write_picture
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.rect import Rect
from qmap_studio.engine.figures import measure_encoding
from qmap_studio.engine.jobs import (
    Compare,
    ExportPicture,
    ExportSfc,
    GradCam,
    ImportCheckpoint,
    Job,
    OpenPicture,
    OpenSfc,
    OptimiseMap,
)
from qmap_studio.engine.progress import Progress
from qmap_studio.engine.results import Compared, JobDone, MapFound, MapValues, PictureOpened, Result, SfcOpened, Side
from qmap_studio.engine.session import Session, Snapshot, quality_of, values_of_cells

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Encoding

LARGEST_SFC_BYTES = 1 << 30


@dataclass(frozen=True)
class Bench:
    """What a job is done with.

    Attributes:
        session: what is shown by now; `snapshot`: what the job is of.
        bring_on: makes another piece of what is shown exact; False if there is none, or it is no longer what is shown.
    """

    job_id: int
    session: Session | None
    snapshot: Snapshot | None
    progress: Progress
    deliver: Callable[[Result], None]
    bring_on: Callable[[Session], bool]


class Tasks:
    """Does jobs. Keeps the last comparison, so that saving it as a picture does not search again.

    Args:
        load: gives the codec of a model, for files of another model than the engine's.
    """

    def __init__(self, load: "Callable[[str], Codec]") -> None:
        self._load = load
        self._other_codec: Codec | None = None
        self._codec: Codec | None = None
        self.codec_failure = "The codec is not loaded yet."
        self._comparison: tuple[Picture, int, Rect | None, float | None, Compared] | None = None

    def use(self, codec: "Codec") -> None:
        """From now on jobs are done with this codec."""
        self._codec = codec
        self._comparison = None

    def perform(self, job: Job, bench: Bench) -> JobDone:
        """Do a job to its end.

        Raises:
            QMapStudioError: it cannot be done, in a sentence.
            Cancelled: it was cancelled; no file was written.
        """
        match job:
            case OpenPicture(path):
                return self._open_picture(path, bench)
            case OpenSfc(path):
                return self._open_sfc(path, bench)
            case ExportSfc(path, target_bytes):
                return self._export_sfc(path, target_bytes, bench)
            case ExportPicture("reconstruction", path):
                return self._export_reconstruction(path, bench)
            case ExportPicture("heat_map", path):
                return self._export_heat_map(path, bench)
            case ExportPicture("comparison", path, source_name):
                return self._export_comparison(path, source_name, bench)
            case Compare():
                return self._compare(bench)
            case OptimiseMap() | GradCam():
                return self._find_map(job, bench)
            case ImportCheckpoint(path):
                return self._import_checkpoint(path, bench)
        raise ValueError(f"no such job: {job!r}")

    def _open_picture(self, path: Path, bench: Bench) -> JobDone:
        checkpoint = bench.progress.part(0, 1, f"Opening {path.name}")
        picture = read_picture(path)
        checkpoint(1)
        bench.deliver(PictureOpened(bench.job_id, path, picture))
        return JobDone(bench.job_id, path, f"{path.name}: {picture.width} x {picture.height} pixels.")

    def _open_sfc(self, path: Path, bench: Bench) -> JobDone:
        checkpoint = bench.progress.part(0, 1, f"Decoding {path.name}")
        data = _read_bytes(path)
        decoding = self._codec_of(data).decode(data, checkpoint=checkpoint)
        picture = decoding.picture
        values = values_of_cells(decoding.quality_cells, picture.height, picture.width)
        bench.deliver(SfcOpened(bench.job_id, path, picture, values, decoding.cell_bits, len(data)))
        text = _size_text(path.name, len(data), picture)
        text += " Figures now compare with this decoded picture."
        if self._codec is not None and self._codec.model_id != decoding.model_id:
            text += f" It was made with {decoding.model_id}; what you paint is coded with {self._codec.model_id}."
        return JobDone(bench.job_id, path, text)

    def _export_sfc(self, path: Path, target_bytes: int | None, bench: Bench) -> JobDone:
        snapshot = _snapshot(bench)
        checkpoint = bench.progress.part(0, 0.98, f"Encoding {path.name}")
        if target_bytes is None:
            encoding = self._encode(snapshot, bench, checkpoint)
        else:
            from qmap_studio.codec import encode_to_size

            quality_map, size_bytes = quality_of(snapshot.values), _shown_bytes(snapshot, bench)
            encoding = encode_to_size(
                self._loaded_codec(),
                snapshot.picture,
                quality_map,
                target_bytes,
                known=(0, size_bytes) if size_bytes else None,
                checkpoint=checkpoint,
            )
        bench.progress.part(0.98, 1, f"Writing {path.name}")
        atomic_write(path, encoding.data)
        return JobDone(bench.job_id, path, _size_text(path.name, encoding.size_bytes, snapshot.picture))

    def _export_reconstruction(self, path: Path, bench: Bench) -> JobDone:
        snapshot = _snapshot(bench)
        encoding = self._encode(snapshot, bench, bench.progress.part(0, 0.9, "Encoding"))
        return _save(path, replace(snapshot.picture, pixels=encoding.reconstruction), bench)

    def _export_heat_map(self, path: Path, bench: Bench) -> JobDone:
        from qmap_studio.engine.pictures import heat_map_picture

        snapshot = _snapshot(bench)
        encoding = self._encode(snapshot, bench, bench.progress.part(0, 0.9, "Encoding"))
        height, width = snapshot.values.shape
        return _save(path, Picture(heat_map_picture(encoding.cell_bits, height, width)), bench)

    def _export_comparison(self, path: Path, source_name: str, bench: Bench) -> JobDone:
        from qmap_studio.engine.pictures import comparison_picture

        compared = self._compared(_snapshot(bench), bench)
        return _save(path, Picture(comparison_picture(compared, source_name)), bench)

    def _compare(self, bench: Bench) -> JobDone:
        compared = replace(self._compared(_snapshot(bench), bench), job_id=bench.job_id)
        bench.deliver(compared)
        sizes = f"{compared.roi.size_bytes:,} bytes with the map, {compared.uniform.size_bytes:,} uniform"
        return JobDone(bench.job_id, None, f"Compared: {sizes}.")

    def _find_map(self, job: OptimiseMap | GradCam, bench: Bench) -> JobDone:
        from qmap_studio.engine import map_search

        snapshot = _snapshot(bench)

        def show(values: MapValues) -> None:
            bench.deliver(MapFound(bench.job_id, snapshot.picture, values))

        if isinstance(job, GradCam):
            text = map_search.look(job, snapshot, bench.progress, show)
        else:
            text = map_search.search(job, self._loaded_codec(), snapshot, bench.progress, show)
        return JobDone(bench.job_id, None, text)

    def _import_checkpoint(self, path: Path, bench: Bench) -> JobDone:
        from qmap_studio.codec import import_checkpoint

        bench.progress.part(0, 1, f"Importing {path.name}")
        model_id = import_checkpoint(path, "song2021").stem
        self._other_codec = None  # it may have had the weights that were there before
        return JobDone(bench.job_id, path, f"{model_id} is installed; the menu Codec offers it.")

    def _compared(self, snapshot: Snapshot, bench: Bench) -> Compared:
        if self._comparison is not None:
            picture, *of, compared = self._comparison
            if picture is snapshot.picture and of == [snapshot.revision, snapshot.selection, snapshot.threshold]:
                return compared
        from qmap_studio.codec import encode_to_size, uniform_quality

        roi = self._encode(snapshot, bench, bench.progress.part(0, 0.2, "Encoding with the map"))
        checkpoint = bench.progress.part(0.2, 0.9, "Searching the uniform quality of the same size")
        low, high = float(roi.quality_cells.min()), float(roi.quality_cells.max())
        uniform = roi
        if low < high:
            quality_map = np.broadcast_to(np.float32(uniform_quality(roi)), snapshot.values.shape)
            size, known = roi.size_bytes, (0, roi.size_bytes)
            uniform = encode_to_size(
                self._loaded_codec(), snapshot.picture, quality_map, size, known=known, checkpoint=checkpoint
            )
        map_text = f"quality {low:.2f} to {high:.2f}"
        uniform_text = f"quality {float(uniform.quality_cells.mean()):.2f} everywhere"
        bench.progress.part(0.9, 0.95, "Measuring")
        compared = Compared(
            bench.job_id,
            snapshot.picture.pixels,
            _side(snapshot, roi, map_text),
            _side(snapshot, uniform, uniform_text),
        )
        self._comparison = (snapshot.picture, snapshot.revision, snapshot.selection, snapshot.threshold, compared)
        return compared

    def _encode(self, snapshot: Snapshot, bench: Bench, checkpoint: Callable[[float], None]) -> "Encoding":
        """What is shown is what the file holds, once all of it is exact; if the map is edited before, it is coded anew.

        So a job asked for early and what is shown are the same work.
        """
        session = bench.session
        while session is not None and _shows(session, snapshot) and session.stale.any():
            checkpoint(1.0 - float(np.mean(session.stale)))
            if not bench.bring_on(session):
                break
        if session is not None and _shows(session, snapshot):
            finished = session.finished()
            if finished is not None:
                return finished
        return self._loaded_codec().encode(snapshot.picture, quality_of(snapshot.values), checkpoint=checkpoint)

    def _codec_of(self, data: bytes) -> "Codec":
        """The codec that made a file; the last one that is not the engine's own is kept."""
        from qmap_studio.codec import model_of

        model_id = model_of(data)
        for codec in (self._codec, self._other_codec):
            if codec is not None and codec.model_id == model_id:
                return codec
        self._other_codec = self._load(model_id)
        return self._other_codec

    def _loaded_codec(self) -> "Codec":
        if self._codec is None:
            raise ComputeError(self.codec_failure)
        return self._codec


def _snapshot(bench: Bench) -> Snapshot:
    """The picture and the map that the job is of."""
    if bench.snapshot is None:
        raise ImageError("There is no picture yet; open one first.")
    return bench.snapshot


def _shows(session: Session, snapshot: Snapshot) -> bool:
    """Whether what is shown is still what a job is of."""
    return session.picture is snapshot.picture and session.revision == snapshot.revision


def _shown_bytes(snapshot: Snapshot, bench: Bench) -> int | None:
    """The size as far as what is shown tells it."""
    session = bench.session
    return session.size_bytes if session is not None and _shows(session, snapshot) else None


def _side(snapshot: Snapshot, encoding: "Encoding", quality_text: str) -> Side:
    figures = measure_encoding(snapshot, encoding)
    return Side(encoding.reconstruction, encoding.cell_bits, encoding.size_bytes, figures, quality_text)


def _save(path: Path, picture: Picture, bench: Bench) -> JobDone:
    bench.progress.part(0.95, 1, f"Writing {path.name}")
    write_picture(path, picture)
    return JobDone(bench.job_id, path, f"{path.name} saved, {picture.width} x {picture.height} pixels.")


def _size_text(name: str, size_bytes: int, picture: Picture) -> str:
    bpp = bits_per_pixel(size_bytes, picture.height, picture.width)
    return f"{name}: {size_bytes:,} bytes, {bpp:.3f} bits per pixel."


def _read_bytes(path: Path) -> bytes:
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_SFC_BYTES:
            raise FileAccessError(f"{path} has {size_bytes:,} bytes; an .sfc file has at most {LARGEST_SFC_BYTES:,}.")
        return path.read_bytes()
    except OSError as error:
        raise FileAccessError(f"Cannot read {path}: {error.strerror or error}.") from error
