"""Training of `live`: SOAP, slow DCT kernels, and a network that can grow between runs."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.live.config import FAMILY_ID, LiveConfig
from qmap_studio.codec.live.growth import grow
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import PictureSet
from qmap_studio.training.family import Exported, FamilyTraining
from qmap_studio.training.learner import Learner, centred
from qmap_studio.training.maps import signalled
from qmap_studio.training.recipe import Recipe
from qmap_studio.training.soap import SOAP

TRANSFORMS = ("g_a.transform", "g_s.transform")


class LiveLearner(Learner):
    """See `Learner`."""

    config: LiveConfig

    def make_network(self) -> LiveNetwork:
        return LiveNetwork(self.config)

    def prepare(self, network: LiveNetwork, pictures: PictureSet) -> None:
        first = pictures.crops(64, self.recipe.crop, torch.Generator().manual_seed(0))[0]
        network.start_from(centred(first))

    def grow(self, network: LiveNetwork, weights: dict[str, Tensor]) -> None:
        grow(network, weights)

    def make_optimizer(self, parameters: dict[str, nn.Parameter]) -> SOAP:
        transforms = [p for name, p in parameters.items() if name in TRANSFORMS]
        others = [p for name, p in parameters.items() if name not in TRANSFORMS]
        groups: list[dict[str, Any]] = [
            {"params": others, "rate": 1.0},
            {"params": transforms, "rate": self.recipe.transform_rate},
        ]
        return SOAP(groups, lr=self.recipe.learning_rate)

    def code(self, network: LiveNetwork, pixels: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        network.kind = torch.float32 if hard else fast_type(pixels.device)
        return network(centred(pixels), signalled(maps).permute(0, 2, 3, 1))


def _export(checkpoint: Checkpoint, path: Path, pictures: PictureSet | None, held_out: PictureSet | None) -> Exported:
    # A machine that trains need not have what coding takes.
    from qmap_studio.codec.live.codec import LiveCodec
    from qmap_studio.training.passes_export import export

    assert pictures is not None
    assert held_out is not None
    network = LiveNetwork(LiveConfig(**checkpoint.about["config"]))
    network.load_state_dict(checkpoint.ema)
    return export(network, FAMILY_ID, LiveCodec, path, pictures, held_out)


TRAINING = FamilyTraining(
    family_id=FAMILY_ID,
    recipe_type=Recipe,
    make_learner=LiveLearner,
    export=_export,
    has_sizes_as_options=True,
    exports_with_pictures=True,
    comes_with_program=True,
)
