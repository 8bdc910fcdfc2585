"""What a run is judged by: its loss on photos held out, and on crops that it has seen."""

import math
from typing import Any

import torch
from torch import nn

from qmap_studio.training.batches import Batch
from qmap_studio.training.data import PictureSet
from qmap_studio.training.learner import Learner
from qmap_studio.training.ring import Ring

QUALITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
SIDE_PX = 320
PICTURES_AT_ONCE = 4


def validate(
    network: nn.Module, learner: Learner, ring: Ring, held_out: PictureSet, seen: PictureSet, device: torch.device
) -> dict[str, Any]:
    """The loss on held-out photos at uniform qualities and with random maps, shared among the processes.

    And, as `seen`, on training crops with random maps: how far it falls below `maps` over time is what the network has
    learned by heart.
    """
    count, side = learner.validation_crops, SIDE_PX
    pixels, labels = held_out.crops(count, side, torch.Generator().manual_seed(5))
    seen_pixels, seen_labels = seen.crops(count, side, torch.Generator().manual_seed(5))
    torch.manual_seed(5)
    sets = [(pixels, torch.full((count, 1, side, side), q)) for q in QUALITIES]
    sets += [(pixels, learner.validation_maps(labels)), (seen_pixels, learner.validation_maps(seen_labels))]
    parts = [(k, i) for k in range(len(sets)) for i in range(0, count, PICTURES_AT_ONCE)]
    sums = torch.zeros(len(sets), 3, dtype=torch.float64)
    for k, i in parts[ring.rank :: ring.size]:
        batch = Batch(*(tensor[i : i + PICTURES_AT_ONCE] for tensor in sets[k]))
        sums[k] += learner.judged(network, batch.to(device)) / count
    *rows, of_seen = [ring.sum(*row) for row in sums.tolist()]
    losses = [row[0] for row in rows]
    figures = [[round(v, 4) for v in row] for row in rows]
    return {
        "uniform": figures[:-1],
        "maps": figures[-1],
        "seen": [round(v, 4) for v in of_seen],
        "loss": sum(losses) / len(losses),
        "geometric": math.prod(losses) ** (1.0 / len(losses)),
    }
