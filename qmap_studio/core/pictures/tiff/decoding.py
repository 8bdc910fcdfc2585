"""TIFF files of samples that Pillow does not know, or would read wrongly.

Pillow reads what has 8 bits a sample or less, plain grey and RGB of 16, and what is compressed as a picture (JPEG,
CCITT, WebP). Here are the others: 9 to 64 bits, floats, planes.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures.picture import MAX_PIXELS, check_size
from qmap_studio.core.pictures.scaling import Scale, scale_of, to_bytes
from qmap_studio.core.pictures.tiff.directory import Directory, Tag
from qmap_studio.core.pictures.tiff.layout import (
    COLOUR_CHANNELS,
    FLOAT,
    INKS,
    MIN_IS_BLACK,
    MIN_IS_WHITE,
    PALETTE,
    RGB,
    SIGNED,
    UNSIGNED,
    YCBCR,
    Layout,
    layout_of,
)
from qmap_studio.core.pictures.tiff.segments import COMPRESSIONS, NO_COMPRESSION, read_segments

_COMPRESSION_NAMES = {2: "CCITT", 3: "CCITT", 4: "CCITT", 6: "JPEG", 7: "JPEG", 34892: "JPEG", 34887: "LERC"}
_COMPRESSION_NAMES |= {34712: "JPEG 2000", 50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL"}  # no text: names
_PHOTOMETRIC_NAMES = {6: "YCbCr", 8: "CIELab", 9: "ICCLab", 10: "ITULab", 32844: "LogL", 32845: "LogLuv"}
RAW_PHOTOMETRICS = (32803, 34892)  # colour filter array, linear raw


@dataclass(frozen=True)
class DecodedTiff:
    """The pixels of a page with 8 bits, and how they were scaled."""

    image: Image.Image
    scale: Scale


def is_for_pillow(page: Directory) -> bool:
    """Whether Pillow reads a page rightly."""
    bits = page.numbers(Tag.BITS_PER_SAMPLE, (1,))
    formats = page.numbers(Tag.SAMPLE_FORMAT, (UNSIGNED,))
    is_planar = page.number(Tag.PLANAR_CONFIGURATION, 1) == 2 and page.number(Tag.SAMPLES_PER_PIXEL, 1) > 1
    if page.number(Tag.COMPRESSION, 1) not in COMPRESSIONS:
        return max(bits) <= 8
    if page.number(Tag.PHOTOMETRIC, 1) not in (MIN_IS_WHITE, MIN_IS_BLACK, RGB, INKS):
        return max(bits) <= 8  # palettes, YCbCr, Lab
    is_usual = set(bits) == {8} or (len(bits) == 1 and bits[0] in (1, 2, 4))
    # Of 16 bits it keeps the upper 8, at most a level below what rounding gives, in half the time.
    is_usual = is_usual or (page.number(Tag.PHOTOMETRIC, 1), bits) in ((MIN_IS_BLACK, (16,)), (RGB, (16, 16, 16)))
    return is_usual and set(formats) <= {UNSIGNED, 4} and not is_planar


def decode_tiff(file: BinaryIO, page: Directory, name: str) -> DecodedTiff:
    """Reads the pixels of a page.

    Integers of up to 31 bits are scaled by their bits per sample; what else there is by `scale_of`. Associated alpha
    is divided out. Extra samples that are no alpha are left out.

    Returns:
        an image of the mode L, LA, RGB, RGBA or CMYK.
    Raises:
        ImageError: it is stored in a way that is not known, or its values have no scale.
        TiffError: it is damaged.
    """
    check_size(page.number(Tag.WIDTH, 0), page.number(Tag.LENGTH, 0), name)
    layout = layout_of(page)
    _check_known(layout, name)
    chosen = [*range(layout.colours), *([layout.alpha] if layout.alpha is not None else [])]
    scale = Scale((1 << layout.bits) - 1) if _is_scaled_by_bits(layout) else None
    if scale is not None and not layout.is_premultiplied:
        pixels = _assembled(file, layout, chosen, scale)
    else:
        values = _assembled(file, layout, chosen, None)
        scale = scale or scale_of(values, name)
        pixels = to_bytes(values, scale, is_premultiplied=layout.is_premultiplied)
    if layout.photometric == MIN_IS_WHITE:
        pixels[..., 0] = 255 - pixels[..., 0]
    return DecodedTiff(_image_of(pixels, layout), scale)


def read_samples(file: BinaryIO, page: Directory, name: str) -> NDArray[Any]:
    """The samples of a page's colours as they are stored, (H, W, C).

    Raises:
        ImageError, TiffError: as `decode_tiff`.
    """
    check_size(page.number(Tag.WIDTH, 0), page.number(Tag.LENGTH, 0), name)
    layout = layout_of(page)
    _check_known(layout, name)
    return _assembled(file, layout, list(range(layout.colours)), None)


def _is_scaled_by_bits(layout: Layout) -> bool:
    return layout.sample_format == UNSIGNED and layout.bits < 32


def _assembled(file: BinaryIO, layout: Layout, chosen: list[int], scale: Scale | None) -> NDArray[Any]:
    """The chosen samples (H, W, C), with 8 bits where a scale is given; memory is taken as the file fills it."""
    dtype = np.dtype(np.uint8) if scale is not None else layout.dtype or np.dtype(np.uint32)
    pixels = np.zeros((layout.height, layout.width, len(chosen)), dtype)
    for segment, values in read_segments(file, layout):
        inside = [index for index in chosen if segment.samples.start <= index < segment.samples.stop]
        if not inside:
            continue
        if len(inside) != values.shape[2]:
            values = values[..., [index - segment.samples.start for index in inside]]
        first = chosen.index(inside[0])
        target = pixels[segment.rows, segment.columns, first : first + len(inside)]
        target[...] = values if scale is None else to_bytes(values, scale)
    return pixels


def _image_of(pixels: NDArray[np.uint8], layout: Layout) -> Image.Image:
    if layout.photometric == INKS:
        return Image.fromarray(np.ascontiguousarray(pixels[..., :4]), "CMYK")
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _check_known(layout: Layout, name: str) -> None:
    """Refuses what would be guessed."""
    reason = None
    if layout.compression not in COMPRESSIONS:
        kind = _COMPRESSION_NAMES.get(layout.compression, str(layout.compression))
        reason = tr("more than 8 bits compressed as {kind}").format(kind=kind)
    elif layout.photometric not in COLOUR_CHANNELS or layout.photometric in (YCBCR, PALETTE):
        kind = _PHOTOMETRIC_NAMES.get(layout.photometric, str(layout.photometric))
        kind = tr("a palette") if layout.photometric == PALETTE else kind
        text = ngettext(
            "colours of the kind {kind} with {bits} bit", "colours of the kind {kind} with {bits} bits", layout.bits
        )
        reason = text.format(kind=kind, bits=layout.bits)
    elif layout.sample_format not in (UNSIGNED, SIGNED, FLOAT):
        reason = tr("samples of the kind {kind}").format(kind=layout.sample_format)
    elif layout.dtype is None and (layout.sample_format != UNSIGNED or not 1 <= layout.bits < 32):
        reason = ngettext("samples of {bits} bit", "samples of {bits} bits", layout.bits).format(bits=layout.bits)
    elif layout.predictor not in (1, 2, 3) or (layout.predictor == 3 and layout.sample_format != FLOAT):
        reason = tr("the predictor {kind}").format(kind=layout.predictor)
    elif layout.predictor == 2 and layout.dtype is None:
        text = ngettext("differences of {bits} bit", "differences of {bits} bits", layout.bits)
        reason = text.format(bits=layout.bits)
    elif layout.compression != NO_COMPRESSION and layout.row_bytes * layout.segment_height > 2 * MAX_PIXELS:
        reason = tr("compressed strips of more than {most} MB").format(most=2 * MAX_PIXELS // 10**6)  # Pillow's limit
    if reason is not None:
        raise ImageError(
            tr(
                "{name} is a TIFF file with {reason}, which cannot be read; save it as TIFF of 8 or 16 bits "
                "without compression, or as PNG."
            ).format(name=name, reason=reason)
        )
