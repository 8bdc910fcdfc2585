"""What both halves of the paper's network are built of: stages of a trunk, and the condition networks beside it."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.transform_layers import convolution, upsampling
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.layers import SFT, Concatenation, ResidualBlock, Stage


def trunk(config: Song2021Config) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Channels between the convolutions of g_a, and their strides; g_s is the mirror image."""
    N, M = config.N, config.M
    if config.has_condition_networks:
        return (3, N // 4, N // 2, N, N, M), (1, 2, 2, 2, 2)
    return (3, N, N, N, M), (2, 2, 2, 2)


def stage(
    config: Song2021Config,
    make: Callable[[int, int], nn.Module],
    inputs: int,
    outputs: int,
    *,
    norm: nn.Module | None = None,
    activation: nn.Module | None = None,
    joined: int = 0,
) -> Stage:
    """A convolution that is conditioned as the configuration says.

    Args:
        norm: between the convolution and its SFT.
        activation: behind the SFT.
        joined: channels that join the input in the naive variant.
    """
    joined = {"concatenated": config.prior, "input": joined}.get(config.conditioning, 0)
    layers = [
        Concatenation() if joined else None,
        make(inputs + joined, outputs),
        norm,
        SFT(outputs, config.prior, config.hidden) if config.conditioning == "sft" else None,
        activation,
    ]
    return Stage(layer for layer in layers if layer is not None)


def residual_blocks(config: Song2021Config, channels: int) -> list[nn.Module]:
    return [ResidualBlock(channels, config) for _ in range(2 if config.has_condition_networks else 0)]


def run(stages: nn.ModuleList, x: Tensor, conditions: Iterator[Tensor]) -> Tensor:
    for stage in stages:
        x = stage(x, next(conditions, None))
    return x


def condition_networks(config: Song2021Config, inputs: int, count: int, *, rising: bool = False) -> nn.ModuleList:
    """The first at the size of its input; each of the others halves the size, or doubles it."""
    prior = config.prior
    if not config.has_condition_networks:
        return nn.ModuleList()
    networks = [
        nn.Sequential(
            convolution(inputs, 4 * prior, 3),
            nn.LeakyReLU(0.1, inplace=True),
            convolution(4 * prior, 2 * prior, 3),
            nn.LeakyReLU(0.1, inplace=True),
            convolution(2 * prior, prior, 3),
        )
    ]
    for _ in range(count - 1):
        if config.convolutional_scaling:
            scaling: nn.Module = upsampling(prior, prior, 3) if rising else convolution(prior, prior, 3, 2)
        else:
            scaling = nn.Upsample(scale_factor=2) if rising else nn.AvgPool2d(2)
        networks.append(nn.Sequential(scaling, nn.LeakyReLU(0.1), convolution(prior, prior, 1)))
    return nn.ModuleList(networks)


def conditions(
    config: Song2021Config, networks: nn.ModuleList, source: Tensor, external: Tensor | None
) -> Iterator[Tensor]:
    """One condition for each stage that takes one."""
    if not config.has_condition_networks:
        if external is not None:
            yield external
        return
    assert external is not None
    condition = torch.cat((external, source), dim=1) if config.source_conditioning else external
    for network in networks:
        condition = network(condition)
        yield condition
