"""Processes that train one network together, one thread each: what they share, and how they wait for each other.

Two processes of one thread are almost twice as fast as two threads (0.80 against 1.47 s a step in a prototype): threads
meet after every operation, processes thrice a step. The weights lie in shared memory; each process adds up the
gradients of the weights that it owns, and steps them.

    all: gradients of their crops -- meet -- own gradients summed -- meet -- own weights stepped in place -- meet
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.multiprocessing as mp
from torch import Tensor, nn

PAUSE_S = 0.0002
GLIBC_KEEPS_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 33), "MALLOC_TOP_PAD_": str(1 << 28)}
"""Memory given back and asked for anew costs page faults: 8 % of a step."""
STATISTICS = 8


@dataclass(frozen=True)
class Shared:
    """What the processes share; all of it float32 in shared memory, or on one device where there is one process.

    Attributes:
        weights, average: of the network, (all weights,).
        gradients: one row a process.
        statistics: one row a process, for sums over all; two of it, used in turn.
        turns: how often each process has met the others.
        stop: not 0 once training is to end.
    """

    weights: Tensor
    average: Tensor
    gradients: Tensor
    statistics: Tensor
    turns: Tensor
    stop: Tensor

    @classmethod
    def of(cls, count: int, processes: int, device: torch.device) -> "Shared":
        tensors = (
            torch.zeros(count, device=device),
            torch.zeros(count, device=device),
            torch.zeros(processes, count, device=device),
            torch.zeros(2, processes, STATISTICS, dtype=torch.float64),
            torch.zeros(processes, dtype=torch.int64),
            torch.zeros(1, dtype=torch.int64),
        )
        if processes > 1:
            for tensor in tensors:
                tensor.share_memory_()  # type: ignore[no-untyped-call]
        return cls(*tensors)


class Ring:
    """One process's place among those that train together.

    Attributes:
        rank: 0 for the one that writes the logs.
        size: how many there are.
    """

    def __init__(self, shared: Shared, rank: int, *, parent: int | None = None) -> None:
        self.shared, self.rank, self.size, self._parent = shared, rank, len(shared.turns), parent
        self._sums = 0

    def meet(self) -> None:
        """Waits until every process is here.

        Raises:
            RuntimeError: the process that started this one is gone.
        """
        if self.size == 1:
            return
        turns = self.shared.turns
        turns[self.rank] += 1
        mine = int(turns[self.rank])
        while True:
            if self._parent is not None and os.getppid() != self._parent:
                raise RuntimeError("the process that started this one is gone")
            if int(turns.min()) >= mine:
                return
            time.sleep(PAUSE_S)

    def sum(self, *values: float) -> list[float]:
        """The sum of each value over all processes; every process must call it."""
        if self.size == 1:
            return list(values)
        self._sums += 1  # the next sum is written beside this one, and the one after it only when all have read this
        rows = self.shared.statistics[self._sums % 2, :, : len(values)]
        rows[self.rank] = torch.tensor(values, dtype=torch.float64)
        self.meet()
        total: list[float] = rows.sum(dim=0).tolist()
        return total

    def share(self, amount: int) -> range:
        """Which of so many things this process does."""
        return range(self.rank * amount // self.size, (self.rank + 1) * amount // self.size)


def shared_out(costs: dict[str, float], processes: int) -> list[list[str]]:
    """Names in as many lists of about the same total cost: the dearest first, each to who has least."""
    lists: list[list[str]] = [[] for _ in range(processes)]
    totals = [0.0] * processes
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        least = min(range(processes), key=totals.__getitem__)
        lists[least].append(name)
        totals[least] += costs[name]
    return lists


class SharedWeights:
    """A network whose weights lie in the shared memory, and this process's part of them.

    Attributes:
        own: the parameters that this process steps, by name; their gradients are the sums over all processes.
    """

    def __init__(self, ring: Ring, network: nn.Module, costs: dict[str, float]) -> None:
        self.ring, shared = ring, ring.shared
        parameters = dict(network.named_parameters())
        self.averages: dict[str, Tensor] = {}
        self._gradients: dict[str, Tensor] = {}
        self.own: dict[str, nn.Parameter] = {}
        offset = 0
        for rank, names in enumerate(shared_out(costs, ring.size)):
            start = offset
            for name in names:
                p = parameters[name]
                part = slice(offset, offset + p.numel())
                if ring.rank == 0:
                    shared.weights[part] = p.detach().flatten()
                p.data = shared.weights[part].view(p.shape)
                self.averages[name] = shared.average[part].view(p.shape)
                self._gradients[name] = shared.gradients[ring.rank, part].view(p.shape)
                if rank == ring.rank:
                    self.own[name] = p
                offset = part.stop
            if rank == ring.rank:
                self._own_part = slice(start, offset)
        self._parameters = {name: parameters[name] for name in self._gradients}
        ring.meet()

    def exchange(self, *values: float) -> list[float]:
        """Sums the gradients of the own weights over all processes.

        Returns:
            the norm of all gradients, and the sums of the values over all processes.
        """
        theirs = [p.grad if p.grad is not None else torch.zeros_like(p) for p in self._parameters.values()]
        torch._foreach_copy_(list(self._gradients.values()), theirs)
        self.ring.meet()
        rows = self.ring.shared.gradients[:, self._own_part]
        for rank in range(self.ring.size):
            if rank != self.ring.rank:
                rows[self.ring.rank] += rows[rank]
        for name, p in self.own.items():
            p.grad = self._gradients[name]
        square = float(rows[self.ring.rank].double().square().sum()) if self.own else 0.0
        total, *sums = self.ring.sum(square, *values)
        return [math.sqrt(total) if total >= 0.0 else math.nan, *sums]

    def scale(self, factor: float) -> None:
        """Multiplies the summed gradients of the own weights."""
        self.ring.shared.gradients[self.ring.rank, self._own_part] *= factor

    def average(self, decay: float) -> None:
        """Lets the average of the own weights follow them."""
        shared = self.ring.shared
        shared.average[self._own_part].lerp_(shared.weights[self._own_part], 1.0 - decay)


def run_in_processes(work: Callable[..., None], shared: Shared, arguments: Sequence[Any]) -> None:
    """Does `work(ring, *arguments)` in as many processes as share something; here, where it is one."""
    processes = len(shared.turns)
    if processes == 1:
        work(Ring(shared, 0), *arguments)
        return
    os.environ.update(GLIBC_KEEPS_MEMORY)
    given = (work, shared, os.getpid(), tuple(arguments))
    mp.start_processes(_begin, given, nprocs=processes, start_method="spawn")  # type: ignore[attr-defined, no-untyped-call]


def _begin(rank: int, work: Callable[..., None], shared: Shared, parent: int, arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    work(Ring(shared, rank, parent=parent), *arguments)
