"""A run does what is left to be done, once; however it ends, the next one goes on."""

import errno
import os
import subprocess
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from qmap_studio.batch import Plan, Run
from qmap_studio.batch.run import LOCK
from qmap_studio.cli.main import main
from qmap_studio.core.errors import FileAccessError, WeightsError
from qmap_studio.document.annotations.rules import ClassRule, Rules
from qmap_studio.document.annotations.rules_file import write_rules
from qmap_studio.recipes.maps import MapRecipe

NAMES = ["a.png", "b.png", "sub/a.png", "sub/c.png"]


@pytest.fixture
def photos(batch):
    for number, name in enumerate(NAMES):
        batch.photo(name, 24 + 4 * number)
    return batch


def encoded(photo, *options):
    """The bytes that the command `encode` writes."""
    path = photo.parent / "once.sfc"
    assert main(["encode", str(photo), "-o", str(path), *map(str, options)]) == 0
    data = path.read_bytes()
    path.unlink()
    return data


def test_each_photo_gets_its_file_its_line_and_a_word(photos):
    totals = photos.run()
    assert (totals.photos, totals.before, totals.done, totals.failed, totals.stopped) == (4, 0, 4, 0, "")
    files = photos.files()
    assert set(files) == {f"{name}.sfc" for name in NAMES}
    assert totals.bytes == sum(map(len, files.values()))
    rows = photos.rows()
    assert {name: int(row["bytes"]) for name, row in rows.items()} == {n: len(files[f"{n}.sfc"]) for n in NAMES}
    for number, name in enumerate(NAMES):
        row, height = rows[name], 24 + 4 * number
        assert (row["file"], row["width"], row["height"]) == (f"{name}.sfc", "32", str(height))
        assert float(row["bpp"]) == pytest.approx(8 * int(row["bytes"]) / (32 * height), abs=1e-4)
        assert float(row["psnr"]) > 20
        assert row["psnr_inside"] == row["error"] == ""
    assert [outcome.photo for outcome in photos.told.outcomes] == NAMES
    assert "4 photos, 0 of them without a file." in (photos.out / "batch.html").read_text()
    assert photos.left_over() == set()


def test_a_run_that_is_started_again_does_nothing_twice(photos):
    photos.run()
    files, rows = photos.files(), photos.rows()
    changed = {path: path.stat().st_mtime_ns for path in photos.out.rglob("*.sfc")}
    totals = photos.run()
    assert (totals.before, totals.done, photos.workers.done) == (4, 0, [])
    assert (photos.told.photos, photos.told.before) == (4, 4)
    assert (photos.files(), photos.rows()) == (files, rows)
    assert {path: path.stat().st_mtime_ns for path in changed} == changed
    assert len(photos.journal()) == 4


def test_what_has_changed_is_done_anew_and_nothing_else(photos):
    photos.run()
    photos.photo("b.png", 60)
    (photos.out / "sub" / "c.png.sfc").unlink()
    photos.photo("new.png")
    (photos.photos / "a.png").unlink()
    totals = photos.run()
    assert photos.workers.done == ["b.png", "new.png", "sub/c.png"]
    assert (totals.photos, totals.before, totals.done) == (4, 1, 3)
    assert set(photos.rows()) == {"b.png", "new.png", "sub/a.png", "sub/c.png"}
    assert photos.rows()["b.png"]["height"] == "60"


def test_other_qualities_make_other_files(photos):
    photos.run()
    before = photos.files()
    totals = photos.run(MapRecipe(0.9))
    assert totals.done == 4
    assert all(len(data) > len(before[name]) for name, data in photos.files().items())


def test_a_thorough_run_does_all_of_a_usual_one_anew(photos, codec):
    photos.run()
    assert not any(codec.thorough)
    totals = photos.run(thorough=True)
    assert totals.done == 4
    assert codec.thorough[-4:] == [True] * 4
    assert photos.run(thorough=True).before == 4


