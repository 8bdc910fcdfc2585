"""Entropy tables of a mean-scale hyperprior: one unused, 64 Gaussians for y, and one for each channel of z."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.entropy_tables import WIDEST, Tables, to_counts
from qmap_studio.codec.song2021.prior import FactorisedPrior

GAUSSIANS = 64
SCALE_MIN, SCALE_MAX = 0.11, 256.0
FIRST_GAUSSIAN = 1
FIRST_HYPER = FIRST_GAUSSIAN + GAUSSIANS
TAIL = 2.0**-16
"""Probability beyond a table's reach, unless the widest table ends first."""

SCALES = np.exp(np.linspace(math.log(SCALE_MIN), math.log(SCALE_MAX), GAUSSIANS))
LIMITS = torch.from_numpy(np.floor(1024.0 * SCALES[:-1]).astype(np.int64))
"""In multiples of 2^-10; a scale up to LIMITS[k], and above the one before, is coded with Gaussian k."""


def indices_of(scales: Tensor) -> Tensor:
    """Tables for scales, float64 multiples of 2^-10: the narrowest Gaussian that is no narrower. uint8."""
    return (torch.bucketize((1024.0 * scales).long(), LIMITS) + FIRST_GAUSSIAN).to(torch.uint8)


@torch.no_grad()
def make_tables(prior: FactorisedPrior, medians: Tensor) -> Tables:
    """The tables of a network with this prior; z is coded as z - median, rounded."""
    symbols = np.arange(-WIDEST, WIDEST + 1, dtype=np.float64)
    edges = np.append(symbols, WIDEST + 1) - 0.5
    gaussians = [np.diff(_normal_cdf(edges / scale)) for scale in SCALES]
    z = medians.double() + torch.from_numpy(symbols)
    hypers = _in_double(prior).probability(z)[:, 0].numpy()
    return Tables((np.array([1, 1]), *(_cut(mass) for mass in (*gaussians, *hypers))))


def _in_double(prior: FactorisedPrior) -> FactorisedPrior:
    copy = FactorisedPrior(prior.channels).double()
    copy.load_state_dict(prior.state_dict())
    return copy


def _normal_cdf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * torch.erfc(torch.from_numpy(-x / math.sqrt(2.0))).numpy()


def _cut(mass: NDArray[np.float64]) -> NDArray[np.int64]:
    """Counts of as many symbols around 0 as matter, and of the escape."""
    outwards = mass[WIDEST] + np.cumsum(mass[WIDEST + 1 :] + mass[WIDEST - 1 :: -1])
    reach = min(1 + int((1.0 - outwards > TAIL).sum()), WIDEST)
    return to_counts(np.append(mass[WIDEST - reach : WIDEST + reach + 1], max(1.0 - outwards[reach - 1], 0.0)))
