import json
from dataclasses import replace

import pytest
import torch

from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.curves import add_run, plot
from tests.unit.training.conftest import TINY, weights


def test_a_resumed_run_is_the_uninterrupted_one(trainer):
    whole = trainer("whole")
    whole.run()

    trainer("parts").run(seconds=0.0)  # one step, then the time is up
    resumed = trainer("parts")
    assert resumed.resume()
    assert resumed.step == 1
    resumed.run()

    assert resumed.step == whole.step == 4
    assert torch.equal(weights(resumed), weights(whole))
    assert all(torch.equal(resumed.ema[name], value) for name, value in whole.ema.items())


def test_steps_that_are_not_finite_are_left_out_and_counted(trainer):
    run = trainer("run")
    run.train_step()
    before = weights(run)
    run.pictures.pixels = run.pictures.pixels.float() * float("nan")
    run.train_step()
    assert run.skipped == 1
    assert torch.equal(weights(run), before)


def test_a_checkpoint_carries_weights_and_steps_to_the_next_run(trainer, tmp_path):
    first = trainer("first")
    first.run()
    path = tmp_path / "first" / "checkpoint.safetensors"

    second = trainer("second")
    second.start(path)
    assert second.before == 4
    assert torch.allclose(weights(second), weights(first), atol=1e-3, rtol=1e-3)
    assert all(torch.allclose(second.ema[name], value, atol=1e-6, rtol=1e-5) for name, value in first.ema.items())
    second.run()
    assert Checkpoint.read(tmp_path / "second" / "checkpoint.safetensors").step == 8


def test_a_checkpoint_of_other_sizes_is_refused(trainer, tmp_path):
    first = trainer("first")
    first.run()
    path = tmp_path / "first" / "checkpoint.safetensors"
    checkpoint = Checkpoint.read(path)
    checkpoint.about["config"]["luma"] = 12
    checkpoint.write(path)
    with pytest.raises(ValueError, match="other sizes"):
        trainer("second").start(path)


def test_a_network_with_more_blocks_starts_as_the_smaller_one(trainer, tmp_path):
    small = trainer("small")
    small.run()
    path = tmp_path / "small" / "checkpoint.safetensors"
    again, large = trainer("again"), trainer("large", replace(TINY, blocks8=2, blocks16=3))
    again.start(path)
    large.start(path)
    assert large.validate() == again.validate()
    before = weights(large)
    large.run()
    assert not torch.equal(weights(large), before)
    large.save()
    with pytest.raises(ValueError, match="no place"):
        trainer("smaller").start(tmp_path / "large" / "checkpoint.safetensors")


def test_curves_hold_every_run_once(trainer, tmp_path):
    run = trainer("run")
    run.run()
    path = tmp_path / "curves.json"
    add_run(path, run.folder)
    add_run(path, run.folder)
    plot(path)
    curves = json.loads(path.read_text())
    assert list(curves) == ["run"]
    assert [point["step"] for point in curves["run"]["points"]] == [4]
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
