"""The canvas at its place in the window: joined to the panels that set and show it, and to the controller."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL
from qmap_studio.core.language import tr
from qmap_studio.core.settings import Settings
from qmap_studio.document import Brush
from qmap_studio.ui.bound_names import name_of
from qmap_studio.ui.canvas.colours import quality_colour
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.keyboard import Keyboard
from qmap_studio.ui.open_documents import OpenDocument
from qmap_studio.ui.panels.banner import Banner
from qmap_studio.ui.panels.map_panel import MapPanel
from qmap_studio.ui.panels.status_strip import StatusStrip
from qmap_studio.ui.panels.tool_options import PaintValues, ToolOptions
from qmap_studio.ui.panels.tool_strip import QualitySwatches
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.tools.tool import Tool

if TYPE_CHECKING:
    from qmap_studio.engine import LiveResult


class CanvasController(QObject):
    """Owns the workspace. Loaded after the window shows.

    Args:
        settings: what the tools begin with; they keep what the person sets.
    """

    def __init__(self, settings: Settings, tools: Sequence[Tool] = TOOLS) -> None:
        super().__init__()
        self.workspace = Workspace(tools)
        self._keyboard = Keyboard(self.workspace)
        self._settings, self._hovered = settings, (-1, -1)
        workspace = self.workspace
        workspace.brush = Brush(
            settings.brush_size_px, settings.brush_hardness, settings.brush_flow, settings.brush_quality
        )
        workspace.other_quality, workspace.feather_px = settings.other_quality, settings.feather_px
        workspace.panes.overlay_opacity = settings.overlay_opacity
        workspace.panes.show_only(settings.panes)

    def connect_to(
        self,
        controller: Controller,
        options: ToolOptions,
        swatches: QualitySwatches,
        map_panel: MapPanel,
        status: StatusStrip,
        banner: Banner,
    ) -> None:
        """Joins everything; the window adds the workspace to its layout."""
        self._controller, self._options, self._swatches = controller, options, swatches
        self._map_panel, self._status = map_panel, status
        workspace, panes = self.workspace, self.workspace.panes
        panes.view_changed.connect(controller.set_view)
        panes.view_changed.connect(lambda _visible, zoom: status.show_zoom(zoom))
        panes.overlay_changed.connect(self._on_overlay_changed)
        workspace.selection_changed.connect(controller.on_selection_changed)
        workspace.told.connect(status.show_message)
        workspace.pixel_hovered.connect(self._on_pixel_hovered)
        workspace.brush_changed.connect(self._show_paint_values)
        workspace.tool_changed.connect(self._show_tool)
        for pane in panes.all_panes:
            pane.pointer_pressed.connect(lambda _pointer: banner.put_by())
        options.values_changed.connect(self._on_values_changed)
        options.entered.connect(workspace.setFocus)
        swatches.clicked.connect(lambda: workspace.swap_qualities())
        map_panel.opacity_changed.connect(self._on_opacity_changed)
        controller.document_shown.connect(self._on_document_shown)
        controller.document_left.connect(self._on_document_left)
        controller.document_state_changed.connect(self._show_target)
        controller.choice_changed.connect(self._show_target)
        controller.all_closed.connect(lambda: workspace.set_document(None))
        controller.map_changed.connect(lambda _rect, _ended: self._on_pixel_hovered(*self._hovered))
        controller.live_result_arrived.connect(self._on_live_result)
        controller.codec_changed.connect(lambda _model_id: panes.clear_results())
        controller.engine_state_changed.connect(lambda _text: panes.set_expected(controller.has_codec))
        for change in (workspace.brush_changed, panes.overlay_changed, panes.panes_changed):
            change.connect(self._remember)
        map_panel.show_opacity(panes.overlay_opacity)
        self._show_paint_values()
        self._show_tool()

    # From the canvas

    def _on_overlay_changed(self) -> None:
        self._map_panel.show_opacity(self.workspace.panes.overlay_opacity)

    def _on_pixel_hovered(self, x: int, y: int) -> None:
        self._hovered = x, y
        document = self._controller.document
        if document is None or x < 0:
            self._status.show_pixel("")
            return
        quality = document.quality_map.values[y, x] / MAX_LEVEL
        bpp = self.workspace.panes.bits_per_pixel_at(x, y)
        text = tr("x {x}  y {y}   quality {quality:.2f}").format(x=x, y=y, quality=quality)
        if document.bounds is not None and document.bounds[y, x] != UNBOUNDED:
            text = f"{text}   {name_of(int(document.bounds[y, x]))}"
        if importance := self.workspace.panes.original.importance.text_at(x, y):
            text = f"{text}   {importance}"
        self._status.show_pixel(text if bpp is None else f"{text}   {bpp:.3f} bpp")

    def _show_paint_values(self) -> None:
        workspace, brush = self.workspace, self.workspace.brush
        values = PaintValues(
            brush.size_px,
            brush.hardness,
            brush.flow,
            brush.quality,
            workspace.other_quality,
            workspace.feather_px,
            brush.bound,
        )
        self._options.show_values(values)
        front, back = ((q, QColor(*quality_colour(q))) for q in (brush.quality, workspace.other_quality))
        self._swatches.show_qualities(front, back, brush.bound)

    def _show_tool(self) -> None:
        self._options.show_tool(self.workspace.tool)
        self._show_target()

    def _show_target(self) -> None:
        """Says which layer the brush paints into."""
        document, workspace = self._controller.document, self.workspace
        if document is None or not workspace.tool.paints_layer:
            return
        layer, active = document.layer_to_paint(workspace.brush), document.active_layer
        if layer is not None:
            text = tr("into {layer}").format(layer=layer.name)
        elif active is not None and active.kind == "brush" and active.locked:
            text = tr("{layer} is locked: a new layer").format(layer=active.name)
        else:
            text = tr("makes a new layer")
        self._options.show_hint(text)

    def _remember(self) -> None:
        settings, workspace, brush = self._settings, self.workspace, self.workspace.brush
        settings.panes, settings.overlay_opacity = workspace.panes.shown, workspace.panes.overlay_opacity
        settings.brush_size_px, settings.brush_hardness = brush.size_px, brush.hardness
        settings.brush_flow, settings.brush_quality = brush.flow, brush.quality
        settings.other_quality, settings.feather_px = workspace.other_quality, workspace.feather_px

    # To the canvas

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
            bound=values.bound,
        )
        self._remember()  # the feather is no part of the brush

    def _on_opacity_changed(self, opacity: float) -> None:
        self.workspace.panes.overlay_opacity = opacity

    def _on_document_shown(self, shown: OpenDocument) -> None:
        document, panes = shown.document, self.workspace.panes
        self.workspace.set_document(document, shown.buffers)
        if shown.view is not None:
            panes.look_at(shown.view)
        panes.set_source(self._controller.source_name)
        self.workspace.setFocus()
        typical = np.median(document.quality_map.values[::CELL_PX, ::CELL_PX])
        self._map_panel.uniform_quality = float(typical) / MAX_LEVEL

    def _on_document_left(self, left: OpenDocument) -> None:
        left.view = self.workspace.panes.place

    def _on_live_result(self, result: "LiveResult") -> None:
        if not result.rect.empty:
            self.workspace.panes.set_reconstruction(result.rect, result.reconstruction)
        is_current = self._controller.is_current(result.revision)
        self.workspace.panes.set_stale(result.stale, is_current)
        self.workspace.panes.set_cell_bits(result.cell_rect, result.cell_bits)
        self.workspace.panes.set_approximate(result.approximate or not is_current)
        self._on_pixel_hovered(*self._hovered)
