"""The parts of the window that F6 goes through, and what Tab reaches inside each."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


class Regions:
    """Moves the keyboard's focus: F6 from part to part, Tab inside one.

    Args:
        parts: gives them in the order of F6; those without anything to reach are left out.
    """

    def __init__(self, parts: Callable[[], Sequence[QWidget]]) -> None:
        self._parts = parts

    def go(self, step: int) -> None:
        """To the next part (1) or the one before (-1), and there to what had the focus last."""
        parts = [part for part in self._parts() if stops(part)]
        here = next((place for place, part in enumerate(parts) if _has_focus(part)), None)
        if parts:
            part = parts[0] if here is None else parts[(here + step) % len(parts)]
            last = part.focusWidget()
            reachable = stops(part)
            _focus(last if last in reachable else reachable[0], Qt.FocusReason.TabFocusReason)

    def go_inside(self, step: int) -> bool:
        """To the next stop of the part that has the focus, round and round; to the next part if it has only one."""
        part = next((part for part in self._parts() if _has_focus(part)), None)
        reachable = stops(part) if part is not None else []
        focused = QApplication.focusWidget()
        if len(reachable) < 2:
            self.go(step)
        elif focused in reachable:
            reason = Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason
            _focus(reachable[(reachable.index(focused) + step) % len(reachable)], reason)
        else:
            _focus(reachable[0], Qt.FocusReason.TabFocusReason)
        return True


def stops(part: QWidget) -> list[QWidget]:
    """What Tab stops at inside a part of the window, in order."""
    # Not by Qt's chain of focus: PySide takes what that gives for a child of what it was asked of, so that deleting one
    # widget would make all that follow unusable.
    return [widget for widget in (part, *part.findChildren(QWidget)) if _takes_focus(widget)]


def _takes_focus(widget: QWidget) -> bool:
    by_tab = (widget.focusPolicy() & Qt.FocusPolicy.TabFocus) == Qt.FocusPolicy.TabFocus
    return by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def _has_focus(part: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))


def _focus(widget: QWidget, reason: Qt.FocusReason) -> None:
    widget.activateWindow()  # a part may be a window of its own
    widget.setFocus(reason)
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
