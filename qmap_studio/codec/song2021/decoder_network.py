"""The decoder of the paper's network. FORMAT.md has it as formulas."""

from functools import partial

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.transform_layers import GDN, convolution, upsampling
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.layers import Stage
from qmap_studio.codec.song2021.stages import condition_networks, conditions, residual_blocks, run, stage, trunk


class DecoderNetwork(nn.Module):
    """What a decoder reads of the paper's network."""

    def __init__(self, config: Song2021Config | None = None) -> None:
        super().__init__()
        self.config = config = config or Song2021Config()
        N, M = config.N, config.M
        self.h_s = nn.Sequential(
            upsampling(N, M, 5),
            nn.LeakyReLU(inplace=True),
            upsampling(M, M * 3 // 2, 5),
            nn.LeakyReLU(inplace=True),
            convolution(M * 3 // 2, M * 2, 3),
        )
        self.g_s = _synthesis(config)
        seen = config.surrogate + (M if config.source_conditioning else 0)
        self.g_s_c = condition_networks(config, seen, len(self.g_s) - 1, rising=True)
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

    def hyper_synthesise(self, z_hat: Tensor) -> tuple[Tensor, Tensor]:
        """Scales, not yet bounded below, and means of y; both of its shape."""
        scales, means = self.h_s(z_hat).chunk(2, dim=1)
        return scales, means

    def synthesise(self, y_hat: Tensor, z_hat: Tensor) -> Tensor:
        """x_hat, not clamped."""
        w = self.f_c(z_hat) if self.config.has_map else None
        return run(self.g_s, y_hat, conditions(self.config, self.g_s_c, y_hat, w))


def _synthesis(config: Song2021Config) -> nn.ModuleList:
    widths, strides = (side[::-1] for side in trunk(config))
    blocks = residual_blocks(config, config.M)
    stages = [Stage(blocks)] if blocks else []
    for i in range(len(strides) - 1):
        gdn = GDN(widths[i + 1], inverse=True, simplified=config.has_condition_networks)
        joined = config.surrogate if i == 0 else 0
        stages.append(stage(config, partial(upsampling, kernel=5), widths[i], widths[i + 1], norm=gdn, joined=joined))
    leave = partial(upsampling, kernel=5) if strides[-1] == 2 else partial(convolution, kernel=5, reflected=True)
    stages.append(Stage([leave(widths[-2], widths[-1])]))
    return nn.ModuleList(stages)
