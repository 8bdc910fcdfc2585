"""The training loop: resumable at any moment, one for a few CPU cores beside other work and for a large GPU."""

import json
import math
import os
import signal
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
from qmap_studio.training.ring import Ring, Shared, Together, run_in_processes
from qmap_studio.training.states import States

VALIDATION_QUALITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
VALIDATION_SIZE = 320
VALIDATION_PART = 4
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
        self.together = Together(ring, network, {name: _cost(p) for name, p in network.named_parameters()})
        self.optimizer: Any = learner.make_optimizer(self.together.own)
        self.states, self.guard = States(folder), Guard()
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
            source = Batches(self.pictures, r.crop, r.seed + 1000 * self.detours, shares=self.learner.shares)
            workers = max((os.cpu_count() or 1) - 2, 1) if self.device.type == "cuda" else 0
            self._batches = prefetched(lambda step: source.draw(step, share), self.step, workers)
        drawn: Batch = next(self._batches)
        return drawn.to(self.device)

    def learning_rate(self) -> float:
        return self.learner.learning_rate(self.step) * 0.5**self.detours

    def train_step(self, *, is_over: bool = False, is_due: bool = False) -> dict[str, float]:
        """One step of all processes.

        Args:
            is_over, is_due: this process wants to end, or to save; then `ended` or `due` is not 0 for all of them.
        """
        began = time.monotonic()
        r = self.recipe
        torch.manual_seed(((r.seed + 1000 * self.detours) * 1_000_003 + self.step) * 64 + self.ring.rank)
        batch = self._draw()
        drawn = time.monotonic()
        done = self.learner.losses(self.network, batch)
        for p in self.network.parameters():
            p.grad = None
        ((done.weight * done.loss).sum() / r.batch).backward()
        computed = time.monotonic()
        losses = done.loss.detach()
        own = ((done.weight * losses).sum().item() / r.batch, done.bpp.sum().item() / r.batch)
        norm, loss, bpp, ended, due = self.together.exchange(*own, float(is_over), float(is_due))
        if self.guard.admits(loss, norm):
            self.together.scale(min(1.0, r.clip / (norm + 1e-6)))
            for group in self.optimizer.param_groups:
                group["lr"] = self.learning_rate() * group["rate"]
            self.optimizer.step()
            self.together.average(min(r.ema, (1 + self.step) / (10 + self.step)))
        else:
            self._keep_refused(loss, norm, losses)
        self.ring.meet()
        self.step += 1
        whole = time.monotonic() - began
        share = (computed - drawn) / whole if whole else 0.0
        means = {"loss": loss, "bpp": bpp, "norm": norm, "seconds": whole, "in_network": share}
        return means | {"ended": ended, "due": due}

    def _keep_refused(self, loss: float, norm: float, losses: Tensor) -> None:
        """Notes a batch that was not stepped on: it can be drawn again from its seed and step."""
        line = {"step": self.step, "seed": self.recipe.seed + 1000 * self.detours, "loss": loss, "norm": norm}
        line |= {"first": self.ring.share(self.recipe.batch).start, "losses": [round(v, 3) for v in losses.tolist()]}
        with (self.folder / "refused.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def validate(self) -> dict[str, Any]:
        """The loss on held-out photos at uniform qualities and with random maps, with the averaged weights.

        And, as `seen`, on training crops with random maps: how far it falls below `maps` over time is what the network
        has learned by heart.
        """
        random_state = torch.get_rng_state()
        judge = self.learner.judge_of(self.network, self.together.averages)
        count, size = self.learner.validation_crops, VALIDATION_SIZE
        pixels, labels = self.held_out.crops(count, size, torch.Generator().manual_seed(5))
        seen, seen_labels = self.pictures.crops(count, size, torch.Generator().manual_seed(5))
        torch.manual_seed(5)
        sets = [(pixels, torch.full((count, 1, size, size), q)) for q in VALIDATION_QUALITIES]
        sets += [(pixels, self.learner.validation_maps(labels)), (seen, self.learner.validation_maps(seen_labels))]
        parts = [(k, i) for k in range(len(sets)) for i in range(0, count, VALIDATION_PART)]
        sums = torch.zeros(len(sets), 3, dtype=torch.float64)
        for k, i in parts[self.ring.rank :: self.ring.size]:
            batch = Batch(*(tensor[i : i + VALIDATION_PART] for tensor in sets[k]))
            sums[k] += self.learner.judged(judge, batch.to(self.device)) / count
        *rows, of_seen = [self.ring.sum(*row) for row in sums.tolist()]
        torch.set_rng_state(random_state)
        losses = [row[0] for row in rows]
        figures = [[round(v, 4) for v in row] for row in rows]
        return {
            "uniform": figures[:-1],
            "maps": figures[-1],
            "seen": [round(v, 4) for v in of_seen],
            "loss": sum(losses) / len(losses),
            "geometric": math.prod(losses) ** (1.0 / len(losses)),
        }

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

    def save(self, *, is_good: bool = False) -> None:
        """Writes the full state and the compact checkpoint."""
        tensors = {
            name: {"weight": p.detach(), "average": self.together.averages[name]} | self._moments(p)
            for name, p in self.together.own.items()
        }
        if self.ring.rank == 0:
            tensors |= {f"buffer.{name}": {"weight": buffer} for name, buffer in self.network.named_buffers()}
        about = self.about | {"step": self.step, "detours": self.detours, "is_good": is_good}
        self.states.save(self.ring, about | {"guard": asdict(self.guard)}, tensors)
        if self.ring.rank == 0:
            buffers = dict(self.network.named_buffers())
            weights = {name: p.detach() for name, p in self.network.named_parameters()} | buffers
            averages = self.together.averages | buffers
            Checkpoint(weights, averages, self.before + self.step, self.about).write(self.folder / "checkpoint.pt")

    def _moments(self, p: Tensor) -> dict[str, Tensor]:
        return {f"moment.{k}": v for k, v in self.optimizer.state_of(p).items()}

    def resume(self, folder: Path | None = None) -> bool:
        """Goes on from the newest state of this run, or begins with that of another; False where there is none.

        The network may have grown since. What is new has no moments yet.

        Raises:
            ValueError: it has shrunk.
        """
        states = (States(folder) if folder else self.states).all()
        if states:
            self._load(states[-1])
        return bool(states)

    @torch.no_grad()
    def _load(self, path: Path) -> None:
        about, tensors = self.states.load(path, self.device)
        weights, average = self._grown(tensors, "weight"), self._grown(tensors, "average")
        for name, p in self.together.own.items():
            p.copy_(weights.get_parameter(name))
            self.together.averages[name].copy_(average.get_parameter(name))
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
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed)
            grown = self.learner.make_network().to(self.device)
        self.learner.grow(grown, saved)
        return grown

    def go_back(self) -> None:
        """To the last sound state; from there on with other data and at half the rate.

        Raises:
            RuntimeError: there is no sound state.
        """
        path = self.states.last_good()
        if path is None:
            raise RuntimeError("the run has gone wrong before any validation found it sound; lower the learning rate")
        detours = self.detours
        self._load(path)
        self.detours = detours + 1
        self._batches = None

    def run(self, seconds: float = math.inf) -> None:
        """Trains to the last step, or for so many seconds; saves every so often and at the end."""
        is_first, started, saved = self.ring.rank == 0, time.monotonic(), time.monotonic()
        if is_first:
            (self.folder / "recipe.json").write_text(json.dumps(self.about, indent=1))
        mean: dict[str, float] = {}
        ended = False
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
            is_good = False
            if self.step % self.recipe.validate_every == 0 or ended:
                line["validation"] = self.validate()
                is_good = self.guard.is_good(line["validation"]["loss"])
            if is_first and line:
                self._report(line)
            if self.guard.is_stuck or ("validation" in line and not is_good):
                self.go_back()
            if is_good or due or ended:
                self.save(is_good=is_good)
                saved = time.monotonic()

    def _report(self, line: dict[str, Any]) -> None:
        head = {"step": self.step, "refused": self.guard.refused, "rate": self.learning_rate(), "time": time.time()}
        with (self.folder / "metrics.jsonl").open("a") as log:
            log.write(json.dumps(head | line) + "\n")


