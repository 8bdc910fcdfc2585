"""What the worker knows: the picture, its map, what is on the screen, and where the answer is out of date."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qmap_studio.core.picture import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine.grid import BLOCK_PX, CELL_PX, area, blocks_of, cells_of, widened, window
from qmap_studio.engine.inbox import Changes, View
from qmap_studio.engine.results import CellBits, MapValues, Pixels

WHOLE_AREA_PX = 1 << 20  # a picture up to this size is coded whole for an exact answer
PIECE_BLOCKS = 10  # the side of the parts in which a larger one is coded
REACH_PX = 128  # how far the codec carries an edit of the map
FULL_QUALITY = 65535


def quality_of(values: MapValues) -> npt.NDArray[np.float32]:
    """float32 quality in [0, 1] of a map's stored values."""
    quality: npt.NDArray[np.float32] = np.multiply(values, np.float32(1 / FULL_QUALITY), dtype=np.float32)
    return quality


def values_of_cells(quality_cells: npt.NDArray[np.float32], height: int, width: int) -> MapValues:
    """uint16 (H, W): the map a file signals, one value a pixel; coding it again signals the same."""
    stored: MapValues = np.rint(np.clip(quality_cells, 0, 1) * FULL_QUALITY).astype(np.uint16)
    return stored.repeat(CELL_PX, axis=0)[:height].repeat(CELL_PX, axis=1)[:, :width]


@dataclass(frozen=True)
class Snapshot:
    """The picture and its map at one moment: a job works on it while painting goes on."""

    picture: Picture
    values: MapValues
    revision: int
    selection: Rect | None
    threshold: float | None = None


class Session:
    """One picture and the answers about it so far. Lives in the worker thread only.

    Attributes:
        dirty: what was painted since the last quick answer; `latest` is the last part of it.
        stale: bool, a block of 64 px each; True where the exact answer is older than the map.
        reconstruction, cell_bits: the exact answers so far; NaN bits where there was none yet.
        size_bytes: of the real file, None while only parts of the picture were coded.
        is_resting: an answer failed; another is tried after the next change.
    """

    def __init__(self, picture: Picture, values: MapValues, revision: int, view: View | None) -> None:
        height, width = picture.height, picture.width
        self.picture = picture
        self.values = values
        self.revision = revision
        self.view = view
        self.selection: Rect | None = None
        self.threshold: float | None = None
        self.whole = Rect.whole(height, width)
        self.latest: Rect | None = None
        self.forget_answers()

    def forget_answers(self) -> None:
        """Begin anew, as with another codec."""
        height, width = self.picture.height, self.picture.width
        # A large picture gets its first answer from a reduced one; a small one is as soon coded exactly.
        self.dirty: Rect | None = None if self.is_small else self.whole
        self.stale = np.ones((-(-height // BLOCK_PX), -(-width // BLOCK_PX)), bool)
        self.figures_due = True
        self.is_resting = False
        # Memory of a large picture is only taken as parts of it are written.
        self.reconstruction: Pixels = np.empty((height, width, 3), np.uint8)
        cells = cells_of(self.whole)
        self.cell_bits: CellBits = np.full((cells.height, cells.width), np.nan, np.float32)
        self.size_bytes: int | None = None

    def apply(self, changes: Changes) -> None:
        """Take over what came in."""
        if changes.edited or changes.view is not None or changes.selection is not None:
            self.is_resting = False
        for patch in changes.patches:
            self.figures_due = True
            if np.array_equal(self.values[patch.rect.slices], patch.values):
                continue  # the end of a stroke changes nothing that its dabs have not; only the revision is told
            self.values[patch.rect.slices] = patch.values
            self.dirty = patch.rect if self.dirty is None else self.dirty.united(patch.rect)
            self.latest = patch.rect
            self.stale[blocks_of(widened(patch.rect, REACH_PX, self.whole))] = True
        if changes.revision is not None:
            self.revision = changes.revision
        if changes.view is not None:
            self.view = changes.view
            self.figures_due |= not self.is_small
        if changes.selection is not None:
            (self.selection,) = changes.selection
            self.figures_due = True
        if changes.threshold is not None:
            (self.threshold,) = changes.threshold
            self.figures_due = True

    def snapshot(self) -> Snapshot:
        """The state a job works on."""
        return Snapshot(self.picture, self.values.copy(), self.revision, self.selection, self.threshold)

    @property
    def is_small(self) -> bool:
        """Whether an exact answer codes the whole picture."""
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
        rect = self.visible
        if self.latest is not None and not self.latest.intersected(rect).empty:
            rect = self.latest
        return rect.x + rect.width // 2, rect.y + rect.height // 2

    def next_piece(self) -> Rect | None:
        """The part to be coded exactly next: all that is stale and visible, or the part of it nearest to the focus."""
        if self.is_small:
            return self.whole if self.stale.any() else None
        visible = self.visible
        if visible.empty:
            return None
        rows, columns = blocks_of(visible)
        stale = np.argwhere(self.stale[rows, columns])
        if not len(stale):
            return None
        stale += (rows.start, columns.start)
        (top, left), (bottom, right) = stale.min(axis=0).tolist(), stale.max(axis=0).tolist()
        around = self._of_blocks(left, top, right + 1 - left, bottom + 1 - top)
        if area(around) <= PIECE_BLOCKS**2 * BLOCK_PX**2:
            return around
        x, y = self.focus
        distance = np.abs(stale - (y // BLOCK_PX, x // BLOCK_PX)).max(axis=1)
        # From a fixed lattice, so that the pieces do not overlap.
        row, column = (stale[distance.argmin()] // PIECE_BLOCKS * PIECE_BLOCKS).tolist()
        return self._of_blocks(column, row, PIECE_BLOCKS, PIECE_BLOCKS).intersected(around)

    def _of_blocks(self, *rect: int) -> Rect:
        return Rect(*(length * BLOCK_PX for length in rect)).intersected(self.whole)

    def keep(self, rect: Rect, reconstruction: Pixels, cell_bits: CellBits, size_bytes: int | None) -> None:
        """Write down an exact answer for a part that begins on the block grid."""
        self.reconstruction[rect.slices] = reconstruction
        self.cell_bits[cells_of(rect).slices] = cell_bits
        self.size_bytes = size_bytes
        self.stale[blocks_of(rect)] = False
        # Once more at the end: the last piece tells the size best.
        self.figures_due |= self.next_piece() is None

    def estimated_bytes(self) -> int:
        """The file's size: as it was, or from the parts coded so far as if the others cost the same."""
        if self.size_bytes is not None:
            return self.size_bytes
        known = ~np.isnan(self.cell_bits)
        bits = float(self.cell_bits[known].sum()) / max(1, int(known.sum())) * self.cell_bits.size
        return round(bits / 8)

    def measured_area(self) -> Rect:
        """Where figures are taken: the whole of a small picture, else the visible part, a megapixel of it at most."""
        return self.whole if self.is_small else window(self.visible, self.focus, WHOLE_AREA_PX)

    @property
    def owes_figures(self) -> bool:
        """Whether figures are asked for, and all they are taken from is exact."""
        rect = self.measured_area()
        return self.figures_due and not rect.empty and not self.stale[blocks_of(rect)].any()

    @property
    def owes_exact(self) -> bool:
        """Whether an exact answer would tell something new."""
        return not self.is_resting and (self.next_piece() is not None or self.owes_figures)
