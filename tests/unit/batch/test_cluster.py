"""Photos done by workers of a Dask cluster: real processes, the real codec, small photos."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from qmap_studio.batch import Outcome, Plan, Run, Task, Totals, cluster
from qmap_studio.batch.cluster import Cluster
from qmap_studio.batch.coder import Coder
from qmap_studio.batch.places import PathMap
from qmap_studio.codec.models import weights_path
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.files import digest_of
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.recipes.maps import MapRecipe

PATIENCE_S = 90
distributed = pytest.importorskip("distributed", reason="the extra batch is not installed")

KILLER = """
import os
from qmap_studio.batch import remote


def do_or_die(wanted, key, task, do=remote.do):
    return os._exit(1) if "killer" in task.place else do(wanted, key, task)


remote.do = do_or_die
"""


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Its address; two workers are there, which end when they are given a killer."""
    preload = tmp_path_factory.mktemp("preload") / "killer.py"
    preload.write_text(KILLER)
    with started(2, preload=[str(preload)]) as there:
        yield there.scheduler_address
        there.close(timeout=5)


def started(workers, **options):
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=100, **options
    )


@pytest.fixture(scope="module")
def weights():
    return digest_of(weights_path("live"))


@pytest.fixture(scope="module")
def coder():
    return Coder("live", "cpu")


class Watch:
    """Sees the outcomes of a run, and does something after the first."""

    def __init__(self, after_first=lambda: None):
        self.outcomes: list[Outcome] = []
        self._after_first = after_first

    def listed(self, totals: Totals) -> None:
        pass

    def ended(self, outcome: Outcome, totals: Totals) -> None:
        self.outcomes.append(outcome)
        if len(self.outcomes) == 1:
            self._after_first()


def photos(folder: Path, count: int) -> Path:
    for number in range(count):
        levels = np.random.default_rng(number).integers(0, 256, (64, 96, 3), dtype=np.uint8)
        path = folder / f"{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(path, Picture(levels))
    return folder


def plan_of(folder: Path, weights: str) -> Plan:
    return Plan((folder / "in",), folder / "out", MapRecipe(0.5), weights=weights)


def assert_all_done_once(plan: Plan, coder: Coder, tmp_path: Path) -> None:
    """Each photo has one line in the journal and the bytes that this process gives it; nothing else lies there."""
    tasks = [entry for entry in plan.entries() if isinstance(entry, Task)]
    lines = Counter(json.loads(line)["photo"] for line in (plan.out / "batch.jsonl").read_text().splitlines())
    assert lines == dict.fromkeys((task.place for task in tasks), 1)
    files = {
        path
        for path in plan.out.rglob("*")
        if path.is_file() and path.parent != plan.out and not path.name.startswith(".")
    }
    assert files == {task.output for task in tasks}
    for task in tasks:
        other = Task(task.place, task.photo, tmp_path / "other.sfc", task.recipe)
        assert coder.do(other).error == ""
        assert task.output.read_bytes() == other.output.read_bytes()


def test_one_of_two_workers_is_killed_midway(scheduler, weights, coder, tmp_path):
    photos(tmp_path / "in", 8)
    plan = plan_of(tmp_path, weights)
    with Cluster(scheduler, "live", "cpu", weights, plan.out) as workers:
        assert workers.count == 2
        pids = workers._client.run(os.getpid)
        watch = Watch(lambda: os.kill(min(pids.values()), signal.SIGKILL))
        totals = Run(plan, watch).with_workers(workers)
    assert (totals.done, totals.failed, totals.stopped) == (8, 0, "")
    assert_all_done_once(plan, coder, tmp_path)
    assert not (plan.out / cluster.MARK).exists()


def test_a_photo_that_kills_its_workers_is_an_error_and_stops_no_other(scheduler, weights, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "MOST_TRIES", 2)
    photos(tmp_path / "in", 4)
    shutil.copy(tmp_path / "in/0/0.png", tmp_path / "in/0/killer.png")
    plan = plan_of(tmp_path, weights)
    watch = Watch()
    with Cluster(scheduler, "live", "cpu", weights, plan.out) as workers:
        totals = Run(plan, watch).with_workers(workers)
    assert (totals.done, totals.failed) == (4, 1)
    failed = next(outcome for outcome in watch.outcomes if outcome.error)
    assert failed.photo == "0/killer.png"
    assert failed.error == "The workers that coded this photo ended without a word, as for lack of memory."


def test_workers_see_the_folders_elsewhere(scheduler, weights, coder, tmp_path):
    there = tmp_path / "there"
    photos(there / "in", 2)
    (there / "in" / "broken.png").write_bytes(b"no picture")
    here = tmp_path / "here"
    here.symlink_to(there)
    plan = plan_of(here, weights)
    watch = Watch()
    paths = PathMap(((tmp_path, Path("/nowhere")), (here, there)))
    with Cluster(scheduler, "live", "cpu", weights, plan.out, paths) as workers:
        there.rename(tmp_path / "moved")  # who works on the paths of here finds nothing
        here.unlink()
        here.symlink_to(tmp_path / "moved")
        there.symlink_to(tmp_path / "moved")
        totals = Run(plan, watch).with_workers(workers)
    assert (totals.done, totals.failed) == (2, 1)
    failed = next(outcome for outcome in watch.outcomes if outcome.error)
    assert failed.error.startswith(f"{here}/in/broken.png")
    assert str(there) not in failed.error


