"""The codec of the paper's network and of its ablations: their weights, and their coding."""

from pathlib import Path

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.devices import choose_device
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.song2021.coding import HyperpriorCoding
from qmap_studio.codec.song2021.decoding import LEAST_HYPERS, HyperpriorDecoder
from qmap_studio.codec.song2021.differentiable import Song2021Differentiable
from qmap_studio.codec.song2021.model import Song2021Model, load_model


class Song2021Codec(LearnedCodec[Song2021Model]):
    """See `interface.Codec`."""

    tile_cells = 48
    least_hypers = LEAST_HYPERS

    @classmethod
    def load(cls, model_id: str, weights: Path, device: str = "auto") -> "Song2021Codec":
        return cls(model_id, load_model(weights), choose_device(device))

    def coding(self, grid: CellGrid, cells: MapCells, source: Source) -> HyperpriorCoding:
        return HyperpriorCoding(self._model, grid, cells, source)

    def decoder(self, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> HyperpriorDecoder:
        return HyperpriorDecoder(self._model, grid, height, width, is_grey=is_grey)

    def differentiable(self) -> Song2021Differentiable:
        """See `differentiable.Differentiable`."""
        return Song2021Differentiable(self._model, self._device)
