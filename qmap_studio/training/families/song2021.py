"""Training of the paper's network and of its ablations, by the paper's recipe (section 4.1)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.song2021.config import FAMILY_ID, Song2021Config
from qmap_studio.codec.song2021.forward import Song2021Forward
from qmap_studio.training.adam import Adam
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import PictureSet
from qmap_studio.training.family import Exported, FamilyTraining
from qmap_studio.training.learner import Learner, centred
from qmap_studio.training.maps import PAPER_SHARES
from qmap_studio.training.recipe import Recipe

LAMBDA_AT_ZERO, LAMBDA_GROWTH = 0.001, 4.382
DECAY_AT, DECAY = 0.7, 0.1  # of the learning rate: 1.4 of 2 million steps


@dataclass
class PaperRecipe(Recipe):
    """The paper's, but for the number of steps; crops of 256 px in batches of 8."""

    steps: int = 2_000_000
    batch: int = 8
    crop: int = 256
    learning_rate: float = 1e-4
    warmup: int = 0
    quality: float = 0.5  # of networks that know no map


class Song2021Learner(Learner):
    """See `Learner`."""

    recipe: PaperRecipe
    config: Song2021Config
    shares = PAPER_SHARES

    def make_network(self) -> Song2021Forward:
        return Song2021Forward.of(self.config)

    def grow(self, network: Any, weights: dict[str, Tensor]) -> None:
        network.load_state_dict(weights)

    def make_optimizer(self, parameters: dict[str, nn.Parameter]) -> Adam:
        groups: list[dict[str, Any]] = [{"params": list(parameters.values()), "rate": 1.0}]
        return Adam(groups, lr=self.recipe.learning_rate)

    def learning_rate(self, step: int) -> float:
        r = self.recipe
        warm = min(1.0, (step + 1) / max(r.warmup, 1))
        return r.learning_rate * warm * (DECAY if step >= DECAY_AT * r.steps else 1.0)

    def code(self, network: Any, pixels: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        if not self.config.has_map:
            maps = torch.full_like(maps, self.recipe.quality)
        x = (centred(pixels) + 0.5).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        with torch.autocast(pixels.device.type, torch.bfloat16, enabled=pixels.is_cuda and not hard):
            out = network(x, maps, hard=hard)
        return Forward(out.x_hat.float().permute(0, 2, 3, 1) - 0.5, out.bits_y, out.bits_z)

    def lambda_map(self, maps: Tensor) -> Tensor:
        if not self.config.has_map:
            maps = torch.full_like(maps, self.recipe.quality)
        return LAMBDA_AT_ZERO * torch.exp(LAMBDA_GROWTH * maps)

    def importance(self, maps: Tensor) -> Tensor:
        return maps.new_ones(maps.shape[0])


def export(
    checkpoint: Checkpoint, path: Path, _pictures: PictureSet | None = None, _held_out: PictureSet | None = None
) -> Exported:
    """Writes the model of a run's averaged weights, in 16 bits."""
    from qmap_studio.codec.song2021.model import Song2021Model, save_model  # its format is no matter of training

    trained = Song2021Forward.of(Song2021Config(**checkpoint.about["config"]))
    trained.load_state_dict(checkpoint.ema)
    return Exported(save_model(path, Song2021Model.of(trained.network, trained.prior.requires_grad_(False))))


TRAINING = FamilyTraining(
    family_id=FAMILY_ID,
    recipe_type=PaperRecipe,
    make_learner=Song2021Learner,
    export=export,
)
