"""The `live` codec: its weights, and its passes over the latents."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.installed import weights_path
from qmap_studio.codec.latents import LiveCoding
from qmap_studio.codec.learned_codec import LearnedCodec, choose_device
from qmap_studio.codec.live_differentiable import LiveDifferentiable
from qmap_studio.codec.map_cells import MapCells
from qmap_studio.codec.weights import Model, load_model


class LiveCodec(LearnedCodec[Model]):
    """See `interface.Codec`."""

    tile_cells = 64

    @classmethod
    def load(cls, model_id: str, device: str = "auto") -> "LiveCodec":
        return cls(model_id, load_model(weights_path(model_id)), choose_device(device))

    def begin(self, height: int, width: int, cells: MapCells, pixels: NDArray[np.uint8] | None) -> LiveCoding:
        return LiveCoding(self._model, self._device, self._tile, height, width, cells, pixels)

    def differentiable(self) -> LiveDifferentiable:
        """See `differentiable.Differentiable`."""
        return LiveDifferentiable(self._model.network, self._device)
