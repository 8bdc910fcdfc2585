"""What models cost: parameters, and multiply-accumulates per pixel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from qmap_studio.codec.interface import CELL
from qmap_studio.codec.latent_grid import HYPER_CELL, PASSES
from qmap_studio.codec.live import LiveConfig, LiveNetwork
from qmap_studio.codec.song2021.network import Song2021Config, Song2021Network

SIDE = 256


@dataclass(frozen=True)
class Work:
    """A network and what it computes for one picture, without entropy coding.

    Attributes:
        encode: picture and map to latents and their distributions.
        decode: latents to their distributions and the picture.
    """

    network: nn.Module
    encode: Callable[[], Any]
    decode: Callable[[], Any]


@dataclass(frozen=True)
class Complexity:
    """Parameters in all, and thousands of multiply-accumulates for each pixel."""

    parameters: int
    encode_kmac: float
    decode_kmac: float


def live_work(config: LiveConfig, height: int = SIDE, width: int = SIDE) -> Work:
    """The work of `live` for a picture whose sides are multiples of 64; the network is not trained."""
    network = LiveNetwork(config).eval().requires_grad_(False)
    rows, columns = height // CELL, width // CELL
    x, quality = torch.zeros(1, height, width, 3), torch.zeros(1, rows, columns, 1)
    y = torch.zeros(1, rows, columns, config.latent)
    z_hat = torch.zeros(1, height // HYPER_CELL, width // HYPER_CELL, config.hyper_latent)

    def predict() -> list[Any]:
        psi = network.h_s(z_hat)
        steps = range(len(PASSES))
        return [part(step, y, psi, quality) for step in steps for part in (network.mean, network.index)]

    return Work(
        network,
        lambda: (network.analyse(x, quality), predict()),
        lambda: (predict(), network.synthesise(y, quality)),
    )


def song2021_work(config: Song2021Config, height: int = SIDE, width: int = SIDE) -> Work:
    """The work of the paper's network or an ablation, for sides that are multiples of 64 and at least 128."""
    network = Song2021Network(config).eval().requires_grad_(False)
    x, m = torch.zeros(1, 3, height, width), torch.zeros(1, 1, height, width)
    y = torch.zeros(1, config.M, height // CELL, width // CELL)
    z_hat = torch.zeros(1, config.N, height // HYPER_CELL, width // HYPER_CELL)
    return Work(
        network,
        lambda: (network.analyse(x, m), network.hyper_analyse(y, m), network.hyper_synthesise(z_hat)),
        lambda: (network.hyper_synthesise(z_hat), network.synthesise(y, z_hat)),
    )


def complexity_of(config: LiveConfig | Song2021Config) -> Complexity:
    """Counts a network of these sizes; nothing is computed."""
    with torch.device("meta"):
        return count(live_work(config) if isinstance(config, LiveConfig) else song2021_work(config), SIDE**2)


@torch.no_grad()
def count(work: Work, pixels: int) -> Complexity:
    """Counts work for a picture of so many pixels."""

    def kmac(compute: Callable[[], Any]) -> float:
        with FlopCounterMode(display=False) as counter:
            compute()
        return counter.get_total_flops() / 2 / pixels / 1000

    parameters = sum(p.numel() for p in work.network.parameters())
    return Complexity(parameters, kmac(work.encode), kmac(work.decode))
