"""The units that a stage of SigVIC is made of: what is important where, and how finely it is coded there."""

import math

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.transform_layers import convolution
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.rate import LAMBDA_GROWTH

HIDDEN = 64


class SpatialGatingUnit(nn.Module):
    """SGU: a mask of what is important, and features gated by it. Eq. 1 and 2, figure 2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.features = convolution(channels, channels, 3)
        self.mask = nn.Sequential(convolution(channels, channels, 3), convolution(channels, channels, 1), nn.Sigmoid())

    def forward(self, f: Tensor) -> tuple[Tensor, Tensor]:
        """Gated features and the mask in [0, 1], both as f (B, C, rows, columns)."""
        mask = self.mask(f)
        return torch.addcmul(f, mask, self.features(f)), mask


class SpatialScalingNetwork(nn.Module):
    """SSN: one scale factor for each position, above 0. Eq. 3, figure 3.

    Args:
        seen: planes that it is made of: the map (rd_map), and before it the mask's mean (si_map) where there is one.
    """

    def __init__(self, seen: int) -> None:
        super().__init__()
        self.enter, self.leave = convolution(seen, HIDDEN, 1), convolution(HIDDEN, 1, 1)

    def forward(self, planes: Tensor) -> Tensor:
        """From planes (B, seen, rows, columns) to (B, 1, rows, columns)."""
        return torch.exp(self.leave(torch.relu(self.enter(planes))))

    @torch.no_grad()
    def start_at(self, scale: float, exponent: float) -> None:
        """Begins with scale * exp(exponent * LAMBDA_GROWTH * (map - 0.5)), whatever the mask."""
        (enter, enter_bias), (leave, leave_bias) = (layer.parameters() for layer in (self.enter, self.leave))
        enter[0], enter_bias[0] = 0.0, 0.0  # the first hidden unit is the map
        enter[0, -1] = 1.0
        leave.zero_()
        leave[0, 0] = exponent * LAMBDA_GROWTH
        leave_bias.fill_(math.log(scale) - 0.5 * exponent * LAMBDA_GROWTH)


class Scaling(nn.Module):
    """What every stage has besides its convolution: the gating unit, if there is one, and the scaling network."""

    def __init__(self, config: Sigvic2023Config) -> None:
        super().__init__()
        self.gating = SpatialGatingUnit(config.N) if config.has_gating else None
        self.scaling = SpatialScalingNetwork(2 if config.has_gating else 1)

    def forward(self, f: Tensor, rd_map: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gated features, the scale factor (B, 1, rows, columns) and si_map likewise: 1 where nothing gates.

        Args:
            rd_map: (B, 1, rows, columns), the quality in [0, 1]: lambda on a logarithmic scale.
        """
        if self.gating is None:
            return f, self.scaling(rd_map), torch.ones_like(rd_map)
        gated, mask = self.gating(f)
        si_map = mask.mean(dim=1, keepdim=True)
        return gated, self.scaling(torch.cat((si_map, rd_map), dim=1)), si_map
