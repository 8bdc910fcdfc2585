import json
import os
import random
import select
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch

from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.curves import add_run, plot
from qmap_studio.training.run import train
from tests.unit.training.conftest import TINY, averages, learner_of, weights


def losses(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return {line["step"]: line["loss"] for line in lines}


def resumed(run):
    run.resume(run.states.newest())
    return run


def test_a_run_stopped_and_resumed_twenty_times_is_the_unbroken_one(trainer, monkeypatch):
    steps = 60
    whole = trainer("whole", steps=steps)
    expected = [whole.train_step()["loss"] for _ in range(steps)]

    parts, found, chance = trainer("parts", steps=steps), [], random.Random(4)
    stops = {0, *chance.sample(range(1, steps), 19)}
    for step in range(steps):
        if step in stops:
            parts.save()
            parts = resumed(trainer("parts", steps=steps))
            assert parts.step == step
        found.append(parts.train_step()["loss"])

    assert found == expected
    assert torch.equal(weights(parts), weights(whole))
    assert torch.equal(averages(parts), averages(whole))


def test_two_processes_train_as_one_does(data, tmp_path):
    found = []
    for processes in (1, 2):
        folder, cache = tmp_path / str(processes), tmp_path / "cache"
        train(folder, data, learner_of(steps=6), torch.device("cpu"), processes=processes, cache=cache)
        assert Checkpoint.read(folder / "checkpoint.pt").step == 6
        found.append(losses(folder))
    assert found[1] == pytest.approx(found[0], rel=2e-3)  # the same crops; the noise is each process's own


def test_another_number_of_processes_takes_a_run_up(data, tmp_path, trainer):
    folder, cache = tmp_path / "run", tmp_path / "cache"
    train(folder, data, learner_of(steps=3), torch.device("cpu"), processes=2, cache=cache)
    alone = resumed(trainer("run", steps=5))
    assert alone.step == 3
    saved = Checkpoint.read(folder / "checkpoint.pt")
    for name, p in alone.network.named_parameters():
        torch.testing.assert_close(saved.network[name], p.detach(), atol=1e-3, rtol=1e-3)
    alone.run()
    assert alone.step == 5


def test_a_run_goes_on_from_the_parts_that_travel(trainer, tmp_path):
    first = trainer("first")
    first.run()
    (state,) = first.states.all()
    assert max(part.stat().st_size for part in state.iterdir()) < 16 << 20
    travelled = tmp_path / "second" / state.name
    travelled.mkdir(parents=True)
    for part in state.iterdir():
        shutil.copy(part, travelled)
    second = resumed(trainer("second", steps=5))
    first.recipe.steps = 5
    assert second.train_step() == pytest.approx(first.train_step(), abs=0.5)  # the seconds differ
    assert torch.equal(weights(second), weights(first))


def test_a_state_that_was_not_finished_is_not_taken(trainer):
    run = trainer("run")
    run.run()
    (state,) = run.states.all()
    shutil.copytree(state, state.with_name("step-000000009.partial"))
    unfinished = state.with_name("step-000000008")
    shutil.copytree(state, unfinished)
    (unfinished / "about.json").unlink()
    assert resumed(trainer("run")).step == 4


def test_only_the_newest_state_and_the_last_sound_ones_are_kept(trainer):
    run = trainer("run")
    for step in range(1, 9):
        run.step = step
        run.save()
        if step % 2 == 0 and step < 8:
            run._mark_good()
    kept = [path.name[-1] for path in run.states.all()]
    assert kept == ["2", "4", "6", "8"]
    assert run.states.last_good().name[-1] == "6"


def test_steps_that_are_not_finite_are_left_out_and_counted(trainer):
    run = trainer("run")
    run.train_step()
    before, code = weights(run), run.learner.code
    run.learner.code = lambda *a, **k: replace(code(*a, **k), bits_y=torch.full((2,), float("nan"), requires_grad=True))
    run.train_step()
    assert run.guard.refused == 1
    assert torch.equal(weights(run), before)


def test_a_step_far_from_the_running_mean_is_not_taken_and_its_batch_is_noted(trainer):
    run = trainer("run", steps=100)
    for _ in range(25):
        run.train_step()
    before, weight = weights(run), run.learner.importance
    run.learner.importance = lambda maps: 100.0 * weight(maps)
    run.train_step()
    assert run.guard.refused == 1
    assert torch.equal(weights(run), before)
    (line,) = (run.folder / "refused.jsonl").read_text().splitlines()
    noted = json.loads(line)
    assert (noted["step"], len(noted["losses"])) == (25, 2)
    assert noted["loss"] > 2.0 * run.guard.loss
    run.learner.importance = weight
    run.train_step()
    assert not torch.equal(weights(run), before)


def test_a_run_gone_wrong_goes_back_to_its_last_sound_state_at_half_the_rate(trainer, monkeypatch):
    run = trainer("run", steps=100, validate_every=3)
    found = iter([1.0, 0.9, 1.2, 0.8])
    monkeypatch.setattr(run, "validate", lambda: {"loss": next(found)})
    rates = []
    step = run.train_step

    def observed(**asked):
        rates.append((run.step, run.learning_rate()))
        return step(**asked | {"is_over": len(rates) == 11})

    monkeypatch.setattr(run, "train_step", observed)
    run.run()
    assert [at for at, _ in rates] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 6, 7]
    assert run.detours == 1
    assert rates[9][1] == 0.5 * rates[6][1]
    again = resumed(trainer("run", steps=100))
    assert (again.step, again.detours) == (8, 1)
    assert again.states.last_good().name == "step-000000008"


