"""Every action of the window in one table: its menu, words, keys and icon."""

from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from qmap_studio.ui.theme import set_icon


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes:
        group: actions of one group are alternatives; "" toggles by itself if `checkable`.
        needs: "", "document", "undo", "redo" or "job": what must be there for it to be of use.
        rule: a line above it in the menu.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    group: str = ""
    needs: str = ""
    rule: bool = False


def _tool(name: str, text: str, key: str, tip: str) -> ActionSpec:
    return ActionSpec(f"tool_{name}", "Tools", text, (key,), name, tip, True, "tool", "document")


def _pane(name: str, text: str, key: str, tip: str) -> ActionSpec:
    return ActionSpec(f"pane_{name}", "View", text, (key,), name, tip, True, needs="document")


ACTIONS = (
    ActionSpec("open", "File", "&Open…", ("Ctrl+O",), "open", "Open a photo or an .sfc file"),
    ActionSpec("sample", "File", "Open &Sample Photo", ("Ctrl+Shift+O",), "sample", "Begin with a portrait"),
    ActionSpec("export", "File", "&Export .sfc…", ("Ctrl+E", "Ctrl+S"), "export", "Encode to a file",
               needs="document", rule=True),
    ActionSpec("save_reconstruction", "File", "Save &Reconstruction…", ("Ctrl+Shift+R",), "reconstruction",
               "Save what the codec makes of the photo", needs="document"),
    ActionSpec("save_heat_map", "File", "Save &Heat Map…", ("Ctrl+Shift+H",), "heat_map",
               "Save a picture of where the bits go", needs="document"),
    ActionSpec("save_comparison", "File", "Save &Comparison…", ("Ctrl+Shift+K",), "compare",
               "Save the map against uniform quality, with figures", needs="document"),
    ActionSpec("quit", "File", "&Quit", ("Ctrl+Q",), rule=True),
    ActionSpec("undo", "Edit", "&Undo", ("Ctrl+Z",), "undo", "Undo", needs="undo"),
    ActionSpec("redo", "Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Redo", needs="redo"),
    ActionSpec("swap_qualities", "Edit", "Swap &Qualities", ("X",), "swap",
               "Exchange the brush's quality and the eraser's", needs="document", rule=True),
    ActionSpec("lowest_quality", "Edit", "Paint Quality &0", (",",), "", "The tools paint the lowest quality",
               needs="document"),
    ActionSpec("highest_quality", "Edit", "Paint Quality &1", (".",), "", "The tools paint the highest quality",
               needs="document"),
    ActionSpec("clear_selection", "Edit", "&Clear Selection", ("Ctrl+D",), "",
               "Figures tell inside from outside by the map again", needs="document"),
    ActionSpec("cancel_job", "Edit", "Cancel &Job", ("Ctrl+.",), "close", "Stop what is running", needs="job",
               rule=True),
    ActionSpec("uniform", "Map", "Set &Uniform Quality", ("Ctrl+U",), "uniform",
               "One quality everywhere, from the slider", needs="document"),
    ActionSpec("invert", "Map", "&Invert", ("Ctrl+I",), "invert", "Quality q becomes 1 − q", needs="document"),
    ActionSpec("strengthen", "Map", "&Strengthen", ("Ctrl+]",), "strengthen",
               "More difference between what matters and the rest", needs="document", rule=True),
    ActionSpec("weaken", "Map", "&Weaken", ("Ctrl+[",), "weaken",
               "Less difference between what matters and the rest", needs="document"),
    ActionSpec("raise", "Map", "&Raise", ("Ctrl+Up",), "raise", "A little more quality everywhere", needs="document"),
    ActionSpec("lower", "Map", "&Lower", ("Ctrl+Down",), "lower", "A little less quality everywhere",
               needs="document"),
    ActionSpec("optimise", "Map", "&Optimise for a Task…", ("Ctrl+T",), "",
               "The map that keeps edges, the selection or what a model sees best", needs="document", rule=True),
    ActionSpec("import_boxes", "Map", "Import &Boxes…", ("Ctrl+B",), "boxes",
               "Paint boxes from COCO JSON or YOLO text", needs="document", rule=True),
    ActionSpec("import_map", "Map", "Import &Map…", ("Ctrl+M",), "map", "A grey PNG, TIFF or NPY array becomes the map",
               needs="document"),
    ActionSpec("save_map", "Map", "Save M&ap…", ("Ctrl+Shift+M",), "save", "Save the map as a grey picture or array",
               needs="document"),
    _tool("brush", "&Brush", "B", "Paint quality"),
    _tool("linear", "&Linear Gradient", "G", "Fade from one quality to the other along a line"),
    _tool("radial", "&Radial Gradient", "Shift+G", "Fade from a centre outwards"),
    _tool("rectangle", "R&ectangle", "R", "Fill a rectangle with one quality"),
    _tool("select", "&Select", "M", "Mark what the figures call inside"),
    _tool("pan", "&Pan", "H", "Move the picture; the middle button or Space does so in every tool"),
    _pane("original", "&Original", "Ctrl+1", "Photo with the map over it"),
    _pane("reconstruction", "&Reconstruction", "Ctrl+2", "What the codec makes of it"),
    _pane("heat_map", "&Heat Map", "Ctrl+3", "Where the bits go"),
    _pane("difference", "&Difference", "Ctrl+4", "Amplified error"),
    ActionSpec("swap_sides", "View", "&Swap Sides", ("S",), "swap", "Exchange the first two panes", needs="document"),
    ActionSpec("cycle_overlay", "View", "Next O&verlay", ("O",), "", "Colours, spotlight, hidden",
               needs="document", rule=True),
    ActionSpec("grid", "View", "Latent &Grid", ("Ctrl+'",), "grid", "The 16 px cells that the codec can tell apart",
               True, needs="document"),
    ActionSpec("fit", "View", "&Fit", ("F", "Ctrl+9"), "fit", "The whole picture", needs="document", rule=True),
    ActionSpec("actual", "View", "&100 %", ("Ctrl+0",), "actual", "A pixel of the photo is a pixel of the screen",
               needs="document"),
    ActionSpec("zoom_in", "View", "Zoom &In", ("Ctrl++", "Ctrl+="), "", "Larger", needs="document"),
    ActionSpec("zoom_out", "View", "Zoom O&ut", ("Ctrl+-",), "", "Smaller", needs="document"),
    ActionSpec("theme_system", "Theme", "&System", ("Ctrl+Alt+S",), checkable=True, group="theme"),
    ActionSpec("theme_light", "Theme", "&Light", ("Ctrl+Alt+L",), checkable=True, group="theme"),
    ActionSpec("theme_dark", "Theme", "&Dark", ("Ctrl+Alt+D",), checkable=True, group="theme"),
    ActionSpec("compare", "Compare", "&Compare with Uniform…", ("Ctrl+K",), "compare",
               "The same bytes, spread evenly: side by side, as a wipe, flickering", needs="document"),
    ActionSpec("help", "Help", "&Keys and Mouse", ("?", "F1"), "help", "Every key on one page"),
)  # fmt: skip
MENUS = ("File", "Edit", "Map", "Tools", "View", "Compare", "Help")


