"""The options of `python -m qmap_studio.training`: each model takes those of its own family."""

import sys
from dataclasses import asdict, replace

import pytest

from qmap_studio.codec.registry import FAMILIES
from qmap_studio.training.__main__ import main
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.registry import training_of
from tests.unit.training.conftest import TINY


@pytest.fixture
def command(monkeypatch, tmp_path):
    def call(*options: str) -> None:
        monkeypatch.setattr(sys, "argv", ["train", "train", "--data", str(tmp_path), "--run", str(tmp_path), *options])
        main()

    return call


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--quality", "0.3"], "live has no --quality"),
        (["--model", "song2021-naive", "--luma", "64"], "song2021-naive has no --luma"),
        (["--model", "other"], "invalid choice: 'other'"),
    ],
)
def test_options_of_another_family_are_refused(command, capsys, options, told):
    with pytest.raises(SystemExit):
        command(*options)
    assert told in capsys.readouterr().err


def test_a_run_takes_the_sizes_of_what_it_begins_from(command, tmp_path, monkeypatch, capsys):
    learners = []
    monkeypatch.setattr("qmap_studio.training.__main__.run_training", lambda *given, **_: learners.append(given[2]))
    path = tmp_path / "small.pt"
    Checkpoint({}, {}, 0, {"model": "live", "config": asdict(TINY)}).write(path)
    command("--start", str(path))
    command("--start", str(path), "--blocks8", "3")
    assert [learner.config for learner in learners] == [TINY, replace(TINY, blocks8=3)]

    Checkpoint({}, {}, 0, {"model": "sigvic2023", "config": {}}).write(path)
    with pytest.raises(SystemExit):
        command("--start", str(path))
    assert "small.pt is of sigvic2023, not of live" in capsys.readouterr().err


def test_help_tells_the_defaults_of_each_family(command, capsys):
    with pytest.raises(SystemExit):
        command("--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "--steps STEPS default: 1000000 for live, 2000000 for song2021" in said
    assert "--quality QUALITY default: 0.5" in said
    assert "sizes of live:" in said


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family_id)
def test_every_model_has_a_learner_of_its_own_id_and_sizes(family):
    for variant in family.variants:
        training = training_of(variant.model_id)
        learner = training.make_learner(variant.model_id, training.recipe_type(), variant.config)
        assert (learner.model_id, learner.config) == (variant.model_id, variant.config)
