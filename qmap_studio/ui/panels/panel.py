"""What a panel at the window's side is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from qmap_studio.ui.commands.command import App


@dataclass(frozen=True)
class Panel:
    """A panel's row, at the end of its file.

    Attributes:
        title: what screen readers call it; marked, and translated where it is used.
        make: builds it and connects it to what it shows; it gets the commands' actions by name for its buttons.
    """

    title: str
    make: Callable[[App, Mapping[str, QAction]], QWidget]