def build_actions(window: QMainWindow) -> dict[str, QAction]:
    """The actions of the table, owned by the window and reachable by their keys."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setCheckable(spec.checkable)
        action.setEnabled(not spec.needs)
        plain = spec.text.replace("&", "").rstrip("…")
        keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in spec.keys)
        action.setIconText(plain)
        action.setToolTip(f"<b>{plain}</b> {f'({keys})' if keys else ''}<br>{spec.tip}")
        action.setStatusTip(spec.tip)
        if spec.icon:
            set_icon(action, spec.icon)
        if spec.group:
            groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
        window.addAction(action)
        actions[spec.name] = action
    return actions


def build_menus(window: QMainWindow, actions: dict[str, QAction]) -> None:
    """Menus with every action; the recent files are the window's to fill in."""
    menus = {name: window.menuBar().addMenu(f"&{name}") for name in MENUS}
    menus["Theme"] = menus["View"].addMenu("&Theme")
    for spec in ACTIONS:
        if spec.rule:
            menus[spec.menu].addSeparator()
        menus[spec.menu].addAction(actions[spec.name])
        actions[spec.name].setIconVisibleInMenu(False)
    menus["View"].addSeparator()
    menus["View"].addMenu(menus["Theme"])


def enable_actions(actions: dict[str, QAction], present: set[str]) -> None:
    """Enables what is of use now.

    Args:
        present: of "document", "undo", "redo", "job".
    """
    for spec in ACTIONS:
        actions[spec.name].setEnabled(not spec.needs or spec.needs in present)
