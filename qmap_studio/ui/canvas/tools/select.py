"""The region whose figures are shown as "inside"."""

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.tools.rectangle import RectangleTool
from qmap_studio.ui.canvas.view import Pointer


class SelectTool(RectangleTool):
    """Selects the dragged box; a click selects nothing."""

    def _colour(self, pressed: Pointer) -> None:
        return None

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        self._surface.set_selection(rect)
