"""The region whose figures are shown as "inside"."""

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.pointer import Pointer
from qmap_studio.ui.tools.rectangle import RectangleGesture
from qmap_studio.ui.tools.tool import Tool


class SelectGesture(RectangleGesture):
    """Selects the dragged box; a click selects nothing."""

    def _outlined_quality(self, pressed: Pointer) -> None:
        return None

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        self._canvas.set_selection(rect)


SELECT = Tool(
    name="select",
    text="&Select",
    key="M",
    tip="Mark what the figures call inside",
    icon="select",
    options=(),
    hint="Drag a rectangle: the figures then tell its inside from its outside. Escape clears it.",
    gesture=SelectGesture,
)
