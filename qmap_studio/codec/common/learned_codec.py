"""What every learned codec does around its network: device and memory, the container, what a picture carries."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common import container, map_coding
from qmap_studio.codec.common.alpha import pack_alpha, unpack_alpha
from qmap_studio.codec.common.cell_grid import CellGrid
from qmap_studio.codec.common.coding import Coding
from qmap_studio.codec.common.detail import DetailFile
from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.incremental import IncrementalEncoding
from qmap_studio.codec.common.interface import Coded, Decoding, Encoding, ProgressCallback
from qmap_studio.codec.common.kept import KeptFile
from qmap_studio.codec.common.latent_decoder import LatentDecoder
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.codec.common.source import Source
from qmap_studio.codec.common.symbol_decoder import SymbolDecoder
from qmap_studio.codec.common.symbol_encoder import SymbolEncoder, stream_bytes
from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, Bounds
from qmap_studio.core.cells import cells_across
from qmap_studio.core.errors import BitstreamError, ComputeError, QualityMapError, QualityMapShapeError, WeightsError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture

SMALLEST_TILE_CELLS = 16
Result = TypeVar("Result")


class Movable(Protocol):
    def to_device(self, device: torch.device) -> None:
        """Moves what may be floating point; what picks entropy tables stays on the CPU."""
        ...


class LearnedModel(Protocol):
    """A network ready for coding, its tables and the hash that its files carry; a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def network(self) -> Movable: ...

    @property
    def tables(self) -> Tables: ...

    @property
    def weights_hash(self) -> bytes: ...


Model = TypeVar("Model", bound=LearnedModel)


