"""The program, whose worker processes have a codec without weights: `python -m tests.unit.batch.working COMMAND ...`.

The names of photos say what befalls their worker: `kills` ends it, `once` ends it the first time, `endless` is never
done. What is told in files of the folder that the variable NOTES names: `loaded` has a line for each codec that was
loaded, `begun` one for each photo.
"""

import os
import signal
import sys
from pathlib import Path

from qmap_studio.batch import processes
from qmap_studio.core.errors import WeightsError
from tests.unit.evaluation.pictures import JpegCodec

work = processes._work


def note(name, text=""):
    """Adds a line; gives all there were before."""
    path = Path(os.environ["NOTES"], name)
    before = path.read_text().splitlines() if path.exists() else []
    with path.open("a") as file:
        file.write(f"{text}\n")
    return before


def noted(name):
    """The lines of a file of notes."""
    path = Path(os.environ["NOTES"], name)
    return path.read_text().splitlines() if path.exists() else []


class Fateful(JpegCodec):
    """Does what the name of the photo says."""

    def encode(self, picture, quality_map, *, checkpoint=None, **options):
        name = picture.metadata.file_name
        before = note("begun", name)
        if "kills" in name or ("once" in name and name not in before):
            os.kill(os.getpid(), signal.SIGKILL)
        while "endless" in name:
            checkpoint(0.5)
        return super().encode(picture, quality_map, checkpoint=checkpoint, **options)


def work_with_fateful(*arguments):
    """Takes the place of what a worker process does."""
    from qmap_studio.batch import coder

    def load_codec(model, _device):
        note("loaded", os.getpid())
        if model == "none":
            raise WeightsError("There are no weights.")
        if model == "large":
            raise MemoryError
        return Fateful()

    coder.load_codec = load_codec
    work(*arguments)


if __name__ == "__main__":
    from qmap_studio.cli.main import main

    processes._work = work_with_fateful
    sys.exit(main(sys.argv[1:]))
