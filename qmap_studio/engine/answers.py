"""The answers to an edit: at once and approximately around it, then exactly, piece by piece, wherever it reaches."""

from dataclasses import replace
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from qmap_studio.core.bounds import UNBOUNDED, Bounds
from qmap_studio.core.cells import MAX_LEVEL, cells_of, qualities_of
from qmap_studio.core.rect import NOWHERE, Rect
from qmap_studio.engine.figures import estimated_figures, measure_exact, measure_part, needs_measuring
from qmap_studio.engine.grid import blocks_of, narrowed, samples, widened, window
from qmap_studio.engine.live_bounds import bounds_in
from qmap_studio.engine.live_picture import LivePicture
from qmap_studio.engine.pieces import PIECE_BLOCKS
from qmap_studio.engine.results import CellBits, LiveResult, Pixels

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Coded, ProgressCallback
    from qmap_studio.evaluation.region import Figures

QUICK_MARGIN_PX = 64
SAMPLES, SAMPLE_PX, SAMPLE_MARGIN_PX = 4, 192, 32


def answer_quickly(
    live: LivePicture, codec: "Codec", area_px: int, checkpoint: "ProgressCallback"
) -> tuple[LiveResult, int] | None:
    """The result around the latest edit, from at most about `area_px` pixels; takes what is dirty.

    An edit that is larger is answered from a reduced picture if a large one is seen from afar, else in the part
    around where it was made last; the rest is left to the exact answer.

    Returns:
        an approximate result and the number of pixels that were coded; None if the edit is out of sight.
    """
    dirty, live.dirty = live.dirty or live.whole, None
    live.encoder_of(codec)
    inner = widened(dirty, 0, live.whole).intersected(live.visible)
    if inner.empty or not live.stale[blocks_of(inner)].any():
        return None
    part = widened(inner, QUICK_MARGIN_PX, live.whole)
    if part.area > area_px and live.is_shown_reduced:
        coded_px = _take_reduced(live, codec, inner, area_px, checkpoint)
    else:
        part = window(part, live.focus, area_px)
        inner = inner.intersected(narrowed(part, QUICK_MARGIN_PX, live.whole))
        if inner.empty:
            return None
        coded = _preview_part(live, codec, part, checkpoint)
        reconstruction, bits = _cut(coded, part, inner)
        live.take(inner, reconstruction)
        live.take_bits(inner, bits)
        measure_part(live, inner, checkpoint)
        coded_px = part.area
    return _result(live, inner, estimated_figures(live), cells=cells_of(live.whole)), coded_px


def answer_exactly(
    live: LivePicture, codec: "Codec", checkpoint: "ProgressCallback", *, is_awaited: bool = False
) -> LiveResult:
    """The next exact piece, or the figures of those there are; before them what work that was given up has left.

    Figures come by themselves because they take time, too: the picture need not wait for them.

    Args:
        is_awaited: somebody waits for all of it: in larger pieces, and figures at the end.
    """
    encoder = live.encoder_of(codec)
    if (told := live.next_told()) is not None:
        return _result(live, told)
    piece = live.next_piece(PIECE_BLOCKS if is_awaited else None)
    if piece is None or (needs_measuring(live) and not is_awaited):
        figures = measure_exact(live, checkpoint)
        live.mark_measured()
        return _result(live, NOWHERE, figures, cells=cells_of(live.whole))
    wanted = np.zeros_like(live.stale)
    wanted[blocks_of(piece)] = True
    try:
        encoder.update(wanted, checkpoint)
    finally:
        live.keep_exact()
    live.untold[blocks_of(piece)] = False
    return _result(live, piece)


def _take_reduced(live: LivePicture, codec: "Codec", rect: Rect, area_px: int, checkpoint: "ProgressCallback") -> int:
    """Takes over what a reduced picture shows and what a few places of the whole one cost; gives the pixels coded.

    What reduced detail costs says little: noise is gone, edges are closer together. Where most is known one place is
    enough, another each time.
    """
    count = SAMPLES if np.mean(live.stale) > 0.5 else 1
    places = samples(rect, live.stale, SAMPLE_PX, count, live.revision)
    factor = ceil(sqrt(rect.area / max(area_px - len(places) * SAMPLE_PX**2, area_px // 2)))
    pixels = np.asarray(Image.fromarray(live.picture.pixels[rect.slices]).reduce(factor))
    quality = qualities_of(live.values[rect.slices][::factor, ::factor])
    coded = _preview(live, codec, pixels, quality, checkpoint)
    enlarged = Image.fromarray(coded.reconstruction).resize((rect.width, rect.height), Image.Resampling.BILINEAR)
    live.take(rect, _with_bounded(live, rect, np.asarray(enlarged)))
    for place in places:
        inner = narrowed(place, SAMPLE_MARGIN_PX, live.whole)
        if not inner.empty:
            live.take_bits(inner, _cut(_preview_part(live, codec, place, checkpoint), place, inner)[1])
    return int(quality.size) + sum(place.area for place in places)


def _preview_part(live: LivePicture, codec: "Codec", part: Rect, checkpoint: "ProgressCallback") -> "Coded":
    pixels, quality = live.picture.pixels[part.slices], qualities_of(live.values[part.slices])
    return _preview(live, codec, pixels, quality, checkpoint, bounds_in(live.bounds, part))


def _with_bounded(live: LivePicture, rect: Rect, reconstruction: Pixels) -> Pixels:
    """A reduced answer, in which pixels with an error bound are nearly as in the picture."""
    bounds = bounds_in(live.bounds, rect)
    if bounds is None:
        return reconstruction
    return np.where((bounds < UNBOUNDED)[..., None], live.picture.pixels[rect.slices], reconstruction)


def _preview(
    live: LivePicture,
    codec: "Codec",
    pixels: Pixels,
    quality: npt.NDArray[np.float32],
    checkpoint: "ProgressCallback",
    bounds: Bounds | None = None,
) -> "Coded":
    coded = codec.preview(pixels, quality, bounds=bounds, base=live.base / MAX_LEVEL, checkpoint=checkpoint)
    if not live.picture.is_grey:
        return coded
    # The file of a grey picture says that it is; a preview is not told.
    grey = np.rint(coded.reconstruction.mean(axis=2)).astype(np.uint8)
    return replace(coded, reconstruction=grey[..., None].repeat(3, axis=2))


def _cut(coded: "Coded", part: Rect, inner: Rect) -> tuple[Pixels, CellBits]:
    within = inner.moved(-part.x, -part.y)
    return coded.reconstruction[within.slices], coded.cell_bits[cells_of(within).slices]


def _result(
    live: LivePicture, rect: Rect, figures: "Figures | None" = None, *, cells: Rect | None = None
) -> LiveResult:
    """What is known now of a part."""
    assert live.encoder is not None
    cells = cells_of(rect) if cells is None else cells
    stale = live.stale.copy()
    pixels = live.encoder.reconstruction[rect.slices].copy()
    bits = live.shown_bits(cells)
    return LiveResult(live.picture, live.revision, stale, rect, pixels, bits, cells, figures)