class LearnedCodec(ABC, Generic[Model]):
    """See `interface.Codec`. What is a model's own is how it codes.

    Attributes:
        can_be_thorough: see `interface.Codec`.
        tile_cells: the side of the tiles that networks run over.
        least_hypers: blocks of 64 px that a grid has at least on each side.
    """

    can_be_thorough: ClassVar[bool] = False
    tile_cells: ClassVar[int]
    least_hypers: ClassVar[int] = 1

    def __init__(self, model_id: str, model: Model, device: torch.device) -> None:
        self.model_id, self.notices = model_id, list[str]()
        self._model, self._device, self._tile = model, device, self.tile_cells
        self._model.network.to_device(device)
        # The last plane that was packed, which takes a while, and what it became.
        self._alpha: tuple[NDArray[np.uint8] | None, bytes | None] = None, None

    @abstractmethod
    def coding(self, grid: CellGrid, cells: MapCells, source: Source) -> Coding:
        """A coding with the model as it is now."""

    @abstractmethod
    def decoder(self, grid: CellGrid, height: int, width: int, *, is_grey: bool) -> LatentDecoder:
        """A decoder likewise, of a picture of that size."""

    def begin(self, cells: MapCells, source: Source) -> Coding:
        """A coding with the model, device and size of tiles as they are now."""
        height, width = source.pixels.shape[:2]
        return self.coding(self._grid(height, width, cells), cells, source)

    @property
    def device(self) -> str:
        return str(self._device)

    @property
    def weights_hash(self) -> bytes:
        return self._model.weights_hash

    def encode(
        self,
        picture: Picture,
        quality_map: NDArray[np.float32],
        *,
        bounds: Bounds | None = None,
        base_offset: int = 0,
        thorough: bool = False,
        checkpoint: ProgressCallback | None = None,
    ) -> Encoding:
        if thorough and not self.can_be_thorough:
            raise ComputeError(
                tr("The model {model_id} has no thorough encoding; live has.").format(model_id=self.model_id)
            )
        cells = MapCells.of(checked_map(quality_map, picture.height, picture.width)).moved(base_offset)
        source = Source.of(picture, checked_bounds(bounds, picture.height, picture.width), is_thorough=thorough)

        def work() -> tuple[Coding, bytes]:
            coding = self._encoded(source, cells, checkpoint)
            encoder = SymbolEncoder(self._model.tables)
            coding.write(encoder)
            return coding, encoder.finish()

        coding, stream = self.with_fallback(work)
        data = self.pack(picture, cells, stream, coding)
        return Encoding(coding.reconstruction, coding.cell_bits() + cells.bits_per_cell, cells.quality, data)

    def estimate_bytes(
        self,
        picture: Picture,
        quality_map: NDArray[np.float32],
        *,
        bounds: Bounds | None = None,
        base_offset: int = 0,
        checkpoint: ProgressCallback | None = None,
    ) -> int:
        cells = MapCells.of(checked_map(quality_map, picture.height, picture.width)).moved(base_offset)
        source = Source.of(picture, checked_bounds(bounds, picture.height, picture.width))
        coding = self.with_fallback(lambda: self._encoded(source, cells, checkpoint))
        return len(self.pack(picture, cells, bytes(stream_bytes(coding.learned_bits)), coding))

    def preview(
        self,
        pixels: NDArray[np.uint8],
        quality_map: NDArray[np.float32],
        *,
        bounds: Bounds | None = None,
        base: float | None = None,
        checkpoint: ProgressCallback | None = None,
    ) -> Coded:
        cells = MapCells.of(checked_map(quality_map, *pixels.shape[:2]), base)
        source = Source(pixels, checked_bounds(bounds, *pixels.shape[:2]))
        coding = self.with_fallback(lambda: self._encoded(source, cells, checkpoint))
        return Coded(coding.reconstruction, coding.cell_bits() + cells.bits_per_cell, cells.quality)

    def decode(self, data: bytes, *, checkpoint: ProgressCallback | None = None) -> Decoding:
        file, cells = self._open(data)
        kept = KeptFile.unpack(file.kept, file.height, file.width)
        details = DetailFile.unpack(file.detail, *cells.steps.shape)

        latents = self.with_fallback(lambda: self._decoded(file, cells, checkpoint))
        pixels, bits = latents.pixels, latents.bits() + kept.cell_bits() + details.cell_bits + cells.bits_per_cell
        kept.put_into(pixels)  # what details lie beside is known
        details.add_to(pixels, cells.values.astype(np.uint16))
        kept.put_into(pixels)
        alpha = None if file.alpha is None else unpack_alpha(file.alpha, file.height, file.width)
        picture = Picture(pixels, alpha, file.icc_profile, file.metadata, file.is_grey)
        return Decoding(picture, cells.quality, bits, file.model_id, len(data), kept.bounds)

    def decode_symbols(self, data: bytes) -> NDArray[np.int16]:
        """The latents' symbols alone: what must be the same on every machine."""
        return self.latents_of(data)[0].symbols.numpy()

    def latents_of(self, data: bytes) -> tuple[LatentDecoder, MapCells]:
        """What a file says of its latents and its map, on the way to the picture."""
        file, cells = self._open(data)
        return self._decoded(file, cells, None), cells

    def _open(self, data: bytes) -> tuple[container.SfcFile, MapCells]:
        file = container.unpack(data)
        if (file.model_id, file.weights_hash) != (self.model_id, self._model.weights_hash):
            raise WeightsError(
                tr(
                    "This file was made with the weights {file_model} {file_weights}; here are {model} {weights}. "
                    "Open it with the version that made it."
                ).format(
                    file_model=file.model_id,
                    file_weights=file.weights_hash.hex(),
                    model=self.model_id,
                    weights=self._model.weights_hash.hex(),
                )
            )
        if len(file.streams) != 1:
            raise BitstreamError(
                tr("A file of the model {model_id} has 1 latent stream, found {count}.").format(
                    model_id=self.model_id, count=len(file.streams)
                )
            )
        rows, columns = cells_across(file.height), cells_across(file.width)
        steps = map_coding.decode_steps(file.map_stream, rows, columns)
        return file, MapCells(file.base_quality, steps.astype(np.int32), file.map_stream)

    def _grid(self, height: int, width: int, cells: MapCells) -> CellGrid:
        return CellGrid(self._device, height, width, cells, self._tile, self.least_hypers)

    def _encoded(self, source: Source, cells: MapCells, checkpoint: ProgressCallback | None) -> Coding:
        coding = self.begin(cells, source)
        coding.encode(checkpoint)
        return coding

    def _decoded(self, file: container.SfcFile, cells: MapCells, checkpoint: ProgressCallback | None) -> LatentDecoder:
        grid = self._grid(file.height, file.width, cells)
        latents = self.decoder(grid, file.height, file.width, is_grey=file.is_grey)
        latents.decode(SymbolDecoder(self._model.tables, file.streams[0]), checkpoint)
        return latents

    def pack(self, picture: Picture, cells: MapCells, stream: bytes, coding: Coding | None = None) -> bytes:
        """The file of a picture whose latents became a stream, with the other layers of its coding."""
        if self._alpha[0] is not picture.alpha:
            self._alpha = picture.alpha, None if picture.alpha is None else pack_alpha(picture.alpha)
        return container.pack(
            container.SfcFile(
                width=picture.width,
                height=picture.height,
                is_grey=picture.is_grey,
                model_id=self.model_id,
                weights_hash=self._model.weights_hash,
                base_quality=cells.base,
                map_stream=cells.stream,
                streams=(stream,),
                detail=b"" if coding is None else coding.details.chunk(),
                kept=b"" if coding is None else coding.kept.chunk(),
                alpha=self._alpha[1],
                icc_profile=picture.icc_profile,
                metadata=picture.metadata,
            )
        )

    def incremental(
        self, picture: Picture, means: NDArray[np.float64], base: int, bounds: Bounds | None = None
    ) -> IncrementalEncoding:
        bounds = checked_bounds(bounds, picture.height, picture.width)
        return IncrementalEncoding(self, picture, MapCells.of_means(means, base), bounds)

    @property
    def tables(self) -> Tables:
        return self._model.tables

    def with_fallback(self, work: Callable[[], Result]) -> Result:
        """Runs the work; out of memory on a GPU it is done again in smaller tiles, then on the CPU, and said so.

        Work may run inside other work's checkpoint, so the CPU gets a network of its own: the other work goes on
        with the one it began with.
        """
        while True:
            try:
                return work()
            except torch.OutOfMemoryError as error:
                if self._device.type == "cpu":
                    raise ComputeError(
                        tr("There is not enough memory for this picture. Close other programs.")
                    ) from error
                torch.cuda.empty_cache()
                if self._tile > SMALLEST_TILE_CELLS:
                    self._tile //= 2
                    self.notices.append(tr("The GPU's memory ran out: going on in smaller tiles."))
                else:
                    self._device, self._tile = torch.device("cpu"), self.tile_cells
                    self._model = replace(self._model, network=copy.deepcopy(self._model.network))
                    self._model.network.to_device(self._device)
                    self.notices.append(tr("The GPU's memory ran out: going on with the CPU."))


