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
from qmap_studio.codec.latent_grid import CELLS_PER_HYPER, GROUPS, HYPER_CELL, PASSES, level_of, put, take
from qmap_studio.codec.quantisation import (
    HYPER_BOUND,
    INDEX_OFFSET,
    INDEX_PER_UNIT,
    LATENT_BOUND,
    TABLES,
    magnitude_feature,
    quantise,
    scale_of,
)
from qmap_studio.codec.tiling import Tile, tiles
from qmap_studio.codec.weights import Model

HALO_CELLS = 4
STEPS_PER_UNIT = 32
STEP = 65536 // STEPS_PER_UNIT


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
    coded. `symbols` and the table `indices`, both (N, rows, columns), and y_hat stay in memory; networks run over
    tiles with a halo, which gives the numbers of the whole.
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
        self._network, self._tables, self._device = model.network, model.tables, device
        self._height, self._width, self._checkpoint = height, width, checkpoint
        self._bits_table = torch.from_numpy(model.tables.bits)
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
        self.symbols = torch.zeros((n, self.rows, self.columns), dtype=torch.int16)
        self._y_hat = torch.zeros((n, self.rows, self.columns))
        self.indices = torch.zeros((n, self.rows, self.columns), dtype=torch.uint8)
        self._bits = torch.zeros((GROUPS, self.rows, self.columns))
        self._inside = torch.zeros((self.rows, self.columns), dtype=torch.bool)
        self._inside[: self.inside_rows, : self.inside_columns] = True
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
        y, z_hat = self._analyse(pixels)
        indices = self._hyper_indices()
        self._count_hyper_bits(indices, z_hat)
        if encoder is not None:
            encoder.encode(indices.flatten().numpy(), z_hat.flatten().to(torch.int32).numpy())
        psi = self._network.h_s(z_hat.double()[None])
        for step in range(len(PASSES)):
            self._find_indices(step, psi)
            predictions = [self._mean(step, tile, psi) for tile in self._tiles]
            for tile, (mu, weight) in zip(self._tiles, predictions, strict=True):
                scale = scale_of(take(self.indices[:, *tile.inner], step).float())
                q = quantise(take(y[:, *tile.inner], step) - mu, scale, weight)
                self._store(step, tile, q, mu)
            if encoder is not None:
                chosen, indices = self._chosen(step)
                encoder.encode(indices.numpy(), take(self.symbols, step)[chosen].numpy())

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder) -> None:
        """Fills symbols, y_hat and bits from a stream."""
        indices = self._hyper_indices()
        z_hat = torch.from_numpy(decoder.decode(indices.flatten().numpy())).view(indices.shape).double()
        z_hat.clamp_(-HYPER_BOUND, HYPER_BOUND)
        self._count_hyper_bits(indices, z_hat)
        psi = self._network.h_s(z_hat[None])
        for step in range(len(PASSES)):
            self._find_indices(step, psi)
            chosen, indices = self._chosen(step)
            q = torch.zeros(chosen.shape, dtype=torch.int16)
            q[chosen] = torch.from_numpy(decoder.decode(indices.numpy())).to(torch.int16)
            put(self.symbols, step, q)
            predictions = [self._mean(step, tile, psi) for tile in self._tiles]
            for tile, (mu, _) in zip(self._tiles, predictions, strict=True):
                self._store(step, tile, take(self.symbols[:, *tile.inner], step).float(), mu)
        decoder.finish()

    @torch.inference_mode()
    def reconstruct(self) -> NDArray[np.uint8]:
        """The picture, uint8 (H, W, 3)."""
        picture = np.empty((self._height, self._width, 3), np.uint8)
        for tile in self._tiles:
            quality = self._quality(tile)
            y_hat = self._y_hat[:, *tile.outer][None].to(self._device)
            x_hat = self._network.synthesise(y_hat, self._network.gain(quality), quality)[0]
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
        bits = (self._bits.sum(dim=0).numpy() + share)[: self.inside_rows, : self.inside_columns]
        return (bits + self._map_bits / bits.size).astype(np.float32)

    def _analyse(self, pixels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """y (N, rows, columns) and z_hat (C, rows / 4, columns / 4)."""
        padding = ((0, self.rows * CELL - self._height), (0, self.columns * CELL - self._width), (0, 0))
        padded = np.pad(pixels, padding, mode="edge") if max(padding)[1] else pixels
        y = torch.empty_like(self._y_hat)
        config = self._network.config
        z_hat = torch.empty((config.hyper_latent, *self._hyper_bits.shape))
        for tile in self._tiles:
            part = torch.tensor(padded[tile.scaled_outer(CELL)]).to(self._device)
            x = part.permute(2, 0, 1)[None].float().div_(255.0).sub_(0.5)
            quality = self._quality(tile)
            outer = self._network.g_a(x, quality) * self._network.gain(quality)
            inner, inner_quality = outer[..., *tile.crop()], quality[..., *tile.crop()]
            y[:, *tile.inner] = inner[0].cpu()
            hyper = tuple(slice(s.start // CELLS_PER_HYPER, s.stop // CELLS_PER_HYPER) for s in tile.inner)
            z = self._network.h_a(inner, inner_quality)[0]
            z_hat[:, *hyper] = torch.round(z).clamp(-HYPER_BOUND, HYPER_BOUND).cpu()
            self._tick()
        return y, z_hat

    def _hyper_indices(self) -> Tensor:
        level = F.avg_pool2d(level_of(self._map.double()), CELLS_PER_HYPER)
        index = INDEX_PER_UNIT * self._network.hyper_index(level)[0] + INDEX_OFFSET
        return torch.floor(index + 0.5).clamp(1, TABLES - 1).to(torch.uint8)

    def _count_hyper_bits(self, indices: Tensor, z_hat: Tensor) -> None:
        self._hyper_bits += self._bits_table[indices.int(), z_hat.abs().int()].sum(dim=0)

    def _find_indices(self, step: int, psi: Tensor) -> None:
        """Table indices of the pass, on the CPU, from integers alone: the same on every machine."""
        for tile in self._tiles:
            magnitudes = magnitude_feature(self.symbols[:, *tile.outer].double())[None]
            index = self._network.index(step, magnitudes, psi[..., *tile.outer], self._level(tile))
            index = torch.floor(index[0][..., *_halved(tile.crop())] + 0.5).clamp_(0, TABLES - 1)
            put(self.indices[:, *tile.inner], step, index.to(torch.uint8))
            self._tick()

    def _mean(self, step: int, tile: Tile, psi: Tensor) -> tuple[Tensor, Tensor]:
        """mu of the inner cells' latents and the weight of their squared error, laid out as `take` does.

        All tiles' come before any of the pass is stored, or a halo would see what its pass must not know.
        """
        quality = self._quality(tile)
        gain = self._network.gain(quality)
        y_hat = self._y_hat[:, *tile.outer][None].to(self._device)
        features = psi[..., *tile.outer].to(self._device, torch.float32)
        level = self._level(tile).to(self._device, torch.float32)
        mu = self._network.mean(step, y_hat, gain, features, level)
        weight = take(self._network.distortion_weight(gain, quality), step)
        inner = (0, ..., *_halved(tile.crop()))
        return mu[inner].cpu(), weight[inner].cpu()

    def _chosen(self, step: int) -> tuple[Tensor, Tensor]:
        """Which of the pass's latents are in the stream (inside the picture, not of table 0), and their tables."""
        indices = take(self.indices, step)
        chosen = (indices > 0) & take(self._inside.expand_as(self.indices), step)
        return chosen, indices[chosen]

    def _store(self, step: int, tile: Tile, q: Tensor, mu: Tensor) -> None:
        """Keeps the symbols of a tile; outside the picture they are 0."""
        inside = take(self._inside[tile.inner].expand(GROUPS, -1, -1), step)
        q = torch.where(inside, q.clamp_(-LATENT_BOUND, LATENT_BOUND), 0.0)
        put(self.symbols[:, *tile.inner], step, q.to(torch.int16))
        put(self._y_hat[:, *tile.inner], step, q + mu)
        index = take(self.indices[:, *tile.inner], step)
        bits = self._bits_table[index.int(), q.abs().clamp_max_(WIDEST + 1).int()].mul_(inside).sum(dim=1, keepdim=True)
        put(self._bits[:, *tile.inner], step, bits)
        self._tick()


def _halved(area: tuple[slice, slice]) -> tuple[slice, slice]:
    return slice(area[0].start // 2, area[0].stop // 2), slice(area[1].start // 2, area[1].stop // 2)
