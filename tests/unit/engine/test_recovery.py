"""Copies of unsaved work: kept while the program runs, offered when it has gone without a word."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.document import Brush, Document
from qmap_studio.document.project import ProjectWriter, Source, read_project
from qmap_studio.engine import Recovery, abandoned, delete_copy, recovery

PATIENCE_S = 60
PICTURE = Picture(np.zeros((300, 400, 3), np.uint8))


@pytest.fixture
def kept(tmp_path):
    """Recovery of this run."""
    running = Recovery(tmp_path)
    yield running
    running.stop()


def a_document():
    return Document(PICTURE, source=Source("/photos/a.jpg", ""))


def stroke(document, x):
    document.begin_stroke(Brush(60), x, 100)
    document.end_stroke()


def copies(folder):
    return sorted(folder.glob("*/*.qmapproj"))


def test_a_copy_follows_the_document_and_goes_when_it_is_saved(kept, tmp_path):
    document = a_document()
    for x in (50, 150, 250):
        stroke(document, x)
        kept.keep(1, document.project())
        assert kept.wait(PATIENCE_S)
        (copy,) = copies(tmp_path)
        again = Document.of_project(read_project(copy).project, PICTURE)
        np.testing.assert_array_equal(again.quality_map.values, document.quality_map.values)
    kept.keep(2, document.project())
    kept.forget(1)
    assert kept.wait(PATIENCE_S)
    assert [copy.name for copy in copies(tmp_path)] == ["2-1.qmapproj"]
    assert abandoned(tmp_path) == [], "it still runs"


def test_a_run_that_ends_leaves_nothing(tmp_path):
    running = Recovery(tmp_path)
    running.keep(1, a_document().project())
    assert running.wait(PATIENCE_S)
    running.stop()
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_is_in_no_file_is_in_the_copy(kept, tmp_path):
    picture = Picture(np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    document = Document(picture)
    for x in (5, 15):
        stroke(document, x)
        kept.keep(1, document.project(), picture=picture)
        assert kept.wait(PATIENCE_S)
    (copy,) = copies(tmp_path)
    (tmp_path / "picture.png").write_bytes(read_project(copy).project.picture)
    np.testing.assert_array_equal(read_picture(tmp_path / "picture.png").pixels, picture.pixels)


def test_a_copy_stays_when_the_next_version_cannot_be_written(tmp_path, monkeypatch):
    told = []
    running = Recovery(tmp_path, told.append)
    document = a_document()
    stroke(document, 50)
    running.keep(1, document.project())
    assert running.wait(PATIENCE_S)
    shown = document.quality_map.values.copy()
    with monkeypatch.context() as full:
        full.setattr(ProjectWriter, "write_manifest", lambda *_: (_ for _ in ()).throw(OSError("The disk is full.")))
        for x in (150, 250):
            stroke(document, x)
            running.keep(1, document.project())
            assert running.wait(PATIENCE_S)
    assert told == ["The disk is full."]
    (copy,) = copies(tmp_path)
    again = Document.of_project(read_project(copy).project, PICTURE)
    np.testing.assert_array_equal(again.quality_map.values, shown)
    running.keep(1, document.project())
    assert running.wait(PATIENCE_S)
    (copy,) = copies(tmp_path)
    again = Document.of_project(read_project(copy).project, PICTURE)
    np.testing.assert_array_equal(again.quality_map.values, document.quality_map.values)
    running.stop()


def test_a_copy_that_has_grown_is_begun_anew(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "LEAST_STALE_BYTES", 1000)
    document = a_document()
    for n in range(12):
        stroke(document, 30 * n)
        kept.keep(1, document.project())
        assert kept.wait(PATIENCE_S)
    (copy,) = copies(tmp_path)
    assert int(copy.stem.split("-")[1]) > 1
    again = Document.of_project(read_project(copy).project, PICTURE)
    np.testing.assert_array_equal(again.quality_map.values, document.quality_map.values)


@pytest.mark.parametrize("end", [lambda running: running.forget(1), Recovery.stop], ids=["saved", "given up"])
def test_what_a_copy_was_to_replace_stays_until_that_is_written_or_not_needed(tmp_path, end):
    (tmp_path / "file").write_text("in the way")
    older = tmp_path / "run" / "1-1.qmapproj"
    older.parent.mkdir()
    older.touch()
    running = Recovery(tmp_path / "file")
    running.keep(1, a_document().project(), replaces=older)
    assert running.wait(PATIENCE_S)
    assert older.exists()
    end(running)
    assert running.wait(PATIENCE_S)
    running.stop()
    assert not older.exists()


CRASHING = """
import os, signal, sys, time
import numpy as np
from pathlib import Path
from qmap_studio.core.pictures import Picture
from qmap_studio.document import Brush, Document
from qmap_studio.document.project import Source
from qmap_studio.engine import Recovery

document = Document(Picture(np.zeros((300, 400, 3), np.uint8)), source=Source("/photos/a.jpg", ""))
document.project_path = Path("/projects/a.qmapproj")
kept = Recovery(Path(sys.argv[1]))
for x in (50, 150, 250):
    document.begin_stroke(Brush(60), x, 100)
    document.end_stroke()
    kept.keep(1, document.project())
    assert kept.wait(60)
document.begin_stroke(Brush(60), 350, 250)
kept.keep(1, document.project())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_work_of_a_program_that_was_killed_is_offered_once(tmp_path):
    ended = subprocess.run([sys.executable, "-c", CRASHING, str(tmp_path)], timeout=PATIENCE_S, env=dict(os.environ))
    assert ended.returncode == -signal.SIGKILL
    (found,) = abandoned(tmp_path)
    assert (found.picture, found.saved_as) == ("/photos/a.jpg", "/projects/a.qmapproj")
    document = Document.of_project(read_project(found.path).project, PICTURE)
    assert document.quality_map.values[100, 250] == document.quality_map.values[100, 50] != 32768
    running = Recovery(tmp_path)
    running.keep(1, document.project(), replaces=found.path)
    assert running.wait(PATIENCE_S)
    assert abandoned(tmp_path) == []
    assert len(copies(tmp_path)) == 1
    running.stop()


def test_what_is_not_wanted_is_deleted_and_what_tells_nothing_is_not_offered(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "alive").touch()
        (folder / "1-1.qmapproj").write_bytes(b"nothing of use")
    assert abandoned(tmp_path) == []
    assert copies(tmp_path) == []
    delete_copy(tmp_path / "never" / "1-1.qmapproj")


def test_it_is_told_once_when_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("in the way")
    told = []
    running = Recovery(tmp_path / "file", told.append)
    for _ in range(3):
        running.keep(1, a_document().project())
        assert running.wait(PATIENCE_S)
    running.stop()
    assert len(told) == 1
    assert "file" in told[0]
