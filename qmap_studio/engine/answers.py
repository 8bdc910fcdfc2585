"""The answers to an edit: parts of the picture, coded and cut to what can be relied on.

A part coded by itself differs from the whole picture near its own edges, so it is coded with a margin that is thrown
away. Quick answers take a narrow margin, exact ones the whole reach of the codec.
"""

from dataclasses import replace
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from qmap_studio.core.rect import Rect
from qmap_studio.engine.figures import measure_session
from qmap_studio.engine.grid import CELL_PX, area, cells_of, narrowed, widened, window
from qmap_studio.engine.results import CellBits, LiveResult, Pixels
from qmap_studio.engine.session import FULL_QUALITY, REACH_PX, Session, quality_of

if TYPE_CHECKING:
    from qmap_studio.codec import Checkpoint, Codec, Coded
    from qmap_studio.evaluation.region import Figures

QUICK_MARGIN_PX = 64


def answer_quickly(
    session: Session, codec: "Codec", area_px: int, checkpoint: "Checkpoint"
) -> tuple[LiveResult, int] | None:
    """The result around the latest edit, from at most about `area_px` pixels; takes what is dirty.

    An edit that is larger is answered from a reduced picture if a large one is seen from afar, else in the part
    around where it was made last; the rest is left to the exact answer.

    Returns:
        an approximate result and the number of pixels that were coded; None if the edit is out of sight.
    """
    dirty, session.dirty = session.dirty or session.whole, None
    inner = dirty.expanded(CELL_PX).aligned(CELL_PX).intersected(session.visible)
    if inner.empty:
        return None
    part = widened(inner, QUICK_MARGIN_PX, session.whole)
    if area(part) > area_px and session.is_shown_reduced:
        return _answer_reduced(session, codec, widened(inner, 0, session.whole), area_px, checkpoint)
    part = window(part, session.focus, area_px)
    inner = inner.intersected(narrowed(part, QUICK_MARGIN_PX, session.whole))
    if inner.empty:
        return None
    coded = _code(session, codec, part, checkpoint)
    pixels, bits = _cut(coded, part, inner)
    return _result(session, inner, pixels, bits), area(part)


def answer_exactly(session: Session, codec: "Codec", checkpoint: "Checkpoint") -> LiveResult:
    """The next exact piece, or the figures of those there are; pieces are kept in the session.

    Figures come by themselves because they take about as long as the coding: the picture need not wait for them.
    """
    if session.owes_figures:
        session.figures_due = False
        figures, piece = measure_session(session), session.measured_area()
    else:
        figures, piece = None, session.next_piece() or session.whole
        if session.is_small:
            encoding = codec.encode(session.picture, quality_of(session.values), checkpoint=checkpoint)
            session.keep(piece, encoding.reconstruction, encoding.cell_bits, encoding.size_bytes)
        else:
            part = widened(piece, REACH_PX, session.whole)
            session.keep(piece, *_cut(_code(session, codec, part, checkpoint), part, piece), None)
    bits = session.cell_bits[cells_of(piece).slices].copy()
    return _result(session, piece, session.reconstruction[piece.slices].copy(), bits, exact=True, figures=figures)


def _answer_reduced(
    session: Session, codec: "Codec", rect: Rect, area_px: int, checkpoint: "Checkpoint"
) -> tuple[LiveResult, int]:
    factor = ceil(sqrt(area(rect) / area_px))
    pixels = np.asarray(Image.fromarray(session.picture.pixels[rect.slices]).reduce(factor))
    quality = quality_of(session.values[rect.slices][::factor, ::factor])
    coded = _preview(session, codec, pixels, quality, checkpoint)
    cells = cells_of(rect)
    enlarged = Image.fromarray(coded.reconstruction).resize((rect.width, rect.height), Image.Resampling.BILINEAR)
    bits = Image.fromarray(coded.cell_bits).resize((cells.width, cells.height), Image.Resampling.NEAREST)
    # A reduced cell covers factor^2 cells of the picture.
    result = _result(session, rect, np.asarray(enlarged), np.asarray(bits) / np.float32(factor**2))
    return result, int(quality.size)


def _code(session: Session, codec: "Codec", part: Rect, checkpoint: "Checkpoint") -> "Coded":
    pixels = session.picture.pixels[part.slices]
    return _preview(session, codec, pixels, quality_of(session.values[part.slices]), checkpoint)


def _preview(
    session: Session, codec: "Codec", pixels: Pixels, quality: npt.NDArray[np.float32], checkpoint: "Checkpoint"
) -> "Coded":
    from qmap_studio.codec import base_quality

    base = base_quality(session.values) / FULL_QUALITY
    coded = codec.preview(pixels, quality, base=base, checkpoint=checkpoint)
    if not session.picture.is_grey:
        return coded
    # The file of a grey picture says that it is; a preview is not told.
    grey = np.rint(coded.reconstruction.mean(axis=2)).astype(np.uint8)
    return replace(coded, reconstruction=grey[..., None].repeat(3, axis=2))


def _cut(coded: "Coded", part: Rect, inner: Rect) -> tuple[Pixels, CellBits]:
    within = Rect(inner.x - part.x, inner.y - part.y, inner.width, inner.height)
    return coded.reconstruction[within.slices].copy(), coded.cell_bits[cells_of(within).slices].copy()


def _result(
    session: Session,
    rect: Rect,
    reconstruction: Pixels,
    cell_bits: CellBits,
    *,
    exact: bool = False,
    figures: "Figures | None" = None,
) -> LiveResult:
    return LiveResult(
        session.picture, session.revision, not exact, rect, reconstruction, cell_bits, cells_of(rect), figures
    )
