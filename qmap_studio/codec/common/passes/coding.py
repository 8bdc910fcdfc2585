"""The stages of encoding in four passes, tile by tile, and the stream of the symbols."""

from abc import abstractmethod
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.coding import Coding, by_block, of_cells, write_blocks, write_cells
from qmap_studio.codec.common.entropy_tables import WIDEST
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.decoding import CONTEXT_REACH, MAGNITUDE_FEATURES, PassesLatents
from qmap_studio.codec.common.passes.model import PassesModel
from qmap_studio.codec.common.passes.order import PASSES, coded_parts, phases, take, unphased
from qmap_studio.codec.common.passes.quantisation import quantise
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import CodingStage
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Blocks, Tile, divided

SAME = 1e-4
"""Of a latent, in the network's units: moved by less, it is the one it was. Tiles of other shapes round differently."""


class PassesCoding(Coding):
    """See `Coding`: analysis, hyper synthesis, the four passes, synthesis. The analysis each family derives.

    Attributes:
        latents: as the decoder will know them.
        exact: the latents to be coded in the units of the network, not yet rounded, (rows, columns, N).
    """

    def __init__(self, model: PassesModel[Any], grid: CellGrid, cells: MapCells, source: Source) -> None:
        self.network, self._saved_bits = model.network, torch.from_numpy(model.tables.saved_bits)
        super().__init__(grid, cells, source)
        self.latents = PassesLatents(model, grid)
        self.symbols = self.latents.symbols
        self.exact = torch.empty(self.latents.known.shape)

    @abstractmethod
    def _analysis(self) -> tuple[CodingStage, ...]:
        """The stages that fill `exact` and `latents.z_hat`."""

    def _search(self) -> tuple[CodingStage, ...]:
        """Stages that find better latents than the analysis does, once psi is known."""
        return ()

    def _stages(self) -> tuple[CodingStage, ...]:
        passes = (CodingStage(partial(self._code, step), CONTEXT_REACH) for step in range(len(PASSES)))
        return (
            *self._analysis(),
            CodingStage(self._find_features, CONTEXT_REACH),
            *self._search(),
            *passes,
            CodingStage(self._reconstruct, self.network.synthesis_reach),
        )

    @torch.inference_mode()
    def write(self, encoder: SymbolEncoder) -> None:
        latents = self.latents
        encoder.encode(latents.hyper_indices().flatten().numpy(), latents.z_hat.flatten().to(torch.int32).numpy())
        for indices, symbols in zip(latents.indices, latents.symbols, strict=True):
            chosen = (indices > 0) & latents.coded
            encoder.encode(indices[chosen].numpy(), symbols[chosen].numpy())

    def _learned_bits(self) -> NDArray[np.float32]:
        return self.latents.cell_bits()

    def _write_z(self, tile: Tile, z: Tensor, blocks: Blocks | None) -> Blocks:
        """Rounds z of the inner blocks, (rows, columns, C); returns where it is another than before."""
        z_hat, before = z.cpu().round_(), self.latents.z_hat[tile.blocks]
        changed: Blocks = (z_hat != before).any(dim=-1).numpy()
        write_blocks(before, z_hat, blocks)
        return changed

    @torch.inference_mode()
    def _find_features(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """psi, of integers."""
        psi, before = self.latents.features(tile), self.latents.psi[tile.inner]
        changed = by_block((psi != before).any(dim=-1))
        write_cells(before, psi, blocks)
        return changed

    @torch.inference_mode()
    def _code(self, step: int, tile: Tile, blocks: Blocks | None) -> Blocks:
        """A pass: tables, mu, symbols and what they make known to the passes after it."""
        latents, part = self.latents, (step, slice(None), *divided(tile.inner, 2))
        indices, mu, unit = latents.find_indices(step, tile), latents.mean(step, tile), latents.unit(step, tile)
        chosen = (indices > 0) & latents.coded[part[1:]]
        weight = self.network.rounding_weight(step, latents.quality(tile)).cpu()
        residual = (take(self.exact[tile.inner], step) - mu) * unit
        q = self._quantise(residual, weight, indices).mul_(chosen)
        symbols, values = q.to(torch.int16), q / unit + mu
        moved = (values - take(latents.known[tile.inner], step)).abs_().gt_(SAME).bool()
        moved |= symbols != latents.symbols[part]
        changed = by_block(unphased(moved.any(dim=-1, keepdim=True))[..., 0])
        write_cells(latents.bits[step][tile.inner], latents.bits_of(part[1:], indices, symbols), blocks)
        write_pass(latents.indices[part], indices, blocks)
        written = changed if blocks is None else changed & blocks
        write_pass(latents.symbols[part], symbols, written)
        put_changed(latents.known[tile.inner], step, values, written)
        put_changed(latents.magnitudes[tile.inner], step, MAGNITUDE_FEATURES[symbols.abs().int()], written)
        return changed

    def _quantise(self, residual: Tensor, weight: Tensor, indices: Tensor) -> Tensor:
        """Rate-distortion optimised rounding with the tables' bits."""
        rows = indices.int()
        return quantise(residual, weight, lambda n: self._saved_bits[rows, n.clamp_max(WIDEST + 1).int()])

    def _synthesise(self, tile: Tile) -> Tensor:
        return self.latents.synthesise(tile)


def put_changed(x: Tensor, step: int, values: Tensor, blocks: Blocks) -> None:
    """Writes what `take` takes for the given blocks, in place."""
    mask = phases(of_cells(blocks)[..., None])
    for phase, part in enumerate(coded_parts(step, x.shape[-1])):
        there = x[part]
        there.copy_(torch.where(mask[phase], values[phase], there))


def write_pass(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes what `take` lays out for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(phases(of_cells(blocks)[..., None]), new, target))