def test_workers_that_do_not_see_the_results_are_left_out(scheduler, weights, tmp_path):
    paths = PathMap(((tmp_path, Path("/nowhere")),))
    told: list[str] = []
    with pytest.raises(ComputeError, match="does not see the folder of results") as caught:
        Cluster(scheduler, "live", "cpu", weights, tmp_path / "out", paths, told.append)
    assert f"{tmp_path}/out; say with --path-map" in str(caught.value)
    assert str(caught.value) in told


def test_a_worker_with_other_weights_is_left_out_now_and_when_it_comes_later(scheduler, weights, coder, tmp_path):
    plan = plan_of(tmp_path, weights)
    photos(tmp_path / "in", 3)
    own = installed(tmp_path / "own", b"")
    others = installed(tmp_path / "others", b"other")
    told: list[str] = []
    with started(0) as there, worker(there.scheduler_address, own), worker(there.scheduler_address, others):
        arguments = (there.scheduler_address, "mine", "cpu", weights, plan.out, PathMap(), told.append)
        there.wait_for_workers(2, timeout=PATIENCE_S)
        with Cluster(*arguments) as workers:
            assert workers.count == 1
            assert len(told) == 1
            with worker(there.scheduler_address, others):
                there.wait_for_workers(3, timeout=PATIENCE_S)
                assert Run(plan, Watch()).with_workers(workers).done == 3
                ends = monotonic() + PATIENCE_S
                while len(told) < 2 and monotonic() < ends:
                    workers._see_workers()
                    workers._hear()
                assert workers.count == 1
    for sentence in told:
        assert sentence.startswith("The worker tcp://")
        assert sentence.endswith(" is left out: its weights of the model mine are others.")


def installed(home: Path, more: bytes) -> Path:
    """A home with weights of the user's own."""
    path = home / "qmap-studio" / "models" / "mine.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(weights_path("live").read_bytes() + more)
    return home


class worker:  # noqa: N801 - used as a function
    """A worker that is started as people do it."""

    def __init__(self, address: str, home: Path) -> None:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
        self._process = subprocess.Popen(
            [*command, "--no-nanny", "--local-directory", str(home)],
            env={**os.environ, "XDG_DATA_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def test_the_scheduler_is_gone_midway_and_another_goes_on(scheduler, weights, coder, tmp_path):
    photos(tmp_path / "in", 6)
    plan = plan_of(tmp_path, weights)
    with started(1) as there, Cluster(there.scheduler_address, "live", "cpu", weights, plan.out) as workers:
        gone = Run(plan, Watch(there.close))
        with pytest.raises(ComputeError, match=r"The scheduler at tcp:.* is gone; .* start this again to go on"):
            gone.with_workers(workers)
    with Cluster(scheduler, "live", "cpu", weights, plan.out) as workers:
        totals = Run(plan, Watch()).with_workers(workers)
    assert totals.before >= 1
    assert totals.before + totals.done == 6
    assert_all_done_once(plan, coder, tmp_path)


def test_the_command_is_killed_midway_and_started_again(scheduler, weights, coder, tmp_path):
    photos(tmp_path / "in", 12)
    command = [sys.executable, "-m", "qmap_studio", "batch", "in", "-o", "out", "--quality", "0.5"]
    command += ["--model", "live", "--device", "cpu", "--scheduler", scheduler]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    journal = tmp_path / "out" / "batch.jsonl"
    first = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    while not journal.exists() or journal.read_bytes().count(b"\n") < 2:
        assert first.poll() is None
    first.kill()
    first.wait()
    second = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert second.returncode == 0, second.stderr
    plan = plan_of(tmp_path, weights)
    assert_all_done_once(plan, coder, tmp_path)


def test_cancelled_photos_have_no_file_and_the_workers_are_free(scheduler, weights, coder, tmp_path):
    photos(tmp_path / "in", 12)
    plan = plan_of(tmp_path, weights)
    watch = Watch()
    with Cluster(scheduler, "live", "cpu", weights, plan.out) as workers:
        totals = Run(plan, watch, lambda: bool(watch.outcomes)).with_workers(workers)
        assert totals.stopped == "Cancelled; start it again to go on."
        assert 1 <= totals.done < 12
        totals = Run(plan, Watch()).with_workers(workers)
    assert totals.before + totals.done == 12
    assert_all_done_once(plan, coder, tmp_path)


def test_no_scheduler_is_told_within_seconds(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTS_WITHIN_S", 1.0)
    began = monotonic()
    with pytest.raises(ComputeError, match=r"There is no scheduler at tcp://127\.0\.0\.1:9: is it running"):
        Cluster("tcp://127.0.0.1:9", "live", "cpu", weights, tmp_path)
    assert monotonic() - began < 10


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://host:8786", "tcp://host", "", "tcp://:8786"])
def test_what_is_no_address_is_told_at_once(address, weights, tmp_path):
    with pytest.raises(ComputeError, match=r"is no address of a scheduler; one such as tcp://HOST:8786 was expected."):
        Cluster(address, "live", "cpu", weights, tmp_path)


def test_without_the_extra_a_sentence_says_what_to_install(weights, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ComputeError, match=r'need Dask; install "qmap-studio\[batch\]" with pip.'):
        Cluster("tcp://127.0.0.1:8786", "live", "cpu", weights, tmp_path)


def test_no_worker_is_told(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "JOINS_WITHIN_S", 0.1)
    with started(0) as there, pytest.raises(ComputeError, match=r"No worker is at the scheduler tcp:.* dask worker"):
        Cluster(there.scheduler_address, "live", "cpu", weights, tmp_path)


def test_a_task_is_small(tmp_path):
    task = Task("a/b.jpg", tmp_path / "a/b.jpg", tmp_path / "out/a/b.jpg.sfc", MapRecipe(map=tmp_path / "b.png"))
    assert len(pickle.dumps(task)) < 2000
