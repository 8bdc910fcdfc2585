"""The picture that is shown: its map, the view, and what the codec has made of it so far."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from qmap_studio.core.cells import BLOCK_PX, CELL_PX, at_middles, cells_of, mean_of_cells, median_of_middles
from qmap_studio.core.rect import Rect
from qmap_studio.engine.changes import Changes, Patch, Shown, Viewport
from qmap_studio.engine.grid import blocks_of, spread_over_cells, widened
from qmap_studio.engine.live_bounds import bounds_in, same_bounds, with_bounds
from qmap_studio.engine.pieces import PIECE_BLOCKS, first_rectangle, next_piece, side_of_pieces
from qmap_studio.engine.results import CellBits, MapValues, Pixels
from qmap_studio.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Encoding, IncrementalEncoder
    from qmap_studio.document.inside import Inside
    from qmap_studio.engine.cell_estimates import CellEstimates
    from qmap_studio.evaluation.block_figures import BlockFigures

WHOLE_AREA_PX = 1 << 20  # up to this size a picture needs no approximate answer first
MEASURED_BLOCKS = 100  # so many that are exact make new figures worth their time
USUAL_SHARE = 0.25
SAME_BASE = 16


class LivePicture:
    """One picture and the answers about it so far. Lives in the worker thread only.

    Attributes:
        bounds: the error bounds, uint8 (H, W); None until a pixel has one.
        means, base: the map as the codec takes it: the mean of each cell, as levels, and the base of its steps. The
            base stays as long as no other quality is usual: a file signals steps from it, so that moving it a little
            would change every cell a little.
        dirty: what was painted since the last quick answer; `latest` is the last part of it.
        encoder: holds the reconstruction, exact where it is not stale, elsewhere the best there is.
        estimates: the same for bits, without the map's.
        map_bits, overhead_bytes: of the map, and of all that is in the file besides the cells' bits, as last counted.
        figures_due: whether figures would tell something new; `figures_urgent`: even before the next piece is exact.
        region_due: whether what is inside may be another.
        untold: bool, the blocks that were made exact by work that was given up then, and are in no answer yet.
        has_failed: an answer could not be made; another is tried after the next change.
    """

    def __init__(self, shown: Shown, revision: int, view: Viewport | None) -> None:
        self.picture, self.values, self.bounds = shown.picture, shown.values, shown.bounds
        height, width = self.picture.height, self.picture.width
        self.revision = revision
        self.view = view
        self.selection: Rect | Inside | None = None
        self.threshold: float | None = None
        self.whole = Rect.whole(height, width)
        self.latest: Rect | None = None
        self.means = mean_of_cells(self.values)
        self.base = usual_quality(self.values)
        self.forget_answers()

    def forget_answers(self) -> None:
        """Begin anew, as with another codec."""
        # A large picture gets its first answer from a reduced one; a small one is as soon coded exactly.
        self.dirty: Rect | None = None if self.is_small else self.whole
        self.encoder: IncrementalEncoder | None = None
        self.block_figures: BlockFigures | None = None
        self.figures_due = self.region_due = True
        self.figures_urgent, self._unmeasured = False, 0
        self.has_failed = False
        self.untold = np.zeros_like(self.stale)
        self._estimates: CellEstimates | None = None
        self.map_bits = 0.0
        self.overhead_bytes = 0

    def encoder_of(self, codec: "Codec") -> "IncrementalEncoder":
        """The encoder, for the map as it is."""
        if self.encoder is None:
            from qmap_studio.engine.cell_estimates import CellEstimates

            self.encoder = codec.incremental(self.picture, self.means, self.base, self.bounds)
            self._estimates = CellEstimates(self.picture.pixels, self.means, self.bounds)
        return self.encoder

    @property
    def estimates(self) -> "CellEstimates":
        assert self._estimates is not None, "they come with the encoder"
        return self._estimates

    def apply(self, changes: Changes) -> None:
        """Take over what came in."""
        if changes.any:
            self.has_failed = False
        moved = False
        for patch in changes.patches:
            self.figures_due = self.region_due = True
            if not self._take_patch(patch):
                continue  # the end of a stroke changes nothing that its dabs have not; only the revision is told
            if self.block_figures is not None:
                self.block_figures.forget(blocks_of(patch.rect))
            self.dirty = patch.rect if self.dirty is None else self.dirty.united(patch.rect)
            self.latest = patch.rect
            moved = True
        if moved:
            self.base = usual_quality(self.values, self.base)
            if self.encoder is not None:
                self.encoder.change_map(self.means, self.base, self.bounds)
        if changes.revision is not None:
            self.revision = changes.revision
        if changes.view is not None:
            self.view = changes.view
        if changes.selection is not None:
            (self.selection,) = changes.selection
            self.figures_due = self.figures_urgent = self.region_due = True
        if changes.threshold is not None:
            (self.threshold,) = changes.threshold
            self.figures_due = self.figures_urgent = self.region_due = True

    def _take_patch(self, patch: Patch) -> bool:
        """Write down what was painted; tells whether it changes anything."""
        rect = patch.rect
        is_other = not np.array_equal(self.values[rect.slices], patch.values)
        are_others = not same_bounds(bounds_in(self.bounds, rect), patch.bounds)
        part = rect.aligned(CELL_PX).intersected(self.whole)
        cells = cells_of(part)
        if is_other:
            self.values[rect.slices] = patch.values
            self.means[cells.slices] = mean_of_cells(self.values[part.slices])
            if self._estimates is not None:
                self._estimates.change_map(cells, self.means[cells.slices])
        if are_others:
            self.bounds = with_bounds(self.bounds, self.whole, rect, patch.bounds)
            if self._estimates is not None:
                self._estimates.change_bounds(cells, bounds_in(self.bounds, part))
        return is_other or are_others

    def snapshot(self) -> Snapshot:
        """The state a job works on."""
        bounds = None if self.bounds is None else self.bounds.copy()
        return Snapshot(self.picture, self.values.copy(), self.revision, self.selection, self.threshold, bounds)

    def finished(self) -> "Encoding | None":
        """The file that belongs to what is shown, if all of it is exact."""
        if self.encoder is None or self.dirty is not None or self.stale.any():
            return None
        return self.encoder.finish()

    @property
    def stale(self) -> npt.NDArray[np.bool_]:
        """bool, a block of 64 px each; True where what is shown is approximate or older than the map."""
        if self.encoder is not None:
            return self.encoder.stale
        rows, columns = blocks_of(self.whole)
        return np.ones((rows.stop, columns.stop), bool)

    @property
    def is_small(self) -> bool:
        """Whether the whole picture is coded as quickly as an approximate answer is found."""
        return self.picture.size_pixels <= WHOLE_AREA_PX

    @property
    def visible(self) -> Rect:
        """The visible part of the picture, on the block grid; all of it while no view is known."""
        if self.view is None:
            return self.whole
        seen = self.view.visible.intersected(self.whole)
        return seen if seen.empty else widened(seen, 0, self.whole)

    @property
    def is_shown_reduced(self) -> bool:
        """Whether a large picture is seen from so far that a reduced answer looks like a full one."""
        return not self.is_small and (self.view is None or self.view.zoom < 1)

    @property
    def focus(self) -> tuple[int, int]:
        """Where the user looks: the middle of the latest edit, or else of the view."""
        rect = self.visible if not self.visible.empty else self.whole
        if self.latest is not None and not self.latest.intersected(rect).empty:
            rect = self.latest
        return rect.x + rect.width // 2, rect.y + rect.height // 2

    def next_piece(self, side: int | None = None) -> Rect | None:
        """The part to be coded exactly next, of so many blocks a side at most, or as many as suit the picture."""
        if side is None:
            side = PIECE_BLOCKS if self.is_small else side_of_pieces(self.stale.size)
        piece = next_piece(self.stale, self.visible, self.focus, side)
        return None if piece is None else piece.intersected(self.whole)

    def next_told(self) -> Rect | None:
        """A part of what is exact and in no answer yet, for an answer."""
        self.untold &= ~self.stale
        rect = first_rectangle(self.untold)
        if rect is None:
            return None
        self.untold[blocks_of(rect)] = False
        return rect.intersected(self.whole)

    def take(self, rect: Rect, reconstruction: Pixels) -> None:
        """Write down an approximate answer where there is nothing exact; the part begins on the block grid."""
        assert self.encoder is not None, "answers come once there is an encoder"
        stale = self.stale[blocks_of(rect)]
        shown = self.encoder.reconstruction[rect.slices]
        for row, blocks in enumerate(stale):  # one by one: repeating keeps all other threads waiting
            band, pixels = slice(row * BLOCK_PX, (row + 1) * BLOCK_PX), blocks.repeat(BLOCK_PX)[: rect.width, None]
            np.copyto(shown[band], reconstruction[band], where=pixels)
        if self.block_figures is not None:
            changed = np.zeros_like(self.stale)
            changed[blocks_of(rect)] = stale
            self.block_figures.changed(changed)

    def take_bits(self, rect: Rect, cell_bits: CellBits) -> None:
        """The same for bits."""
        of_picture = cells_of(self.whole)
        cells = spread_over_cells(self.stale, of_picture.height, of_picture.width)
        self.estimates.learn(cells_of(rect).slices, cell_bits, cells[cells_of(rect).slices])

    def keep_exact(self) -> None:
        """Take over what was coded exactly."""
        assert self.encoder is not None
        blocks = self.encoder.take_redone() & ~self.stale
        if not blocks.any():
            return
        self.untold |= blocks
        self.figures_due, self._unmeasured = True, self._unmeasured + np.count_nonzero(blocks)
        self.figures_urgent |= self._unmeasured >= MEASURED_BLOCKS
        self.learn_exact()
        if self.block_figures is not None:
            self.block_figures.changed(blocks)

    def learn_exact(self) -> None:
        """Take over the bits of all that is exact, also where the map has moved by less than its file can tell."""
        assert self.encoder is not None
        bits = self.encoder.cell_bits()
        self.estimates.learn(np.s_[:, :], bits, spread_over_cells(~self.stale, *bits.shape))

    def shown_bits(self, cells: Rect) -> CellBits:
        """Bits of cells with their share of the map's."""
        bits = self.estimates.bits()
        return bits[cells.slices] + np.float32(self.map_bits / bits.size)

    def mark_measured(self) -> None:
        """Figures are up to date with all that is exact."""
        self.figures_due = self.figures_urgent = False
        self._unmeasured = 0

    @property
    def size_bytes(self) -> int | None:
        """The file's size as far as it is known; None before the first answer."""
        if self.encoder is None:
            return None
        return self.encoder.estimated_bytes(float(self.estimates.bits().sum(dtype=np.float64)))

    @property
    def needs_exact(self) -> bool:
        """Whether an exact answer would tell something new."""
        return not self.has_failed and (self.figures_due or bool((self.stale | self.untold).any()))


def usual_quality(values: MapValues, before: int | None = None) -> int:
    """The median at the cells' middles; the one before stays unless a quarter of the cells have just the new one."""
    middles, usual = at_middles(values), round(median_of_middles(values))
    # To invert twice may move it by one.
    is_other = before is None or (abs(usual - before) > SAME_BASE and np.mean(middles == usual) >= USUAL_SHARE)
    return usual if is_other or before is None else before
