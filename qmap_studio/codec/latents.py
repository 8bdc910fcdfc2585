"""The four passes over the latents, tile by tile, with or without an entropy coder."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec import map_coding
from qmap_studio.codec.entropy import WIDEST, SymbolDecoder, SymbolEncoder
from qmap_studio.codec.interface import CELL, Checkpoint, base_quality
from qmap_studio.codec.latent_grid import (
    CELLS_PER_HYPER,
    GROUPS,
    HYPER_CELL,
    PASSES,
    level_of,
    phases,
    put,
    take,
    unphased,
)
from qmap_studio.codec.layers import ACTIVATION_STEP
from qmap_studio.codec.quantisation import (
    HYPER_BOUND,
    INDEX_OFFSET,
    INDEX_PER_UNIT,
    LATENT_BOUND,
    TABLES,
    magnitude_feature,
    quantise,
)
from qmap_studio.codec.tiling import Tile, tiles
from qmap_studio.codec.weights import Model

HALO_CELLS = 4
STEPS_PER_UNIT = 32
STEP = 65536 // STEPS_PER_UNIT
MAGNITUDES = torch.arange(LATENT_BOUND + 1.0, dtype=torch.float64)
MAGNITUDE_FEATURES = (magnitude_feature(MAGNITUDES) / ACTIVATION_STEP).to(torch.int16)
"""What the table index sees of a symbol, by magnitude, in steps of 2^-10."""


@dataclass(frozen=True)
class MapCells:
    """The map as signalled: a 16-bit base and each cell's difference from it in steps of 1/32."""

    base: int
    steps: NDArray[np.int32]
    stream: bytes

    @classmethod
    def of(cls, quality_map: NDArray[np.float32], base_of_whole: float | None = None) -> "MapCells":
        """Averages a map (H, W) over the latent cells; the base is the most usual quality, here or of the whole map."""
        height, width = quality_map.shape
        rows, columns = -(-height // CELL), -(-width // CELL)
        sums = np.add.reduceat(
            np.add.reduceat(quality_map, np.arange(0, height, CELL), axis=0, dtype=np.float64),
            np.arange(0, width, CELL),
            axis=1,
        )
        counts = np.outer(_cell_sides(height, rows), _cell_sides(width, columns))
        cells = sums / counts * 65535.0
        base = round(65535.0 * (base_quality(quality_map) if base_of_whole is None else base_of_whole))
        steps = np.clip(np.rint((cells - base) / STEP), -STEPS_PER_UNIT, STEPS_PER_UNIT).astype(np.int32)
        return cls(base, steps, map_coding.encode_steps(steps))

    def moved(self, offset: int) -> "MapCells":
        """The whole map moved by so many 65535ths: another base under the same steps, each cell clamped at 0 and 1.

        Where the base itself would leave its range, the highest or the lowest cell becomes the base.
        """
        base = self.base + offset
        if 0 <= base <= 65535:
            return replace(self, base=base)
        anchor = int(self.steps.max() if base < 0 else self.steps.min())
        base = min(max(base + STEP * anchor, 0), 65535)
        steps = np.clip(self.steps - anchor, -STEPS_PER_UNIT, STEPS_PER_UNIT)
        return MapCells(base, steps, map_coding.encode_steps(steps))

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """16-bit cell qualities, whole numbers."""
        return np.clip(self.base + STEP * self.steps, 0, 65535).astype(np.float32)

    @cached_property
    def quality(self) -> NDArray[np.float32]:
        return self.values / np.float32(65535.0)


def _cell_sides(length: int, cells: int) -> NDArray[np.int64]:
    sides = np.full(cells, CELL)
    sides[-1] = length - CELL * (cells - 1)
    return sides


class Passes:
    """State of one picture while it is encoded or decoded.

    The grid is padded to whole hyper cells of 64 px; cells that lie wholly outside the picture hold zeros and are not
    coded. What a pass codes is laid out as `take` does; networks run over tiles with a halo, which gives the numbers
    of the whole.
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
        self._network, self._device = model.network, device
        self._height, self._width, self._checkpoint = height, width, checkpoint
        self._bits_table = torch.from_numpy(model.tables.bits)
        self._saved_bits = torch.from_numpy(model.tables.saved_bits)
        self.inside_rows, self.inside_columns = cells.steps.shape
        self.rows = -(-height // HYPER_CELL) * CELLS_PER_HYPER
        self.columns = -(-width // HYPER_CELL) * CELLS_PER_HYPER
        padding = ((0, self.rows - self.inside_rows), (0, self.columns - self.inside_columns))
        self._map = torch.from_numpy(np.pad(cells.values, padding, mode="edge"))[None, None]
        self._map_bits = 8.0 * len(cells.stream)
        self._tiles = list(tiles(self.rows, self.columns, tile_cells, HALO_CELLS))
        self._stages = (1 + 2 * len(PASSES) + 1) * len(self._tiles)
        self._done = 0
        n = self._network.config.latent
        self._pass_shape = (4, n // GROUPS, self.rows // 2, self.columns // 2)
        self.symbols: list[Tensor] = []
        """int16, one tensor for each pass done so far."""
        self.indices: list[Tensor] = []
        """Their tables, uint8."""
        self._known = torch.zeros((n, self.rows, self.columns))  # whitened y_hat
        self._magnitudes = torch.zeros((n, self.rows, self.columns), dtype=torch.int16)  # in ACTIVATION_STEPs
        self._bits = torch.zeros((1, self.rows, self.columns))
        inside = torch.zeros((1, self.rows, self.columns), dtype=torch.bool)
        inside[:, : self.inside_rows, : self.inside_columns] = True
        self._inside = phases(inside)
        self._hyper_bits = torch.zeros((self.rows // CELLS_PER_HYPER, self.columns // CELLS_PER_HYPER))

    def _tick(self) -> None:
        self._done += 1
        if self._checkpoint is not None:
            self._checkpoint(self._done / self._stages)

    def _quality(self, tile: Tile) -> Tensor:
        return (self._map[..., *tile.outer] / 65535.0).to(self._device)

    def _level(self, tile: Tile) -> Tensor:
        return level_of(self._map[..., *tile.outer].double())

    @torch.inference_mode()
    def encode(self, pixels: NDArray[np.uint8], encoder: SymbolEncoder | None) -> None:
        """Fills symbols, y_hat and bits from the picture; without an encoder nothing is coded."""
        latents, z_hat = self._analyse(pixels)
        indices = self._hyper_indices()
        self._count_hyper_bits(indices, z_hat)
        if encoder is not None:
            encoder.encode(indices.flatten().numpy(), z_hat.flatten().to(torch.int32).numpy())
        psi = self._network.h_s(z_hat.double()[None])
        for step in range(len(PASSES)):
            indices, chosen = self._find_indices(step, psi)
            symbols = torch.empty(self._pass_shape, dtype=torch.int16)
            values = torch.empty(self._pass_shape)
            for tile in self._tiles:
                part = (..., *_divided(tile.inner, 2))
                mu, unit, weight = self._predict(step, tile, psi)
                residual = (take(latents[..., *tile.inner], step) - mu) * unit
                q = self._quantise(residual, weight, indices[part]).mul_(chosen[part])
                symbols[part], values[part] = q.to(torch.int16), q / unit + mu
                self._tick()
            self._store(step, symbols, values)
            if encoder is not None:
                encoder.encode(indices[chosen].numpy(), symbols[chosen].numpy())

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder) -> None:
        """Fills symbols, y_hat and bits from a stream."""
        indices = self._hyper_indices()
        z_hat = torch.from_numpy(decoder.decode(indices.flatten().numpy())).view(indices.shape).double()
        z_hat.clamp_(-HYPER_BOUND, HYPER_BOUND)
        self._count_hyper_bits(indices, z_hat)
        psi = self._network.h_s(z_hat[None])
        for step in range(len(PASSES)):
            indices, chosen = self._find_indices(step, psi)
            symbols = torch.zeros(self._pass_shape, dtype=torch.int16)
            decoded = torch.from_numpy(decoder.decode(indices[chosen].numpy()))
            symbols[chosen] = decoded.clamp_(-LATENT_BOUND, LATENT_BOUND).to(torch.int16)
            values = torch.empty(self._pass_shape)
            for tile in self._tiles:
                part = (..., *_divided(tile.inner, 2))
                mu, unit, _ = self._predict(step, tile, psi)
                values[part] = symbols[part] / unit + mu
                self._tick()
            self._store(step, symbols, values)
        decoder.finish()

    @torch.inference_mode()
    def reconstruct(self) -> NDArray[np.uint8]:
        """The picture, uint8 (H, W, 3)."""
        picture = np.empty((self._height, self._width, 3), np.uint8)
        for tile in self._tiles:
            known = self._known[:, *tile.outer][None].to(self._device)
            x_hat = self._network.synthesise(known, self._quality(tile))[0]
            x_hat = x_hat[:, *tile.crop(CELL)].add_(0.5).mul_(255.0).nan_to_num_(0.0).round_().clamp_(0.0, 255.0)
            rows, columns = tile.scaled_inner(CELL)
            part = picture[rows, columns]
            part[...] = x_hat.to(torch.uint8).permute(1, 2, 0).cpu().numpy()[: part.shape[0], : part.shape[1]]
            self._tick()
        return picture

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of every cell of the picture; hyper latents and map shared among the cells they serve."""
        served = np.add.reduceat(
            np.add.reduceat(
                np.ones((self.inside_rows, self.inside_columns)), np.arange(0, self.inside_rows, 4), axis=0
            ),
            np.arange(0, self.inside_columns, 4),
            axis=1,
        )
        share = self._hyper_bits.numpy() / served
        share = np.repeat(np.repeat(share, CELLS_PER_HYPER, axis=0), CELLS_PER_HYPER, axis=1)
        bits = (self._bits[0].numpy() + share)[: self.inside_rows, : self.inside_columns]
        return (bits + self._map_bits / bits.size).astype(np.float32)

    def _analyse(self, pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """Whitened latents (N, rows, columns) and z_hat (C, rows / 4, columns / 4)."""
        padding = ((0, self.rows * CELL - self._height), (0, self.columns * CELL - self._width), (0, 0))
        padded = np.pad(pixels, padding, mode="edge") if max(padding)[1] else pixels
        latents = torch.empty_like(self._known)
        z_hat = torch.empty((self._network.config.hyper_latent, *self._hyper_bits.shape))
        for tile in self._tiles:
            part = torch.tensor(padded[tile.scaled_outer(CELL)]).to(self._device)
            x = part.permute(2, 0, 1)[None].float().div_(255.0).sub_(0.5)
            whitened, z = self._network.analyse(x, self._quality(tile))
            latents[:, *tile.inner] = whitened[0, ..., *tile.crop()].cpu()
            z_hat[:, *_divided(tile.inner, CELLS_PER_HYPER)] = z[0, ..., *_divided(tile.crop(), CELLS_PER_HYPER)].cpu()
            self._tick()
        return latents, z_hat.round_()

    def _hyper_indices(self) -> Tensor:
        level = F.avg_pool2d(level_of(self._map.double()), CELLS_PER_HYPER)
        index = INDEX_PER_UNIT * self._network.hyper_index(level)[0] + INDEX_OFFSET
        return torch.floor(index + 0.5).clamp(1, TABLES - 1).to(torch.uint8)

    def _count_hyper_bits(self, indices: Tensor, z_hat: Tensor) -> None:
        self._hyper_bits += self._bits_table[indices.int(), z_hat.abs().int()].sum(dim=0)

    def _find_indices(self, step: int, psi: Tensor) -> tuple[Tensor, Tensor]:
        """Tables of the pass's latents, on the CPU, from integers alone: the same on every machine.

        And which of the latents are in the stream: those inside the picture and not of table 0.
        """
        indices = torch.empty(self._pass_shape, dtype=torch.uint8)
        for tile in self._tiles:
            magnitudes = self._magnitudes[:, *tile.outer][None].double().mul_(ACTIVATION_STEP)
            index = self._network.index(step, magnitudes, psi[..., *tile.outer], self._level(tile))
            index = torch.floor(index[0, ..., *_divided(tile.crop(), 2)] + 0.5).clamp_(0, TABLES - 1)
            indices[..., *_divided(tile.inner, 2)] = index.to(torch.uint8)
            self._tick()
        self.indices.append(indices)
        return indices, (indices > 0) & self._inside

    def _predict(self, step: int, tile: Tile, psi: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of the inner cells' latents: whitened mu, steps in a whitened unit, what a step's squared error weighs."""
        network, quality = self._network, self._quality(tile)
        known = self._known[:, *tile.outer][None].to(self._device)
        features = psi[..., *tile.outer].to(self._device, torch.float32)
        level = self._level(tile).to(self._device, torch.float32)
        mu = network.mean(step, known, features, level)[0, ..., *_divided(tile.crop(), 2)]
        inner = quality[0, ..., *tile.crop()]
        return mu.cpu(), network.pass_unit(step, inner).cpu(), network.pass_weight(step, inner).cpu()

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
        self._bits += unphased(bits.mul_(self._inside).sum(dim=1, keepdim=True))
        self.symbols.append(symbols)


def _divided(area: tuple[slice, slice], by: int) -> tuple[slice, slice]:
    return slice(area[0].start // by, area[0].stop // by), slice(area[1].start // by, area[1].stop // by)
