"""The transforms of the encoder: from the picture to latents, and to what 4x4 cells have in common."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.gradients import bound
from qmap_studio.codec.common.passes.symbols import HYPER_BOUND
from qmap_studio.codec.common.transform_layers import GDN, convolution
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.layers import Scaling
from qmap_studio.codec.sigvic2023.planes import STAGES, enlarged
from qmap_studio.codec.sigvic2023.synthesis import SHALLOW_SIDE


class ShallowFeatures(nn.Module):
    """Brings the K most informative of the first stage's channels to the size of the latent: space to depth, 1x1.

    Attributes:
        chosen: 1 for those channels, else 0, (N,). None while the network is trained: then they are those of a batch
            with the largest mean square.
    """

    chosen: Tensor | None

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        self.count, self.reduce = count, nn.Conv2d(channels, count, SHALLOW_SIDE, SHALLOW_SIDE)
        self.register_buffer("chosen", None)

    def forward(self, f: Tensor) -> Tensor:
        chosen = self.largest(mean_square(f)) if self.chosen is None else self.chosen
        return self.reduce(f * chosen.to(f.dtype)[:, None, None])

    def largest(self, squares: Tensor) -> Tensor:
        """1 for as many channels as are wanted, those with the largest mean squares (N,), else 0."""
        return torch.zeros_like(squares).index_fill_(0, squares.topk(self.count).indices, 1.0)


def mean_square(f: Tensor) -> Tensor:
    """Of each channel of features (B, N, rows, columns)."""
    return f.detach().float().square().mean(dim=(0, 2, 3))


@dataclass(frozen=True)
class Stage:
    """What a stage of the encoder makes.

    Attributes:
        features: gated, not yet scaled, (B, N, rows, columns).
        scale, si_map: (B, 1, rows, columns).
    """

    features: Tensor
    scale: Tensor
    si_map: Tensor


class Analysis(nn.Module):
    """g_a: pictures (B, 3, H, W), centred at 0, and map (B, 1, H/16, W/16) to latents (B, N + K, H/16, W/16)."""

    def __init__(self, config: Sigvic2023Config) -> None:
        super().__init__()
        n = config.N
        self.convolutions = nn.ModuleList(convolution(n if t else 3, n, 5, 2) for t in range(STAGES))
        self.norms = nn.ModuleList(GDN(n, simplified=False) for _ in range(STAGES - 1))
        self.scalings = nn.ModuleList(Scaling(config) for _ in range(STAGES))
        self.shallow = ShallowFeatures(n, config.shallow) if config.shallow else None

    def stages(self, x: Tensor, rd_map: Tensor) -> Iterator[Stage]:
        """One after the other, finest first."""
        for t, (convolve, scaling) in enumerate(zip(self.convolutions, self.scalings, strict=True)):
            x = convolve(x)
            x = self.norms[t](x) if t < STAGES - 1 else x
            stage = Stage(*scaling(x, enlarged(rd_map, 2 ** (STAGES - 1 - t))))
            yield stage
            x = stage.features * stage.scale

    def forward(self, x: Tensor, rd_map: Tensor) -> Tensor:
        first, *_, last = self.stages(x, rd_map)
        if self.shallow is None:
            return last.features * last.scale
        shallow = self.shallow(first.features * first.scale)
        return torch.cat((last.features, shallow), dim=1) * last.scale


class HyperAnalysis(nn.Sequential):
    """h_a: y (B, N + K, H/16, W/16) to z (B, C, H/64, W/64), within the bounds of its symbols."""

    def __init__(self, config: Sigvic2023Config) -> None:
        n = config.N
        super().__init__(
            convolution(n + config.shallow, n, 3),
            nn.LeakyReLU(inplace=True),
            convolution(n, n, 5, 2),
            nn.LeakyReLU(inplace=True),
            convolution(n, config.hyper_latent, 5, 2),
        )

    def forward(self, y: Tensor) -> Tensor:
        z: Tensor = super().forward(y)  # type: ignore[no-untyped-call]
        return bound(4.0 * z, -HYPER_BOUND, HYPER_BOUND)
