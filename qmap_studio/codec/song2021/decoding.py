"""Decoding with a mean-scale hyperprior: its latents, and their order in a stream. FORMAT.md is the page."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.entropy_tables import WIDEST
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_decoder import TRANSFORM_REACH, LatentDecoder, ticker
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.tiling import Area, Tile, divided, scaled
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.codec.song2021.tables import FIRST_HYPER, indices_of
from qmap_studio.core.cells import CELL_PX

LEAST_HYPERS = 2  # reflection in h_a needs as much
HYPER_BOUND = 500
CHANNELS_AT_ONCE = 32  # are coded in one call, which keeps the memory for sorting small


class HyperpriorLatents:
    """The latents of a picture, and what h_s says of them. The whole padded grid is coded.

    Attributes:
        y_hat: (M, rows, columns).
        symbols: int16, round(y - means) of (M, rows, columns).
        indices: their tables, uint8.
        hyper_symbols: round(z - medians), (N, block rows, block columns).
        hyper_indices: their tables.
        bits: of the symbols of each cell, (rows, columns).
    """

    def __init__(self, model: Song2021Model, grid: CellGrid) -> None:
        self.model, self.grid, config = model, grid, model.network.config
        plane = (grid.rows, grid.columns)
        self.y_hat = torch.empty((config.M, *plane))
        self.symbols = torch.zeros((config.M, *plane), dtype=torch.int16)
        self.indices = torch.zeros((config.M, *plane), dtype=torch.uint8)
        self.hyper_symbols = torch.zeros((config.N, *grid.hypers))
        self.bits = torch.zeros(plane)
        channel = torch.arange(config.N, dtype=torch.int16)[:, None, None]
        self.hyper_indices = (FIRST_HYPER + channel).expand_as(self.hyper_symbols)
        self._bits_table = torch.from_numpy(model.tables.signed_bits)

    def predict(self, tile: Tile) -> tuple[Tensor, Tensor]:
        """Tables, uint8, and means, float32, of the inner latents: from integers alone, the same on every machine."""
        part = self.z_hat(divided(tile.outer, CELLS_PER_HYPER)).double()
        scales, means = self.model.h_s(part)
        return indices_of(scales[0, ..., *tile.crop()]), means[0, ..., *tile.crop()].float()

    def z_hat(self, area: Area) -> Tensor:
        """Of some blocks, (1, N, rows, columns)."""
        return (self.hyper_symbols[:, *area] + self.model.medians)[None]

    def bits_of(self, indices: Tensor, symbols: Tensor) -> Tensor:
        """Of the cells of planes (any, rows, columns)."""
        parts = (self._price(*part).sum(dim=0) for part in channel_groups(indices, symbols))
        return sum(parts, torch.zeros(()))

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture; those of cells beyond it count for the nearest one inside."""
        hyper = self._price(self.hyper_indices, self.hyper_symbols).sum(dim=0) / CELLS_PER_HYPER**2
        spread_out = hyper.repeat_interleave(CELLS_PER_HYPER, 0).repeat_interleave(CELLS_PER_HYPER, 1)
        bits: NDArray[np.float32] = (self.bits + spread_out).numpy()
        for axis, inside in enumerate((self.grid.inside_rows, self.grid.inside_columns)):
            bits = np.add.reduceat(bits, np.arange(inside), axis=axis)
        return bits

    def synthesise(self, tile: Tile) -> Tensor:
        """The inner tile's picture, (1, 3, h, w), 0 to 1 but not clamped."""
        y_hat = self.y_hat[:, *tile.outer][None].to(self.grid.device)
        z_hat = self.z_hat(divided(tile.outer, CELLS_PER_HYPER)).to(self.grid.device)
        return self.model.network.synthesise(y_hat, z_hat)[..., *scaled(tile.crop(), CELL_PX)]

    def _price(self, indices: Tensor, symbols: Tensor) -> Tensor:
        farthest = WIDEST + 1
        return self._bits_table[indices.int(), symbols.int().clamp(-farthest, farthest) + farthest]


class HyperpriorDecoder(LatentDecoder):
    """See `LatentDecoder`."""

    def __init__(self, model: Song2021Model, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> None:
        super().__init__(grid, height, width, is_grey=is_grey)
        self.latents = HyperpriorLatents(model, grid)
        self.symbols = self.latents.symbols

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        latents = self.latents
        symbols = torch.from_numpy(decoder.decode(latents.hyper_indices.flatten().numpy(), HYPER_BOUND))
        latents.hyper_symbols.copy_(symbols.view(latents.hyper_symbols.shape))
        tick = ticker(checkpoint, 2 * len(self.grid.all_tiles(TRANSFORM_REACH)))
        means = torch.empty(latents.y_hat.shape)
        self._everywhere(partial(self._find_tables_and_means, means), TRANSFORM_REACH, tick)
        for index, part in channel_groups(latents.indices, latents.symbols):
            part.copy_(torch.from_numpy(decoder.decode(index.flatten().numpy())).view(part.shape))
        decoder.finish()
        latents.y_hat = means.add_(latents.symbols)
        latents.bits = latents.bits_of(latents.indices, latents.symbols)
        self._everywhere(self._reconstruct, TRANSFORM_REACH, tick)

    def bits(self) -> NDArray[np.float32]:
        return self.latents.cell_bits()

    @torch.inference_mode()
    def _find_tables_and_means(self, means: Tensor, tile: Tile) -> None:
        self.latents.indices[:, *tile.inner], means[:, *tile.inner] = self.latents.predict(tile)

    def _synthesise(self, tile: Tile) -> Tensor:
        return self.latents.synthesise(tile)


def channel_groups(*planes: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """The channels that are coded at once."""
    return zip(*(torch.split(x, CHANNELS_AT_ONCE) for x in planes), strict=True)
