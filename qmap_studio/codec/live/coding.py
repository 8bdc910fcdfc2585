"""The stages of `live` over the latents, tile by tile, and the stream of their symbols."""

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.coding import (
    TRANSFORM_REACH,
    Coding,
    by_block,
    of_cells,
    ticker,
    write_blocks,
    write_cells,
)
from qmap_studio.codec.common.entropy_tables import LATENT_BOUND, WIDEST
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import Blocks, CodingStage
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Tile, divided
from qmap_studio.codec.live.model import LiveModel
from qmap_studio.codec.live.passes import GROUPS, PASSES, coded_parts, map_level, phases, take, unphased
from qmap_studio.codec.live.quantisation import HYPER_BOUND, TABLES, magnitude_feature, quantise

CONTEXT_REACH = 1
"""Blocks: so far hyper synthesis and contexts see, each by itself."""
SAME = 1e-4
"""Of a deviation: a latent that moves by less is the one it was. Tiles of other shapes round a little differently."""
MAGNITUDES = torch.arange(LATENT_BOUND + 1.0, dtype=torch.float64)
MAGNITUDE_FEATURES = magnitude_feature(MAGNITUDES).to(torch.uint8)
"""What the table index sees of a symbol, by magnitude."""


class LiveCoding(Coding):
    """See `Coding`: analysis, hyper synthesis, the four passes, synthesis.

    Cells that lie wholly outside the picture hold zeros and are not coded. What a pass codes is laid out as `take`
    does. A pass sees of the latents only what the passes before it code, so tiles of one pass may run side by side.

    Attributes:
        symbols: int16, of every pass.
        indices: their tables, uint8.
    """

    def __init__(
        self,
        model: LiveModel,
        device: torch.device,
        tile_cells: int,
        height: int,
        width: int,
        cells: MapCells,
        source: Source | None,
    ) -> None:
        self._network, config = model.network, model.network.config
        self._bits_table = torch.from_numpy(model.tables.bits)
        self._saved_bits = torch.from_numpy(model.tables.saved_bits)
        super().__init__(device, height, width, cells, source, tile_cells)
        rows, columns, n, side = self.rows, self.columns, config.latent, CELLS_PER_HYPER
        by_pass = (len(PASSES), 4, rows // 2, columns // 2, n // GROUPS)
        self.symbols = torch.zeros(by_pass, dtype=torch.int16)
        self.indices = torch.zeros(by_pass, dtype=torch.uint8)
        self._bits = torch.zeros((len(PASSES), rows, columns, 1))
        self._latents = torch.empty((rows, columns, n) if source is not None else 0)  # whitened
        self._known = torch.zeros((rows, columns, n))  # whitened y_hat
        self._magnitudes = torch.zeros((rows, columns, n), dtype=torch.uint8)  # as `magnitude_feature`
        self._psi = torch.zeros((rows, columns, config.hyper))
        self._z_hat = torch.zeros((rows // side, columns // side, config.hyper_latent))
        inside = torch.zeros((rows, columns, 1), dtype=torch.bool)
        inside[: self.inside_rows, : self.inside_columns] = True
        self._inside = phases(inside)

    def _stages(self) -> tuple[CodingStage, ...]:
        passes = (CodingStage(partial(self._code, step), CONTEXT_REACH) for step in range(len(PASSES)))
        return (
            CodingStage(self._analyse, TRANSFORM_REACH),
            CodingStage(self._find_features, CONTEXT_REACH),
            *passes,
            CodingStage(self._reconstruct, TRANSFORM_REACH),
        )

    @torch.inference_mode()
    def write(self, encoder: SymbolEncoder) -> None:
        indices = self._hyper_indices()
        encoder.encode(indices.flatten().numpy(), self._z_hat.flatten().to(torch.int32).numpy())
        for indices, symbols in zip(self.indices, self.symbols, strict=True):
            chosen = (indices > 0) & self._inside
            encoder.encode(indices[chosen].numpy(), symbols[chosen].numpy())

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        indices = self._hyper_indices()
        z_hat = decoder.decode(indices.flatten().numpy(), HYPER_BOUND)
        self._z_hat.copy_(torch.from_numpy(z_hat).view(indices.shape))
        tick = ticker(checkpoint, (2 + 2 * len(PASSES)) * len(self.staged.all_tiles(0)))
        self._everywhere(lambda tile: self._find_features(tile, None), CONTEXT_REACH, tick)
        for step, (indices, symbols) in enumerate(zip(self.indices, self.symbols, strict=True)):
            values = torch.empty(symbols.shape)
            self._everywhere(partial(self._find_tables_and_means, step, values), CONTEXT_REACH, tick)
            chosen = (indices > 0) & self._inside
            symbols[chosen] = torch.from_numpy(decoder.decode(indices[chosen].numpy())).to(torch.int16)
            self._everywhere(partial(self._add_symbols, step, values), CONTEXT_REACH, tick)
        decoder.finish()
        self._everywhere(lambda tile: self._reconstruct(tile, None), TRANSFORM_REACH, tick)

    def _learned_bits(self) -> NDArray[np.float32]:
        side, (rows, columns) = CELLS_PER_HYPER, (self.inside_rows, self.inside_columns)
        served = np.add.reduceat(
            np.add.reduceat(np.ones((rows, columns)), np.arange(0, rows, side), axis=0),
            np.arange(0, columns, side),
            axis=1,
        )
        bits = self._bits_table[self._hyper_indices().int(), self._z_hat.abs().int()].sum(dim=-1)
        share = (bits.numpy() / served).repeat(side, axis=0).repeat(side, axis=1)
        total = self._bits.sum(dim=0)[..., 0].numpy() + share
        return total[:rows, :columns].astype(np.float32)

    def _hyper_indices(self) -> Tensor:
        level = map_level(self._map[0])[..., None]
        return self._network.hyper_index(level)[0].clamp(1.0, TABLES - 1.0).to(torch.uint8)  # rounds down

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Whitened latents and z_hat."""
        x, quality = self._pixels(tile).sub_(0.5).movedim(1, -1), self._quality(tile).movedim(1, -1)
        whitened, z = self._network.analyse(x, quality, tile.crop())
        write_cells(self._latents[tile.inner], whitened[0].cpu(), blocks)
        z_hat, before = z[0].cpu().round_(), self._z_hat[tile.blocks]
        changed: Blocks = (z_hat != before).any(dim=-1).numpy()
        write_blocks(before, z_hat, blocks)
        return changed

    @torch.inference_mode()
    def _find_features(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """psi, of integers."""
        z_hat = self._z_hat[divided(tile.outer, CELLS_PER_HYPER)][None]
        psi, before = self._network.h_s(z_hat)[0, *tile.crop()], self._psi[tile.inner]
        changed = by_block((psi != before).any(dim=-1))
        write_cells(before, psi, blocks)
        return changed

    @torch.inference_mode()
    def _code(self, step: int, tile: Tile, blocks: Blocks | None) -> Blocks:
        """A pass: tables, mu, symbols and what they make known to the passes after it."""
        part = (step, slice(None), *divided(tile.inner, 2))
        indices = self._find_indices(step, tile)
        chosen = (indices > 0) & self._inside[part[1:]]
        mu, unit, weight = self._predict(step, tile)
        residual = (take(self._latents[tile.inner], step) - mu) * unit
        q = self._quantise(residual, weight, indices).mul_(chosen)
        symbols, values = q.to(torch.int16), q / unit + mu
        known = self._known[tile.inner]
        moved = (values - take(known, step)).abs_().gt_(SAME).bool() | (symbols != self.symbols[part])
        changed = by_block(unphased(moved.any(dim=-1, keepdim=True))[..., 0])
        self._store(step, tile, symbols, values, indices, blocks, changed if blocks is None else changed & blocks)
        return changed

    def _find_indices(self, step: int, tile: Tile) -> Tensor:
        """Tables of the pass's latents, on the CPU, from integers alone: the same on every machine."""
        magnitudes = coded_before(self._magnitudes[tile.outer], step).float()[None]
        level = map_level(self._map[0, 0, *tile.outer])[None, ..., None]
        index = self._network.index(step, magnitudes, self._psi[tile.outer][None], level, tile.crop())
        return index[0].clamp_(0.0, TABLES - 1.0).to(torch.uint8)  # rounds down

    def _predict(self, step: int, tile: Tile) -> tuple[Tensor, Tensor, Tensor]:
        """Of the inner cells' latents: whitened mu, steps in a whitened unit, what a step's squared error weighs."""
        network, quality = self._network, self._quality(tile).movedim(1, -1)
        known = coded_before(self._known[tile.outer], step)[None].to(self._device)
        features = self._psi[tile.outer][None].to(self._device)
        level = map_level(self._map[0, 0, *tile.outer])[None, ..., None].to(self._device)
        mu = network.mean(step, known, features, level, tile.crop())[0]
        inner = quality[0, *tile.crop()]
        gain = network.pass_gain(step, inner)
        return mu.cpu(), network.unit(step, gain).cpu(), network.pass_weight(inner, gain).cpu()

    def _quantise(self, residual: Tensor, weight: Tensor, indices: Tensor) -> Tensor:
        """Rate-distortion optimised rounding with the tables' bits."""
        rows = indices.int()
        return quantise(residual, weight, lambda n: self._saved_bits[rows, n.clamp_max(WIDEST + 1).int()])

    def _store(
        self,
        step: int,
        tile: Tile,
        symbols: Tensor,
        values: Tensor,
        indices: Tensor,
        blocks: Blocks | None,
        changed: Blocks | None,
    ) -> None:
        """Takes over what a pass found: tables and bits of the given blocks, symbols and values of the changed ones."""
        part = (step, slice(None), *divided(tile.inner, 2))
        magnitudes = symbols.abs().int()
        bits = self._bits_table[indices.int(), magnitudes.clamp_max(WIDEST + 1)]
        bits = unphased(bits.mul_(self._inside[part[1:]]).sum(dim=-1, keepdim=True))
        write_cells(self._bits[step][tile.inner], bits, blocks)
        write_pass(self.indices[part], indices, blocks)
        write_pass(self.symbols[part], symbols, changed)
        mask = None if changed is None else phases(of_cells(changed)[..., None])
        for target, new in ((self._known, values), (self._magnitudes, MAGNITUDE_FEATURES[magnitudes])):
            for phase, at in enumerate(coded_parts(step, target.shape[-1])):
                there = target[tile.inner][at]
                there.copy_(new[phase] if mask is None else torch.where(mask[phase], new[phase], there))

    def _synthesise(self, tile: Tile) -> Tensor:
        known, quality = self._known[tile.outer][None].to(self._device), self._quality(tile).movedim(1, -1)
        return self._network.synthesise(known, quality, tile.crop()).add_(0.5).movedim(-1, 1)

    # Decoding: tables and mu are found before the symbols are there.

    @torch.inference_mode()
    def _find_tables_and_means(self, step: int, values: Tensor, tile: Tile) -> None:
        part = divided(tile.inner, 2)
        self.indices[step, :, *part] = self._find_indices(step, tile)
        values[:, *part] = self._predict(step, tile)[0]

    @torch.inference_mode()
    def _add_symbols(self, step: int, values: Tensor, tile: Tile) -> None:
        part = divided(tile.inner, 2)
        quality = self._quality(tile)[0, 0, *tile.crop()][..., None]
        unit = self._network.unit(step, self._network.pass_gain(step, quality)).cpu()
        symbols = self.symbols[step, :, *part]
        found = values[:, *part].add_(symbols / unit)
        self._store(step, tile, symbols, found, self.indices[step, :, *part], None, None)


def coded_before(x: Tensor, step: int) -> Tensor:
    """What the passes before one have made of planes (rows, columns, N): 0 where they code nothing."""
    known = torch.zeros_like(x)
    for earlier in range(step):
        for at in coded_parts(earlier, x.shape[-1]):
            known[at] = x[at]
    return known


def write_pass(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes what `take` lays out for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(phases(of_cells(blocks)[..., None]), new, target))
