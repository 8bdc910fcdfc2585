"""What the decoders of all models share: tiles, one after the other or side by side, and the picture at the end."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.tiling import Tile
from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.threads import spread

TRANSFORM_REACH = 2
"""Blocks: so far the transforms of every model see."""


class LatentDecoder(ABC):
    """One picture while it is decoded.

    Attributes:
        grid: of its cells.
        pixels: uint8 (H, W, 3), what the networks make of the latents, once they are decoded.
        symbols: int16, of the latents.
    """

    symbols: Tensor

    def __init__(self, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> None:
        self.grid, self._is_grey = grid, is_grey
        # Memory of a large picture is only taken as parts of it are written.
        self.pixels: NDArray[np.uint8] = np.empty((height, width, 3), np.uint8)

    @abstractmethod
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        """Fills symbols and pixels from a stream, to its end.

        Raises:
            BitstreamError: it is no stream of this picture.
        """

    @abstractmethod
    def bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture; hyper latents shared among their cells."""

    @abstractmethod
    def _synthesise(self, tile: Tile) -> Tensor:
        """The inner tile's picture, (1, 3, h, w), 0 to 1 but not clamped."""

    @torch.inference_mode()
    def _reconstruct(self, tile: Tile) -> None:
        """The last step."""
        part = self.pixels[tile.scaled_inner(CELL_PX)]
        part[...] = rounded(self._synthesise(tile), *part.shape[:2], is_grey=self._is_grey)

    def _everywhere(self, do: Callable[[Tile], object], reach: int, tick: Callable[[], None]) -> None:
        for _ in spread(do, self.grid.all_tiles(reach)):
            tick()


def rounded(x_hat: Tensor, height: int, width: int, *, is_grey: bool) -> NDArray[np.uint8]:
    """The first pixels, uint8 (height, width, 3), of a picture (1, 3, h, w), 0 to 1 but not clamped."""
    levels = x_hat[0].mul_(255.0).nan_to_num_(0.0).round_().clamp_(0.0, 255.0)
    pixels = levels.to(torch.uint8).permute(1, 2, 0).cpu().numpy()[:height, :width]
    return to_grey(pixels) if is_grey else np.ascontiguousarray(pixels)


def to_grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Three equal channels: the mean, which for an orthonormal colour space is the decoded luma."""
    mean = (pixels.sum(axis=2, dtype=np.uint16) + 1) // 3
    return np.repeat(mean.astype(np.uint8)[..., None], 3, axis=2)


def ticker(checkpoint: ProgressCallback | None, total: int) -> Callable[[], None]:
    """To be called `total` times: tells the fraction done."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if checkpoint is not None:
            checkpoint(min(done / total, 1.0))

    return tick
