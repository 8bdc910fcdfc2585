"""What a codec offers to the rest of the program, whatever its model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rate import bits_per_pixel

ProgressCallback = Callable[[float], None]
"""Called between stages and tiles with the fraction done; whatever it raises stops the work."""


@dataclass(frozen=True)
class Coded:
    """What becomes of a picture under a quality map.

    Attributes:
        reconstruction: uint8 (H, W, 3), what a decoder shows.
        cell_bits: float32 (ceil(H/16), ceil(W/16)), bits of each latent cell, all layers together; hyper latent and map
            are spread over the cells they serve.
        quality_cells: float32, same shape, the map as signalled.
    """

    reconstruction: NDArray[np.uint8]
    cell_bits: NDArray[np.float32]
    quality_cells: NDArray[np.float32]

    @property
    def estimated_bits(self) -> float:
        return float(self.cell_bits.sum(dtype=np.float64))


@dataclass(frozen=True)
class Encoding(Coded):
    """A finished file and what it decodes to."""

    data: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def file_bpp(self) -> float:
        height, width = self.reconstruction.shape[:2]
        return float(bits_per_pixel(len(self.data), height, width))


@dataclass(frozen=True)
class Decoding:
    """What a file holds. The arrays are as in `Coded`.

    Attributes:
        bounds: uint8 (H, W), the largest errors that were asked for; None where nothing was.
    """

    picture: Picture
    quality_cells: NDArray[np.float32]
    cell_bits: NDArray[np.float32]
    model_id: str
    size_bytes: int
    bounds: Bounds | None = None


class IncrementalEncoder(Protocol):
    """Keeps a picture encoded while its map changes; parts of it are brought up to date as they are asked for.

    Attributes:
        reconstruction: uint8 (H, W, 3), valid where nothing is stale.
        stale: bool (ceil(H/64), ceil(W/64)), where the map has changed since. Once nothing is, all there is belongs to
            the file that `finish` gives; until then a block may become stale again through its neighbours.
    """

    @property
    def reconstruction(self) -> NDArray[np.uint8]: ...

    @property
    def stale(self) -> NDArray[np.bool_]: ...

    def change_map(self, means: NDArray[np.float64], base: int, bounds: Bounds | None = None) -> None:
        """Goes on with another map and other bounds.

        Args:
            means: of the latent cells' qualities, in 65535ths.
            base: the quality, in 65535ths, from which the file signals steps.
            bounds: of all pixels, as in `Codec.encode`; only read, and may be written to between calls.
        """
        ...

    def update(self, blocks: NDArray[np.bool_], checkpoint: ProgressCallback | None = None) -> None:
        """Brings blocks up to date. What the checkpoint raises leaves in place what is done."""
        ...

    def take_redone(self) -> NDArray[np.bool_]:
        """The blocks whose reconstruction was made anew since this was asked last; shaped as `stale`."""
        ...

    def cell_bits(self) -> NDArray[np.float32]:
        """Bits of each latent cell, without the map's; they count where nothing is stale."""
        ...

    @property
    def map_bits(self) -> float:
        """Bits of the map in the file."""
        ...

    def estimated_bytes(self, bits: float) -> int:
        """The file's size if all cells together have so many bits."""
        ...

    def finish(self, checkpoint: ProgressCallback | None = None) -> Encoding:
        """The file, once all is up to date; what it decodes to is what is shown."""
        ...


class Codec(Protocol):
    """Encodes pictures under quality maps, float32 (H, W) in [0, 1].

    Attributes:
        can_be_thorough: whether `encode` can.
        model_id: names the model in a file.
        weights_hash: 8 bytes; names in a file what its decoder reads.
        device: what is really used, for instance "cpu" or "cuda:0".
        notices: sentences about what had to be done differently (another device, smaller tiles), oldest first.
    """

    can_be_thorough: ClassVar[bool]
    model_id: str
    notices: list[str]

    @property
    def device(self) -> str: ...

    @property
    def weights_hash(self) -> bytes: ...

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
        """The picture's file.

        Args:
            bounds: uint8 (H, W), the largest error of each pixel, as in `core.bounds`; None promises nothing.
            base_offset: moves the whole map by so many 65535ths, clamped at 0 and 1; the rate control's handle.
            thorough: searches long for latents that cost less in all; the file is another than what is shown live.
        Raises:
            ComputeError: it is to be thorough, and the model cannot.
            QualityMapShapeError: the map or the bounds are not of the picture's size.
            QualityMapError: the map holds NaN or values outside [0, 1].
        """
        ...

    def estimate_bytes(
        self,
        picture: Picture,
        quality_map: NDArray[np.float32],
        *,
        bounds: Bounds | None = None,
        base_offset: int = 0,
        checkpoint: ProgressCallback | None = None,
    ) -> int:
        """The size of the file that `encode` gives without a search, within 0.1 % or 8 bytes; makes no stream."""
        ...

    def decode(self, data: bytes, *, checkpoint: ProgressCallback | None = None) -> Decoding:
        """The picture in a file.

        Raises:
            BitstreamError: the file is damaged, cut short or foreign.
            WeightsError: it was made with weights that are not here.
        """
        ...

    def incremental(
        self, picture: Picture, means: NDArray[np.float64], base: int, bounds: Bounds | None = None
    ) -> IncrementalEncoder:
        """An encoder that keeps the picture encoded; map and bounds are given as in `IncrementalEncoder.change_map`."""
        ...

    def preview(
        self,
        pixels: NDArray[np.uint8],
        quality_map: NDArray[np.float32],
        *,
        bounds: Bounds | None = None,
        base: float | None = None,
        checkpoint: ProgressCallback | None = None,
    ) -> Coded:
        """What `encode` would give for these pixels (H, W, 3), without the file.

        Args:
            base: `core.cells.median_of_middles` of the map that this one is a part of; without it, this map's own.
        """
        ...
