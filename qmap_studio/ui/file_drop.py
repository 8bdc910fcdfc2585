"""Files that are dragged over a widget and dropped on it. They are always copied: a move would delete them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget


def files_of(event: QDropEvent) -> list[Path]:
    """The files of a drag, which is accepted as a copy; none if it has none or cannot be a copy: it is refused then."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    if not paths or not event.possibleActions() & Qt.DropAction.CopyAction:
        event.ignore()
        return []
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
    return paths


class FileDrop(QObject):
    """Makes a widget take files.

    Args:
        meaning: what a drop of files would do, in a few words.
    """

    hovered = Signal(str)  # what a drop would do now; empty when nothing is dragged over the widget any more
    dropped = Signal(list)  # of Path

    def __init__(self, target: QWidget, meaning: Callable[[list[Path]], str]) -> None:
        super().__init__(target)
        self._meaning = meaning
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.DragEnter:
                if paths := files_of(event):
                    self.hovered.emit(self._meaning(paths))
            case QEvent.Type.DragMove:
                files_of(event)
            case QEvent.Type.DragLeave:
                self.hovered.emit("")
            case QEvent.Type.Drop:
                self.hovered.emit("")
                if paths := files_of(event):
                    self.dropped.emit(paths)
            case _:
                return False
        return True
