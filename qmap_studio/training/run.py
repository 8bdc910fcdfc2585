"""A whole run: so many processes that train together until the last step, the time's end, or a signal."""

import math
import signal
from pathlib import Path

import torch

from qmap_studio.training.data import load_pictures
from qmap_studio.training.learner import Learner
from qmap_studio.training.ring import Ring, Shared, run_in_processes
from qmap_studio.training.states import States
from qmap_studio.training.trainer import Trainer


def _work(
    ring: Ring,
    folder: Path,
    data: Path,
    learner: Learner,
    device: torch.device,
    cache: Path,
    state: Path | None,
    start: Path | None,
    seconds: float,
) -> None:
    if ring.size > 1:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells when to stop
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    trainer = Trainer(ring, folder, data, learner, device, cache)
    if state is not None:
        trainer.resume(state)
    elif start is not None:
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
    Raises:
        FileNotFoundError: the branch's folder holds no state.
        ValueError: there are more processes than crops in a batch, or several for one GPU.
    """
    if processes > (learner.recipe.batch if device.type == "cpu" else 1):
        raise ValueError(
            f"{processes} processes are too many: one for a GPU, else one for each crop of a batch at most"
        )
    state = States(folder).newest()
    if state is None and branch is not None:
        state = States(branch).newest()
        if state is None:
            raise FileNotFoundError(f"{branch} holds no state to begin from")
    load_pictures(data, cache)  # decoded once, before several processes want them
    count = sum(p.numel() for p in learner.make_network().parameters())
    shared = Shared.of(count, processes, device)
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: shared.stop.fill_(1)) for number in numbers]
    try:
        run_in_processes(_work, shared, (folder, data, learner, device, cache, state, start, seconds))
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
