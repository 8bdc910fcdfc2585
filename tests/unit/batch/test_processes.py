"""Worker processes: each loads the codec once; what becomes of one costs its photo's time and no more."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import psutil
import pytest

from qmap_studio.batch import processes
from qmap_studio.batch.processes import ENDS_WITHIN_S, Processes
from qmap_studio.cli.main import main
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.recipes.maps import MapRecipe
from tests.fixtures import sample_photo
from tests.unit.batch.working import noted, work_with_fateful

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
PATIENCE_S = 120


@pytest.fixture(autouse=True)
def _notes(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTES", str(tmp_path))


@pytest.fixture
def two(monkeypatch):
    """Two processes with a codec without weights."""
    monkeypatch.setattr(processes, "_work", work_with_fateful)
    workers = Processes(2, "live", "cpu")
    yield workers
    workers.close()


@pytest.fixture
def command(batch):
    """Starts `batch` over the photos, in a session of its own."""
    started = []

    def start():
        line = [sys.executable, "-m", "tests.unit.batch.working", "batch", batch.photos, "-o", batch.out]
        line += ["--workers", "2", "--quality", "0.5"]
        root = Path(__file__).parents[3]
        process = subprocess.Popen(
            list(map(str, line)),
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_until(is_so, process=None):
    """Until something is so."""
    end = monotonic() + PATIENCE_S
    while not is_so():
        assert monotonic() < end, "it takes too long"
        if process is None:
            os.sched_yield()
        else:
            assert process.poll() is None, process.communicate()
            os.sched_yield()


def test_photos_are_spread_and_the_codec_is_loaded_once_a_worker(batch, two):
    for number in range(12):
        batch.photo(f"{number:02}.png", 24 + number)
    totals = batch.run_with(two)
    assert (totals.done, totals.failed) == (12, 0)
    assert len(set(noted("loaded"))) == len(noted("loaded")) == 2
    assert sorted(noted("begun")) == [f"{number:02}.png" for number in range(12)]
    spread = batch.files()
    for path in batch.out.rglob("*.sfc"):
        path.unlink()
    batch.run()
    assert batch.files() == spread


def test_no_more_processes_are_begun_than_there_are_photos(batch, two):
    batch.photo("a.png")
    assert batch.run_with(two).done == 1
    assert len(noted("loaded")) == 1


def test_a_worker_that_dies_costs_its_photos_time_only(batch, two):
    names = ["a.png", "b.png", "c.png", "kills.png", "once.png", "z.png"]
    for name in names:
        batch.photo(name)
    totals = batch.run_with(two)
    assert (totals.done, totals.failed) == (5, 1)
    assert noted("begun").count("kills.png") == noted("begun").count("once.png") == 2
    assert len(noted("loaded")) <= 2 + 3
    rows = batch.rows()
    assert set(rows) == set(names)
    assert rows["kills.png"]["error"].startswith("The process that coded this photo ended without a word")
    assert rows["once.png"]["error"] == ""
    assert batch.left_over() == set()


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("none", "There are no weights."), ("large", "There is not enough memory to load the model.")],
)
def test_a_codec_that_cannot_be_loaded_is_one_sentence(batch, monkeypatch, model, sentence):
    monkeypatch.setattr(processes, "_work", work_with_fateful)
    for name in ("a.png", "b.png", "c.png"):
        batch.photo(name)
    workers = Processes(2, model, "cpu")
    with pytest.raises(ComputeError) as caught:
        batch.run_with(workers)
    workers.close()
    assert str(caught.value) == sentence
    assert batch.files() == {}


def test_cancelled_it_ends_at_once_and_leaves_no_half_file(batch, two):
    for name in ("a.png", "endless.png", "endless2.png", "z.png"):
        batch.photo(name)
    batch.is_stopped = lambda: {"endless.png", "endless2.png"} <= set(noted("begun"))
    totals = batch.run_with(two)
    assert totals.stopped == "Cancelled; start it again to go on."
    began = monotonic()
    two.close()
    assert monotonic() - began < ENDS_WITHIN_S
    assert not any("spawn_main" in " ".join(child.cmdline()) for child in psutil.Process().children())
    assert set(batch.files()) == {"a.png.sfc"}
    assert batch.left_over() == set()


def test_of_a_parent_that_is_killed_no_workers_are_left(batch, command):
    for name in ("endless.png", "endless2.png"):
        batch.photo(name)
    process = command()
    wait_until(lambda: len(noted("begun")) == 2, process)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert alive == []
    assert batch.files() == {}


def test_an_interrupt_in_the_terminal_ends_it_in_order(batch, command):
    for name in ("a.png", "endless.png", "endless2.png"):
        batch.photo(name)
    process = command()
    wait_until(lambda: len(noted("begun")) == 3, process)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, to all of them
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert errors.endswith("qmap-studio: interrupted\n")
    assert "1 done" in output
    assert batch.left_over() == set()


@pytest.mark.parametrize("is_whole", [True, False], ids=["all processes", "the parent alone"])
def test_killed_again_and_again_nothing_is_lost_nothing_done_twice(batch, command, is_whole):
    names = [f"{folder}/{number}.png" for folder in "ab" for number in range(12)]
    for number, name in enumerate(names):
        batch.photo(name, 24 + number)
    chance = random.Random(is_whole)

    def journal():
        try:
            return (batch.out / "batch.jsonl").read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    kills = 0
    while journal() < len(names) - 2:
        wanted = journal() + chance.randint(3, 9)
        process = command()
        wait_until(lambda: journal() >= wanted or process.poll() is not None)  # noqa: B023
        if process.poll() is None:
            (os.killpg if is_whole else os.kill)(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
    process = command()
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert kills > 1
    assert set(batch.rows()) == set(names)
    assert not any(row["error"] for row in batch.rows().values())
    told = [entry["photo"] for entry in batch.journal()]
    assert sorted(told) == sorted(names), "each once"
    assert f"of {len(names)}" in output
    killed = batch.files()
    batch.out = batch.out.with_name("at once")
    batch.run()
    assert batch.files() == killed


def test_real_weights_in_processes_write_what_encode_writes(tmp_path):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    pixels = sample_photo().pixels
    for number in range(2):
        part = pixels[100 * number : 100 * number + 64, 200:296]
        write_picture(photos / f"{number}.png", Picture(part.copy()))
    options = ["--quality", "0.7", "--target-bytes", "1500", "--device", "cpu"]
    assert main(["batch", str(photos), "-o", str(out), "--workers", "2", *options]) == 0
    for number in range(2):
        once = tmp_path / "once.sfc"
        assert main(["encode", str(photos / f"{number}.png"), "-o", str(once), *options]) == 0
        assert (out / f"{number}.png.sfc").read_bytes() == once.read_bytes()


def test_workers_speak_the_language_of_the_program(monkeypatch):
    from qmap_studio.core import language

    given = []

    class Started:
        def __init__(self, *, args, **_options):
            given.append(args)

        def start(self):
            pass

    monkeypatch.setattr(language, "_chosen", "de")
    monkeypatch.setattr(processes._context, "Process", Started, raising=False)
    processes._Process.started("live", "cpu", Path(), None)
    assert "de" in given[0]
    assert multiprocessing.current_process().name == "MainProcess"


def test_recipes_are_small(batch):
    import pickle

    batch.photo("a.png")
    (task,) = batch.plan(MapRecipe(0.5)).entries()
    assert len(pickle.dumps(task)) < 2000, "paths travel, no pixels"
