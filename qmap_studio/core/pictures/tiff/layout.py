"""How a page of a TIFF file stores its pixels."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from qmap_studio.core.pictures.tiff.directory import Directory, Tag, TiffError

MIN_IS_WHITE, MIN_IS_BLACK, RGB, PALETTE, INKS, YCBCR = 0, 1, 2, 3, 5, 6
COLOUR_CHANNELS = {MIN_IS_WHITE: 1, MIN_IS_BLACK: 1, RGB: 3, PALETTE: 1, INKS: 4, YCBCR: 3}
UNSIGNED, SIGNED, FLOAT = 1, 2, 3
_ASSOCIATED, _UNASSOCIATED = 1, 2
_MAX_SAMPLES = 64


@dataclass(frozen=True)
class Layout:
    """How pixels are stored.

    Attributes:
        samples: numbers of a pixel, those that are no colour included.
        bits: of a sample.
        sample_format: UNSIGNED, SIGNED or FLOAT.
        order: the byte order, "<" or ">".
        is_planar: each sample has strips or tiles of its own.
        alpha: which sample is alpha, or None.
        is_premultiplied: colours were multiplied by alpha.
        segment_width, segment_height: of a strip or a tile.
        offsets, byte_counts: of the strips or tiles in the file.
    """

    width: int
    height: int
    samples: int
    bits: int
    sample_format: int
    order: Literal["<", ">"]
    photometric: int
    compression: int
    predictor: int
    is_planar: bool
    bits_are_reversed: bool
    alpha: int | None
    is_premultiplied: bool
    is_tiled: bool
    segment_width: int
    segment_height: int
    offsets: tuple[int, ...]
    byte_counts: tuple[int, ...]

    @property
    def colours(self) -> int:
        return COLOUR_CHANNELS.get(self.photometric, self.samples)

    @property
    def stored_samples(self) -> int:
        """Samples that lie beside each other in a strip or tile."""
        return 1 if self.is_planar else self.samples

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of a strip or tile."""
        return -(-self.segment_width * self.stored_samples * self.bits // 8)

    @property
    def dtype(self) -> "np.dtype[Any] | None":
        """A sample's type in the machine's byte order; None for integers of odd numbers of bits."""
        kind = {UNSIGNED: "u", SIGNED: "i", FLOAT: "f"}.get(self.sample_format)
        sizes = (16, 32, 64) if kind == "f" else (8, 16, 32, 64)
        return np.dtype(f"{kind}{self.bits // 8}") if kind and self.bits in sizes else None


def layout_of(page: Directory) -> Layout:
    """Reads the tags that say how pixels are stored.

    Raises:
        TiffError: they contradict each other, or describe what no reader knows.
    """
    width, height = page.number(Tag.WIDTH, 0), page.number(Tag.LENGTH, 0)
    samples = page.number(Tag.SAMPLES_PER_PIXEL, 1)
    if not 1 <= samples <= _MAX_SAMPLES:
        raise TiffError(f"{samples} samples a pixel")
    bits = _same(page.numbers(Tag.BITS_PER_SAMPLE, (1,))[:samples], "bits per sample")
    sample_format = _same(page.numbers(Tag.SAMPLE_FORMAT, (UNSIGNED,))[:samples], "sample formats")
    sample_format = UNSIGNED if sample_format == 4 else sample_format  # 4: "undefined"
    photometric = page.number(Tag.PHOTOMETRIC, MIN_IS_BLACK)
    colours = COLOUR_CHANNELS.get(photometric, samples)
    if samples < colours:
        raise TiffError(f"{samples} samples a pixel, {colours} colours")
    # Where nothing is said of a single further sample, it is alpha, as for every other reader.
    extra = page.numbers(Tag.EXTRA_SAMPLES, (_UNASSOCIATED,) if samples == colours + 1 else ())
    kinds = [kind if kind in (_ASSOCIATED, _UNASSOCIATED) else 0 for kind in extra[: samples - colours]]
    alpha = next((colours + index for index, kind in enumerate(kinds) if kind), None)
    is_tiled = Tag.TILE_OFFSETS in page.entries
    segment_width = page.number(Tag.TILE_WIDTH, 0) if is_tiled else width
    segment_height = (
        page.number(Tag.TILE_LENGTH, 0) if is_tiled else min(page.number(Tag.ROWS_PER_STRIP, height), height)
    )
    if not (0 < segment_width <= 1 << 16 and 0 < segment_height <= 1 << 16):
        raise TiffError(f"strips or tiles of {segment_width} x {segment_height} pixels")
    layout = Layout(
        width=width,
        height=height,
        samples=samples,
        bits=bits,
        sample_format=sample_format,
        order=page.order,
        photometric=photometric,
        compression=page.number(Tag.COMPRESSION, 1),
        predictor=page.number(Tag.PREDICTOR, 1),
        is_planar=samples > 1 and page.number(Tag.PLANAR_CONFIGURATION, 1) == 2,
        bits_are_reversed=page.number(Tag.FILL_ORDER, 1) == 2,
        alpha=alpha,
        is_premultiplied=alpha is not None and extra[alpha - colours] == _ASSOCIATED,
        is_tiled=is_tiled,
        segment_width=segment_width,
        segment_height=segment_height,
        offsets=page.numbers(Tag.TILE_OFFSETS if is_tiled else Tag.STRIP_OFFSETS),
        byte_counts=page.numbers(Tag.TILE_BYTE_COUNTS if is_tiled else Tag.STRIP_BYTE_COUNTS),
    )
    return layout


def _same(values: tuple[int, ...], name: str) -> int:
    if len(set(values)) != 1:
        raise TiffError(f"different {name}: {', '.join(map(str, values))}")
    return values[0]
