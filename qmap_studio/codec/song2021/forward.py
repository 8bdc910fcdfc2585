"""A hyperprior's network as a differentiable whole, for training and for maps found by backpropagation."""

import math

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.forward import Forward
from qmap_studio.codec.common.gradients import bound, straight_through
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.network import Song2021Network
from qmap_studio.codec.song2021.prior import LEAST_PROBABILITY, FactorisedPrior
from qmap_studio.codec.song2021.tables import SCALE_MIN


class Song2021Forward(nn.Module):
    """The network and the prior of z.

    Rounding is replaced by uniform noise, as the paper trains; or it is done, with the gradients of noise for the bits
    and with the straight-through ones for the picture.
    """

    def __init__(self, network: Song2021Network, prior: FactorisedPrior) -> None:
        super().__init__()
        self.network, self.prior = network, prior

    @classmethod
    def of(cls, config: Song2021Config) -> "Song2021Forward":
        """With first weights."""
        return cls(Song2021Network(config), FactorisedPrior(config.N))

    @property
    def config(self) -> Song2021Config:
        return self.network.config

    def forward(self, x: Tensor, m: Tensor, *, hard: bool = False) -> Forward:
        """Codes pictures.

        Args:
            x: (B, 3, H, W) in [0, 1], sides multiples of 64 and at least 128.
            m: (B, 1, H, W) in [0, 1].
            hard: round, instead of adding noise.
        Returns:
            pictures in [0, 1], not clamped.
        """
        y = self.network.analyse(x, m)
        z = self.network.hyper_analyse(y, m)
        z_noisy, y_noisy = _noisy(z), _noisy(y)
        z_hat = _rounded(z, self.prior.medians()) if hard else z_noisy
        scales, means = self.network.hyper_synthesise(z_hat)
        y_hat = _rounded(y, means) if hard else y_noisy
        with torch.autocast(x.device.type, enabled=False):
            bits_y, bits_z = gaussian_bits(y_noisy - means, scales), self.prior.bits(z_noisy.float())
            if hard:
                bits_y = straight_through(bits_y, gaussian_bits(y_hat - means, scales))
                bits_z = straight_through(bits_z, self.prior.bits(z_hat.float()))
        x_hat = self.network.synthesise(y_hat, z_hat)
        return Forward(x_hat, bits_y.sum(dim=(1, 2, 3)), bits_z.sum(dim=(1, 2, 3)))


def gaussian_bits(distance: Tensor, scale: Tensor) -> Tensor:
    """Bits of the unit-wide bin at `distance` from the centre of a normal distribution, of the codec's least scale."""
    distance, scale = distance.float().abs(), bound(scale.float(), SCALE_MIN, float("inf")) * math.sqrt(2.0)
    probability = 0.5 * (torch.erfc((distance - 0.5) / scale) - torch.erfc((distance + 0.5) / scale))
    return -torch.log2(bound(probability, LEAST_PROBABILITY, float("inf")))


def _noisy(value: Tensor) -> Tensor:
    return value + torch.rand_like(value) - 0.5


def _rounded(value: Tensor, centre: Tensor) -> Tensor:
    return straight_through(value, torch.round(value - centre) + centre)
