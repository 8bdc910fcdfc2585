"""The canvas: a photo in linked panes, its quality map painted over it, and what the codec makes of it.

geometry, colours          pure functions: where things lie, what a number looks like
raster, layers             pixels that numpy writes and Qt paints
*_sheet, shapes, cursor    what a pane paints
view, panes, caption       a pane; the four kinds of it
navigator, gestures, keys  zoom and pan; the mouse; the keyboard
tools/                     one file a tool
pane_grid, workspace       all of it together: to look, and to edit
wipe                       two pictures to compare
"""

from qmap_studio.ui.canvas.colours import Overlay
from qmap_studio.ui.canvas.tools import Tool
from qmap_studio.ui.canvas.wipe import WipeMode, WipeView
from qmap_studio.ui.canvas.workspace import Workspace

__all__ = ["Overlay", "Tool", "WipeMode", "WipeView", "Workspace"]
