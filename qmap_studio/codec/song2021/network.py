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

from functools import partial

from torch import Tensor, nn

from qmap_studio.codec.common.transform_layers import GDN, convolution
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.decoder_network import DecoderNetwork
from qmap_studio.codec.song2021.layers import Stage, fitted
from qmap_studio.codec.song2021.stages import condition_networks, conditions, residual_blocks, run, stage, trunk


class Song2021Network(DecoderNetwork):
    """All that codes a picture but the factorised prior of z. See the module's docstring for the data flow.

    Pictures are float (B, 3, H, W) in [0, 1], maps (B, 1, H, W) in [0, 1], sides multiples of 64 and at least 128;
    y is (B, M, H/16, W/16) and z (B, N, H/64, W/64).
    """

    def __init__(self, config: Song2021Config | None = None) -> None:
        super().__init__(config)
        config = self.config
        source = config.source_conditioning
        self.g_a = _analysis(config)
        self.h_a = _hyper_analysis(config)
        self.g_a_c = condition_networks(config, 1 + (3 if source else 0), len(self.g_a))
        self.h_a_c = condition_networks(config, 1 + (config.M if source else 0), len(self.h_a))

    def analyse(self, x: Tensor, m: Tensor) -> Tensor:
        """y."""
        return run(self.g_a, x, conditions(self.config, self.g_a_c, x, m))

    def hyper_analyse(self, y: Tensor, m: Tensor) -> Tensor:
        """z."""
        return run(self.h_a, y, conditions(self.config, self.h_a_c, y, fitted(m, y)))


def _analysis(config: Song2021Config) -> nn.ModuleList:
    widths, strides = trunk(config)
    stages = []
    for i, stride in enumerate(strides[:-1]):
        gdn = GDN(widths[i + 1], simplified=config.has_condition_networks)
        make = partial(convolution, kernel=5, stride=stride, reflected=True)
        stages.append(stage(config, make, widths[i], widths[i + 1], norm=gdn, joined=1 if i == 0 else 0))
    leave = convolution(widths[-2], widths[-1], 5, strides[-1], reflected=True)
    stages.append(Stage([leave, *residual_blocks(config, config.M)]))
    return nn.ModuleList(stages)


def _hyper_analysis(config: Song2021Config) -> nn.ModuleList:
    N, M = config.N, config.M
    leaky = partial(nn.LeakyReLU, inplace=True)
    return nn.ModuleList(
        (
            stage(config, partial(convolution, kernel=3, reflected=True), M, N, activation=leaky(), joined=1),
            stage(config, partial(convolution, kernel=5, stride=2, reflected=True), N, N, activation=leaky()),
            Stage([convolution(N, N, 5, 2, reflected=True), *residual_blocks(config, N)]),
        )
    )
