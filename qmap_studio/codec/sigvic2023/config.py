"""The sizes of the network of SigVIC, and which of its parts there are."""

from dataclasses import dataclass

from qmap_studio.codec.common.passes.sizes import PassSizes
from qmap_studio.codec.sigvic2023.rate import Loss

FAMILY_ID = "sigvic2023"
"""What weights files call this architecture."""


@dataclass(frozen=True)
class Sigvic2023Config:
    """Sizes in channels, and which of the paper's parts there are; table 2's schemes A, B and C are made of them.

    Attributes:
        N: of every stage.
        has_gating: whether there are gating units; without them a scale factor is made of the map alone (scheme A).
        shallow: K, channels of the first stage that go into the latent and come back; 0 without fusion (A and B).
        fusion: within the fusion module.
        hyper_latent, hyper, hyper_hidden, context: see `PassSizes`.
        loss: what the network is trained for, which says what lambda a quality is.
    """

    N: int = 192
    has_gating: bool = True
    shallow: int = 32
    fusion: int = 72
    hyper_latent: int = 192
    hyper: int = 192
    hyper_hidden: int = 384
    context: int = 512
    loss: Loss = "mse"

    @property
    def passes(self) -> PassSizes:
        return PassSizes(self.N + self.shallow, self.hyper_latent, self.hyper, self.context, self.hyper_hidden)
