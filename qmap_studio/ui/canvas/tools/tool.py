"""What every tool shares."""

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from qmap_studio.core.rect import Rect
from qmap_studio.ui.canvas.geometry import Size
from qmap_studio.ui.canvas.shapes import Shape
from qmap_studio.ui.canvas.view import Pointer

if TYPE_CHECKING:
    from qmap_studio.document.brush import Brush
    from qmap_studio.document.document import Document


class Tool(Enum):
    BRUSH = "brush"
    LINEAR = "linear"
    RADIAL = "radial"
    RECTANGLE = "rectangle"
    SELECT = "select"
    PAN = "pan"


class Surface(Protocol):
    """What a tool may ask of the canvas it works on."""

    @property
    def document(self) -> "Document | None": ...
    @property
    def brush(self) -> "Brush": ...
    @property
    def other_quality(self) -> float: ...
    @property
    def feather_px(self) -> float: ...
    @property
    def erasing(self) -> bool: ...
    @property
    def zoom(self) -> float: ...

    def report_edit(self, rect: Rect, ended: bool) -> None: ...
    def show_preview(self, shape: Shape | None) -> None: ...
    def set_selection(self, rect: Rect | None) -> None: ...
    def pan_by(self, dx: float, dy: float) -> None: ...


class CanvasTool:
    """A gesture from press to release; does nothing by itself."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    def press(self, pointer: Pointer) -> None:
        """The gesture begins."""

    def move(self, pointer: Pointer) -> None:
        """The mouse moved, its button still down."""

    def release(self, pointer: Pointer) -> None:
        """The gesture ends and takes effect."""

    def cancel(self) -> None:
        """The gesture ends and everything is as before."""

    def show(self) -> None:
        """Outlines what the tool keeps between gestures, once it is chosen or the map has changed by other hands."""
        self._surface.show_preview(None)

    def forget(self) -> None:
        """Another picture: nothing is left of the gestures before."""

    @property
    def _document(self) -> "Document":
        document = self._surface.document
        assert document is not None, "a gesture without a picture"
        return document

    @property
    def _picture_size(self) -> Size:
        height, width = self._document.quality_map.values.shape
        return Size(width, height)

    def _erases(self, pointer: Pointer) -> bool:
        return (
            self._surface.erasing
            or pointer.button is Qt.MouseButton.RightButton
            or bool(pointer.modifiers & Qt.KeyboardModifier.AltModifier)
        )

    def _qualities(self, pointer: Pointer) -> tuple[float, float]:
        """The quality to paint and the other one; an erasing gesture turns them around."""
        own, other = self._surface.brush.quality, self._surface.other_quality
        return (other, own) if self._erases(pointer) else (own, other)
