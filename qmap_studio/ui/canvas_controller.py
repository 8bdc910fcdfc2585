"""The canvas at its place in the window: its tools, options, panes and readout."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from qmap_studio.document import MAX_LEVEL, Brush
from qmap_studio.ui.canvas import Tool, Workspace
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.keys import ZOOM_STEP
from qmap_studio.ui.panels.tool_options import PaintValues
from qmap_studio.ui.settings import PANES, Settings

if TYPE_CHECKING:
    from qmap_studio.core.rect import Rect
    from qmap_studio.engine import LiveResult
    from qmap_studio.ui.opening import Opened
    from qmap_studio.ui.window import MainWindow

CELL_PX = 16  # a file keeps one quality for each


class Desk(QObject):
    """Joins the workspace to the panels and the session. Loaded after the window shows.

    Args:
        settings: what the tools begin with.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.workspace = Workspace()
        self._hovered = (-1, -1)
        workspace = self.workspace
        workspace.brush = Brush(
            settings.brush_size_px, settings.brush_hardness, settings.brush_flow, settings.brush_quality
        )
        workspace.other_quality, workspace.feather_px = settings.other_quality, settings.feather_px
        workspace.overlay_opacity = settings.overlay_opacity
        workspace.set_panes(settings.panes)

    def connect_to(self, window: "MainWindow") -> None:
        """Joins everything; the window adds the workspace to its layout."""
        self.setParent(window)
        self._window, workspace, session = window, self.workspace, window.session
        actions = window.actions_by_name
        for tool in Tool:
            actions[f"tool_{tool.name.lower()}"].triggered.connect(partial(self._on_tool_chosen, tool))
        for name in PANES:
            actions[f"pane_{name}"].triggered.connect(partial(self._on_pane_toggled, name))
        commands: dict[str, Callable[[], object]] = {
            "swap_qualities": workspace.swap_qualities,
            "lowest_quality": lambda: workspace.set_quality(0.0),
            "highest_quality": lambda: workspace.set_quality(1.0),
            "clear_selection": lambda: workspace.set_selection(None),
            "swap_sides": workspace.swap_sides,
            "cycle_overlay": workspace.cycle_overlay,
            "fit": workspace.fit,
            "actual": lambda: workspace.zoom_to(1.0),
            "zoom_in": lambda: workspace.zoom_by(ZOOM_STEP),
            "zoom_out": lambda: workspace.zoom_by(1 / ZOOM_STEP),
        }
        for name, command in commands.items():
            actions[name].triggered.connect(lambda _checked=False, command=command: command())
        actions["grid"].toggled.connect(workspace.show_grid)
        workspace.map_edited.connect(self._on_map_edited)
        workspace.view_changed.connect(session.set_view)
        workspace.view_changed.connect(lambda _visible, zoom: window.status.show_zoom(zoom))
        workspace.selection_changed.connect(self._on_selection_changed)
        workspace.pixel_hovered.connect(self._on_pixel_hovered)
        workspace.file_dropped.connect(window.files.take)
        workspace.brush_changed.connect(self._show_paint_values)
        workspace.tool_changed.connect(self._show_tool)
        workspace.panes_changed.connect(self._show_panes)
        workspace.overlay_changed.connect(self._on_overlay_changed)
        window.options.values_changed.connect(self._on_values_changed)
        window.options.entered.connect(workspace.setFocus)
        window.tool_strip.swatches.swap_requested.connect(workspace.swap_qualities)
        window.map_panel.opacity_changed.connect(self._on_opacity_changed)
        session.document_opened.connect(self._on_document_opened)
        session.map_changed.connect(workspace.document_changed)
        session.map_changed.connect(lambda _rect: window.show_updating())
        session.live_result_arrived.connect(self._on_live_result)
        for news in (session.map_changed, session.live_result_arrived):
            news.connect(lambda _news: self._on_pixel_hovered(*self._hovered))
        session.codec_changed.connect(lambda _model_id: workspace.clear_results())
        window.map_panel.show_opacity(workspace.overlay_opacity)
        self._show_paint_values()
        self._show_tool()
        self._show_panes()

    def remember(self, settings: Settings) -> None:
        """Takes over what the person has set."""
        workspace, brush = self.workspace, self.workspace.brush
        settings.panes, settings.overlay_opacity = workspace.panes, workspace.overlay_opacity
        settings.brush_size_px, settings.brush_hardness = brush.size_px, brush.hardness
        settings.brush_flow, settings.brush_quality = brush.flow, brush.quality
        settings.other_quality, settings.feather_px = workspace.other_quality, workspace.feather_px

    # From the canvas

    def _on_map_edited(self, rect: "Rect", ended: bool) -> None:
        self._window.session.follow(rect, ended)
        self._window.show_updating()

    def _on_selection_changed(self, rect: "Rect | None") -> None:
        self._window.session.set_selection(rect)
        self._window.show_inside()

    def _on_overlay_changed(self) -> None:
        self._window.map_panel.show_opacity(self.workspace.overlay_opacity)

    def _on_pixel_hovered(self, x: int, y: int) -> None:
        self._hovered = x, y
        document = self._window.session.document
        if document is None or x < 0:
            self._window.status.show_pixel("")
            return
        quality = document.quality_map.values[y, x] / MAX_LEVEL
        bpp = self.workspace.bits_per_pixel_at(x, y)
        rate = f"   {bpp:.3f} bpp" if bpp is not None else ""
        self._window.status.show_pixel(f"x {x}  y {y}   quality {quality:.2f}{rate}")

    def _show_paint_values(self) -> None:
        workspace, brush = self.workspace, self.workspace.brush
        values = PaintValues(
            brush.size_px, brush.hardness, brush.flow, brush.quality, workspace.other_quality, workspace.feather_px
        )
        self._window.options.show_values(values)
        front, back = ((q, QColor(*quality_colour(q))) for q in (brush.quality, workspace.other_quality))
        self._window.tool_strip.swatches.show_qualities(front, back)

    def _show_tool(self) -> None:
        name = self.workspace.tool.name.lower()
        self._window.actions_by_name[f"tool_{name}"].setChecked(True)
        self._window.options.show_tool(name)

    def _show_panes(self) -> None:
        for name in PANES:
            self._window.actions_by_name[f"pane_{name}"].setChecked(name in self.workspace.panes)

    # To the canvas

    def _on_tool_chosen(self, tool: Tool) -> None:
        self.workspace.tool = tool
        self.workspace.setFocus()

    def _on_pane_toggled(self, name: str) -> None:
        self.workspace.toggle_pane(name)
        self._show_panes()

    def _on_values_changed(self, values: PaintValues) -> None:
        workspace = self.workspace
        workspace.feather_px = values.feather_px
        workspace.other_quality = values.other_quality
        workspace.brush = replace(
            workspace.brush,
            size_px=values.size_px,
            hardness=values.hardness,
            flow=values.flow,
            quality=values.quality,
        )

    def _on_opacity_changed(self, opacity: float) -> None:
        self.workspace.overlay_opacity = opacity

    def _on_document_opened(self, opened: "Opened") -> None:
        document = opened.document
        self.workspace.set_document(document, opened.layers)
        self.workspace.set_source(self._window.session.source_name)
        self.workspace.setFocus()
        typical = np.median(document.quality_map.values[::CELL_PX, ::CELL_PX])
        self._window.map_panel.uniform_quality = float(typical) / MAX_LEVEL

    def _on_live_result(self, result: "LiveResult") -> None:
        if not result.rect.empty:
            self.workspace.set_reconstruction(result.rect, result.reconstruction)
        is_current = self._window.session.is_current(result.revision)
        self.workspace.set_stale(result.stale, is_current)
        self.workspace.set_cell_bits(result.cell_rect, result.cell_bits)
        self.workspace.set_approximate(result.approximate or not is_current)
