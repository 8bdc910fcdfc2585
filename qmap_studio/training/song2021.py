"""Training of the paper's network and of its ablations, by the paper's recipe (section 4.1)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from qmap_studio.codec.live import Forward
from qmap_studio.codec.song2021.forward import Song2021Forward
from qmap_studio.codec.song2021.model import Song2021Model, save_model
from qmap_studio.codec.song2021.network import Song2021Config
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.loop import Recipe, Trainer
from qmap_studio.training.maps import PAPER_SHARES, random_maps

LAMBDA_AT_ZERO, LAMBDA_GROWTH = 0.001, 4.382
DECAY_AT, DECAY = 0.7, 0.1  # of the learning rate: 1.4 of 2 million steps


@dataclass
class PaperRecipe(Recipe):
    """The paper's, but for the number of steps; crops of 256 px in batches of 8."""

    steps: int = 2_000_000
    batch: int = 8
    crop: int = 256
    optimizer: str = "adam"
    learning_rate: float = 1e-4
    warmup: int = 0
    hard_from: float = 1.0
    quality: float = 0.5  # of networks that know no map


class Song2021Trainer(Trainer):
    """See `Trainer`."""

    recipe: PaperRecipe

    def make_network(self, config: Song2021Config) -> Song2021Forward:
        return Song2021Forward.of(config)

    def prepare(self) -> None:
        pass

    def make_optimizer(self) -> torch.optim.Optimizer:
        groups: list[dict[str, Any]] = [{"params": list(self.network.parameters()), "rate": 1.0}]
        return torch.optim.Adam(groups, lr=self.recipe.learning_rate)

    def learning_rate(self) -> float:
        r = self.recipe
        warm = min(1.0, (self.step + 1) / max(r.warmup, 1))
        return r.learning_rate * warm * (DECAY if self.step >= DECAY_AT * r.steps else 1.0)

    def draw_maps(self, labels: Tensor) -> Tensor:
        if self.network.config.has_map:
            return random_maps(labels, PAPER_SHARES)
        return torch.full((labels.shape[0], 1, *labels.shape[1:]), self.recipe.quality, device=labels.device)

    def code(self, network: Any, x: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        out = network(x + 0.5, maps, hard=hard)
        return Forward(out.x_hat - 0.5, out.bits_y, out.bits_z)

    def lambda_map(self, maps: Tensor) -> Tensor:
        return LAMBDA_AT_ZERO * torch.exp(LAMBDA_GROWTH * maps)

    def weights(self, maps: Tensor) -> Tensor:
        return maps.new_ones(maps.shape[0])


def export(checkpoint: Checkpoint, path: Path) -> bytes:
    """Writes the model of a run's averaged weights, in 16 bits; returns the hash that files carry."""
    trained = Song2021Forward.of(Song2021Config(**checkpoint.about["config"]))
    trained.load_state_dict(checkpoint.ema)
    return save_model(path, Song2021Model.of(trained.network, trained.prior.requires_grad_(False)))
