"""`batch` on the command line: what it is asked, and what it says."""

import os
import signal

import numpy as np
import pytest
from PIL import Image

from qmap_studio.batch.table import rows_of
from qmap_studio.cli import options
from qmap_studio.cli.main import main
from qmap_studio.core.pictures import Picture, write_picture
from qmap_studio.document.annotations.rules import DEFAULT_QUALITY, ClassRule, Rules
from qmap_studio.document.annotations.rules_file import write_rules
from tests.unit.batch.here import Here
from tests.unit.evaluation.pictures import waves


@pytest.fixture
def workers(codec, monkeypatch):
    """In place of worker processes; keeps what they were asked for in `asked`."""
    workers = Here()
    workers.asked = []

    def processes(*arguments):
        workers.asked.append(arguments)
        return workers

    monkeypatch.setattr("qmap_studio.batch.processes.Processes", processes)
    monkeypatch.setattr("qmap_studio.batch.coder.load_codec", lambda *_: codec)
    return workers


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for number, name in enumerate(("a.png", "sub/b.png")):
        write_picture(folder / name, Picture(waves(48 + number, 64)))
    return folder


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_a_folder_becomes_files_a_table_and_a_page(workers, photos, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("batch", photos, "-o", out, "--quality", "0.8", "--workers", "3", "--device", "cpu") == 0
    assert workers.asked == [(3, "live", "cpu")]
    sizes = [(out / f"{name}.sfc").stat().st_size for name in ("a.png", "sub/b.png")]
    assert [int(row["bytes"]) for row in rows_of(out / "batch.csv")] == sizes
    assert (out / "batch.html").exists()
    output = capsys.readouterr()
    assert output.out == f"2 done ({sum(sizes):,} bytes), 0 done before, 0 failed, of 2: {out}\n"
    first, second = output.err.splitlines()
    assert first == "qmap-studio: 2 pictures, 0 done before."
    assert second.startswith("qmap-studio: 1 process needs about ")
    assert run("batch", photos, "-o", out, "--quality", "0.8") == 0
    output = capsys.readouterr()
    assert output.out == f"0 done (0 bytes), 2 done before, 0 failed, of 2: {out}\n"
    assert output.err == "qmap-studio: 2 pictures, 2 done before.\n"


def test_what_went_wrong_is_told_at_the_end_and_the_exit_code_is_1(workers, photos, tmp_path, capsys):
    for number in range(25):
        (photos / f"bad{number:02}.png").write_text("no picture")
    assert run("batch", photos, "-o", tmp_path / "out") == 1
    output = capsys.readouterr()
    assert "2 done (" in output.out
    assert "25 failed, of 27" in output.out
    lines = output.err.splitlines()
    assert sum("is no picture" in line or "bad" in line for line in lines) == 20
    assert lines[-1] == f"qmap-studio: and 5 more; see {tmp_path / 'out' / 'batch.csv'}"
    assert "Traceback" not in output.err


def test_annotations_and_rules(workers, photos, tmp_path, capsys):
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "a.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    write_rules(tmp_path / "rules.toml", Rules(classes=(("0", ClassRule(0.95)),), rest=0.05))
    options = ("--annotations", labels, "--rules", tmp_path / "rules.toml", "--target-bytes", "1500")
    assert run("batch", photos, "-o", tmp_path / "out", *options) == 0
    rows = {row["photo"]: row for row in rows_of(tmp_path / "out" / "batch.csv")}
    assert rows["a.png"]["psnr_inside"] != ""
    assert "labels has no file of annotations for b.png." in rows["sub/b.png"]["notices"]
    assert run("encode", photos / "a.png", "-o", tmp_path / "a.sfc", *options) == 0
    assert (tmp_path / "a.sfc").read_bytes() == (tmp_path / "out" / "a.png.sfc").read_bytes()


def test_a_map_for_each_photo(workers, photos, tmp_path):
    for name, height in (("a", 48), ("b", 49)):
        Image.fromarray(np.full((height, 64), 200, np.uint8)).save(tmp_path / f"{name}.map.png")
    assert run("batch", photos, "-o", tmp_path / "out", "--map-for", f"{tmp_path}/{{stem}}.map.png") == 0
    assert run("encode", photos / "sub/b.png", "-o", tmp_path / "b.sfc", "--map", tmp_path / "b.map.png") == 0
    assert (tmp_path / "b.sfc").read_bytes() == (tmp_path / "out" / "sub" / "b.png.sfc").read_bytes()


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--map-for", "map.png"], 1, "map.png needs {stem} or {name}"),
        (["--rules", "rules.toml"], 2, "--rules needs --annotations PATH"),
        (["--quality", "2"], 2, "--quality"),
        (["--quality", "0.5", "--map-for", "{stem}.png"], 2, "not allowed with"),
        (["--target-bpp", "1", "--target-bytes", "100"], 2, "not allowed with"),
        (["--workers", "-1"], 2, "--workers"),
        (["--model", "unheard-of"], 1, "There is no model 'unheard-of'"),
        (["--annotations", "nowhere"], 1, "nowhere does not exist."),
        (["--annotations", ".", "--rules", "nowhere.toml"], 1, "nowhere.toml"),
    ],
)
def test_wrong_usage_is_a_sentence(workers, photos, tmp_path, capsys, options, code, sentence):
    assert run("batch", photos, "-o", tmp_path / "out", *options) == code
    errors = capsys.readouterr().err
    assert sentence in errors
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("out/*.sfc"))


def test_a_folder_that_is_none_is_a_sentence(workers, tmp_path, capsys):
    assert run("batch", tmp_path / "nowhere", "-o", tmp_path / "out") == 1
    errors = capsys.readouterr().err
    assert errors == f"qmap-studio: {tmp_path / 'nowhere'} is no folder; a folder of pictures was expected.\n"


def test_an_interrupt_ends_it_in_order(workers, photos, tmp_path, capsys):
    workers.before = lambda task: task.place == "a.png" or os.kill(os.getpid(), signal.SIGINT)
    assert run("batch", photos, "-o", tmp_path / "out") == 130
    output = capsys.readouterr()
    assert output.out.startswith("1 done (")
    assert output.err.endswith("qmap-studio: interrupted\n")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not (tmp_path / "out" / "sub" / "b.png.sfc").exists()


def test_time_left():
    from qmap_studio.cli.batch import _time

    assert [_time(seconds) for seconds in (0.4, 7, 750, 11100)] == ["0:00", "0:07", "12:30", "3:05:00"]


def test_the_default_of_classes_is_that_of_rules():
    assert options.DEFAULT_CLASS_QUALITY == DEFAULT_QUALITY
