"""What a tool is: its row, its gesture, and what it may ask of the canvas. Loads nothing slow: rows show at once."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.rect import Rect
from qmap_studio.ui.geometry import Size, distance
from qmap_studio.ui.outlines import Outline
from qmap_studio.ui.pointer import Pointer

if TYPE_CHECKING:
    from qmap_studio.document.brush import Brush
    from qmap_studio.document.document import Document
    from qmap_studio.document.shapes import Shape

SHORTEST_DRAG = 3.0  # logical pixels; less is a click that was not meant as a drag


class Option(Enum):
    """What a tool can be given above the canvas."""

    SIZE = "size"
    HARDNESS = "hardness"
    FLOW = "flow"
    KEEP = "keep"
    QUALITY = "quality"
    OTHER_QUALITY = "other quality"
    FEATHER = "feather"
    ERASER = "eraser"


class ToolCanvas(Protocol):
    """What a tool may ask of the canvas it works on. It edits the document, whose observers follow."""

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
    @property
    def pixel_ratio(self) -> float: ...

    @property
    def erases_layer(self) -> bool: ...

    def show_preview(self, outline: Outline | None) -> None: ...
    def tell(self, sentence: str) -> None: ...
    def set_selection(self, rect: Rect | None) -> None: ...
    def pan_by(self, dx: float, dy: float) -> None: ...


class Gesture:
    """What a tool does from a press of the mouse to its release; by itself nothing."""

    cursor = Qt.CursorShape.CrossCursor
    shows_brush = False  # as a ring around the pointer

    def __init__(self, canvas: ToolCanvas) -> None:
        self._canvas = canvas

    def press(self, pointer: Pointer) -> None:
        """The gesture begins."""

    def move(self, pointer: Pointer) -> None:
        """The mouse moved, its button still down."""

    def release(self, pointer: Pointer) -> None:
        """The gesture ends and takes effect."""

    def cancel(self) -> None:
        """The gesture ends and everything is as before."""

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved, no button down."""

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """A key was pressed on the canvas, no button down; whether the tool has a use for it."""
        return False

    def give_up(self) -> bool:
        """Ends what goes on between presses, as another tool is chosen or by Escape; whether anything did."""
        return False

    def outlives_edit(self) -> bool:
        """Whether the gesture under way goes on after the map was changed by anything else: it has edited nothing."""
        return True

    def show(self) -> None:
        """Outlines what the tool keeps between gestures, once it is chosen or the map was changed by anything else."""
        self._canvas.show_preview(None)

    def forget(self) -> None:
        """Another picture: nothing is left of the gestures before."""

    @property
    def _document(self) -> "Document":
        document = self._canvas.document
        assert document is not None, "a gesture without a picture"
        return document

    @property
    def _picture_size(self) -> Size:
        height, width = self._document.quality_map.values.shape
        return Size(width, height)

    def _add_shape(self, shape: "Shape", name: str, pressed: Pointer) -> None:
        """Fills a shape with the brush's quality or bound; it is selected then."""
        from qmap_studio.document.layers.placed_shape import PlacedShape

        bound = self._bound(pressed)
        feather_px = self._canvas.feather_px if bound is None else 0.0
        self._document.add_shapes([PlacedShape(shape, self._qualities(pressed)[0], feather_px, bound=bound)], name)

    def _is_drag(self, pressed: Pointer, pointer: Pointer) -> bool:
        """Whether the mouse has moved far enough since it was pressed to mean a drag."""
        return distance(pressed.on_screen, pointer.on_screen) >= SHORTEST_DRAG * self._canvas.pixel_ratio

    def _erases(self, pointer: Pointer) -> bool:
        return (
            self._canvas.erasing
            or pointer.button is Qt.MouseButton.RightButton
            or bool(pointer.modifiers & Qt.KeyboardModifier.AltModifier)
        )

    def _bound(self, pointer: Pointer) -> int | None:
        """The error bound to paint, UNBOUNDED to take bounds away; None where the quality is painted."""
        bound = self._canvas.brush.bound
        return UNBOUNDED if bound is not None and self._erases(pointer) else bound

    def _qualities(self, pointer: Pointer) -> tuple[float, float]:
        """The quality to paint and the other one; an erasing gesture turns them around."""
        own, other = self._canvas.brush.quality, self._canvas.other_quality
        return (other, own) if self._erases(pointer) else (own, other)


@dataclass(frozen=True)
class Tool:
    """A tool's row, at the end of its file; strip, menu, keys and options are made from it.

    Attributes:
        name: in settings of Qt objects, such as the action "tool_brush".
        text: in the menu, with its mnemonic; like tip and hint marked, and translated where it is shown.
        tip: what it is for.
        icon: of `resources/icons`.
        options: shown above the canvas.
        hint: shown beside the options; "" where they say enough.
        gesture: what the mouse does.
        paints_layer: it paints into a layer, which the hint then names.
    """

    name: str
    text: str
    key: str
    tip: str
    icon: str
    options: tuple[Option, ...]
    hint: str
    gesture: Callable[[ToolCanvas], Gesture]
    paints_layer: bool = False
