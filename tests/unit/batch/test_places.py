"""Paths that workers see elsewhere."""

from dataclasses import replace
from pathlib import Path

import pytest

from qmap_studio.batch import Outcome, Task
from qmap_studio.batch.places import PathMap, with_paths
from qmap_studio.cli.main import main
from qmap_studio.recipes.maps import MapRecipe

PATHS = PathMap(
    ((Path("/data"), Path("/mnt/data")), (Path("/data/out"), Path("/scratch")), (Path("/data/o"), Path("/o")))
)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/data/a/b.png", "/mnt/data/a/b.png"),
        ("/data/out/a.sfc", "/scratch/a.sfc"),
        ("/data", "/mnt/data"),
        ("/data2/a.png", "/data2/a.png"),
        ("/data/a/../out/b.png", "/scratch/b.png"),
        ("s3://data/a.png", "s3:/data/a.png"),
    ],
)
def test_the_longest_prefix_wins_and_names_are_whole(here, there):
    assert PATHS.there(Path(here)) == Path(there)


def test_a_relative_path_is_told_to_others_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert PathMap().there(Path("a.png")) == tmp_path / "a.png"
    assert PathMap(((Path("in"), Path("/there")),)).there(Path("in/a.png")) == Path("/there/a.png")


def test_all_paths_of_a_task_are_told():
    recipe = MapRecipe(map=Path("/data/map.png"), annotations=Path("/data/x.json"))
    there = PATHS.task_there(Task("a.png", Path("/data/a.png"), Path("/data/out/a.png.sfc"), recipe))
    assert (there.photo, there.output) == (Path("/mnt/data/a.png"), Path("/scratch/a.png.sfc"))
    assert there.recipe == replace(recipe, map=Path("/mnt/data/map.png"), annotations=Path("/mnt/data/x.json"))


def test_what_workers_say_names_the_paths_of_here():
    said = Outcome("a", "", error="/mnt/data/a.png is damaged.", notices=("/scratch: full", "/mnt/database"))
    here = PATHS.outcome_here(said)
    assert here.error == "/data/a.png is damaged."
    assert here.notices == ("/data/out: full", "/mnt/database")


def test_names_do_not_meet_in_the_middle():
    assert with_paths("/a/a /b/a x/a (/a/b) /a.", {"/a": "/c"}) == "/c/a /b/a x/a (/c/b) /c."


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--path-map", "/a=/b"], "--path-map needs --scheduler tcp://HOST:PORT"),
        (["--path-map", "/a", "--scheduler", "tcp://h:1"], "HERE=THERE was expected, not '/a'"),
        (["--workers", "2", "--scheduler", "tcp://h:1"], "not allowed with argument"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(options, said, tmp_path, capsys):
    assert main(["batch", str(tmp_path), "-o", str(tmp_path / "out"), *options]) == 2
    assert said in capsys.readouterr().err


def test_no_scheduler_is_one_sentence_of_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("qmap_studio.batch.cluster.CONNECTS_WITHIN_S", 1.0)
    pytest.importorskip("distributed", reason="the extra batch is not installed")
    assert main(["batch", str(tmp_path), "-o", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("qmap-studio: There is no scheduler at tcp://127.0.0.1:9")
    assert err.count("\n") == 1
