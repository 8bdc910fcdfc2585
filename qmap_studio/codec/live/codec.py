"""The `live` codec: its weights, and its coding."""

from pathlib import Path

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.devices import choose_device
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.decoding import PassesDecoder
from qmap_studio.codec.common.passes.differentiable import PassesDifferentiable
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.live.coding import LiveCoding
from qmap_studio.codec.live.model import LiveModel, load_model


class LiveCodec(LearnedCodec[LiveModel]):
    """See `interface.Codec`."""

    can_be_thorough = True
    tile_cells = 64

    @classmethod
    def load(cls, model_id: str, weights: Path, device: str = "auto") -> "LiveCodec":
        return cls(model_id, load_model(weights), choose_device(device))

    def coding(self, grid: CellGrid, cells: MapCells, source: Source) -> LiveCoding:
        return LiveCoding(self._model, grid, cells, source)

    def decoder(self, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> PassesDecoder:
        return PassesDecoder(self._model, grid, height, width, is_grey=is_grey)

    def differentiable(self) -> PassesDifferentiable:
        """See `differentiable.Differentiable`."""
        return PassesDifferentiable(self._model.network, self._device)
