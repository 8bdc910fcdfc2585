"""The linked panes: which are on the screen, where they look, and what results they show."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from qmap_studio.core.language import tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.bands import Bands, bands_of
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.navigator import Navigator
from qmap_studio.ui.canvas.panes import CanvasPane, HeatPane, OriginalPane, PicturePane
from qmap_studio.ui.geometry import Size, ViewTransform, columns_for
from qmap_studio.ui.outlines import BoxOutline, Outline

PANE_GAP = 2


class PaneGrid(QWidget):
    """Shows a photo with its quality map, in the pane `original`, and what the codec makes of it; edits nothing."""

    view_changed = Signal(object, float)  # the visible Rect; the zoom
    panes_changed = Signal()
    overlay_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buffers: PictureBuffers | None = None
        self.original = OriginalPane(self)
        self._reconstruction = PicturePane(tr("Reconstruction"), tr("Photo as it will be decoded"), self)
        self._heat = HeatPane(self)
        self._difference = PicturePane(
            tr("Difference ×{gain}").format(gain=PictureBuffers.GAIN), tr("Amplified error of the reconstruction"), self
        )
        self._all: dict[str, CanvasPane] = {
            "original": self.original,
            "reconstruction": self._reconstruction,
            "heat_map": self._heat,
            "difference": self._difference,
        }
        self._results = (self._reconstruction, self._heat, self._difference)
        self._shown = ["original", "reconstruction"]
        self._navigator = Navigator(list(self._all.values()), self)
        self._navigator.view_changed.connect(self.view_changed)
        self._navigator.moving_changed.connect(self._on_moving_changed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(PANE_GAP)
        self._columns = 0
        self._later = Bands(self)
        self._later.written.connect(self._show_results)
        self._arrange()

    # What is shown

    def show_picture(self, buffers: PictureBuffers | None, values: np.ndarray | None) -> None:
        """Another photo, and its uint16 map, edited in place; what results it has are old. None shows nothing."""
        self._buffers = buffers
        for pane in self._all.values():
            pane.set_buffers(buffers)
        self.original.overlay.set_map(values)
        if buffers is not None:
            self._navigator.set_picture_size(*buffers.shape)
        self._arrange()
        self._later.clear()
        self._heat.clear()
        if buffers is not None:
            for pane in self._results:
                pane.stale.set_picture_size(*buffers.shape)
                if buffers.reconstruction is not None:
                    pane.stale.add(Rect.whole(*buffers.shape))
        self._show_results()

    @property
    def place(self) -> tuple[ViewTransform, bool]:
        """Where the panes look; see `Navigator.place`."""
        return self._navigator.place

    def look_at(self, place: tuple[ViewTransform, bool]) -> None:
        """Looks where they looked before."""
        self._navigator.look_at(*place)

    def show_bounds(self, bounds: np.ndarray | None, held: tuple[int, ...], rect: Rect) -> None:
        """Shows error bounds, uint8 (H, W), that have changed in a rectangle; some pixels have each of `held`."""
        self.original.show_bounds(bounds, held, rect)

    def show_map(self, rect: Rect) -> None:
        """The map has changed in a rectangle, so results there are old until new ones come."""
        self.original.overlay.update(rect)
        for pane in self._results:
            pane.stale.add(rect)
        self.set_approximate(True)

    def set_reconstruction(self, rect: Rect, pixels: np.ndarray) -> None:
        """Takes over uint8 (rect.height, rect.width, 3) pixels of the reconstruction."""
        if self._buffers is not None:
            for band in bands_of(rect):
                part = pixels[band.y - rect.y : band.bottom - rect.y]
                self._later.add(band, partial(self._buffers.write, band, part))
            self._later.go_on()

    @property
    def is_writing(self) -> bool:
        """Whether parts of the reconstruction are still to be written."""
        return bool(self._later)

    def set_cell_bits(self, cells: Rect, bits: np.ndarray) -> None:
        """Takes over the bits of a rectangle of latent cells."""
        if self._buffers is not None:
            self._heat.set_bits(cells, bits)

    def clear_results(self) -> None:
        """Forgets reconstruction and bits, as when the codec changes."""
        self._later.clear()
        if self._buffers is not None:
            self._buffers.clear()
            for pane in self._results:
                pane.stale.set_picture_size(*self._buffers.shape)
        self._heat.clear()
        self._show_results()

    def set_expected(self, expected: bool) -> None:
        """Whether results that are not there are to come."""
        for pane in self._results:
            pane.set_expected(expected)

    def set_source(self, source: str) -> None:
        """Names the photo in the panes: an original, or something else."""
        for pane in self._all.values():
            pane.set_source(source)

    def set_approximate(self, approximate: bool) -> None:
        """Says on the results' panes whether what they show is final."""
        for pane in self._results:
            pane.set_note(tr("approximate") if approximate else "")

    def set_stale(self, stale: np.ndarray, is_current: bool = True) -> None:
        """Hatches what is approximate or older than the map.

        Args:
            stale: bool (ceil(H / 64), ceil(W / 64)), a block of 64 px each.
            is_current: it is of the map as it is now; if not, what is hatched stays so.
        """
        if self._buffers is not None:
            for pane in self._results:
                pane.stale.set_stale(stale if is_current else stale | pane.stale.stale)

    def bits_per_pixel_at(self, x: int, y: int) -> float | None:
        """What the cell around a pixel costs, or None where that is not known."""
        return self._heat.heat.bits_per_pixel_at(x, y)

    def keep_map_painted(self, keep: bool) -> None:
        """Whether the map over the photo is kept as painted: during a stroke that only costs time."""
        self.original.keep_sheets(keep)

    def show_selection(self, rect: Rect | None) -> None:
        for pane in self._all.values():
            pane.selection.set_outline(BoxOutline(rect) if rect is not None else None)

    def show_annotations(self, outline: Outline | None) -> None:
        """Outlines what annotations are about, until there is nothing to be decided about them any more."""
        self.original.annotations.set_outline(outline)  # the others show what comes of them

    @property
    def preview(self) -> Outline | None:
        """What releasing the mouse would do, as far as it is outlined."""
        return self.original.preview.outline

    def show_preview(self, outline: Outline | None) -> None:
        """Outlines what releasing the mouse would do."""
        for pane in self._all.values():
            pane.preview.set_outline(outline)

    # Which panes

    @property
    def shown(self) -> list[str]:
        """Names of the panes on the screen, in order."""
        return list(self._shown)

    @property
    def all_panes(self) -> list[CanvasPane]:
        """Those that are not on the screen, too."""
        return list(self._all.values())

    def pane(self, name: str) -> CanvasPane:
        return self._all[name]

    def show_only(self, names: Sequence[str]) -> None:
        if not names or not set(names) <= set(self._all):
            raise ValueError(f"panes are one or more of {', '.join(self._all)}, not {', '.join(names) or 'none'}")
        if list(names) != self._shown:
            self._shown = list(dict.fromkeys(names))
            self._columns = 0
            self._arrange()
            self._show_results()
            self.panes_changed.emit()

    def toggle(self, name: str) -> None:
        """Adds a pane, or takes it away unless it is the only one."""
        if name not in self._shown:
            order = list(self._all)
            before = [i + 1 for i, shown in enumerate(self._shown) if order.index(shown) < order.index(name)]
            place = max(before, default=0)
            self.show_only([*self._shown[:place], name, *self._shown[place:]])
        elif len(self._shown) > 1:
            self.show_only([shown for shown in self._shown if shown != name])

    def swap_sides(self) -> None:
        """The first two panes change places."""
        self.show_only([*self._shown[1::-1], *self._shown[2:]])

    def show_original_while(self, held: bool) -> None:
        """While held, every pane shows the bare photo."""
        for pane in self._all.values():
            pane.set_peeking(held)

    # How they are shown

    @property
    def visible(self) -> Rect:
        """The photo's pixels on the screen."""
        return self._navigator.visible

    @property
    def zoom(self) -> float:
        """Device pixels for each pixel of the photo."""
        return self._navigator.view.zoom

    def fit(self) -> None:
        self._navigator.fit()

    def zoom_to(self, zoom: float) -> None:
        self._navigator.zoom_to(zoom)

    def zoom_by(self, factor: float) -> None:
        self._navigator.zoom_to(self.zoom * factor)

    def pan_by(self, dx: float, dy: float) -> None:
        """Moves the photo by device pixels."""
        self._navigator.pan_by(dx, dy)

    @property
    def overlay(self) -> Overlay:
        return self.original.overlay.overlay

    @overlay.setter
    def overlay(self, overlay: Overlay) -> None:
        self.original.set_overlay(overlay, self.overlay_opacity)
        self.overlay_changed.emit()

    @property
    def overlay_opacity(self) -> float:
        return self.original.overlay.tint_opacity

    @overlay_opacity.setter
    def overlay_opacity(self, opacity: float) -> None:
        self.original.set_overlay(self.overlay, min(max(opacity, 0.0), 1.0))
        self.overlay_changed.emit()

    def cycle_overlay(self) -> None:
        """Colours, then spotlight, then hidden."""
        self.overlay = self.overlay.next

    @property
    def grid_shown(self) -> bool:
        return self.original.grid.visible

    def show_grid(self, shown: bool) -> None:
        """Shows the latent grid, or of its lines as many as the zoom has room for."""
        for pane in self._all.values():
            pane.show_grid(shown)

    # Inside

    def _arrange(self) -> None:
        """Lays the panes out in as many columns as show the photo largest."""
        height, width = self._buffers.shape if self._buffers is not None else (2, 3)
        room = Size(max(self.width(), 1), max(self.height(), 1))
        columns = columns_for(len(self._shown), Size(width, height), room)
        if columns == self._columns:
            return
        self._columns = columns
        for pane in self._all.values():
            self._grid.removeWidget(pane)
        for place, name in enumerate(self._shown):
            row, column = divmod(place, columns)
            last = place == len(self._shown) - 1
            self._grid.addWidget(self._all[name], row, column, 1, columns - column if last else 1)
        for index in range(len(self._all)):
            self._grid.setColumnStretch(index, int(index < columns))
            self._grid.setRowStretch(index, int(index < -(-len(self._shown) // columns)))
        for name, pane in self._all.items():
            pane.setVisible(name in self._shown)

    def _show_results(self, changed: Rect | None = None) -> None:
        buffers = self._buffers
        complete = buffers is not None and buffers.complete
        self._reconstruction.show_result(buffers.reconstruction if buffers else None, complete, changed)
        if "difference" not in self._shown:
            return
        if buffers is not None and buffers.difference is None and not self._later:
            for known in buffers.known:
                for band in bands_of(known):
                    self._later.add(band, partial(buffers.write_difference, band))
            self._later.go_on()
        self._difference.show_result(buffers.difference if buffers else None, complete, changed)

    def _on_moving_changed(self, moving: bool) -> None:
        for pane in self._all.values():
            pane.set_moving(moving)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
