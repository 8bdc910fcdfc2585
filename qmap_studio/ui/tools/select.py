"""The region whose figures are shown as "inside"."""

from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.ui.outlines import BoxOutline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.rectangle import RectangleGesture
from qmap_studio.ui.tools.tool import Tool


class SelectGesture(RectangleGesture):
    """Selects the dragged box; a click selects nothing."""

    def _outline(self, rect: Rect, pressed: Pointer) -> BoxOutline:
        return BoxOutline(rect)

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        self._canvas.set_selection(rect)


SELECT = Tool(
    name="select",
    text=N_("&Select"),
    key="M",
    tip=N_("Mark what the figures call inside"),
    icon="select",
    options=(),
    hint=N_("Drag a rectangle: the figures then tell its inside from its outside. Escape clears it."),
    gesture=SelectGesture,
)
