"""Ellipses: fill one with a quality, or keep it without loss."""

from qmap_studio.core.language import N_
from qmap_studio.core.rect import Rect
from qmap_studio.ui.outlines import PathOutline
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools.contours import ellipse_contour
from qmap_studio.ui.tools.rectangle import RectangleGesture
from qmap_studio.ui.tools.tool import Option, Tool


class EllipseGesture(RectangleGesture):
    """Fills the ellipse in the dragged box; Shift makes it a circle."""

    def _outline(self, rect: Rect, pressed: Pointer) -> PathOutline:
        return PathOutline((ellipse_contour(*rect),), self._qualities(pressed)[0], self._bound(pressed))

    def _finish(self, rect: Rect | None, pressed: Pointer) -> None:
        from qmap_studio.document.shapes import Ellipse

        if rect is not None:
            self._add_shape(Ellipse(*rect), N_("Ellipse"), pressed)


ELLIPSE = Tool(
    name="ellipse",
    text=N_("&Ellipse"),
    key="Shift+R",
    tip=N_("Fill an ellipse with one quality, or keep it without loss"),
    icon="ellipse",
    options=(Option.KEEP, Option.QUALITY, Option.FEATHER),
    hint=N_("Drag an ellipse."),
    gesture=EllipseGesture,
)
