"""The network of Song et al. 2021 (section 3, figure 5), its ablations, and the mean-scale hyperprior it grew from.

                 x, m                                             z_hat --> f_c --> w
                  |                                                 |               |
      x --> g_a <- g_a_c      y --> h_a <- h_a_c (y, m)             |    y_hat --> g_s <- g_s_c (y_hat, w)
             |                       |                              |               |
             y                       z --> z_hat = round(z) --> h_s --> scales,     x_hat
                                                                        means --> y_hat = round(y - means) + means

A condition network (`..._c`) gives one condition for each scale of its trunk. The map m stays with the encoder: the
decoder learns what it needs of it from z_hat through f_c.

One class holds the paper's network and what it compares itself with; `Song2021Config.conditioning` says how the
condition reaches the trunk.
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.layers import (
    GDN,
    SFT,
    Concatenation,
    ResidualBlock,
    Stage,
    convolution,
    fitted,
    upsampling,
)


class Song2021Network(nn.Module):
    """All that codes a picture but the factorised prior of z. See the module's docstring for the data flow.

    Pictures are float (B, 3, H, W) in [0, 1], maps (B, 1, H, W) in [0, 1], sides multiples of 64 and at least 128;
    y is (B, M, H/16, W/16) and z (B, N, H/64, W/64).
    """

    def __init__(self, config: Song2021Config | None = None) -> None:
        super().__init__()
        self.config = config = config or Song2021Config()
        N, M = config.N, config.M
        source = config.source_conditioning
        self.g_a = _analysis(config)
        self.h_a = _hyper_analysis(config)
        self.h_s = nn.Sequential(
            upsampling(N, M, 5),
            nn.LeakyReLU(inplace=True),
            upsampling(M, M * 3 // 2, 5),
            nn.LeakyReLU(inplace=True),
            convolution(M * 3 // 2, M * 2, 3),
        )
        self.g_s = _synthesis(config)
        self.g_a_c = self._condition_networks(1 + (3 if source else 0), len(self.g_a))
        self.h_a_c = self._condition_networks(1 + (M if source else 0), len(self.h_a))
        self.g_s_c = self._condition_networks(config.surrogate + (M if source else 0), len(self.g_s) - 1, rising=True)
        if config.has_map:
            self.f_c = nn.Sequential(
                upsampling(N, N // 2, 3),
                nn.LeakyReLU(0.1, inplace=True),
                upsampling(N // 2, N // 4, 5),
                nn.LeakyReLU(0.1, inplace=True),
                convolution(N // 4, N // 4, 3),
            )

    def to_device(self, device: torch.device) -> None:
        """Moves all; FixedPointHyperSynthesis has its own copy of h_s."""
        self.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload] # its stub lacks this

    def analyse(self, x: Tensor, m: Tensor) -> Tensor:
        """y."""
        return _run(self.g_a, x, self._conditions(self.g_a_c, x, m))

    def hyper_analyse(self, y: Tensor, m: Tensor) -> Tensor:
        """z."""
        return _run(self.h_a, y, self._conditions(self.h_a_c, y, fitted(m, y)))

    def hyper_synthesise(self, z_hat: Tensor) -> tuple[Tensor, Tensor]:
        """Scales, not yet bounded below, and means of y; both of its shape."""
        scales, means = self.h_s(z_hat).chunk(2, dim=1)
        return scales, means

    def synthesise(self, y_hat: Tensor, z_hat: Tensor) -> Tensor:
        """x_hat, not clamped."""
        w = self.f_c(z_hat) if self.config.has_map else None
        return _run(self.g_s, y_hat, self._conditions(self.g_s_c, y_hat, w))

    def _conditions(self, networks: nn.ModuleList, source: Tensor, external: Tensor | None) -> Iterator[Tensor]:
        """One condition for each stage that takes one."""
        if not self.config.has_condition_networks:
            if external is not None:
                yield external
            return
        assert external is not None
        condition = torch.cat((external, source), dim=1) if self.config.source_conditioning else external
        for network in networks:
            condition = network(condition)
            yield condition

    def _condition_networks(self, inputs: int, count: int, *, rising: bool = False) -> nn.ModuleList:
        """The first at the size of its input; each of the others halves the size, or doubles it."""
        config, prior = self.config, self.config.prior
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


def _analysis(config: Song2021Config) -> nn.ModuleList:
    widths, strides = _trunk(config)
    stages = []
    for i, stride in enumerate(strides[:-1]):
        gdn = GDN(widths[i + 1], simplified=config.has_condition_networks)
        make = partial(convolution, kernel=5, stride=stride, reflected=True)
        stages.append(_stage(config, make, widths[i], widths[i + 1], norm=gdn, joined=1 if i == 0 else 0))
    leave = convolution(widths[-2], widths[-1], 5, strides[-1], reflected=True)
    stages.append(Stage([leave, *_blocks(config, config.M)]))
    return nn.ModuleList(stages)


def _synthesis(config: Song2021Config) -> nn.ModuleList:
    widths, strides = (side[::-1] for side in _trunk(config))
    blocks = _blocks(config, config.M)
    stages = [Stage(blocks)] if blocks else []
    for i in range(len(strides) - 1):
        gdn = GDN(widths[i + 1], inverse=True, simplified=config.has_condition_networks)
        joined = config.surrogate if i == 0 else 0
        stages.append(_stage(config, partial(upsampling, kernel=5), widths[i], widths[i + 1], norm=gdn, joined=joined))
    leave = partial(upsampling, kernel=5) if strides[-1] == 2 else partial(convolution, kernel=5, reflected=True)
    stages.append(Stage([leave(widths[-2], widths[-1])]))
    return nn.ModuleList(stages)


def _hyper_analysis(config: Song2021Config) -> nn.ModuleList:
    N, M = config.N, config.M
    leaky = partial(nn.LeakyReLU, inplace=True)
    return nn.ModuleList(
        (
            _stage(config, partial(convolution, kernel=3, reflected=True), M, N, activation=leaky(), joined=1),
            _stage(config, partial(convolution, kernel=5, stride=2, reflected=True), N, N, activation=leaky()),
            Stage([convolution(N, N, 5, 2, reflected=True), *_blocks(config, N)]),
        )
    )


def _trunk(config: Song2021Config) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Channels between the convolutions of g_a, and their strides; g_s is the mirror image."""
    N, M = config.N, config.M
    if config.has_condition_networks:
        return (3, N // 4, N // 2, N, N, M), (1, 2, 2, 2, 2)
    return (3, N, N, N, M), (2, 2, 2, 2)


def _stage(
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


def _blocks(config: Song2021Config, channels: int) -> list[nn.Module]:
    return [ResidualBlock(channels, config) for _ in range(2 if config.has_condition_networks else 0)]


def _run(stages: nn.ModuleList, x: Tensor, conditions: Iterator[Tensor]) -> Tensor:
    for stage in stages:
        x = stage(x, next(conditions, None))
    return x
