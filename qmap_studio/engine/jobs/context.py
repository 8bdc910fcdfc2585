"""What jobs are done with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmap_studio.core.cells import qualities_of
from qmap_studio.core.errors import ImageError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.core.threads import watched
from qmap_studio.engine.codecs import Codecs
from qmap_studio.engine.last_comparison import LastComparison
from qmap_studio.engine.live_picture import LivePicture
from qmap_studio.engine.progress import Progress
from qmap_studio.engine.results import JobDone, Notice, Result
from qmap_studio.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Encoding, ProgressCallback


@dataclass(frozen=True)
class JobContext:
    """What one job is done with.

    Attributes:
        job_id: every result carries it.
        live: the picture that is shown by now, with the answers about it.
        asked_of: the picture and the map as they were when the job was asked for; None if there were none, or if the
            job is not of them.
        deliver: for what the job brings besides its end; where the receiver cannot take it, the job fails.
        code_next_piece: makes another piece of what is shown exact; False if there is none, or it is not shown any
            more.
        use_codec: lets another codec follow the painting.
    """

    job_id: int
    live: LivePicture | None
    asked_of: Snapshot | None
    progress: Progress
    deliver: Callable[[Result], None]
    codecs: Codecs
    last_comparison: LastComparison
    code_next_piece: Callable[[LivePicture], bool]
    use_codec: "Callable[[Codec], None]"

    @property
    def snapshot(self) -> Snapshot:
        """The picture and the map that the job is of.

        Raises:
            ImageError: there is none.
        """
        if self.asked_of is None:
            raise ImageError(tr("There is no picture yet; open one first."))
        return self.asked_of

    @property
    def shown(self) -> LivePicture | None:
        """What is shown, as long as it is still what the job is of."""
        live, snapshot = self.live, self.snapshot
        is_same = live is not None and live.picture is snapshot.picture and live.revision == snapshot.revision
        return live if is_same else None

    def encode(self, checkpoint: "ProgressCallback") -> "Encoding":
        """The file of the picture with its map.

        What is shown is what the file holds, once all of it is exact; if the map is edited before, it is coded anew.
        So a job asked for early and what is shown are the same work.

        Raises:
            ComputeError: there is no codec.
            ImageError: there is no picture.
        """
        while (live := self.shown) is not None and live.stale.any():
            checkpoint(1.0 - float(np.mean(live.stale)))
            if not self.code_next_piece(live):
                break
        if (live := self.shown) is not None and (finished := live.finished()) is not None:
            return finished
        snapshot, quality_map = self.snapshot, qualities_of(self.snapshot.values)
        return self.codecs.required.encode(snapshot.picture, quality_map, bounds=snapshot.bounds, checkpoint=checkpoint)

    def save_file(self, path: Path, file: Callable[[], bytes]) -> None:
        """Write what a function makes, whole or not at all; may be cancelled while it is made.

        Raises:
            FileAccessError: it cannot be written.
        """
        checkpoint = self.progress.part(0, 1, tr("Writing {name}").format(name=path.name))
        atomic_write(path, watched(file, partial(checkpoint, 0)))

    def save_picture(self, path: Path, picture: Picture) -> JobDone:
        """Write a picture that a job has made, and end with it."""
        self.progress.part(0.95, 1, tr("Writing {name}").format(name=path.name))
        for notice in write_picture(path, picture):
            self.deliver(Notice(notice))
        text = tr("{name} saved, {width} x {height} pixels.").format(
            name=path.name, width=picture.width, height=picture.height
        )
        return JobDone(self.job_id, path, text)