def test_bad_photos_stop_nothing_and_are_tried_again(photos):
    (photos.photos / "empty.png").write_bytes(b"")
    (photos.photos / "text.jpg").write_text("This is no picture.")
    (photos.photos / "link.png").symlink_to("nowhere.png")
    cut = (photos.photos / "a.png").read_bytes()
    (photos.photos / "sub" / "cut.png").write_bytes(cut[: len(cut) // 2])
    for _ in range(2):
        totals = photos.run()
        assert totals.failed == 4
        rows = photos.rows()
        assert {name for name, row in rows.items() if row["error"]} == {
            "empty.png",
            "text.jpg",
            "link.png",
            "sub/cut.png",
        }
        assert "0 bytes" in rows["empty.png"]["error"]
        assert "does not exist" in rows["link.png"]["error"]
        assert all(row["bytes"] == "" for row in rows.values() if row["error"])
    assert totals.before == 4
    photos.photo("text.jpg".replace("jpg", "png"))
    os.replace(photos.photos / "text.png", photos.photos / "text.jpg")
    assert photos.run().done == 1
    assert set(photos.files()) == {f"{name}.sfc" for name in (*NAMES, "text.jpg")}


def test_a_bug_in_one_photo_is_its_error(photos, monkeypatch):
    def measure(picture, *arguments):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("qmap_studio.batch.coder.measure_file", measure)
    assert photos.run().failed == 4
    assert photos.rows()["a.png"]["error"] == "Unexpected: ZeroDivisionError: division by zero"


def test_cancelled_midway_it_says_so_and_leaves_no_half_file(photos):
    photos.is_stopped = lambda: len(photos.workers.done) == 3  # in the midst of the third
    totals = photos.run()
    assert totals.stopped == "Cancelled; start it again to go on."
    assert totals.done == 2
    assert set(photos.rows()) == set(NAMES[:2])
    assert set(photos.files()) == {f"{name}.sfc" for name in NAMES[:2]}
    assert photos.left_over() == set()
    assert "Cancelled; start it again to go on." in (photos.out / "batch.html").read_text()
    photos.is_stopped = lambda: False
    assert photos.run().before == 2
    assert photos.workers.done == NAMES[2:]


def test_cancelled_while_photos_are_listed_nothing_is_begun(photos):
    photos.is_stopped = lambda: True
    totals = photos.run()
    assert (totals.done, totals.stopped) == (0, "Cancelled; start it again to go on.")
    assert photos.files() == {}


def test_a_second_run_to_the_same_folder_is_refused(photos):
    def second(_task):
        with pytest.raises(FileAccessError, match="Another run is writing to"):
            Run(photos.plan(), photos.told).with_workers(photos.workers)

    photos.before = second
    assert photos.run().done == 4
    with FileLock(photos.out / LOCK), pytest.raises(FileAccessError, match="Another run"):
        photos.run()


def test_a_folder_of_results_that_cannot_be_written_is_a_sentence(photos):
    photos.out.write_text("a file")
    with pytest.raises(FileAccessError, match="Cannot make the folder"):
        photos.run()
    photos.out.unlink()
    (photos.out / LOCK).mkdir(parents=True)
    with pytest.raises(FileAccessError, match="Cannot write"):
        photos.run()


def test_a_codec_that_cannot_be_loaded_is_one_sentence(photos, monkeypatch):
    def load_codec(*_):
        raise WeightsError("There is no such model.")

    monkeypatch.setattr("qmap_studio.batch.coder.load_codec", load_codec)
    with pytest.raises(WeightsError, match="There is no such model"):
        photos.run()
    assert photos.files() == {}


def test_results_inside_and_beside_the_photos(photos):
    for out in (photos.photos / "results", photos.photos):
        photos.out = out
        for before in (0, 4):
            totals = photos.run()
            assert (totals.photos, totals.before) == (4, before)
        if out != photos.photos:
            for path in out.rglob("*.sfc"):
                path.unlink()


def test_two_folders_of_one_name(photos, tmp_path):
    other = tmp_path / "elsewhere" / "photos"
    other.mkdir(parents=True)
    (photos.photos / "a.png").rename(other / "a.png")
    photos.photo("a.png", 80)
    plan = Plan((photos.photos, other), photos.out, MapRecipe(0.5))
    photos.plan = lambda *_arguments, **_options: plan
    assert photos.run().done == 5
    assert {"photos/a.png.sfc", "photos-2/a.png.sfc", "photos/sub/a.png.sfc"} < set(photos.files())
    assert photos.rows()["photos/a.png"]["height"] == "80"


def test_names_that_differ_only_in_case_do_not_meet(photos):
    photos.photo("A.png", 50)
    if (photos.photos / "A.png").samefile(photos.photos / "a.png"):
        pytest.skip("this disk does not tell them apart")
    assert photos.run().done == 5
    assert photos.files()["A.png.sfc"] != photos.files()["a.png.sfc"]


@pytest.mark.skipif("__import__('sys').platform != 'linux'", reason="names of bytes")
def test_a_name_that_is_no_unicode(photos):
    os.rename(photos.photos / "a.png", os.fsencode(photos.photos / "_")[:-1] + b"\xff.png")
    for before in (0, 4):
        totals = photos.run()
        assert (totals.before, totals.failed) == (before, 0)
    assert r"\udcff.png" in photos.rows()


# The disk is full.


@contextmanager
def tiny_disk(folder, size):
    """A disk of so many bytes in memory, or skips the test where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_disk_that_is_full_it_stops_with_a_sentence_and_goes_on_later(batch, tmp_path):
    for number in range(40):
        batch.photo(f"{number:02}.png", 160, 160)
    with tiny_disk(tmp_path / "disk", "96k"):
        batch.out = tmp_path / "disk" / "out"
        try:
            stopped = batch.run(MapRecipe(0.95)).stopped
        except FileAccessError as error:
            stopped = str(error)
        assert "the disk is full; free some space or choose another disk." in stopped
        done = batch.files()
        assert 0 < len(done) < 39
        assert len(batch.workers.done) <= len(done) + 1, "no other photo was begun"
        assert batch.left_over() == set()
        subprocess.run(["mount", "-o", "remount,size=4m", str(tmp_path / "disk")], check=True)
        totals = batch.run(MapRecipe(0.95))
        assert (totals.failed, totals.before + totals.done) == (0, 40)
        assert totals.before >= len(done) - 1
        assert {name: data for name, data in batch.files().items() if name in done} == done
        assert len(batch.rows()) == 40


def test_a_disk_that_is_full_for_the_files_ends_the_run(photos, monkeypatch):
    from qmap_studio.recipes import encode

    def write_sfc(path, picture, encoding):
        if path.name == "b.png.sfc":
            error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise FileAccessError(f"Cannot write {path}: the disk is full.") from error
        whole(path, picture, encoding)

    whole = encode.write_sfc
    monkeypatch.setattr(encode, "write_sfc", write_sfc)
    totals = photos.run()
    assert "the disk is full" in totals.stopped
    assert photos.workers.done == NAMES[:2]
    monkeypatch.setattr(encode, "write_sfc", whole)
    assert photos.run().before == 1
    assert photos.workers.done == NAMES[1:]


# Byte for byte what `encode` writes.


@pytest.mark.parametrize(
    ("recipe", "plan", "options"),
    [
        ({"quality": 0.8}, {}, ("--quality", 0.8)),
        ({"quality": 0.8}, {"target_bytes": 900}, ("--quality", 0.8, "--target-bytes", 900)),
        ({"quality": 0.8}, {"target_bpp": 5.0}, ("--quality", 0.8, "--target-bpp", 5)),
        ({"quality": 0.8}, {"strip": "all"}, ("--quality", 0.8, "--strip-metadata", "all")),
    ],
    ids=str,
)
def test_files_of_one_quality_are_those_of_encode(batch, recipe, plan, options):
    photo = batch.photo("a.png", 96, 64)
    assert batch.run(MapRecipe(**recipe), **plan).done == 1
    assert batch.files()["a.png.sfc"] == encoded(photo, *options)


def test_files_with_a_map_are_those_of_encode(batch, tmp_path):
    ramp = np.tile(np.linspace(0, 255, 32, dtype=np.uint8), (24, 1))
    for name in ("a", "b"):
        batch.photo(f"{name}.png")
        Image.fromarray(ramp if name == "a" else ramp[:, ::-1]).save(tmp_path / f"{name}-map.png")
    batch.photo("without.png")
    totals = batch.run(map_for=f"{tmp_path}/{{stem}}-map.png")
    assert (totals.done, totals.failed) == (2, 1)
    assert "without-map.png: No such file" in batch.rows()["without.png"]["error"]
    for name in ("a", "b"):
        once = encoded(batch.photos / f"{name}.png", "--map", tmp_path / f"{name}-map.png")
        assert batch.files()[f"{name}.png.sfc"] == once
    assert batch.rows()["a.png"]["psnr_inside"] != ""


def test_files_by_annotations_and_rules_are_those_of_encode(batch, tmp_path):
    rules = Rules(classes=(("0", ClassRule(quality=0.95)),), rest=0.1)
    write_rules(tmp_path / "rules.toml", rules)
    labels = tmp_path / "labels"
    labels.mkdir()
    for number, name in enumerate(("a", "b")):
        batch.photo(f"{name}.png", 96, 64)
        (labels / f"{name}.txt").write_text(f"0 0.{3 + number} 0.5 0.25 0.5\n")
    recipe = MapRecipe(annotations=labels, rules=rules)
    totals = batch.run(recipe, target_bytes=1500)
    assert (totals.done, totals.failed) == (2, 0)
    options = ("--annotations", labels, "--rules", tmp_path / "rules.toml", "--target-bytes", 1500)
    for name in ("a", "b"):
        assert batch.files()[f"{name}.png.sfc"] == encoded(batch.photos / f"{name}.png", *options)
    assert batch.run(replace(recipe, rules=Rules(rest=0.2)), target_bytes=1500).done == 2


def test_needs_are_known_before_the_first_photo(photos):
    from qmap_studio.batch.needs import BYTES_A_PIXEL, SEARCH_BYTES, WORKER_BYTES

    photos.photo("large.png", 300, 200)
    needs = photos.run().needs
    assert needs.memory_bytes == WORKER_BYTES + 60_000 * BYTES_A_PIXEL
    assert photos.run(thorough=True).needs.memory_bytes == needs.memory_bytes + SEARCH_BYTES
    assert photos.run(thorough=True).needs.sentences() == (), "there is nothing left to be done"
