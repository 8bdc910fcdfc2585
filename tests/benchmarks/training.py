"""How long a training step takes, idle and beside a busy process, and how much of it goes to anything but the network.

    python -m tests.benchmarks.training [--data FOLDER] [--steps 40] [--processes 2] [--device cpu] [--blocks8 3 ...]

A step is that of the trunk: 32 crops of 128 px. Nothing else may run on the machine. Also printed: the arithmetic, and
what validating and saving would add at the recipe's intervals.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.resources import user_path
from qmap_studio.training.families.live import LiveLearner
from qmap_studio.training.recipe import Recipe
from qmap_studio.training.ring import Ring, Shared, run_in_processes
from qmap_studio.training.trainer import Trainer

IDLE_S, BUSY_S, OUTSIDE_PERCENT = 0.65, 1.5, 25.0
FIRST = LiveConfig(blocks8=3, blocks16=4, width8=96)
"""The network that the first two bars are for; a larger one has time in proportion to its multiply-accumulates."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/train"))
    parser.add_argument("--cache", type=Path, default=user_path("cache"))
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--processes", type=int)
    for field in fields(LiveConfig):
        parser.add_argument(f"--{field.name}", type=int, default=field.default)
    options = parser.parse_args()
    device = torch.device(options.device)
    processes = options.processes or (1 if device.type == "cuda" else os.cpu_count() or 1)
    learner = LiveLearner(
        "live", Recipe(), LiveConfig(**{f.name: getattr(options, f.name) for f in fields(LiveConfig)})
    )
    count = sum(p.numel() for p in learner.make_network().parameters())
    kmac = forward_kmac(learner.config)
    print(f"{device}, {processes} processes, {count / 1e6:.2f} M parameters, {kmac:.1f} kMAC per pixel there and back")
    failed, larger = False, kmac / forward_kmac(FIRST)
    bars = {"idle": IDLE_S * larger, "beside a busy process": BUSY_S * larger}
    for name, bar in bars.items():
        with beside_busy(int(name != "idle")), tempfile.TemporaryDirectory() as folder:
            shared = Shared.of(count, processes, device)
            run_in_processes(measure, shared, (Path(folder), learner, device, options, name == "idle"))
            step, outside, validation, saving = map(float, (Path(folder) / "figures").read_text().split())
        print(
            f"{name}: {step:.3f} s a step (bar {bar:.2f}), {outside:.1f} % outside the network (bar {OUTSIDE_PERCENT})"
        )
        failed |= step > bar
        if name == "idle":
            failed |= outside > OUTSIDE_PERCENT
            print(f"  on top: validation {validation:.1f} %, saving {saving:.1f} %")
    return int(failed)


def measure(
    ring: Ring, folder: Path, learner: LiveLearner, device: torch.device, options: argparse.Namespace, is_idle: bool
) -> None:
    """One process's part; the first writes seconds a step, percent outside, percent for validating and saving."""
    trainer = Trainer(ring, folder, options.data, learner, device, options.cache)
    for _ in range(5):
        trainer.train_step()
    steps = [trainer.train_step() for _ in range(options.steps)]
    step = statistics.median(s["seconds"] for s in steps)
    outside = 100.0 * (1.0 - statistics.mean(s["in_network"] for s in steps))
    recipe, extra = learner.recipe, [0.0, 0.0]
    if is_idle:
        extra[0] = 100.0 * seconds(trainer.validate) / (recipe.validate_every * step)
        extra[1] = 100.0 * seconds(trainer.save) / (60.0 * recipe.save_minutes)
    if ring.rank == 0:
        (folder / "figures").write_text(f"{step} {outside} {extra[0]} {extra[1]}")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def forward_kmac(config: LiveConfig) -> float:
    """Thousands of multiply-accumulates per pixel of one forward pass, encoder and decoder."""
    side = 128
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        LiveNetwork(config)(torch.zeros(1, side, side, 3), torch.zeros(1, side // CELL_PX, side // CELL_PX, 1))
    return counter.get_total_flops() / 2 / side**2 / 1000


@contextmanager
def beside_busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but compute."""
    others = [multiprocessing.get_context("spawn").Process(target=spin, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()


def spin(*_: Any) -> None:
    while True:
        sum(range(10000))


if __name__ == "__main__":
    sys.exit(main())
