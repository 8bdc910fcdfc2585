"""The `live` codec: its weights, and its passes over the latents."""

from pathlib import Path

from qmap_studio.codec.common.devices import choose_device
from qmap_studio.codec.common.learned_codec import LearnedCodec
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.live.coding import LiveCoding
from qmap_studio.codec.live.differentiable import LiveDifferentiable
from qmap_studio.codec.live.model import LiveModel, load_model


class LiveCodec(LearnedCodec[LiveModel]):
    """See `interface.Codec`."""

    tile_cells = 64

    @classmethod
    def load(cls, model_id: str, weights: Path, device: str = "auto") -> "LiveCodec":
        return cls(model_id, load_model(weights), choose_device(device))

    def begin(self, height: int, width: int, cells: MapCells, source: Source | None) -> LiveCoding:
        return LiveCoding(self._model, self._device, self._tile, height, width, cells, source)

    def differentiable(self) -> LiveDifferentiable:
        """See `differentiable.Differentiable`."""
        return LiveDifferentiable(self._model.network, self._device)
