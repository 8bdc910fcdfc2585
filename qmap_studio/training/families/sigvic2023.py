"""Training of SigVIC by its recipe (section 3): one lambda for each picture or, as an extension, one that varies."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.sigvic2023 import rate
from qmap_studio.codec.sigvic2023.analysis import mean_square
from qmap_studio.codec.sigvic2023.config import FAMILY_ID, Sigvic2023Config
from qmap_studio.codec.sigvic2023.network import Sigvic2023Network
from qmap_studio.training.adam import Adam
from qmap_studio.training.batches import Batch
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import PictureSet
from qmap_studio.training.family import Exported, FamilyTraining
from qmap_studio.training.learner import Learner, Losses, centred
from qmap_studio.training.maps import SHARES, signalled
from qmap_studio.training.recipe import Recipe
from qmap_studio.training.soap import SOAP

LAST_STEPS, LAST_RATE = 100_000, 0.1
"""Over so many of the last steps the learning rate is a tenth."""
OPTIMIZERS = {"adam": Adam, "soap": SOAP}
MS_SSIM_SIDE_PX = 160
"""Its five scales need more than that."""
CHOSEN_OVER = 256
"""Training crops over which the activity of shallow channels is measured."""


@dataclass
class SigvicRecipe(Recipe):
    """The paper's; crops of 256 px in batches of 8.

    Attributes:
        loss: "mse", or "ms-ssim" with boundaries of lambda of its own: it is of a whole picture, so maps are uniform.
        varied: the share of crops in which lambda varies, none of them in the paper.
        balance: pictures count lambda^-balance, all alike in the paper; at 0.5 a percent of the loss counts alike.
        optimizer: "adam", or "soap", which learns in fewer steps.
    """

    steps: int = 2_000_000
    batch: int = 8
    crop: int = 256
    learning_rate: float = 1e-4
    warmup: int = 0
    loss: rate.Loss = "mse"
    varied: float = 0.5
    balance: float = 0.0
    optimizer: str = "adam"


class Sigvic2023Learner(Learner):
    """See `Learner`."""

    recipe: SigvicRecipe
    config: Sigvic2023Config

    def __init__(self, model_id: str, recipe: SigvicRecipe, config: Sigvic2023Config) -> None:
        for name, there in (("loss", rate.BOUNDARIES), ("optimizer", OPTIMIZERS)):
            if getattr(recipe, name) not in there:
                raise ValueError(f"the {name} is {' or '.join(there)}, not {getattr(recipe, name)}")
        if recipe.loss == "ms-ssim" and recipe.crop <= MS_SSIM_SIDE_PX:
            raise ValueError(f"ms-ssim needs crops of more than {MS_SSIM_SIDE_PX} px, not {recipe.crop}")
        super().__init__(model_id, recipe, replace(config, loss=recipe.loss))
        varied = 0.0 if recipe.loss == "ms-ssim" else recipe.varied
        rest = sum(SHARES[1:])
        self.shares = (1.0 - varied, *(varied * share / rest for share in SHARES[1:]))

    def make_network(self) -> Sigvic2023Network:
        return Sigvic2023Network(self.config)

    def prepare(self, network: Sigvic2023Network, pictures: PictureSet) -> None:
        network.start_from(centred(pictures.crops(16, self.recipe.crop, torch.Generator().manual_seed(0))[0]))

    def grow(self, network: Any, weights: dict[str, Tensor]) -> None:
        network.load_state_dict(weights)

    def make_optimizer(self, parameters: dict[str, nn.Parameter]) -> Adam | SOAP:
        groups: list[dict[str, Any]] = [{"params": list(parameters.values()), "rate": 1.0}]
        return OPTIMIZERS[self.recipe.optimizer](groups, lr=self.recipe.learning_rate)

    def learning_rate(self, step: int) -> float:
        r = self.recipe
        warm = min(1.0, (step + 1) / max(r.warmup, 1))
        return r.learning_rate * warm * (LAST_RATE if step >= r.steps - LAST_STEPS > 0 else 1.0)

    def code(self, network: Any, pixels: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        network.kind = torch.float32 if hard else fast_type(pixels.device)
        out: Forward = network(centred(pixels), signalled(maps).permute(0, 2, 3, 1))
        return out

    def lambda_map(self, maps: Tensor) -> Tensor:
        return rate.quality_to_lambda(maps, self.config.loss)

    def importance(self, maps: Tensor) -> Tensor:
        return torch.exp(-self.recipe.balance * rate.LAMBDA_GROWTH * (maps - 0.5)).mean(dim=(1, 2, 3))

    def losses(self, network: Any, batch: Batch, *, hard: bool = False) -> Losses:
        if self.config.loss == "mse":
            return super().losses(network, batch, hard=hard)
        from pytorch_msssim import ms_ssim  # type: ignore[import-untyped]  # comes with compressai

        out = self.code(network, batch.pixels, batch.maps, hard=hard)
        bpp = (out.bits_y + out.bits_z) / batch.pixels[0, ..., 0].numel()
        shown, wanted = ((x + 0.5).permute(0, 3, 1, 2) for x in (out.x_hat, centred(batch.pixels)))
        similarity = ms_ssim(shown, wanted, data_range=1.0, size_average=False)
        weight = self.lambda_map(batch.maps.mean(dim=(1, 2, 3)))
        return Losses(bpp + weight * (1.0 - similarity), self.importance(batch.maps), bpp, out.x_hat)


def _export(checkpoint: Checkpoint, path: Path, pictures: PictureSet | None, held_out: PictureSet | None) -> Exported:
    from qmap_studio.codec.sigvic2023.codec import Sigvic2023Codec
    from qmap_studio.training.passes_export import export

    assert pictures is not None
    assert held_out is not None
    network = Sigvic2023Network(Sigvic2023Config(**checkpoint.about["config"]))
    network.load_state_dict(checkpoint.ema)
    choose_shallow(network, pictures)
    return export(network, FAMILY_ID, Sigvic2023Codec, path, pictures, held_out)


@torch.no_grad()
def choose_shallow(network: Sigvic2023Network, pictures: PictureSet) -> None:
    """Fixes which of the first stage's channels are coded: those with the largest mean square over training crops."""
    shallow = network.g_a.shallow
    if shallow is None:
        return
    pixels, _ = pictures.crops(CHOSEN_OVER, 128, torch.Generator().manual_seed(13))
    squares = torch.zeros(network.config.N)
    for i, crop in enumerate(torch.split(pixels, 8)):
        x = centred(crop).permute(0, 3, 1, 2)
        first = next(network.g_a.stages(x, x.new_full((len(crop), 1, 8, 8), (i % 5) / 4)))
        squares += mean_square(first.features * first.scale)
    shallow.chosen = shallow.largest(squares)


TRAINING = FamilyTraining(
    family_id=FAMILY_ID,
    recipe_type=SigvicRecipe,
    make_learner=Sigvic2023Learner,
    export=_export,
    exports_with_pictures=True,
)