def test_a_run_that_is_stopped_after_it_went_back_goes_on_from_there(trainer, monkeypatch):
    run = trainer("run", steps=100, validate_every=3)
    found = iter([0.9, 1.2])
    monkeypatch.setattr(run, "validate", lambda: {"loss": next(found)})
    step = run.train_step
    monkeypatch.setattr(run, "train_step", lambda **asked: step(**asked | {"is_over": run.step == 5, "is_due": True}))
    run.run()
    again = resumed(trainer("run", steps=100))
    assert (again.step, again.detours) == (3, 1)
    assert again.states.last_good() == again.states.newest()


def test_processes_end_when_the_one_that_started_them_is_killed(data, tmp_path):
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    program = f"""
from pathlib import Path
import torch
from qmap_studio.training.families.live import LiveLearner
from qmap_studio.training.run import train
from tests.unit.training.conftest import learner_of
class Telling(LiveLearner):
    def learning_rate(self, step):
        if step == 2:
            open({str(begun)!r}, "w").write("here")
        return super().learning_rate(step)
if __name__ == "__main__":
    usual, cpu = learner_of(steps=10**6), torch.device("cpu")
    run, data, cache = Path({str(tmp_path / "run")!r}), Path({str(data)!r}), Path({str(tmp_path / "cache")!r})
    train(run, data, Telling("live", usual.recipe, usual.config), cpu, processes=2, cache=cache)
"""
    script = tmp_path / "script.py"
    script.write_text(program)
    listening = os.open(begun, os.O_RDONLY | os.O_NONBLOCK)
    parent = subprocess.Popen([sys.executable, script], env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])})
    try:
        assert select.select([listening], [], [], 300)[0]
        children = psutil.Process(parent.pid).children()
    finally:
        parent.kill()
        parent.wait()
        os.close(listening)
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


@pytest.mark.parametrize(("processes", "device"), [(3, "cpu"), (2, "cuda")])
def test_more_processes_than_there_is_work_for_are_refused(data, tmp_path, processes, device):
    with pytest.raises(ValueError, match="too many"):
        train(tmp_path / "run", data, learner_of(), torch.device(device), processes=processes, cache=tmp_path / "cache")


def test_a_finished_run_takes_no_further_step(trainer):
    run = trainer("run")
    run.run()
    again = resumed(trainer("run"))
    again.run()
    assert again.step == 4


def test_a_run_that_was_never_sound_says_what_to_do(trainer):
    run = trainer("run")
    with pytest.raises(RuntimeError, match="lower the learning rate"):
        run.go_back()


