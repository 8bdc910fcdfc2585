"""What the mouse does to the map: one file a tool."""

from qmap_studio.ui.canvas.tools.tool import CanvasTool, Surface, Tool

__all__ = ["CanvasTool", "Surface", "Tool"]
