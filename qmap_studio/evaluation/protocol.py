"""What a picture is put through: at which qualities, under which maps, and how much an error counts where."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.language import N_
from qmap_studio.core.rate import quality_to_lambda
from qmap_studio.core.rect import Rect
from qmap_studio.evaluation.metrics import Pixels, mean_squared_error, psnr_db, psnr_of_error_db
from qmap_studio.evaluation.similarity import WINDOW

REGION_SPREAD = 0.4
"""How much more quality the box has than the middle between it and the rest, and the rest less."""


@dataclass(frozen=True)
class Protocol:
    """One way to measure a codec over pictures.

    Attributes:
        option: of the command `evaluate`, that asks for it.
        text: what was done, for the result's file; `maps` in a word.
        labels: of the axes of PSNR and of MS-SSIM, to be translated.
        qualities: of uniform maps, or those that maps lie around.
        smallest_side: of a picture, in pixels.
        map_of: the map, float32 (H, W) in [0, 1], of a height, a width and a quality.
        psnr_db: of the pixels uint8 (H, W, 3) and of what became of them.
    """

    option: str
    text: str
    labels: tuple[str, str]
    maps: str
    qualities: tuple[float, ...]
    smallest_side: int
    map_of: Callable[[int, int, float], NDArray[np.float32]]
    psnr_db: Callable[[Pixels, Pixels], float]


def centred_third(height: int, width: int) -> Rect:
    """The centred rectangle of about a third of a picture's area, of its shape, on the latent grid."""

    def span(side: int) -> tuple[int, int]:
        cells = side // CELL_PX
        margin = round(cells * (1 - 3**-0.5) / 2)
        return margin * CELL_PX, (cells - 2 * margin) * CELL_PX

    (y, rows), (x, columns) = span(height), span(width)
    return Rect(x, y, columns, rows)


def _uniform_map(height: int, width: int, quality: float) -> NDArray[np.float32]:
    return np.full((height, width), quality, np.float32)


def _region_map(height: int, width: int, quality: float) -> NDArray[np.float32]:
    quality_map = _uniform_map(height, width, quality - REGION_SPREAD)
    quality_map[centred_third(height, width).slices] = quality + REGION_SPREAD
    return quality_map


def _weighted_psnr_db(a: Pixels, b: Pixels) -> float:
    """Errors count by the lambda of the map's quality: PSNR of their weighted mean, whatever the map's middle."""
    inside = np.zeros(a.shape[:2], bool)
    inside[centred_third(*inside.shape).slices] = True
    total, whole = 0.0, 0.0
    for region, quality in ((inside, REGION_SPREAD), (~inside, -REGION_SPREAD)):
        weight = quality_to_lambda(quality) * float(region.sum())
        total, whole = total + weight * mean_squared_error(a, b, region), whole + weight
    return psnr_of_error_db(total / whole)


UNIFORM = Protocol(
    option="",
    text="PSNR of 8-bit RGB, MS-SSIM of RGB and bpp of the whole file, "  # no text: part of the result's file
    "each averaged over the pictures; BD-rate and BD-PSNR by PCHIP over log10(bpp) on the intervals named",
    labels=("PSNR (dB)", "MS-SSIM (dB)"),  # no text: units
    maps="uniform quality maps",  # no text: part of the result's file
    qualities=tuple(step / 10 for step in range(11)),
    smallest_side=WINDOW,
    map_of=_uniform_map,
    psnr_db=psnr_db,
)

REGION = Protocol(
    option=" --roi",
    text="a centred box of a third of the area, on the grid of 16 px; "  # no text: part of the result's file
    "errors weighted by 100^quality of a map with 0.4 more in the box than the middle quality and 0.4 less outside: "
    "PSNR of their weighted mean over 8-bit RGB; MS-SSIM is not weighted; bpp of the whole file; each averaged over "
    "the pictures; BD-rate and BD-PSNR by PCHIP over log10(bpp) on the intervals named",
    labels=(N_("PSNR, weighted by the map (dB)"), N_("MS-SSIM, not weighted (dB)")),
    maps="a box at 0.4 more than this quality, the rest at 0.4 less",  # no text: part of the result's file
    qualities=(0.4, 0.45, 0.5, 0.55, 0.6),
    smallest_side=64,
    map_of=_region_map,
    psnr_db=_weighted_psnr_db,
)
