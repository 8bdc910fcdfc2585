"""The codec of SigVIC: its weights, and its coding."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.devices import choose_device
from qmap_studio.codec.common.importance import StageImportance
from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.learned_codec import LearnedCodec, checked_map
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.passes.decoding import PassesDecoder
from qmap_studio.codec.common.passes.differentiable import PassesDifferentiable
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.sigvic2023.coding import Sigvic2023Coding
from qmap_studio.codec.sigvic2023.model import Sigvic2023Model, load_model
from qmap_studio.codec.sigvic2023.rate import quality_to_lambda


class Sigvic2023Codec(LearnedCodec[Sigvic2023Model]):
    """See `interface.Codec` and `importance.OffersImportance`."""

    tile_cells = 32

    @classmethod
    def load(cls, model_id: str, weights: Path, device: str = "auto") -> "Sigvic2023Codec":
        return cls(model_id, load_model(weights), choose_device(device))

    def coding(self, grid: CellGrid, cells: MapCells, source: Source) -> Sigvic2023Coding:
        return Sigvic2023Coding(self._model, grid, cells, source)

    def decoder(self, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> PassesDecoder:
        return PassesDecoder(self._model, grid, height, width, is_grey=is_grey)

    def differentiable(self) -> PassesDifferentiable:
        """See `differentiable.Differentiable`."""
        return PassesDifferentiable(self._model.network, self._device)

    def importance(
        self,
        pixels: NDArray[np.uint8],
        quality_map: NDArray[np.float32],
        checkpoint: ProgressCallback | None = None,
    ) -> tuple[StageImportance, ...]:
        height, width = pixels.shape[:2]
        cells = MapCells.of(checked_map(quality_map, height, width))

        def work() -> tuple[StageImportance, ...]:
            return self.coding(self._grid(height, width, cells), cells, Source(pixels)).importance(checkpoint)

        return self.with_fallback(work)

    def lmbda_of(self, quality: float) -> float:
        return quality_to_lambda(quality, self._model.network.config.loss)