def test_the_rate_is_constant_after_the_warm_up_and_decays_where_asked():
    constant = learner_of(warmup=2, steps=10)
    rates = [constant.learning_rate(step) / constant.recipe.learning_rate for step in range(10)]
    assert rates == [0.5, *[1.0] * 9]
    branch = learner_of(warmup=0, steps=10, decay=4)
    rates = [branch.learning_rate(step) / branch.recipe.learning_rate for step in range(11)]
    assert rates == pytest.approx([*[1.0] * 7, 0.75, 0.5, 0.25, 0.01])


def test_a_branch_begins_with_the_full_state_and_leaves_the_trunk_alone(data, tmp_path):
    trunk, branch, cache = tmp_path / "trunk", tmp_path / "branch", tmp_path / "cache"
    train(trunk, data, learner_of(steps=3), torch.device("cpu"), cache=cache)
    before = {p: p.stat().st_mtime_ns for p in trunk.rglob("*")}
    train(branch, data, learner_of(steps=6, decay=2), torch.device("cpu"), cache=cache, branch=trunk)
    assert Checkpoint.read(branch / "checkpoint.pt").step == 6
    assert {p: p.stat().st_mtime_ns for p in trunk.rglob("*")} == before


def test_a_run_goes_on_with_a_larger_network(trainer):
    small = trainer("run")
    small.run()
    large = resumed(trainer("run", replace(TINY, blocks8=2, width16=12), steps=8))
    assert large.step == 4
    assert large.validate()["loss"] == pytest.approx(small.validate()["loss"], rel=1e-5)
    kept = large.weights.own["g_a.at8.blocks.0.expand.weight"], small.weights.own["g_a.at8.blocks.0.expand.weight"]
    assert torch.equal(large.optimizer.state_of(kept[0])["momentum"], small.optimizer.state_of(kept[1])["momentum"])
    large.run()
    assert large.step == 8
    assert large.weights.own["g_a.at8.blocks.1.project.weight"].abs().max() > 0.0


def test_a_checkpoint_carries_weights_and_steps_to_the_next_run(trainer, tmp_path):
    first = trainer("first")
    first.run()
    path = tmp_path / "first" / "checkpoint.pt"

    second = trainer("second")
    second.start(path)
    assert second.before == 4
    assert torch.allclose(weights(second), averages(first), atol=1e-5, rtol=1e-4)
    assert torch.equal(averages(second), weights(second))
    second.run()
    assert Checkpoint.read(tmp_path / "second" / "checkpoint.pt").step == 8


def test_an_average_that_a_run_begins_from_keeps_its_weight(trainer, tmp_path):
    first = trainer("first", steps=100)
    first.step = 90
    first.save()
    second = trainer("second")
    second.start(tmp_path / "first" / "checkpoint.pt")
    begun = averages(second).clone()
    second.train_step()
    assert torch.allclose(averages(second) - begun, 0.09 * (weights(second) - begun), rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("larger", [{"blocks8": 2, "blocks16": 3}, {"width8": 12, "width16": 20, "condition": 6}])
def test_a_larger_network_starts_as_the_smaller_one(trainer, tmp_path, larger):
    small = trainer("small")
    small.run()
    path = tmp_path / "small" / "checkpoint.pt"
    again, large = trainer("again"), trainer("large", replace(TINY, **larger))
    again.start(path)
    large.start(path)
    assert large.validate()["loss"] == pytest.approx(again.validate()["loss"], rel=1e-5)
    before = weights(large)
    large.run()
    assert not torch.equal(weights(large), before)
    with pytest.raises(ValueError, match=r"no place|no more than"):
        trainer("smaller").start(tmp_path / "large" / "checkpoint.pt")


@pytest.mark.parametrize("other", [{"luma": 16}, {"chroma": 8}, {"hyper_latent": 6}, {"hyper": 6}])
def test_a_network_of_other_latents_is_refused(trainer, tmp_path, other):
    trainer("small").run()
    with pytest.raises(ValueError, match="cannot change"):
        trainer("other", replace(TINY, **other)).start(tmp_path / "small" / "checkpoint.pt")


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
