"""One picture through a mean-scale hyperprior, tile by tile, with or without an entropy coder."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from qmap_studio.codec.coding import Coding
from qmap_studio.codec.entropy import WIDEST, SymbolDecoder, SymbolEncoder
from qmap_studio.codec.interface import CELL, Checkpoint
from qmap_studio.codec.latent_grid import CELLS_PER_HYPER
from qmap_studio.codec.map_cells import MapCells
from qmap_studio.codec.quantisation import LATENT_BOUND
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.codec.song2021.tables import FIRST_HYPER, indices_of
from qmap_studio.codec.tiling import Tile, divided

HALO_CELLS = 8
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
        checkpoint: Checkpoint | None,
    ) -> None:
        super().__init__(device, height, width, cells, tile_cells, HALO_CELLS, 4, checkpoint, least_hypers=LEAST_HYPERS)
        self._model, config = model, model.network.config
        self._y_hat = torch.empty((config.M, self.rows, self.columns))
        self._z_hat = torch.empty((config.N, self.rows // CELLS_PER_HYPER, self.columns // CELLS_PER_HYPER))
        self._bits = torch.zeros((self.rows, self.columns))
        channel = torch.arange(config.N, dtype=torch.int16)[:, None, None]
        self._hyper_indices = (FIRST_HYPER + channel).expand_as(self._z_hat)
        self._bits_table = torch.from_numpy(model.tables.signed_bits)

    @torch.inference_mode()
    def encode(self, pixels: NDArray[np.uint8], encoder: SymbolEncoder | None) -> None:
        y = self._analyse(self._padded(pixels))
        symbols = (self._hyper_analyse(y) - self._model.medians).round_().clamp_(-HYPER_BOUND, HYPER_BOUND)
        self._take_hyper_symbols(symbols)
        if encoder is not None:
            encoder.encode(self._hyper_indices.flatten().numpy(), symbols.flatten().to(torch.int32).numpy())
        indices, means = self._predict()
        q = (y - means).nan_to_num_(0.0).round_().clamp_(-LATENT_BOUND, LATENT_BOUND).to(torch.int16)
        if encoder is not None:
            for index, part in _groups(indices, q):
                encoder.encode(index.flatten().numpy(), part.flatten().numpy())
        self._take_symbols(indices, q, means)

    @torch.inference_mode()
    def decode(self, decoder: SymbolDecoder) -> None:
        symbols = torch.from_numpy(decoder.decode(self._hyper_indices.flatten().numpy())).view(self._z_hat.shape)
        self._take_hyper_symbols(symbols.clamp_(-HYPER_BOUND, HYPER_BOUND))
        for _ in range(2 * len(self._tiles)):  # what an encoder analyses
            self._tick()
        indices, means = self._predict()
        q = torch.empty(indices.shape, dtype=torch.int16)
        for index, part in _groups(indices, q):
            decoded = torch.from_numpy(decoder.decode(index.flatten().numpy()))
            part.copy_(decoded.clamp_(-LATENT_BOUND, LATENT_BOUND).view(part.shape))
        decoder.finish()
        self._take_symbols(indices, q, means)

    def cell_bits(self) -> NDArray[np.float32]:
        bits = self._bits.numpy()
        for axis, inside in enumerate((self.inside_rows, self.inside_columns)):
            bits = np.add.reduceat(bits, np.arange(inside), axis=axis)
        return bits + np.float32(self._map_bits / bits.size)

    def _analyse(self, padded: NDArray[np.uint8]) -> Tensor:
        """y, (M, rows, columns)."""
        y = torch.empty_like(self._y_hat)
        for tile in self._tiles:
            m = F.interpolate(self._quality(tile), scale_factor=CELL)
            part = self._model.network.analyse(self._pixels(padded, tile), m)
            y[:, *tile.inner] = part[0, ..., *tile.crop()].cpu()
            self._tick()
        return y

    def _hyper_analyse(self, y: Tensor) -> Tensor:
        """z, (N, rows / 4, columns / 4)."""
        z = torch.empty_like(self._z_hat)
        for tile in self._tiles:
            part = self._model.network.hyper_analyse(y[:, *tile.outer][None].to(self._device), self._quality(tile))
            inner, crop = divided(tile.inner, CELLS_PER_HYPER), divided(tile.crop(), CELLS_PER_HYPER)
            z[:, *inner] = part[0, ..., *crop].nan_to_num_(0.0).cpu()
            self._tick()
        return z

    def _take_hyper_symbols(self, symbols: Tensor) -> None:
        self._z_hat = symbols + self._model.medians
        bits = self._bits_of(self._hyper_indices, symbols).sum(dim=0) / CELLS_PER_HYPER**2
        self._bits += bits.repeat_interleave(CELLS_PER_HYPER, 0).repeat_interleave(CELLS_PER_HYPER, 1)

    def _predict(self) -> tuple[Tensor, Tensor]:
        """Tables, uint8, and means, float32, of every latent: from integers alone, the same on every machine."""
        indices = torch.empty(self._y_hat.shape, dtype=torch.uint8)
        means = torch.empty_like(self._y_hat)
        for tile in self._tiles:
            part = self._z_hat[None, :, *divided(tile.outer, CELLS_PER_HYPER)].double()
            tile_scales, tile_means = self._model.h_s(part)
            indices[:, *tile.inner] = indices_of(tile_scales[0, ..., *tile.crop()])
            means[:, *tile.inner] = tile_means[0, ..., *tile.crop()].float()
            self._tick()
        return indices, means

    def _take_symbols(self, indices: Tensor, q: Tensor, means: Tensor) -> None:
        self.symbols = [q]
        self._y_hat = means.add_(q)
        for index, part in _groups(indices, q):
            self._bits += self._bits_of(index, part).sum(dim=0)

    def _bits_of(self, indices: Tensor, symbols: Tensor) -> Tensor:
        farthest = WIDEST + 1
        return self._bits_table[indices.int(), symbols.int().clamp(-farthest, farthest) + farthest]

    def _synthesise(self, tile: Tile) -> Tensor:
        y_hat = self._y_hat[:, *tile.outer][None].to(self._device)
        z_hat = self._z_hat[:, *divided(tile.outer, CELLS_PER_HYPER)][None].to(self._device)
        return self._model.network.synthesise(y_hat, z_hat)


def _groups(*latents: Tensor) -> Iterator[tuple[Tensor, ...]]:
    return zip(*(torch.split(x, CHANNELS_AT_ONCE) for x in latents), strict=True)
