"""The four panes and what each paints."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from qmap_studio.core.cells import CELL_PX
from qmap_studio.core.language import tr
from qmap_studio.core.rate import HEAT_TICKS_BPP
from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.bound_legend import BoundLegend
from qmap_studio.ui.canvas.bound_sheet import BoundSheet
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.canvas.colour_scale import ColourScale
from qmap_studio.ui.canvas.colours import Overlay, colour_map, heat_table
from qmap_studio.ui.canvas.grid_sheet import GridSheet
from qmap_studio.ui.canvas.ground_sheet import GroundSheet
from qmap_studio.ui.canvas.heat_sheet import HeatSheet
from qmap_studio.ui.canvas.importance_sheet import ImportanceSheet, Plane
from qmap_studio.ui.canvas.outline_item import OutlineItem
from qmap_studio.ui.canvas.overlay_sheet import OverlaySheet
from qmap_studio.ui.canvas.pane import Pane
from qmap_studio.ui.canvas.picture_sheet import PictureSheet
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.stale_sheet import StaleSheet
from qmap_studio.ui.geometry import BLOCK, ViewTransform

STRONGER = 2.0
"""Than the quality map's tint: here the colours are what one looks at."""


class CanvasPane(Pane):
    """The photo, and over it the outlines that all panes share."""

    def __init__(self, title: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, accessible_name, parent)
        self._title = title
        self._source = tr("Original")
        self._note = ""
        self._peeking = False
        self.photo = PictureSheet()
        self.grid = GridSheet(CELL_PX)
        self.annotations = OutlineItem()
        self.selection = OutlineItem()
        self.preview = OutlineItem()
        for sheet in (self.photo, self.grid):
            self.add_sheet(sheet)
        for item in (self.annotations, self.selection, self.preview):
            self.add_item(item)

    def set_buffers(self, buffers: PictureBuffers | None) -> None:
        """Another photo, or none."""
        self.photo.set_mipmap(buffers.original if buffers else None)
        height, width = buffers.shape if buffers else (0, 0)
        for part in (self.grid, self.annotations, self.selection, self.preview):
            part.set_size(width, height)

    def set_moving(self, moving: bool) -> None:
        self.photo.set_moving(moving)

    def show_grid(self, shown: bool) -> None:
        """Shows the latent grid, whose step the caption names."""
        self.grid.set_visible(shown)
        self._match_caption()

    def set_view(self, view: ViewTransform) -> None:
        super().set_view(view)
        if self.grid.visible:
            self._match_caption()

    def set_peeking(self, peeking: bool) -> None:
        """While peeking the pane shows the bare photo."""
        self._peeking = peeking
        self._match_caption()

    def set_note(self, note: str) -> None:
        """A word after the title, as long as it is true."""
        self._note = note
        self._match_caption()

    def set_source(self, source: str) -> None:
        """What the photo is: an original, or something else."""
        self._source = source
        self._match_caption()

    @property
    def title(self) -> str:
        return self._title

    def _match_caption(self) -> None:
        parts = [self._source] if self._peeking else [self.title, self._note]
        if self.grid.visible:
            parts.append(tr("{px} px grid").format(px=self.grid.step(self.view.zoom)))
        self.caption.setText(" · ".join(part for part in parts if part))
        self.setAccessibleDescription(self.caption.text())


