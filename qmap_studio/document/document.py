"""The document: a picture, its quality map, and every way to edit the map."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.errors import QualityMapShapeError
from ..core.picture import Picture
from ..core.rect import NOWHERE, Rect
from . import fills
from .annotations import Box
from .brush import Brush, Stroke
from .history import History
from .levels import shifted, strengthened
from .quality_map import QualityMap

Point = tuple[float, float]
Observer = Callable[[Rect, bool], object]

DEFAULT_QUALITY = 0.5


class Document:
    """A picture and the quality map that is painted over it.

    Every edit gives the rectangle of the map it changed and is one undo; an edit that changes nothing is none. Points
    are (x, y) in pixels, where the first pixel spans 0 to 1. An edit that begins while a stroke is in progress ends
    the stroke first. Whoever shows the map or works on it subscribes, and so follows every edit in the same way.

    Args:
        picture: what is coded.
        path: where it was read from, or where the document was opened from.
        quality_map: of the picture's size, edited in place from now on; uniform without one.
    Raises:
        QualityMapShapeError: the map is not the picture's size.
    """

    def __init__(self, picture: Picture, path: Path | None = None, quality_map: QualityMap | None = None) -> None:
        if quality_map is None:
            quality_map = QualityMap.uniform(picture.height, picture.width, DEFAULT_QUALITY)
        _check_shape(quality_map.values, picture.height, picture.width)
        self.picture = picture
        self.path = path
        self.quality_map = quality_map
        self.selection: Rect | None = None
        self.revision = 0
        """Increases with each change of the map, also within a stroke and by undo."""
        self.history = History(quality_map.values)
        self._coverage = np.zeros_like(quality_map.values)
        # Written once: memory that is only reserved costs its first dab three times as much.
        self._coverage.fill(0)
        self._stroke: Stroke | None = None
        self._trial: str | None = None
        self._saved_state = self.history.state
        self._observers: list[Observer] = []

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Has a function called after every change of the map, whoever makes it.

        Args:
            observer: gets the changed rectangle, and whether the edit has ended. A stroke tells of each dab, then of
                all of it as it ends; its rectangle is empty if it has changed nothing.
        Returns:
            A function that ends the subscription.
        """
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    @property
    def is_modified(self) -> bool:
        """Whether the map differs from the one that was opened or saved last."""
        return self._stroke is not None or self._trial is not None or self.history.state != self._saved_state

    def mark_saved(self) -> None:
        """The map as it is now is saved."""
        self.end_stroke()
        self._saved_state = self.history.state

    # Strokes

    def begin_stroke(self, brush: Brush, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Starts a stroke with one dab; the pen's pressure, in [0, 1], scales the brush's flow."""
        self.end_stroke()
        self._stroke = Stroke(brush, self.history.committed, self.quality_map.values, self._coverage)
        return self._changed(self._stroke.dab(x, y, pressure), ended=False)

    def continue_stroke(self, x: float, y: float, pressure: float = 1.0) -> Rect:
        """Draws the stroke on to a point; on the way the pressure changes evenly.

        Raises:
            ValueError: no stroke has begun.
        """
        if self._stroke is None:
            raise ValueError("no stroke has begun")
        return self._changed(self._stroke.line_to(x, y, pressure), ended=False)

    def end_stroke(self) -> Rect:
        """Ends the stroke, which becomes one undo; gives the rectangle of the whole stroke, empty without one."""
        self.keep_trial()
        if self._stroke is None:
            return NOWHERE
        stroke, self._stroke = self._stroke, None
        stroke.clear()
        self.history.record("Stroke", stroke.rect)
        self._notify(stroke.rect, True)
        return stroke.rect

    def cancel_stroke(self) -> Rect:
        """Takes the stroke in progress away again; gives its rectangle, empty without one."""
        if self._stroke is None:
            return NOWHERE
        stroke, self._stroke = self._stroke, None
        stroke.clear()
        self.history.discard(stroke.rect)
        self.revision += not stroke.rect.empty
        self._notify(stroke.rect, True)
        return stroke.rect

    # Fills

    def fill_uniform(self, quality: float) -> Rect:
        """One quality everywhere."""
        self.end_stroke()
        return self._record("Uniform quality", fills.uniform(self.quality_map.values, quality))

    def fill_linear(self, start: Point, end: Point, quality_from: float, quality_to: float) -> Rect:
        """A linear gradient over the whole map."""
        self.end_stroke()
        rect = fills.linear_gradient(self.quality_map.values, start, end, quality_from, quality_to)
        return self._record("Linear gradient", rect)

    def fill_radial(self, centre: Point, radius: float, quality_inside: float, quality_outside: float) -> Rect:
        """A radial gradient over the whole map."""
        self.end_stroke()
        rect = fills.radial_gradient(self.quality_map.values, centre, radius, quality_inside, quality_outside)
        return self._record("Radial gradient", rect)

    def fill_rectangle(self, rect: Rect, quality: float, feather_px: float = 0) -> Rect:
        """A rectangle of one quality, fading into the map around it over the feather."""
        self.end_stroke()
        return self._record("Rectangle", fills.rectangle(self.quality_map.values, rect, quality, feather_px))

    def invert(self) -> Rect:
        """Quality q becomes 1 - q."""
        self.end_stroke()
        return self._record("Invert", fills.invert(self.quality_map.values))

    def strengthen(self, factor: float) -> Rect:
        """Spreads the qualities around their mean, or draws them together with a factor below 1."""
        name = "Strengthen" if factor > 1 else "Weaken"
        return self.replace(strengthened(self.quality_map.values, factor), name)

    def shift(self, quality: float) -> Rect:
        """Adds to the quality everywhere, within [0, 1]."""
        name = "Raise" if quality > 0 else "Lower"
        return self.replace(shifted(self.quality_map.values, quality), name)

    def apply_boxes(
        self, boxes: Sequence[Box], quality: float, feather_px: float = 0, outside: float | None = None
    ) -> Rect:
        """Paints boxes in one quality; where they overlap the larger coverage counts, they never add up.

        Args:
            boxes: in pixels of the picture; those off it are passed over.
            quality: inside of the boxes.
            feather_px: how far around a box its quality fades.
            outside: quality everywhere else; the map stays as it is there without one.
        """
        self.end_stroke()
        values = self.quality_map.values
        height, width = values.shape
        changed = NOWHERE if outside is None else fills.uniform(values, outside)
        rects = [box.rect(width, height) for box in boxes]
        return self._record("Boxes", changed.united(fills.rectangles(values, rects, quality, feather_px)))

    def replace(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Takes another map's levels.

        Args:
            values: uint16 (H, W), copied.
            name: of the edit, for undo.
        Raises:
            QualityMapShapeError: the map is not the picture's size.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        self.end_stroke()
        self.quality_map.values[...] = values
        return self._record(name, Rect.whole(*values.shape))

    # Trials

    def try_map(self, values: NDArray[np.uint16], name: str) -> Rect:
        """Takes another map's levels as `replace` does, but only as a trial: the next one takes its place.

        It becomes an edit by `keep_trial`, or when any other edit, undo or redo begins.
        """
        _check_shape(values, self.picture.height, self.picture.width)
        self._trial = None
        self.end_stroke()
        self._trial = name
        self.quality_map.values[...] = values
        return self._changed(Rect.whole(*values.shape))

    def keep_trial(self) -> None:
        """Makes the trial an edit, if there is one."""
        name, self._trial = self._trial, None
        if name is not None:
            self.history.record(name, Rect.whole(*self.quality_map.values.shape))

    # Undo

    @property
    def undo_name(self) -> str | None:
        """What undo would take back, or None."""
        return "Stroke" if self._stroke is not None else self._trial or self.history.undo_name

    @property
    def redo_name(self) -> str | None:
        """What redo would do again, or None."""
        return None if self._stroke is not None or self._trial is not None else self.history.redo_name

    def undo(self) -> Rect | None:
        """Takes the last edit back; None if there is none."""
        self.end_stroke()
        return self._changed(self.history.undo()) if self.history.can_undo else None

    def redo(self) -> Rect | None:
        """Does the edit again that was taken back last; None if there is none."""
        self.end_stroke()
        return self._changed(self.history.redo()) if self.history.can_redo else None

    def _record(self, name: str, rect: Rect) -> Rect:
        return self._changed(rect) if self.history.record(name, rect) else NOWHERE

    def _changed(self, rect: Rect, ended: bool = True) -> Rect:
        if not rect.empty:
            self.revision += 1
            self._notify(rect, ended)
        return rect

    def _notify(self, rect: Rect, ended: bool) -> None:
        for observer in tuple(self._observers):
            observer(rect, ended)


def _check_shape(values: NDArray[np.uint16], height: int, width: int) -> None:
    if values.shape != (height, width):
        raise QualityMapShapeError(
            f"The quality map is {values.shape[1]} x {values.shape[0]} pixels, the picture is {width} x {height}: "
            "expected a map of the picture's size."
        )