def checked_map(quality_map: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """The map, if it fits the picture and lies in [0, 1]; QualityMapShapeError or QualityMapError if not."""
    if quality_map.shape != (height, width):
        found = " x ".join(str(n) for n in quality_map.shape[::-1])
        raise QualityMapShapeError(
            tr("The quality map must be {width} x {height} like the picture, found {found}.").format(
                width=width, height=height, found=found
            )
        )
    low, high = float(quality_map.min()), float(quality_map.max())
    if not (low >= 0.0 and high <= 1.0):
        raise QualityMapError(
            tr("A quality map holds numbers from 0 to 1, found {low:g} to {high:g}.").format(low=low, high=high)
        )
    return quality_map


def checked_bounds(bounds: Bounds | None, height: int, width: int) -> Bounds | None:
    """The bounds, if they fit the picture; QualityMapShapeError if not, ValueError where one is no bound."""
    if bounds is None:
        return None
    if bounds.shape != (height, width):
        found = " x ".join(str(n) for n in bounds.shape[::-1])
        raise QualityMapShapeError(
            tr("The region without loss must be {width} x {height} like the picture, found {found}.").format(
                width=width, height=height, found=found
            )
        )
    if bounds.dtype != np.uint8 or ((bounds > LARGEST_BOUND) & (bounds != UNBOUNDED)).any():
        raise ValueError(f"bounds are uint8, 0 to {LARGEST_BOUND} or {UNBOUNDED}")
    return bounds
