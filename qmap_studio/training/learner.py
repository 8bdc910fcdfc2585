"""What is trained: a network, its loss, and how its weights are to be stepped. Each family derives its own."""

import copy
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from qmap_studio.codec.common.forward import Forward
from qmap_studio.core.rate import LAMBDA_GROWTH, quality_to_lambda
from qmap_studio.training.batches import Batch
from qmap_studio.training.data import PictureSet
from qmap_studio.training.maps import SHARES, random_maps
from qmap_studio.training.recipe import Recipe


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


class Learner(ABC):
    """A model to be trained.

    Attributes:
        model_id: what is trained.
        config: the sizes of its network, a dataclass.
        validation_crops: held-out crops that a validation codes under every map, a multiple of 4.
        shares: how often each kind of map is drawn.
    """

    validation_crops = 16
    shares: tuple[float, ...] = SHARES

    def __init__(self, model_id: str, recipe: Recipe, config: Any) -> None:
        self.model_id, self.recipe, self.config = model_id, recipe, config

    @abstractmethod
    def make_network(self) -> nn.Module:
        """The network with first weights."""

    def prepare(self, network: Any, pictures: PictureSet) -> None:  # noqa: B027 - most begin as they are made
        """Gives a new network what it begins with."""

    @abstractmethod
    def grow(self, network: Any, weights: dict[str, Tensor]) -> None:
        """Takes over weights, of a smaller network where the architecture can grow.

        Raises:
            ValueError: they do not fit.
        """

    @abstractmethod
    def make_optimizer(self, parameters: dict[str, nn.Parameter]) -> torch.optim.Optimizer:
        """Every group has a factor `rate` of the learning rate; single parameters' state is had as `SOAP` gives it."""

    @abstractmethod
    def code(self, network: Any, pixels: Tensor, maps: Tensor, *, hard: bool) -> Forward:
        """Sends uint8 pictures (B, H, W, 3) and maps (B, 1, H, W) through the network; x_hat is (B, H, W, 3), centred.

        Args:
            hard: as the codec does it, and not as it is trained.
        """

    def learning_rate(self, step: int) -> float:
        """Warm-up, a constant rate, and a decay to a hundredth over the last `decay` steps."""
        r = self.recipe
        warm = min(1.0, (step + 1) / max(r.warmup, 1))
        left = min(1.0, (r.steps - step) / r.decay) if r.decay else 1.0
        return r.learning_rate * warm * max(left, 0.01)

    def validation_maps(self, labels: Tensor) -> Tensor:
        return random_maps(labels, self.shares)

    def lambda_map(self, maps: Tensor) -> Tensor:
        return quality_to_lambda(maps)

    def importance(self, maps: Tensor) -> Tensor:
        """What the pictures (B,) of a step count."""
        return balance(maps)

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
