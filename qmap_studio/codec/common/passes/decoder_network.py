"""What decoders of latents in four passes share: the hyper synthesis and the contexts.

Everything at 1/16 of the picture's size, laid out as (B, rows, columns, channels). `psi` and the table index come from
layers of integers alone (z_hat, the signalled map, |q|), so that every machine picks the same entropy table.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor, nn

from qmap_studio.codec.common.exact.integers import UNIT, IntegerLayer, IntegerPointwise
from qmap_studio.codec.common.exact.planes import start_at_zero
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH
from qmap_studio.codec.common.passes.contexts import IndexContext, MeanContext, table_index
from qmap_studio.codec.common.passes.hyper_synthesis import HyperSynthesis
from qmap_studio.codec.common.passes.order import LEVELS, hyper_map_level
from qmap_studio.codec.common.passes.sizes import PassSizes
from qmap_studio.codec.common.tiling import Area, Tile


class PassesDecoderNetwork(nn.Module, ABC):
    """A decoder but for its synthesis, which each family derives.

    Attributes:
        kind: the type in which the floating-point blocks compute; the codec's is float32.
        synthesis_reach: blocks of 64 px that the synthesis sees around a tile.
        codes_padding: cells of the grid beyond the picture are coded, too: a synthesis that sees far needs them at the
            picture's edges.
    """

    synthesis_reach: ClassVar[int] = TRANSFORM_REACH
    codes_padding: ClassVar[bool] = False

    def __init__(self, sizes: PassSizes) -> None:
        super().__init__()
        self.sizes, self.kind = sizes, torch.float32
        self.h_s = HyperSynthesis(sizes)
        self.mean_context = MeanContext(sizes)
        self.index_context = IndexContext(sizes)
        self.hyper_level = IntegerPointwise(1, sizes.hyper_latent, fine=True, unit=1.0 / LEVELS)
        start_at_zero(self.hyper_level)

    def integer_layers(self) -> dict[str, IntegerLayer]:
        """The layers that pick tables, by name."""
        return {name: module for name, module in self.named_modules() if isinstance(module, IntegerLayer)}

    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; the integer layers stay on the CPU."""
        exact = {id(p) for layer in self.integer_layers().values() for p in layer.parameters()}
        for value in (*self.parameters(), *self.buffers()):
            if id(value) not in exact:
                value.data = value.data.to(device)

    def hyper_index(self, level: Tensor) -> Tensor:
        """Table indices of z, to be rounded down and clamped, from the map's level (B, rows, columns, 1)."""
        return table_index(self.hyper_level(torch.floor(hyper_map_level(level))))

    def index(self, step: int, magnitudes: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """Table indices that a pass needs, to be rounded down and clamped; laid out as `take` does.

        Args:
            inner: the part whose indices are wanted, here and below: what is given reaches further by a halo.
        """
        return table_index(self.index_context(step, magnitudes, psi, level, inner))

    def mean(self, step: int, known: Tensor, psi: Tensor, level: Tensor, inner: Area | None = None) -> Tensor:
        """mu of the latents that a pass codes, in their units, from y_hat likewise; laid out as `take` does."""
        return self.mean_context(step, known, psi * UNIT, level / LEVELS, self.kind, inner)

    @abstractmethod
    def unit(self, step: int, quality: Tensor) -> Tensor:
        """How many steps a pass codes for a latent of 1; laid out as `take` does, or broadcast to it."""

    @abstractmethod
    def synthesise(self, latents: Tensor, quality: Tensor, tile: Tile | None = None) -> Tensor:
        """Pictures (B, H, W, 3), centred at 0, from y_hat (B, rows, columns, N) and map (B, rows, columns, 1).

        Args:
            tile: of its outer part the latents and the map are, of its inner part the picture.
        """
