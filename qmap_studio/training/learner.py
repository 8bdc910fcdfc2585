"""What is trained: a network, its loss, and how its weights are to be stepped. This one is `live`; others derive."""

import copy
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.devices import fast_type
from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.rate import LAMBDA_AT_ZERO, LAMBDA_GROWTH
from qmap_studio.training.batches import Batch
from qmap_studio.training.data import PictureSet
from qmap_studio.training.maps import SHARES, random_maps, signalled
from qmap_studio.training.recipe import Recipe
from qmap_studio.training.soap import SOAP

TRANSFORMS = ("g_a.transform", "g_s.transform")


@dataclass(frozen=True)
class Losses:
    """Of every picture (B,): the loss, what it counts in a step, bits per pixel; the reconstruction (B, H, W, 3)."""

    loss: Tensor
    importance: Tensor
    bpp: Tensor
    x_hat: Tensor


class _WeightedError(torch.autograd.Function):
    """Of every picture the sum of lambda * squared error, with its gradient at hand: nothing is computed twice."""

    @staticmethod
    def forward(ctx: Any, x_hat: Tensor, x: Tensor, lambda_map: Tensor) -> Tensor:
        error = x_hat - x
        weighted = error * lambda_map
        ctx.save_for_backward(weighted)
        return torch.linalg.vecdot(error.flatten(1), weighted.flatten(1))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (weighted,) = ctx.saved_tensors
        return weighted * (2.0 * grad).view(-1, 1, 1, 1), None, None


def weighted_error(x_hat: Tensor, x: Tensor, lambda_map: Tensor) -> Tensor:
    """Of pictures (B, H, W, 3) and maps (B, H, W): 255^2 mean(lambda * squared error), (B,)."""
    spread = lambda_map.reshape(-1, 1).expand(-1, 3).reshape(x.shape)
    return _WeightedError.apply(x_hat, x, spread) * (255.0**2 / x[0].numel())


def balance(maps: Tensor) -> Tensor:
    """Weights of pictures (B,) that make a percent of the loss count alike under every map (B, 1, H, W).

    The loss grows like the square root of lambda; unbalanced, quality 1 would outweigh quality 0 tenfold.
    """
    return 1.0 / torch.exp(LAMBDA_GROWTH / 2.0 * (maps - 0.5)).mean(dim=(1, 2, 3))


def centred(pixels: Tensor) -> Tensor:
    """uint8 (B, H, W, 3) to float in [-0.5, 0.5]."""
    return pixels.float().div_(255.0).sub_(0.5)


class Learner:
    """`live`.

    Attributes:
        model_id: what is trained.
        validation_crops: held-out crops that a validation codes under every map, a multiple of 4.
        shares: how often each kind of map is drawn.
    """

    model_id = "live"
    validation_crops = 16
    shares: tuple[float, ...] = SHARES

    def __init__(self, recipe: Recipe, config: Any = None) -> None:
        self.recipe, self.config = recipe, config or LiveConfig()

    def make_network(self) -> nn.Module:
        return LiveNetwork(self.config)

    def prepare(self, network: Any, pictures: PictureSet) -> None:
        """Gives a new network what it begins with."""
        first = pictures.crops(64, self.recipe.crop, torch.Generator().manual_seed(0))[0]
        network.start_from(centred(first))

    def grow(self, network: Any, weights: dict[str, Tensor]) -> None:
        """Takes over the weights of a smaller network; see `LiveNetwork.grow_from`."""
        network.grow_from(weights)

    def make_optimizer(self, parameters: dict[str, nn.Parameter]) -> torch.optim.Optimizer:
        """Every group has a factor `rate` of the learning rate."""
        transforms = [p for name, p in parameters.items() if name in TRANSFORMS]
        others = [p for name, p in parameters.items() if name not in TRANSFORMS]
        groups: list[dict[str, Any]] = [
            {"params": others, "rate": 1.0},
            {"params": transforms, "rate": self.recipe.transform_rate},
        ]
        return SOAP(groups, lr=self.recipe.learning_rate)

    def learning_rate(self, step: int) -> float:
        """Warm-up, a constant rate, and a decay to a hundredth over the last `decay` steps."""
        r = self.recipe
        warm = min(1.0, (step + 1) / max(r.warmup, 1))
        left = min(1.0, (r.steps - step) / r.decay) if r.decay else 1.0
        return r.learning_rate * warm * max(left, 0.01)

    def validation_maps(self, labels: Tensor) -> Tensor:
        return random_maps(labels, self.shares)

    def lambda_map(self, maps: Tensor) -> Tensor:
        return LAMBDA_AT_ZERO * torch.exp(LAMBDA_GROWTH * maps)

    def importance(self, maps: Tensor) -> Tensor:
        """What the pictures (B,) of a step count."""
        return balance(maps)

    def code(self, network: Any, pixels: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        """Sends uint8 pictures (B, H, W, 3) and maps (B, 1, H, W) through the network; x_hat is (B, H, W, 3), centred.

        Args:
            hard: as the codec does it, and not as it is trained.
        """
        network.kind = torch.float32 if hard else fast_type(pixels.device)
        return network(centred(pixels), signalled(maps).permute(0, 2, 3, 1))

    def losses(self, network: Any, batch: Batch, *, hard: bool = False) -> Losses:
        out = self.code(network, batch.pixels, batch.maps, hard=hard)
        bpp = (out.bits_y + out.bits_z) / batch.pixels[0, ..., 0].numel()
        error = weighted_error(out.x_hat, centred(batch.pixels), self.lambda_map(batch.maps[:, 0]))
        return Losses(bpp + error, self.importance(batch.maps), bpp, out.x_hat)

    @torch.no_grad()
    def judged(self, network: Any, batch: Batch) -> Tensor:
        """Sums over pictures of loss, bits per pixel and PSNR."""
        done = self.losses(network, batch, hard=True)
        errors = F.mse_loss(centred(batch.pixels), done.x_hat.clamp(-0.5, 0.5), reduction="none").mean(dim=(1, 2, 3))
        return torch.stack((done.loss.sum(), done.bpp.sum(), -10.0 * torch.log10(errors).sum())).double().cpu()

    def judge_of(self, network: nn.Module, averages: dict[str, Tensor]) -> nn.Module:
        """The network with its averaged weights."""
        judge = copy.deepcopy(network)
        for name, p in judge.named_parameters():
            p.data = averages[name].clone()
        return judge.eval().requires_grad_(False)
