"""The sizes of a `live` network."""

from dataclasses import dataclass

from qmap_studio.codec.common.passes.sizes import PassSizes

FAMILY_ID = "live"
"""What weights files call this architecture."""


@dataclass(frozen=True)
class LiveConfig:
    """Sizes of a `live` network; every count is in channels unless it says otherwise."""

    luma: int = 208
    chroma: int = 56
    width8: int = 160
    width16: int = 192
    blocks8: int = 6
    blocks16: int = 5
    condition: int = 32
    hyper_latent: int = 48
    hyper: int = 48
    context: int = 160

    @property
    def latent(self) -> int:
        return self.luma + 2 * self.chroma

    @property
    def passes(self) -> PassSizes:
        return PassSizes(self.latent, self.hyper_latent, self.hyper, self.context)
