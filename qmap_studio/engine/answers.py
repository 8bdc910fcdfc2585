"""The answers to an edit: at once and approximately around it, then exactly, piece by piece, wherever it reaches."""

from dataclasses import replace
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from qmap_studio.core.rect import Rect
from qmap_studio.engine.figures import estimated_figures, measure_part, measure_session, owes_measuring
from qmap_studio.engine.grid import area, blocks_of, cells_of, narrowed, samples, widened, window
from qmap_studio.engine.results import CellBits, LiveResult, Pixels
from qmap_studio.engine.session import FULL_QUALITY, PIECE_BLOCKS, Session, quality_of

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Coded, ProgressCallback
    from qmap_studio.evaluation.region import Figures

QUICK_MARGIN_PX = 64
SAMPLES, SAMPLE_PX, SAMPLE_MARGIN_PX = 4, 192, 32


def answer_quickly(
    session: Session, codec: "Codec", area_px: int, checkpoint: "ProgressCallback"
) -> tuple[LiveResult, int] | None:
    """The result around the latest edit, from at most about `area_px` pixels; takes what is dirty.

    An edit that is larger is answered from a reduced picture if a large one is seen from afar, else in the part
    around where it was made last; the rest is left to the exact answer.

    Returns:
        an approximate result and the number of pixels that were coded; None if the edit is out of sight.
    """
    dirty, session.dirty = session.dirty or session.whole, None
    session.follow(codec)
    inner = widened(dirty, 0, session.whole).intersected(session.visible)
    if inner.empty or not session.stale[blocks_of(inner)].any():
        return None
    part = widened(inner, QUICK_MARGIN_PX, session.whole)
    if area(part) > area_px and session.is_shown_reduced:
        coded_px = _take_reduced(session, codec, inner, area_px, checkpoint)
    else:
        part = window(part, session.focus, area_px)
        inner = inner.intersected(narrowed(part, QUICK_MARGIN_PX, session.whole))
        if inner.empty:
            return None
        coded = _preview_part(session, codec, part, checkpoint)
        reconstruction, bits = _cut(coded, part, inner)
        session.take(inner, reconstruction)
        session.take_bits(inner, bits)
        measure_part(session, inner, checkpoint)
        coded_px = area(part)
    return _result(session, inner, estimated_figures(session), cells=cells_of(session.whole)), coded_px


def answer_exactly(
    session: Session, codec: "Codec", checkpoint: "ProgressCallback", *, in_haste: bool = False
) -> LiveResult:
    """The next exact piece, or the figures of those there are.

    Figures come by themselves because they take time, too: the picture need not wait for them.

    Args:
        in_haste: somebody waits for all of it: in larger pieces, and figures at the end.
    """
    encoder = session.follow(codec)
    piece = session.next_piece(PIECE_BLOCKS if in_haste else None)
    if piece is None or (owes_measuring(session) and not in_haste):
        figures = measure_session(session, checkpoint)
        session.figures_come()
        return _result(session, Rect(0, 0, 0, 0), figures, cells=cells_of(session.whole))
    wanted = np.zeros_like(session.stale)
    wanted[blocks_of(piece)] = True
    try:
        encoder.update(wanted, checkpoint)
    finally:
        session.keep_exact()
    return _result(session, piece, None)


def _take_reduced(session: Session, codec: "Codec", rect: Rect, area_px: int, checkpoint: "ProgressCallback") -> int:
    """Takes over what a reduced picture shows and what a few places of the whole one cost; gives the pixels coded.

    What reduced detail costs says little: noise is gone, edges are closer together. Where most is known one place is
    enough, another each time.
    """
    count = SAMPLES if np.mean(session.stale) > 0.5 else 1
    places = samples(rect, session.stale, SAMPLE_PX, count, session.revision)
    factor = ceil(sqrt(area(rect) / max(area_px - len(places) * SAMPLE_PX**2, area_px // 2)))
    pixels = np.asarray(Image.fromarray(session.picture.pixels[rect.slices]).reduce(factor))
    quality = quality_of(session.values[rect.slices][::factor, ::factor])
    coded = _preview(session, codec, pixels, quality, checkpoint)
    enlarged = Image.fromarray(coded.reconstruction).resize((rect.width, rect.height), Image.Resampling.BILINEAR)
    session.take(rect, np.asarray(enlarged))
    for place in places:
        inner = narrowed(place, SAMPLE_MARGIN_PX, session.whole)
        if not inner.empty:
            session.take_bits(inner, _cut(_preview_part(session, codec, place, checkpoint), place, inner)[1])
    return int(quality.size) + sum(map(area, places))


def _preview_part(session: Session, codec: "Codec", part: Rect, checkpoint: "ProgressCallback") -> "Coded":
    pixels, quality = session.picture.pixels[part.slices], quality_of(session.values[part.slices])
    return _preview(session, codec, pixels, quality, checkpoint)


def _preview(
    session: Session, codec: "Codec", pixels: Pixels, quality: npt.NDArray[np.float32], checkpoint: "ProgressCallback"
) -> "Coded":
    coded = codec.preview(pixels, quality, base=session.base / FULL_QUALITY, checkpoint=checkpoint)
    if not session.picture.is_grey:
        return coded
    # The file of a grey picture says that it is; a preview is not told.
    grey = np.rint(coded.reconstruction.mean(axis=2)).astype(np.uint8)
    return replace(coded, reconstruction=grey[..., None].repeat(3, axis=2))


def _cut(coded: "Coded", part: Rect, inner: Rect) -> tuple[Pixels, CellBits]:
    within = Rect(inner.x - part.x, inner.y - part.y, inner.width, inner.height)
    return coded.reconstruction[within.slices], coded.cell_bits[cells_of(within).slices]


def _result(session: Session, rect: Rect, figures: "Figures | None" = None, *, cells: Rect | None = None) -> LiveResult:
    """What is known now of a part."""
    assert session.encoder is not None
    cells = cells_of(rect) if cells is None else cells
    stale = session.stale.copy()
    pixels = session.encoder.reconstruction[rect.slices].copy()
    bits = session.shown_bits(cells)
    return LiveResult(session.picture, session.revision, stale, rect, pixels, bits, cells, figures)