class OriginalPane(CanvasPane):
    """The photo under the tint of its quality map, or under what the model finds important."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._has_bounds = self._is_old = False
        super().__init__("", tr("Original photo with its quality map; tools paint here"), parent)
        self.overlay = OverlaySheet()
        self.importance = ImportanceSheet()
        self.bounds = BoundSheet()
        for sheet in (self.overlay, self.importance, self.bounds):
            self.add_sheet(sheet)
        self.legend = BoundLegend()
        self.colour_scale = ColourScale("")
        for legend in (self.legend, self.colour_scale):
            self.header.add(legend)
        self.set_overlay(self.overlay.overlay, self.overlay.tint_opacity)
        self.show_importance(None)

    def set_buffers(self, buffers: PictureBuffers | None) -> None:
        super().set_buffers(buffers)
        height, width = buffers.shape if buffers else (0, 0)
        for sheet in (self.importance, self.bounds):
            sheet.set_size(width, height)

    def show_bounds(self, bounds: np.ndarray | None, held: tuple[int, ...], changed: Rect) -> None:
        """Hatches bounds, uint8 (H, W), of which `held` occur; a rectangle of them has changed."""
        had_any, self._has_bounds = self._has_bounds, bool(held)
        self.bounds.set_bounds(bounds)
        self.legend.show_bounds(held)
        if had_any or held:
            self.bounds.update(changed)
            self._show_legends()

    def set_overlay(self, overlay: Overlay, opacity: float) -> None:
        self.overlay.set_style(overlay, opacity)
        self.importance.set_opacity(min(STRONGER * opacity, 1.0))
        self.set_peeking(False)

    def show_importance(self, plane: Plane | None) -> None:
        """Shows it in the place of the quality map; None shows that again."""
        self.importance.set_plane(plane)
        name, table, labels = tr("Quality"), colour_map("viridis"), ("0", tr("quality"), "1")
        if plane is not None:
            name, table, labels = plane.name, plane.colours.table, plane.colours.labels
        self.colour_scale.setAccessibleName(name)
        self.colour_scale.set_scale(table, labels)
        self.set_peeking(False)

    def show_age(self, is_old: bool) -> None:
        """Says whether the map has changed since what is shown was found important."""
        if is_old != self._is_old:
            self._is_old = is_old
            self._match_caption()

    @property
    def title(self) -> str:
        if (plane := self.importance.plane) is not None:
            # For translators: {what} is such as "Importance mask".
            text = tr("{what} of an older map") if self._is_old else tr("{what}, {px} px squares")
            return text.format(what=plane.name, px=plane.side_px)
        if self.overlay.overlay is Overlay.HIDDEN:
            return self._source
        return tr("{source} + quality map").format(source=self._source)

    def set_peeking(self, peeking: bool) -> None:
        super().set_peeking(peeking)
        self._show_legends()

    def _show_legends(self) -> None:
        overlay, has_plane = self.overlay.overlay, self.importance.plane is not None
        shown = not self._peeking and overlay is not Overlay.HIDDEN
        self.overlay.set_visible(shown and not has_plane)
        self.importance.set_visible(not self._peeking)
        self.bounds.set_visible(shown)
        self.colour_scale.setVisible(not self._peeking and (has_plane or overlay is Overlay.COLOUR))
        self.legend.setVisible(shown and self._has_bounds)


class ResultPane(CanvasPane):
    """Something computed from the photo; where there is no result yet it is empty, and says that it is to come."""

    def __init__(
        self, title: str, accessible_name: str, result: PictureSheet | HeatSheet, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, accessible_name, parent)
        self._result = result
        self._begun, self._complete, self._expected = False, False, True
        self._ground = GroundSheet()
        self.stale = StaleSheet(BLOCK)
        for sheet in (self._ground, result, self.stale):
            self.add_sheet(sheet)
        self.placeholder = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self.placeholder.setObjectName("muted")
        self.placeholder.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._arrange()

    def set_buffers(self, buffers: PictureBuffers | None) -> None:
        super().set_buffers(buffers)
        height, width = buffers.shape if buffers else (0, 0)
        self._ground.set_size(width, height)
        self.stale.set_picture_size(height, width)

    def set_extent(self, begun: bool, complete: bool) -> None:
        """Whether there is a result of any part of the photo, and of all of it."""
        self._begun, self._complete = begun, complete
        self._arrange()

    def set_expected(self, expected: bool) -> None:
        """Whether a result that is not there is to come."""
        self._expected = expected
        self._arrange()

    def set_peeking(self, peeking: bool) -> None:
        super().set_peeking(peeking)
        self._arrange()

    def _arrange(self) -> None:
        for sheet in (self._result, self.stale):
            sheet.set_visible(not self._peeking)
        self.photo.set_visible(self._peeking)
        self._ground.set_visible(not self._peeking and not self._complete)
        self.placeholder.setText(tr("On its way…") if self._expected else tr("There is no codec"))
        self.placeholder.setVisible(not self._peeking and not self._begun)
        self.placeholder.setGeometry(self.viewport().geometry())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None:
            self.placeholder.setGeometry(self.viewport().geometry())


class PicturePane(ResultPane):
    """A picture: the reconstruction, or the difference."""

    def __init__(self, title: str, accessible_name: str, parent: QWidget | None = None) -> None:
        self._picture = PictureSheet()
        super().__init__(title, accessible_name, self._picture, parent)

    def show_result(self, mipmap: Mipmap | None, complete: bool, changed: Rect | None = None) -> None:
        """Shows the mipmap, or only its changed rectangle if it is shown already."""
        self.set_extent(mipmap is not None, complete)
        if mipmap is not self._picture.mipmap:
            self._picture.set_mipmap(mipmap)
        elif changed is None:
            self._picture.update()
        else:
            self._picture.update(changed)

    def set_moving(self, moving: bool) -> None:
        super().set_moving(moving)
        self._picture.set_moving(moving)


class HeatPane(ResultPane):
    """Bits per pixel, with the scale of its colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.heat = HeatSheet()
        super().__init__(tr("Bits per pixel"), tr("Heat map of the bits spent on each pixel"), self.heat, parent)
        self.colour_scale = ColourScale(tr("Bits per pixel"))
        self.header.add(self.colour_scale)
        self.colour_scale.set_scale(heat_table()[1:], tuple(f"{tick:g}" for tick in HEAT_TICKS_BPP))

    def set_buffers(self, buffers: PictureBuffers | None) -> None:
        super().set_buffers(buffers)
        self.heat.set_picture_size(*(buffers.shape if buffers else (0, 0)))

    def set_bits(self, cells: Rect, bits: np.ndarray) -> None:
        self.heat.set_bits(cells, bits)
        self.set_extent(True, self.heat.complete)

    def clear(self) -> None:
        self.heat.clear()
        self.set_extent(False, False)

    def set_peeking(self, peeking: bool) -> None:
        super().set_peeking(peeking)
        self.colour_scale.setVisible(not peeking)
