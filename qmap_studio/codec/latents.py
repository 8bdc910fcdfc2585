"""The four passes over the latents, tile by tile, with or without an entropy coder."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.coding import Coding
from qmap_studio.codec.entropy import WIDEST, SymbolDecoder, SymbolEncoder
from qmap_studio.codec.interface import Checkpoint
from qmap_studio.codec.latent_grid import CELLS_PER_HYPER, GROUPS, PASSES, level_of, phases, put, take, unphased
from qmap_studio.codec.map_cells import MapCells
from qmap_studio.codec.quantisation import (
    HYPER_BOUND,
    LATENT_BOUND,
    TABLES,
    magnitude_feature,
    quantise,
)
from qmap_studio.codec.tiling import Tile, divided, tiles
from qmap_studio.codec.weights import Model

HALO_CELLS = 8
"""The transforms' blocks see so far; what the table index sees lies within CONTEXT_HALO_CELLS."""
CONTEXT_HALO_CELLS = 4
MAGNITUDES = torch.arange(LATENT_BOUND + 1.0, dtype=torch.float64)
MAGNITUDE_FEATURES = magnitude_feature(MAGNITUDES).to(torch.uint8)
"""What the table index sees of a symbol, by magnitude."""


class Passes(Coding):
    """State of one picture while it is encoded or decoded.

    The grid is padded to whole hyper cells of 64 px; cells that lie wholly outside the picture hold zeros and are not
    coded. What a pass codes is laid out as `take` does.

    Attributes:
        symbols: int16, one tensor for each pass done so far.
        indices: their tables, uint8.
    """

    def __init__(
        self,
        model: Model,
        device: torch.device,
        tile_cells: int,
        height: int,
        width: int,
        cells: MapCells,
        checkpoint: Checkpoint | None,
    ) -> None:
        super().__init__(device, height, width, cells, tile_cells, HALO_CELLS, 1 + 2 * len(PASSES) + 1, checkpoint)
        self._network = model.network
        self._context_tiles = list(tiles(self.rows, self.columns, tile_cells, CONTEXT_HALO_CELLS))
        self._bits_table = torch.from_numpy(model.tables.bits)
        self._saved_bits = torch.from_numpy(model.tables.saved_bits)
        n = self._network.config.latent
        self._pass_shape = (4, self.rows // 2, self.columns // 2, n // GROUPS)
        self.symbols: list[Tensor] = []
        self.indices: list[Tensor] = []
        self._known = torch.zeros((self.rows, self.columns, n))  # whitened y_hat
        self._magnitudes = torch.zeros((self.rows, self.columns, n), dtype=torch.uint8)  # as `magnitude_feature`
        self._bits = torch.zeros((self.rows, self.columns, 1))
        inside = torch.zeros((self.rows, self.columns, 1), dtype=torch.bool)
        inside[: self.inside_rows, : self.inside_columns] = True
        self._inside = phases(inside)
        self._hyper_bits = torch.zeros((self.rows // CELLS_PER_HYPER, self.columns // CELLS_PER_HYPER))

    def _quality_cells(self, tile: Tile) -> Tensor:
        return self._quality(tile).movedim(1, -1)

    def _level(self, tile: Tile) -> Tensor:
        return level_of(self._map[0, 0, *tile.outer].float())[None, ..., None]

    @torch.inference_mode()
    def encode(self, pixels: NDArray[np.uint8], encoder: SymbolEncoder | None) -> None:
        latents, z_hat = self._analyse(pixels)
        indices = self._hyper_indices()
        self._count_hyper_bits(indices, z_hat)
        if encoder is not None:
            encoder.encode(indices.flatten().numpy(), z_hat.flatten().to(torch.int32).numpy())
        psi = self._network.h_s(z_hat[None])
        for step in range(len(PASSES)):
            indices, chosen = self._find_indices(step, psi)
            symbols = torch.empty(self._pass_shape, dtype=torch.int16)
            values = torch.empty(self._pass_shape)
            for tile in self._context_tiles:
                part = (slice(None), *divided(tile.inner, 2))
                mu, unit, weight = self._predict(step, tile, psi)
                residual = (take(latents[tile.inner], step) - mu) * unit
                q = self._quantise(residual, weight, indices[part]).mul_(chosen[part])
                symbols[part], values[part] = q.to(torch.int16), q / unit + mu
                self._tick()
            self._store(step, symbols, values)
            if encoder is not None:
                encoder.encode(indices[chosen].numpy(), symbols[chosen].numpy())

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder) -> None:
        indices = self._hyper_indices()
        z_hat = torch.from_numpy(decoder.decode(indices.flatten().numpy())).view(indices.shape).float()
        z_hat.clamp_(-HYPER_BOUND, HYPER_BOUND)
        self._count_hyper_bits(indices, z_hat)
        psi = self._network.h_s(z_hat[None])
        for step in range(len(PASSES)):
            indices, chosen = self._find_indices(step, psi)
            symbols = torch.zeros(self._pass_shape, dtype=torch.int16)
            decoded = torch.from_numpy(decoder.decode(indices[chosen].numpy()))
            symbols[chosen] = decoded.clamp_(-LATENT_BOUND, LATENT_BOUND).to(torch.int16)
            values = torch.empty(self._pass_shape)
            for tile in self._context_tiles:
                part = (slice(None), *divided(tile.inner, 2))
                mu, unit, _ = self._predict(step, tile, psi)
                values[part] = symbols[part] / unit + mu
                self._tick()
            self._store(step, symbols, values)
        decoder.finish()

    def _synthesise(self, tile: Tile) -> Tensor:
        known = self._known[tile.outer][None].to(self._device)
        return self._network.synthesise(known, self._quality_cells(tile)).add_(0.5).movedim(-1, 1)

    def cell_bits(self) -> NDArray[np.float32]:
        served = np.add.reduceat(
            np.add.reduceat(
                np.ones((self.inside_rows, self.inside_columns)), np.arange(0, self.inside_rows, 4), axis=0
            ),
            np.arange(0, self.inside_columns, 4),
            axis=1,
        )
        share = self._hyper_bits.numpy() / served
        share = np.repeat(np.repeat(share, CELLS_PER_HYPER, axis=0), CELLS_PER_HYPER, axis=1)
        bits = (self._bits[..., 0].numpy() + share)[: self.inside_rows, : self.inside_columns]
        return (bits + self._map_bits / bits.size).astype(np.float32)

    def _analyse(self, pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """Whitened latents (rows, columns, N) and z_hat (rows / 4, columns / 4, C)."""
        padded = self._padded(pixels)
        latents = torch.empty_like(self._known)
        z_hat = torch.empty((*self._hyper_bits.shape, self._network.config.hyper_latent))
        for tile in self._tiles:
            x = self._pixels(padded, tile).sub_(0.5).movedim(1, -1)
            whitened, z = self._network.analyse(x, self._quality_cells(tile))
            latents[tile.inner] = whitened[0, *tile.crop()].cpu()
            z_hat[divided(tile.inner, CELLS_PER_HYPER)] = z[0, *divided(tile.crop(), CELLS_PER_HYPER)].cpu()
            self._tick()
        return latents, z_hat.round_()

    def _hyper_indices(self) -> Tensor:
        level = level_of(self._map[0].float())[..., None]
        return self._network.hyper_index(level)[0].clamp(1.0, TABLES - 1.0).to(torch.uint8)  # rounds down

    def _count_hyper_bits(self, indices: Tensor, z_hat: Tensor) -> None:
        self._hyper_bits += self._bits_table[indices.int(), z_hat.abs().int()].sum(dim=-1)

    def _find_indices(self, step: int, psi: Tensor) -> tuple[Tensor, Tensor]:
        """Tables of the pass's latents, on the CPU, from integers alone: the same on every machine.

        And which of the latents are in the stream: those inside the picture and not of table 0.
        """
        indices = torch.empty(self._pass_shape, dtype=torch.uint8)
        for tile in self._context_tiles:
            magnitudes = self._magnitudes[tile.outer][None].float()
            index = self._network.index(step, magnitudes, psi[:, *tile.outer], self._level(tile))
            index = index[0, :, *divided(tile.crop(), 2)].clamp_(0.0, TABLES - 1.0)
            indices[:, *divided(tile.inner, 2)] = index.to(torch.uint8)  # rounds down
            self._tick()
        self.indices.append(indices)
        return indices, (indices > 0) & self._inside

    def _predict(self, step: int, tile: Tile, psi: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of the inner cells' latents: whitened mu, steps in a whitened unit, what a step's squared error weighs."""
        network, quality = self._network, self._quality_cells(tile)
        known = self._known[tile.outer][None].to(self._device)
        features, level = psi[:, *tile.outer].to(self._device), self._level(tile).to(self._device)
        mu = network.mean(step, known, features, level)[0, :, *divided(tile.crop(), 2)]
        inner = quality[0, *tile.crop()]
        gain = network.pass_gain(step, inner)
        return mu.cpu(), network.unit(step, gain).cpu(), network.pass_weight(inner, gain).cpu()

    def _quantise(self, residual: Tensor, weight: Tensor, indices: Tensor) -> Tensor:
        """Rate-distortion optimised rounding with the tables' bits."""
        rows = indices.int()
        return quantise(residual, weight, lambda n: self._saved_bits[rows, n.clamp_max(WIDEST + 1).int()])

    def _store(self, step: int, symbols: Tensor, values: Tensor) -> None:
        """Makes the latents of a pass known to the passes after it."""
        magnitudes = symbols.abs().int()
        bits = self._bits_table[self.indices[-1].int(), magnitudes.clamp_max(WIDEST + 1)]
        put(self._known, step, values)
        put(self._magnitudes, step, MAGNITUDE_FEATURES[magnitudes])
        self._bits += unphased(bits.mul_(self._inside).sum(dim=-1, keepdim=True))
        self.symbols.append(symbols)