def _cost(p: Tensor) -> float:
    """Of stepping a parameter, roughly: SOAP's products, and a little for each number and each call."""
    rows, columns = p.shape[0], max(p.numel() // p.shape[0], 1)
    sides = [side for side in (rows, columns) if 1 < side <= 512]
    return 20.0 * p.numel() + p.numel() * sum(sides) + 0.3 * sum(side**3 for side in sides) + 20000.0


def _work(
    ring: Ring,
    folder: Path,
    data: Path,
    learner: Learner,
    device: torch.device,
    cache: Path,
    start: Path | None,
    branch: Path | None,
    seconds: float,
) -> None:
    if ring.size > 1:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells when to stop
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    trainer = Trainer(ring, folder, data, learner, device, cache)
    if not trainer.resume():
        if branch is not None and not trainer.resume(branch):
            raise FileNotFoundError(f"{branch} holds no state to begin from")
        if start is not None:
            trainer.start(start)
    trainer.run(seconds)


def train(
    folder: Path,
    data: Path,
    learner: Learner,
    device: torch.device,
    *,
    processes: int = 1,
    cache: Path,
    start: Path | None = None,
    branch: Path | None = None,
    seconds: float = math.inf,
) -> None:
    """Runs a run in so many processes, until its last step, its time, or a signal to end; it is saved then.

    Args:
        cache: folder for decoded pictures.
        start: compact checkpoint that a new run begins from.
        branch: run folder with whose full state a new run begins.
    """
    load_pictures(data, cache)  # decoded once, before several processes want them
    count = sum(p.numel() for p in learner.make_network().parameters())
    shared = Shared.of(count, processes, device)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: shared.stop.fill_(1))
    run_in_processes(_work, shared, (folder, data, learner, device, cache, start, branch, seconds))
