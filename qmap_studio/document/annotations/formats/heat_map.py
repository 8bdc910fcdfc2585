"""Heat maps: how much each pixel matters, as a grey picture, an NPY array (H, W) or a float map (PFM).

    .png .tif   greys of 8 or 16 bits: black is 0, white is 1; floats
    .jpg .webp  grey, though values may be a little off
    .npy        floats, integers, booleans; (1, H, W) and (H, W, 1) as well
    .pfm        "Pf", width, height, scale (negative: little-endian), then floats, the lowest row first

Floats and integers of other sizes are taken as they are if they are within 0 to 1, else stretched from the least to the
greatest. What is no number is 0. A map of another size is resized if it has the picture's shape. `areas.py` tells heat
maps from masks; a colour picture is refused, for a colour scale does not say which end is hot.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.language import N_, tr
from qmap_studio.document.annotations.matching import ListedPicture
from qmap_studio.document.annotations.placement import Placement
from qmap_studio.document.annotations.rasters import coloured
from qmap_studio.document.annotations.reader import AnnotationsFile, Reader, Source

_STRIP_PIXELS = 2**20


def _recognises(source: Source) -> bool:
    return source.raster is not None and source.raster.areas is None


def _read(source: Source) -> AnnotationsFile:
    raster = source.raster
    assert raster is not None
    if (error := coloured(raster, source.path)) is not None:
        raise error
    width, height = raster.size
    placement, notices = Placement.find(ListedPicture("", "", width, height), source)
    values = raster.values
    if raster.palette is not None:
        values = np.array([code & 255 for code in raster.palette] + [0] * 256, np.uint8)[values]
    heat, more = _normalised(values, source.name)
    return AnnotationsFile((), notices + more, _resized(placement.turned(heat), source))


HEAT_MAP = Reader(N_("heat maps (PNG, TIFF, NPY, PFM)"), (".png", ".tif", ".tiff", ".npy", ".pfm"), _recognises, _read)


def _normalised(values: NDArray[Any], name: str) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Values from 0 to 1, and what there is to say of how they became so; a strip at a time."""
    rows = max(1, _STRIP_PIXELS // values.shape[1])
    strips = [slice(top, top + rows) for top in range(0, values.shape[0], rows)]
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        low, high, numbers = 0.0, float(np.iinfo(values.dtype).max), values.size
    else:
        low, high, numbers = _range(values, strips)
    notices: tuple[str, ...] = ()
    if numbers < values.size:
        notices += (tr("Values of {name} that are no numbers count as 0.").format(name=name),)
    if values.dtype.kind in "if" or values.dtype.itemsize > 2:
        if low < 0 or high > 1:
            text = tr("The values of {name}, from {low:g} to {high:g}, were stretched to 0 to 1.")
            notices += (text.format(name=name, low=low, high=high),)
        else:
            low, high = 0.0, 1.0
    heat = np.empty(values.shape, np.float32)
    span = high / 2 - low / 2  # halves, for the difference of two floats may be more than the largest
    for part in strips:
        strip = _doubles(values[part])
        with np.errstate(all="ignore"):
            share = (strip / 2 - low / 2) / span if span > 0 else np.ones_like(strip)
        heat[part] = np.where(np.isfinite(strip), share, 0)
    return np.clip(heat, 0, 1, out=heat), notices


def _doubles(values: NDArray[Any]) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):  # of floats of 80 bits some are no numbers
        return np.asarray(values, np.float64)


def _range(values: NDArray[Any], strips: list[slice]) -> tuple[float, float, int]:
    """The least and the greatest finite value, and how many are finite."""
    low, high, count = np.inf, -np.inf, 0
    for part in strips:
        strip = _doubles(values[part])
        finite = strip[np.isfinite(strip)]
        if finite.size:
            low, high, count = min(low, float(finite.min())), max(high, float(finite.max())), count + finite.size
    return (low, high, count) if count else (0.0, 0.0, 0)


def _resized(heat: NDArray[np.float32], source: Source) -> NDArray[np.float32]:
    width, height = source.picture.width, source.picture.height
    if heat.shape == (height, width):
        return heat
    from qmap_studio.core.opencv import cv2

    is_smaller = heat.shape[1] > width
    resized = cv2.resize(heat, (width, height), interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR)
    return np.clip(np.asarray(resized, np.float32), 0, 1)
