"""Decoding latents pass by pass, and the order in which a stream has them. FORMAT.md is the page."""

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.entropy_tables import LATENT_BOUND, WIDEST
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_decoder import LatentDecoder, ticker
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.passes.decoder_network import PassesDecoderNetwork
from qmap_studio.codec.common.passes.model import PassesModel
from qmap_studio.codec.common.passes.order import GROUPS, PASSES, coded_before, map_level, phases, put, unphased
from qmap_studio.codec.common.passes.symbols import HYPER_BOUND, TABLES, magnitude_feature
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.tiling import Tile, divided

CONTEXT_REACH = 1
"""Blocks: so far hyper synthesis and contexts see, each by itself."""
MAGNITUDE_FEATURES = magnitude_feature(torch.arange(LATENT_BOUND + 1.0, dtype=torch.float64)).to(torch.uint8)
"""What the table index sees of a symbol, by magnitude."""


class PassesLatents:
    """The latents of a picture as far as they are known, and what the network says of those to come.

    Cells that lie wholly outside the picture are not coded, unless the network says so: their symbols are 0. What a
    pass codes is laid out as `take` does. A pass sees of the latents only what the passes before it code: its tiles may
    run side by side.

    Attributes:
        symbols: int16, of every pass.
        indices: their tables, uint8.
        bits: of every pass and cell, (4, rows, columns, 1).
        known: y_hat in the units of the network, (rows, columns, N).
        magnitudes: of the symbols as `magnitude_feature`, uint8 (rows, columns, N).
        psi: (rows, columns, F).
        z_hat: (block rows, block columns, C).
        coded: which cells are; as `phases` lays them out.
    """

    def __init__(self, model: PassesModel[Any], grid: CellGrid) -> None:
        self.network: PassesDecoderNetwork = model.network
        self.grid, sizes = grid, self.network.sizes
        self._bits_table = torch.from_numpy(model.tables.bits)
        rows, columns, n = grid.rows, grid.columns, sizes.latent
        by_pass = (len(PASSES), 4, rows // 2, columns // 2, n // GROUPS)
        self.symbols = torch.zeros(by_pass, dtype=torch.int16)
        self.indices = torch.zeros(by_pass, dtype=torch.uint8)
        self.bits = torch.zeros((len(PASSES), rows, columns, 1))
        self.known = torch.zeros((rows, columns, n))
        self.magnitudes = torch.zeros((rows, columns, n), dtype=torch.uint8)
        self.psi = torch.zeros((rows, columns, sizes.hyper))
        self.z_hat = torch.zeros((*grid.hypers, sizes.hyper_latent))
        coded = torch.full((rows, columns, 1), self.network.codes_padding)
        coded[: grid.inside_rows, : grid.inside_columns] = True
        self.coded = phases(coded)

    def hyper_indices(self) -> Tensor:
        """Tables of z, uint8."""
        level = map_level(self.grid.map[0])[..., None]
        return self.network.hyper_index(level)[0].clamp(1.0, TABLES - 1.0).to(torch.uint8)  # rounds down

    def features(self, tile: Tile) -> Tensor:
        """psi of the inner tile, of integers."""
        z_hat = self.z_hat[divided(tile.outer, CELLS_PER_HYPER)][None]
        return self.network.h_s(z_hat)[0, *tile.crop()]

    def find_indices(self, step: int, tile: Tile) -> Tensor:
        """Tables of the pass's latents, on the CPU, from integers alone: the same on every machine."""
        magnitudes = coded_before(self.magnitudes[tile.outer], step).float()[None]
        level = map_level(self.grid.map[0, 0, *tile.outer])[None, ..., None]
        index = self.network.index(step, magnitudes, self.psi[tile.outer][None], level, tile.crop())
        return index[0].clamp_(0.0, TABLES - 1.0).to(torch.uint8)  # rounds down

    def mean(self, step: int, tile: Tile) -> Tensor:
        """mu of the pass's latents."""
        known = coded_before(self.known[tile.outer], step)[None].to(self.grid.device)
        psi = self.psi[tile.outer][None].to(self.grid.device)
        level = map_level(self.grid.map[0, 0, *tile.outer])[None, ..., None].to(self.grid.device)
        return self.network.mean(step, known, psi, level, tile.crop())[0].cpu()

    def unit(self, step: int, tile: Tile) -> Tensor:
        """Steps that the pass codes for a latent of 1."""
        return self.network.unit(step, self.quality(tile)).cpu()

    def quality(self, tile: Tile) -> Tensor:
        """Of the inner cells, (rows, columns, 1), on the device."""
        return self.grid.quality(tile)[0, 0, *tile.crop()][..., None]

    def bits_of(self, part: tuple[slice, ...], indices: Tensor, symbols: Tensor) -> Tensor:
        """Bits of the cells, (rows, columns, 1), of a part of the phases."""
        bits = self._bits_table[indices.int(), symbols.abs().int().clamp_max(WIDEST + 1)]
        return unphased(bits.mul_(self.coded[part]).sum(dim=-1, keepdim=True))

    def synthesise(self, tile: Tile) -> Tensor:
        """The inner tile's picture, (1, 3, h, w), 0 to 1 but not clamped."""
        quality = self.grid.quality(tile).movedim(1, -1)
        known = self.known[tile.outer][None].to(self.grid.device)
        return self.network.synthesise(known, quality, tile).add_(0.5).movedim(-1, 1)

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture; those of z shared among the cells that they serve.

        Those of cells beyond the picture count for the nearest one inside.
        """
        side, (rows, columns) = CELLS_PER_HYPER, (self.grid.inside_rows, self.grid.inside_columns)
        served = np.add.reduceat(
            np.add.reduceat(np.ones((rows, columns)), np.arange(0, rows, side), axis=0),
            np.arange(0, columns, side),
            axis=1,
        )
        hyper = self._bits_table[self.hyper_indices().int(), self.z_hat.abs().int()].sum(dim=-1)
        share = (hyper.numpy() / served).repeat(side, axis=0).repeat(side, axis=1)
        bits = self.bits.sum(dim=0)[..., 0].numpy()
        for axis, inside in enumerate((rows, columns)):
            bits = np.add.reduceat(bits, np.arange(inside), axis=axis)
        return (bits + share[:rows, :columns]).astype(np.float32)


class PassesDecoder(LatentDecoder):
    """See `LatentDecoder`."""

    def __init__(self, model: PassesModel[Any], grid: CellGrid, height: int, width: int, *, is_grey: bool) -> None:
        super().__init__(grid, height, width, is_grey=is_grey)
        self.latents = PassesLatents(model, grid)
        self.symbols = self.latents.symbols

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        latents = self.latents
        tick = ticker(checkpoint, (2 + 2 * len(PASSES)) * len(self.grid.all_tiles(0)))
        indices = latents.hyper_indices()
        z_hat = decoder.decode(indices.flatten().numpy(), HYPER_BOUND)
        latents.z_hat.copy_(torch.from_numpy(z_hat).view(indices.shape))
        self._everywhere(self._find_features, CONTEXT_REACH, tick)
        for step, (indices, symbols) in enumerate(zip(latents.indices, latents.symbols, strict=True)):
            means = torch.empty(symbols.shape)
            self._everywhere(partial(self._find_tables_and_means, step, means), CONTEXT_REACH, tick)
            chosen = (indices > 0) & latents.coded
            symbols[chosen] = torch.from_numpy(decoder.decode(indices[chosen].numpy())).to(torch.int16)
            self._everywhere(partial(self._make_known, step, means), CONTEXT_REACH, tick)
        decoder.finish()
        self._everywhere(self._reconstruct, latents.network.synthesis_reach, tick)

    def bits(self) -> NDArray[np.float32]:
        return self.latents.cell_bits()

    @torch.inference_mode()
    def _find_features(self, tile: Tile) -> None:
        self.latents.psi[tile.inner] = self.latents.features(tile)

    @torch.inference_mode()
    def _find_tables_and_means(self, step: int, means: Tensor, tile: Tile) -> None:
        part = divided(tile.inner, 2)
        self.latents.indices[step, :, *part] = self.latents.find_indices(step, tile)
        means[:, *part] = self.latents.mean(step, tile)

    @torch.inference_mode()
    def _make_known(self, step: int, means: Tensor, tile: Tile) -> None:
        """Values of the pass's latents, from mu and their symbols, and what later passes see of them."""
        latents, part = self.latents, (slice(None), *divided(tile.inner, 2))
        symbols = latents.symbols[step][part]
        put(latents.known[tile.inner], step, means[part] + symbols / latents.unit(step, tile))
        put(latents.magnitudes[tile.inner], step, MAGNITUDE_FEATURES[symbols.abs().int()])
        latents.bits[step][tile.inner] = latents.bits_of(part, latents.indices[step][part], symbols)

    def _synthesise(self, tile: Tile) -> Tensor:
        return self.latents.synthesise(tile)
