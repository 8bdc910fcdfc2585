"""The sizes of the paper's network, and which parts of it there are."""

from dataclasses import dataclass
from typing import Literal

Conditioning = Literal["sft", "concatenated", "input", "none"]


FAMILY_ID = "song2021"
"""What weights files call this architecture."""


@dataclass(frozen=True)
class Song2021Config:
    """Sizes in channels, and which parts of the paper's network there are.

    Attributes:
        N, M: of the trunk and of the latent y.
        prior: of a condition.
        hidden: within an SFT.
        conditioning: "sft" as the paper; "concatenated" for its ablation without SFT, where conditions join the input
            of the convolution that an SFT would follow; "input" for appendix B's naive variant, where the map joins the
            inputs of a plain mean-scale hyperprior; "none" for that hyperprior itself, which knows no map.
        source_conditioning: the condition networks see what their trunk sees, not the map alone.
        convolutional_scaling: conditions change their size by convolutions; if not by averaging and repetition.
    """

    N: int = 192
    M: int = 192
    prior: int = 64
    hidden: int = 128
    conditioning: Conditioning = "sft"
    source_conditioning: bool = True
    convolutional_scaling: bool = True

    @property
    def has_condition_networks(self) -> bool:
        return self.conditioning in ("sft", "concatenated")

    @property
    def has_map(self) -> bool:
        return self.conditioning != "none"

    @property
    def surrogate(self) -> int:
        """Channels of w, which stands for the map at the decoder."""
        return self.N // 4 if self.has_map else 0
