import json

import pytest

from qmap_studio.batch import Plan, Run
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.recipes.maps import MapRecipe
from tests.unit.batch.here import Here, Told
from tests.unit.evaluation.pictures import JpegCodec, waves


class Batch:
    """A folder of photos, one of results, and runs over them.

    Attributes:
        workers, told: of the last run.
        is_stopped: asked by it again and again.
        before: called with each of its tasks before it is done.
    """

    def __init__(self, folder):
        self.photos, self.out = folder / "photos", folder / "out"
        self.photos.mkdir()
        self.is_stopped = lambda: False
        self.before = lambda _task: None

    def photo(self, place, height=24, width=32):
        path = self.photos / place
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(path, Picture(waves(height, width)))
        return path

    def plan(self, recipe=None, **options):
        return Plan((self.photos,), self.out, recipe or MapRecipe(0.5), **options)

    def run(self, recipe=None, **options):
        """Gives the totals."""
        self.workers = Here()
        self.workers.before = self.before
        return self.run_with(self.workers, recipe, **options)

    def run_with(self, workers, recipe=None, **options):
        self.told = Told()
        return Run(self.plan(recipe, **options), self.told, lambda: self.is_stopped()).with_workers(workers)

    def rows(self):
        from qmap_studio.batch.table import rows_of

        return {row["photo"]: row for row in rows_of(self.out / "batch.csv")}

    def journal(self):
        return [json.loads(line) for line in (self.out / "batch.jsonl").read_text().splitlines()]

    def files(self):
        """Bytes of the results by their places."""
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in self.out.rglob("*.sfc")}

    def left_over(self):
        """What is neither a result nor told of."""
        known = {"batch.csv", "batch.jsonl", "batch.html", ".batch.lock"}
        return {
            path.name
            for path in self.out.rglob("*")
            if path.is_file() and path.suffix != ".sfc" and path.name not in known
        }


@pytest.fixture
def codec(monkeypatch):
    """A codec without weights in place of the learned one."""
    codec = JpegCodec()
    monkeypatch.setattr("qmap_studio.batch.coder.load_codec", lambda *_: codec)
    monkeypatch.setattr("qmap_studio.codec.load_codec", lambda *_: codec)
    return codec


@pytest.fixture
def batch(codec, tmp_path):
    return Batch(tmp_path)
