"""What a command is, and what it may act on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

from qmap_studio.core.language import N_, tr

if TYPE_CHECKING:
    from qmap_studio.core.settings import Settings
    from qmap_studio.ui.canvas.workspace import Workspace
    from qmap_studio.ui.clipboard import Clipboard
    from qmap_studio.ui.controller import Controller
    from qmap_studio.ui.files import Files
    from qmap_studio.ui.importance import Importance
    from qmap_studio.ui.importance_study import ImportanceStudy
    from qmap_studio.ui.layer_edits import LayerEdits
    from qmap_studio.ui.page import Page
    from qmap_studio.ui.regions import Regions
    from qmap_studio.ui.saving import Saving

MENUS = {
    "File": N_("&File"),
    "Edit": N_("&Edit"),
    "Map": N_("&Map"),
    "Layer": N_("&Layer"),
    "Tools": N_("&Tools"),
    "View": N_("&View"),
    "Compare": N_("&Compare"),
    "Help": N_("&Help"),
    "Importance": N_("What the &Model Finds Important"),
    "Theme": N_("&Theme"),
}
"""By the name that commands give it a menu's text, with its mnemonic; in their order."""
SUBMENUS = {"Importance": "View", "Theme": "View"}
"""Menus within another."""


@dataclass
class App:
    """The parts of the program that commands and panels act on.

    Attributes:
        window: the parent of dialogs.
        commands: all there are.
        close_document: closes the document in front.
        uniform_quality: gives the quality of the slider beside "Set".
        regions: the parts of the window.
        importance, importance_study: what the model itself finds important, over the photo and at several qualities.
        show_batch: shows the window for folders of photos.
        page: what fills the window; None while that is built.
        workspace: None until the canvas is loaded, a moment after the window shows.
    """

    window: QMainWindow
    controller: "Controller"
    files: "Files"
    saving: "Saving"
    layers: "LayerEdits"
    clipboard: "Clipboard"
    settings: "Settings"
    commands: "Sequence[Command]"
    close_document: Callable[[], object]
    uniform_quality: Callable[[], float]
    regions: "Regions"
    importance: "Importance"
    importance_study: "ImportanceStudy"
    show_batch: Callable[[], object]
    page: "Page | None" = None
    workspace: "Workspace | None" = None

    @property
    def canvas(self) -> "Workspace":
        """The workspace, for commands that need a document and so have one."""
        assert self.workspace is not None, "a document is shown on the canvas"
        return self.workspace


def menu_title(name: str) -> str:
    """A menu's text as a person reads it."""
    return tr(MENUS[name]).replace("&", "")


def always(app: App) -> bool:
    return True


def has_document(app: App) -> bool:
    return app.controller.document is not None and app.workspace is not None


@dataclass(frozen=True)
class Command:
    """One command: what menus, buttons, tool tips, the page of keys and the window make of it.

    Attributes:
        run: does it.
        text: in the menu, with its mnemonic; like the tip marked, and translated where it is shown.
        keys: each does it; the first is shown in the menu.
        icon: of `resources/icons`, or "".
        enabled_when: whether it is of use now.
        checked_when: whether it shows a check mark now; None if it never does.
        text_now: its text where that depends on what is open; it is translated and begins with `text`.
        tip_now: its tip where that depends on what is open or in use, translated; menus with such a command show tips.
        group: commands of one group are alternatives.
        line_above: in the menu.
    """

    name: str
    menu: str
    text: str
    run: Callable[[App], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled_when: Callable[[App], bool] = always
    checked_when: Callable[[App], bool] | None = None
    text_now: Callable[[App], str] | None = None
    tip_now: Callable[[App], str] | None = None
    group: str = ""
    line_above: bool = False

    def __post_init__(self) -> None:
        if self.menu not in MENUS:
            raise ValueError(f"there is no menu {self.menu!r} for the command {self.name!r}")

    @property
    def title(self) -> str:
        """The text as a person reads it."""
        return tr(self.text).replace("&", "").rstrip("…")
