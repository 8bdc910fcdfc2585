"""One picture through a mean-scale hyperprior, tile by tile, with or without an entropy coder."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.common.coding import TRANSFORM_REACH, Coding, of_cells, ticker, tile_blocks
from qmap_studio.codec.common.entropy_tables import LATENT_BOUND, WIDEST
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.staged import Blocks, CodingStage
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder
from qmap_studio.codec.common.tiling import Area, Tile, divided, scaled
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.codec.song2021.tables import FIRST_HYPER, indices_of
from qmap_studio.core.cells import CELL_PX

LEAST_HYPERS = 2  # reflection in h_a needs as much
HYPER_BOUND = 500
CHANNELS_AT_ONCE = 32  # are coded in one call, which keeps the memory for sorting small


class HyperpriorCoding(Coding):
    """State of one picture while it is encoded or decoded.

    The network sees the map as it is signalled: each cell's quality for all its pixels. The whole padded grid is coded;
    what lies outside the picture counts for the nearest cell inside.

    Attributes:
        symbols: int16, round(y - means) of (M, rows, columns), once they are known.
    """

    def __init__(
        self,
        model: Song2021Model,
        device: torch.device,
        tile_cells: int,
        height: int,
        width: int,
        cells: MapCells,
        source: Source | None,
    ) -> None:
        self._model, config = model, model.network.config
        super().__init__(device, height, width, cells, source, tile_cells, least_hypers=LEAST_HYPERS)
        plane, hyper_plane = (self.rows, self.columns), self.staged.done.shape
        self._y = torch.empty((config.M, *plane) if source is not None else 0)
        self._y_hat = torch.empty((config.M, *plane))
        self.symbols = torch.zeros((config.M, *plane), dtype=torch.int16)
        self._indices = torch.zeros((config.M, *plane), dtype=torch.uint8)
        self._hyper_symbols = torch.zeros((config.N, *hyper_plane))
        self._bits = torch.zeros(plane)
        channel = torch.arange(config.N, dtype=torch.int16)[:, None, None]
        self._hyper_indices = (FIRST_HYPER + channel).expand_as(self._hyper_symbols)
        self._bits_table = torch.from_numpy(model.tables.signed_bits)

    def _stages(self) -> tuple[CodingStage, ...]:
        stages = (self._analyse, self._hyper_analyse, self._code, self._reconstruct)
        return tuple(CodingStage(stage, TRANSFORM_REACH) for stage in stages)

    @torch.inference_mode()
    def write(self, encoder: SymbolEncoder) -> None:
        symbols = self._hyper_symbols.flatten().to(torch.int32)
        encoder.encode(self._hyper_indices.flatten().numpy(), symbols.numpy())
        for index, part in _groups(self._indices, self.symbols):
            encoder.encode(index.flatten().numpy(), part.flatten().numpy())

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder, checkpoint: ProgressCallback | None) -> None:
        symbols = torch.from_numpy(decoder.decode(self._hyper_indices.flatten().numpy(), HYPER_BOUND))
        self._hyper_symbols.copy_(symbols.view(self._hyper_symbols.shape))
        tick = ticker(checkpoint, 2 * len(self.staged.all_tiles(TRANSFORM_REACH)))
        means = torch.empty(self._y_hat.shape)
        self._everywhere(partial(self._find_tables_and_means, means), TRANSFORM_REACH, tick)
        for index, part in _groups(self._indices, self.symbols):
            part.copy_(torch.from_numpy(decoder.decode(index.flatten().numpy())).view(part.shape))
        decoder.finish()
        self._y_hat = means.add_(self.symbols)
        for index, part in _groups(self._indices, self.symbols):
            self._bits += self._bits_of(index, part).sum(dim=0)
        self._everywhere(lambda tile: self._reconstruct(tile, None), TRANSFORM_REACH, tick)

    def _learned_bits(self) -> NDArray[np.float32]:
        hyper = self._bits_of(self._hyper_indices, self._hyper_symbols).sum(dim=0) / CELLS_PER_HYPER**2
        spread_out = hyper.repeat_interleave(CELLS_PER_HYPER, 0).repeat_interleave(CELLS_PER_HYPER, 1)
        bits: NDArray[np.float32] = (self._bits + spread_out).numpy()
        for axis, inside in enumerate((self.inside_rows, self.inside_columns)):
            bits = np.add.reduceat(bits, np.arange(inside), axis=axis)
        return bits

    @torch.inference_mode()
    def _analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """y, (M, rows, columns)."""
        m = F.interpolate(self._quality(tile), scale_factor=CELL_PX)
        part = self._model.network.analyse(self._pixels(tile), m)[0, ..., *tile.crop()].cpu()
        write_planes(self._y[:, *tile.inner], part, blocks)
        return tile_blocks(tile, changed=True)

    @torch.inference_mode()
    def _hyper_analyse(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """The symbols of z, (N, rows / 4, columns / 4)."""
        part = self._model.network.hyper_analyse(self._y[:, *tile.outer][None].to(self._device), self._quality(tile))
        z = part[0, ..., *divided(tile.crop(), CELLS_PER_HYPER)].nan_to_num_(0.0).cpu()
        symbols = (z - self._model.medians).round_().clamp_(-HYPER_BOUND, HYPER_BOUND)
        before = self._hyper_symbols[:, *tile.blocks]
        changed: Blocks = (symbols != before).any(dim=0).numpy()
        before.copy_(symbols if blocks is None else torch.where(torch.from_numpy(blocks), symbols, before))
        return changed

    @torch.inference_mode()
    def _code(self, tile: Tile, blocks: Blocks | None) -> Blocks:
        """Tables, symbols and y_hat."""
        indices, means = self._predict(tile)
        q = (self._y[:, *tile.inner] - means).nan_to_num_(0.0).round_().clamp_(-LATENT_BOUND, LATENT_BOUND)
        symbols = q.to(torch.int16)
        bits = sum((self._bits_of(*part).sum(dim=0) for part in _groups(indices, symbols)), torch.zeros(()))
        for target, new in ((self._indices, indices), (self.symbols, symbols), (self._y_hat, means.add_(q))):
            write_planes(target[:, *tile.inner], new, blocks)
        write_planes(self._bits[tile.inner][None], bits[None], blocks)
        return tile_blocks(tile, changed=True)

    def _predict(self, tile: Tile) -> tuple[Tensor, Tensor]:
        """Tables, uint8, and means, float32, of the inner latents: from integers alone, the same on every machine."""
        part = self._z_hat(divided(tile.outer, CELLS_PER_HYPER)).double()
        scales, means = self._model.h_s(part)
        return indices_of(scales[0, ..., *tile.crop()]), means[0, ..., *tile.crop()].float()

    @torch.inference_mode()
    def _find_tables_and_means(self, means: Tensor, tile: Tile) -> None:
        self._indices[:, *tile.inner], means[:, *tile.inner] = self._predict(tile)

    def _z_hat(self, area: Area) -> Tensor:
        return (self._hyper_symbols[:, *area] + self._model.medians)[None]

    def _bits_of(self, indices: Tensor, symbols: Tensor) -> Tensor:
        farthest = WIDEST + 1
        return self._bits_table[indices.int(), symbols.int().clamp(-farthest, farthest) + farthest]

    def _synthesise(self, tile: Tile) -> Tensor:
        y_hat = self._y_hat[:, *tile.outer][None].to(self._device)
        z_hat = self._z_hat(divided(tile.outer, CELLS_PER_HYPER)).to(self._device)
        return self._model.network.synthesise(y_hat, z_hat)[..., *scaled(tile.crop(), CELL_PX)]


def write_planes(target: Tensor, new: Tensor, blocks: Blocks | None) -> None:
    """Writes planes (any, rows, columns) for the given blocks, all without."""
    target.copy_(new if blocks is None else torch.where(of_cells(blocks), new, target))


def _groups(*latents: Tensor) -> Iterator[tuple[Tensor, ...]]:
    return zip(*(torch.split(x, CHANNELS_AT_ONCE) for x in latents), strict=True)
