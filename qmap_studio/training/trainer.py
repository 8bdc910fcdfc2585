"""One process's part of a run: resumable at any moment, for a few CPU cores beside other work and for a large GPU."""

import json
import math
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from qmap_studio.training.batches import Batch, Batches, prefetched
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.guard import Guard
from qmap_studio.training.learner import Learner
from qmap_studio.training.ring import Ring, Shared, SharedWeights
from qmap_studio.training.run_log import RunLog
from qmap_studio.training.soap import step_cost
from qmap_studio.training.states import States
from qmap_studio.training.validation import validate

REPORT_EVERY = 25


class Trainer:
    """One process's part of a run in one folder.

    The folder holds `step-*` (the full state, see `States`), `checkpoint.pt` (all that an export needs),
    `metrics.jsonl`, `refused.jsonl` (steps that were not taken) and `recipe.json`.

    Attributes:
        step: steps of this run; `before` counts those behind the checkpoint that it began from.
        detours: how often the run has gone back; each draws other data from there on, at half the rate.
    """

    def __init__(
        self, ring: Ring, folder: Path, data: Path, learner: Learner, device: torch.device, cache: Path | None = None
    ) -> None:
        self.ring, self.folder, self.learner, self.recipe, self.device = ring, folder, learner, learner.recipe, device
        folder.mkdir(parents=True, exist_ok=True)
        self.pictures, self.held_out = load_pictures(data, cache)
        torch.manual_seed(self.recipe.seed)
        network: Any = learner.make_network()
        learner.prepare(network, self.pictures)
        self.network = network.to(device)
        self.weights = SharedWeights(ring, network, {name: step_cost(p) for name, p in network.named_parameters()})
        self.optimizer: Any = learner.make_optimizer(self.weights.own)
        self.states, self.guard, self._log = States(folder), Guard(), RunLog(folder)
        self.before, self.step, self.detours = 0, 0, 0
        self._batches: Any = None
        self._begin_average()

    @classmethod
    def alone(
        cls, folder: Path, data: Path, learner: Learner, device: torch.device, cache: Path | None = None
    ) -> "Trainer":
        """In this process, without others."""
        count = sum(p.numel() for p in learner.make_network().parameters())
        return cls(Ring(Shared.of(count, 1, device), 0), folder, data, learner, device, cache)

    def _begin_average(self) -> None:
        if self.ring.rank == 0:
            self.ring.shared.average.copy_(self.ring.shared.weights)
        self.ring.meet()

    def _draw(self) -> Batch:
        """This process's share of the step's batch."""
        if self._batches is None:
            r, share = self.recipe, self.ring.share(self.recipe.batch)
            source = Batches(self.pictures, r.crop, self.seed, shares=self.learner.shares)
            workers = max((os.cpu_count() or 1) - 2, 1) if self.device.type == "cuda" else 0
            self._batches = prefetched(lambda step: source.draw(step, share), self.step, workers)
        drawn: Batch = next(self._batches)
        return drawn.to(self.device)

    @property
    def seed(self) -> int:
        """What the data and the noise of each step are drawn from, with the step."""
        return self.recipe.seed + 1000 * self.detours

    def learning_rate(self) -> float:
        return self.learner.learning_rate(self.step) * 0.5**self.detours

    def train_step(self, *, is_over: bool = False, is_due: bool = False) -> dict[str, float]:
        """One step of all processes.

        Args:
            is_over, is_due: this process wants to end, or to save; then `ended` or `due` is not 0 for all of them.
        """
        began = time.monotonic()
        r = self.recipe
        torch.manual_seed((self.seed * 1_000_003 + self.step) * 64 + self.ring.rank)
        batch = self._draw()
        drawn = time.monotonic()
        done = self.learner.losses(self.network, batch)
        for p in self.network.parameters():
            p.grad = None
        ((done.importance * done.loss).sum() / r.batch).backward()  # type: ignore[no-untyped-call]
        computed = time.monotonic()
        losses = done.loss.detach()
        own = ((done.importance * losses).sum().item() / r.batch, done.bpp.sum().item() / r.batch)
        norm, loss, bpp, ended, due = self.weights.exchange(*own, float(is_over), float(is_due))
        if self.guard.admits(loss, norm):
            self.weights.scale(min(1.0, r.clip / (norm + 1e-6)))
            for group in self.optimizer.param_groups:
                group["lr"] = self.learning_rate() * group["rate"]
            self.optimizer.step()
            age = self.before + self.step  # a checkpoint's weights are an average already
            self.weights.average(min(r.ema, (1 + age) / (10 + age)))
        else:
            self._report_refused(loss, norm, losses)
        self.ring.meet()
        self.step += 1
        whole = time.monotonic() - began
        share = (computed - drawn) / whole if whole else 0.0
        means = {"loss": loss, "bpp": bpp, "norm": norm, "seconds": whole, "in_network": share}
        return means | {"ended": ended, "due": due}

    def _report_refused(self, loss: float, norm: float, losses: Tensor) -> None:
        line = {"step": self.step, "seed": self.seed, "loss": loss, "norm": norm}
        own = {"first": self.ring.share(self.recipe.batch).start, "losses": [round(v, 3) for v in losses.tolist()]}
        self._log.add_refused(line | own)

    def validate(self) -> dict[str, Any]:
        """See `validation.validate`; with the averaged weights."""
        judge = self.learner.judge_of(self.network, self.weights.averages)
        return validate(judge, self.learner, self.ring, self.held_out, self.pictures, self.device)

    def start(self, path: Path) -> None:
        """Begins a new run from a compact checkpoint: its weights, a new warm-up, no moments.

        Raises:
            ValueError: its network is no smaller form of this one.
        """
        checkpoint = Checkpoint.read(path)
        if self.ring.rank == 0:
            grown = self.learner.make_network()
            self.learner.grow(grown, checkpoint.ema)
            with torch.no_grad():
                for name, p in self.network.named_parameters():
                    p.copy_(grown.get_parameter(name))
        for name, buffer in self.network.named_buffers():
            buffer.copy_(checkpoint.ema[name])
        self.ring.meet()
        self._begin_average()
        self.before = checkpoint.step

    @property
    def about(self) -> dict[str, Any]:
        """What is trained, and how."""
        return {
            "model": self.learner.model_id,
            "recipe": asdict(self.recipe),
            "config": asdict(self.learner.config),
            "before": self.before,
        }

    def save(self) -> None:
        """Writes the full state and the compact checkpoint."""
        tensors = {
            name: {"weight": p.detach(), "average": self.weights.averages[name]} | self._moments(p)
            for name, p in self.weights.own.items()
        }
        if self.ring.rank == 0:
            tensors |= {f"buffer.{name}": {"weight": buffer} for name, buffer in self.network.named_buffers()}
        about = self.about | {"step": self.step, "detours": self.detours}
        self.states.save(self.ring, about | {"guard": asdict(self.guard)}, tensors)
        if self.ring.rank == 0:
            buffers = dict(self.network.named_buffers())
            weights = {name: p.detach() for name, p in self.network.named_parameters()} | buffers
            averages = self.weights.averages | buffers
            Checkpoint(weights, averages, self.before + self.step, self.about).write(self.folder / "checkpoint.pt")

    def _moments(self, p: Tensor) -> dict[str, Tensor]:
        return {f"moment.{k}": v for k, v in self.optimizer.state_of(p).items()}

    @torch.no_grad()
    def resume(self, path: Path) -> None:
        """Goes on from a state of this run or of another.

        The network may have grown since. What is new has no moments yet.

        Raises:
            ValueError: it has shrunk.
        """
        about, tensors = self.states.load(path, self.device)
        weights, average = self._grown(tensors, "weight"), self._grown(tensors, "average")
        for name, p in self.weights.own.items():
            p.copy_(weights.get_parameter(name))
            self.weights.averages[name].copy_(average.get_parameter(name))
            saved = tensors.get(name, {})
            moments = {k.removeprefix("moment."): v for k, v in saved.items() if k.startswith("moment.")}
            if moments and saved["weight"].shape == p.shape:
                self.optimizer.set_state_of(p, moments)
        for name, buffer in self.network.named_buffers():
            buffer.copy_(weights.get_buffer(name))
        self.before, self.step, self.detours = about["before"], about["step"], about["detours"]
        self.guard = Guard(**about["guard"])
        self._batches = None
        self.ring.meet()

    def _grown(self, tensors: dict[str, dict[str, Tensor]], kind: str) -> nn.Module:
        """The network with what was saved of it, perhaps when it was smaller."""
        saved = {name.removeprefix("buffer."): state.get(kind, state["weight"]) for name, state in tensors.items()}
        torch.manual_seed(self.recipe.seed)
        grown = self.learner.make_network().to(self.device)
        self.learner.grow(grown, saved)
        return grown

    def go_back(self) -> None:
        """To the last sound state; from there on with other data and at half the rate.

        Raises:
            RuntimeError: there is no sound state.
        """
        path, detours = self.states.last_good(), self.detours
        if path is None:
            raise RuntimeError("the run has gone wrong before any validation found it sound; lower the learning rate")
        self.resume(path)
        self.detours = detours + 1
        if self.ring.rank == 0:
            self.states.forget_after(path)
            self._report({"went_back": True})
        self.save()
        self._mark_good()

    def _mark_good(self) -> None:
        """What was saved last is sound."""
        newest = self.states.newest()
        if self.ring.rank == 0 and newest is not None:
            self.states.mark_good(newest, asdict(self.guard))
        self.ring.meet()

    def run(self, seconds: float = math.inf) -> None:
        """Trains to the last step, or for so many seconds; saves every so often and at the end."""
        is_first, started, saved = self.ring.rank == 0, time.monotonic(), time.monotonic()
        if is_first:
            (self.folder / "recipe.json").write_text(json.dumps(self.about, indent=1))
        mean: dict[str, float] = {}
        ended = self.step >= self.recipe.steps
        while not ended:
            now = time.monotonic()
            is_over = is_first and (bool(self.ring.shared.stop) or now - started > seconds)
            is_due = is_first and now - saved > 60.0 * self.recipe.save_minutes
            figures = self.train_step(is_over=is_over, is_due=is_due)
            ended = bool(figures.pop("ended")) or self.step >= self.recipe.steps
            due = bool(figures.pop("due"))
            for key, value in figures.items():
                if math.isfinite(value):
                    mean[key] = value if key not in mean else 0.98 * mean[key] + 0.02 * value
            line: dict[str, Any] = {}
            if self.step % REPORT_EVERY == 0 or ended:
                line |= {k: round(v, 5) for k, v in mean.items()}
            is_judged = self.step % self.recipe.validate_every == 0 or ended
            if is_judged or due:  # saved first: who stops a run may be in a hurry
                self.save()
                saved = time.monotonic()
            is_sound = not self.guard.is_lost
            if is_judged:
                line["validation"] = self.validate()
                is_sound = is_sound and self.guard.is_good(line["validation"]["loss"])
            if is_first and line:
                self._report(line)
            if not is_sound:
                self.go_back()
            elif is_judged:
                self._mark_good()

    def _report(self, line: dict[str, Any]) -> None:
        head = {"step": self.step, "refused": self.guard.refused, "rate": self.learning_rate(), "time": time.time()}
        self._log.add(head | line)
