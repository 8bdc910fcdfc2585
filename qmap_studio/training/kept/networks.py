"""Fits the networks that predict kept pixels.

What a network sees depends on how well networks did before, so they are fitted in rounds: at first what is expected is
the mean of the neighbours, then what the networks of the round before say.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.kept.photographic.colour import PLANES
from qmap_studio.codec.common.kept.photographic.neighbours import FRACTION, LARGEST, Floats
from qmap_studio.codec.common.kept.photographic.network import LARGEST_WEIGHT, UNIT, WEIGHT_UNIT, to_network
from qmap_studio.codec.common.kept.photographic.residuals import expected
from qmap_studio.codec.common.kept.photographic.tables import KINDS, LAYERS
from qmap_studio.codec.common.kept.photographic.walk import Question
from qmap_studio.training.kept.samples import Sample

HIDDEN = (32, 16)
BATCH = 8192
LEARNING_RATE = 2e-3
MOST_HIDDEN = LARGEST / UNIT
_HALF = WEIGHT_UNIT // 2  # so that floors round
Layers = list[tuple[NDArray[np.int16], NDArray[np.int32]]]
Networks = dict[tuple[int, int], Layers]
Examples = dict[tuple[int, int], NDArray[np.int16]]
"""By plane and kind: features, and below them value, mean, spread and its logarithm, (features + 4, n)."""


def examples(samples: Iterable[Sample], networks: Networks, share: float, seed: int) -> Examples:
    """A share of the pixels of samples, as networks see them; without networks, as the first ones do."""
    random, found = np.random.default_rng(seed), dict[tuple[int, int], list[NDArray[np.int16]]]()
    exact = {key: to_network(layers) for key, layers in networks.items()}
    for sample in samples:

        def answer(question: Question, planes: Floats = sample.planes) -> tuple[Floats, Floats]:
            key, around = (question.plane, question.kind), question.around
            values = planes[question.plane, question.rows, question.columns]
            picked = np.flatnonzero(random.random(len(values)) < share + 300 / len(values))
            targets = [values, around.mean, around.spread, around.log_spread]
            columns = [*question.features[:, picked], *(target[picked] for target in targets)]
            found.setdefault(key, []).append(np.array(columns, np.int16))
            return values, expected(question, exact[key]).eighths if exact else around.mean

        sample.walk(answer)
    return {key: np.concatenate(parts, axis=1) for key, parts in found.items()}


def fit(key: tuple[int, int], data: NDArray[np.int16], start: Layers | None, steps: int) -> Layers:
    """A network for a plane and kind, trained for so many steps, as whole numbers."""
    columns = torch.from_numpy(data.astype(np.float32))
    torch.manual_seed(0)
    weights, biases = _first(len(columns) - 4) if start is None else _floats(start)
    optimizer, at = torch.optim.Adam([*weights, *biases]), columns.shape[1]
    for step in range(steps):
        if at >= columns.shape[1]:
            columns, at = columns[:, torch.randperm(columns.shape[1])], 0
        batch = columns[:, at : at + BATCH]
        at += BATCH
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        loss = bits(_run(weights, biases, batch[:-4] / UNIT), batch[-4:]).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            for layer in weights:
                layer.clamp_(-LARGEST_WEIGHT / WEIGHT_UNIT, LARGEST_WEIGHT / WEIGHT_UNIT)
    print(*key, f"{data.shape[1]} examples, {loss.item():.4f} bits in the last batch", flush=True)
    return _whole(weights, biases)


def cost(layers: Layers, data: NDArray[np.int16]) -> float:
    """Mean bits of a network's examples, (features + 4, n)."""
    columns = torch.from_numpy(data.astype(np.float32))
    return bits(_run(*_floats(layers), columns[:-4] / UNIT), columns[-4:]).mean().item()


def bits(answers: Tensor, targets: Tensor) -> Tensor:
    """Of values by logistic distributions whose means and spreads are the answers', (n,)."""
    values, means, spreads, logs = targets
    off = values - means / FRACTION - answers[0] * spreads / FRACTION
    scale = torch.exp2(logs / 16 + answers[1].clamp(-8, 8)) / FRACTION
    mass = torch.sigmoid((off + 0.5) / scale) - torch.sigmoid((off - 0.5) / scale)
    tail = 0.02 * ((off.abs() + 0.5) / scale).clamp_max(60)  # pulls where the mass is none
    return -torch.log2(mass.clamp_min(1e-9)) + torch.where(mass < 1e-9, tail, torch.zeros(()))


def _run(weights: list[Tensor], biases: list[Tensor], hidden: Tensor) -> Tensor:
    for layer, bias in zip(weights[:-1], biases[:-1], strict=True):
        hidden = (layer @ hidden + bias).clamp(0, MOST_HIDDEN)
    return weights[-1] @ hidden + biases[-1]


def _first(features: int) -> tuple[list[Tensor], list[Tensor]]:
    sizes = [features, *HIDDEN]
    weights = [torch.randn(out, into) * into**-0.5 for into, out in zip(sizes, HIDDEN, strict=False)]
    biases = [torch.rand(out, 1) * 0.5 for out in HIDDEN]
    return _learning([*weights, torch.randn(2, HIDDEN[-1]) * 0.05], [*biases, torch.zeros(2, 1)])


def _floats(layers: Layers) -> tuple[list[Tensor], list[Tensor]]:
    weights = [torch.from_numpy(w.astype(np.float32)) / WEIGHT_UNIT for w, _ in layers]
    biases = [torch.from_numpy(b.astype(np.float32) - _HALF)[:, None] / (WEIGHT_UNIT * UNIT) for _, b in layers]
    return _learning(weights, biases)


def _learning(*parts: list[Tensor]) -> Any:
    return tuple([tensor.requires_grad_() for tensor in part] for part in parts)


def _whole(weights: list[Tensor], biases: list[Tensor]) -> Layers:
    return [
        (
            np.rint(w.detach().numpy() * WEIGHT_UNIT).astype(np.int16),
            np.rint(b.detach().numpy()[:, 0] * WEIGHT_UNIT * UNIT + _HALF).astype(np.int32),
        )
        for w, b in zip(weights, biases, strict=True)
    ]


def named(networks: Networks) -> dict[str, NDArray[np.generic]]:
    """The weights and biases of all layers by the names that the program's file gives them."""
    names: dict[str, NDArray[np.generic]] = {}
    for (plane, kind), layers in networks.items():
        for i, (weights, biases) in enumerate(layers):
            names |= {f"{plane}{kind}w{i}": weights, f"{plane}{kind}b{i}": biases}
    return names


def read(path: Path) -> Networks:
    """The networks of such a file."""
    with np.load(path, allow_pickle=False) as file:
        return {
            (plane, kind): [(file[f"{plane}{kind}w{i}"], file[f"{plane}{kind}b{i}"]) for i in range(LAYERS)]
            for plane in range(PLANES)
            for kind in range(KINDS)
        }
