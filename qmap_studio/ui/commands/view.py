"""Panes, overlay, zoom and theme."""

from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import App, Command, has_document
from qmap_studio.ui.geometry import ZOOM_STEP
from qmap_studio.ui.theme import apply_theme


def _pane(name: str, text: str, key: str, tip: str) -> Command:
    return Command(
        f"pane_{name}",
        "View",
        text,
        lambda app: app.canvas.panes.toggle(name),
        keys=(key,),
        icon=name,
        tip=tip,
        enabled_when=has_document,
        checked_when=lambda app: app.workspace is not None and name in app.workspace.panes.shown,
    )


def _theme(name: str, text: str, key: str) -> Command:
    def show(app: App) -> None:
        app.settings.theme = name
        apply_theme(name, app.window)

    return Command(
        f"theme_{name}",
        "Theme",
        text,
        show,
        keys=(key,),
        checked_when=lambda app: app.settings.theme == name,
        group="theme",
    )


def _next_overlay(app: App) -> None:
    """From what the model finds important back to the map, or to the map's next look."""
    if app.importance.kind is not None:
        app.importance.show(None)
    else:
        app.canvas.panes.cycle_overlay()


def _toggle_grid(app: App) -> None:
    app.canvas.panes.show_grid(not app.canvas.panes.grid_shown)


def _toggle_side(app: App) -> None:
    if app.page is not None:
        app.page.show_side(not app.page.shows_side)


def _has_several(app: App) -> bool:
    return len(app.controller.documents.all) > 1


COMMANDS = (
    _pane("original", N_("&Original"), "Ctrl+1", N_("Photo with the map over it")),
    _pane("reconstruction", N_("&Reconstruction"), "Ctrl+2", N_("What the codec makes of it")),
    _pane("heat_map", N_("&Heat Map"), "Ctrl+3", N_("Where the bits go")),
    _pane("difference", N_("&Difference"), "Ctrl+4", N_("Amplified error")),
    Command(
        "swap_sides",
        "View",
        N_("&Swap Sides"),
        lambda app: app.canvas.panes.swap_sides(),
        keys=("S",),
        icon="swap",
        tip=N_("Exchange the first two panes"),
        enabled_when=has_document,
    ),
    Command(
        "cycle_overlay",
        "View",
        N_("Next O&verlay"),
        _next_overlay,
        keys=("O",),
        tip=N_("Colours, spotlight, hidden"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "grid",
        "View",
        N_("Latent &Grid"),
        _toggle_grid,
        keys=("Ctrl+'",),
        icon="grid",
        tip=N_("The 16 px cells that the codec can tell apart; zoomed out, lines between 4 x 4 of them"),
        enabled_when=has_document,
        checked_when=lambda app: app.workspace is not None and app.workspace.panes.grid_shown,
    ),
    Command(
        "fit",
        "View",
        N_("&Fit"),
        lambda app: app.canvas.panes.fit(),
        keys=("F", "Ctrl+9"),
        icon="fit",
        tip=N_("The whole picture"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "actual",
        "View",
        N_("&100 %"),
        lambda app: app.canvas.panes.zoom_to(1.0),
        keys=("Ctrl+0",),
        icon="actual",
        tip=N_("A pixel of the photo is a pixel of the screen"),
        enabled_when=has_document,
    ),
    Command(
        "zoom_in",
        "View",
        N_("Zoom &In"),
        lambda app: app.canvas.panes.zoom_by(ZOOM_STEP),
        keys=("Ctrl++", "Ctrl+="),
        tip=N_("Larger"),
        enabled_when=has_document,
    ),
    Command(
        "zoom_out",
        "View",
        N_("Zoom O&ut"),
        lambda app: app.canvas.panes.zoom_by(1 / ZOOM_STEP),
        keys=("Ctrl+-",),
        tip=N_("Smaller"),
        enabled_when=has_document,
    ),
    Command(
        "side_panel",
        "View",
        N_("Side Pane&l"),
        _toggle_side,
        keys=("F9",),
        icon="panel",
        tip=N_("Figures and what acts on the map; hidden, the photo has their room"),
        enabled_when=has_document,
        checked_when=lambda app: app.page is not None and app.page.shows_side,
        line_above=True,
    ),
    Command(
        "next_part",
        "View",
        N_("&Next Part of the Window"),
        lambda app: app.regions.go(1),
        keys=("F6",),
        tip=N_("The keyboard goes on to the next bar, panel or picture; Tab goes on inside it"),
    ),
    Command(
        "previous_part",
        "View",
        N_("&Previous Part of the Window"),
        lambda app: app.regions.go(-1),
        keys=("Shift+F6",),
        tip=N_("The keyboard goes back to the bar, panel or picture before"),
    ),
    Command(
        "next_document",
        "View",
        N_("Ne&xt Document"),
        lambda app: app.controller.step(1),
        keys=("Ctrl+Tab", "Ctrl+PgDown"),
        tip=N_("Show the next of the open documents"),
        enabled_when=_has_several,
        line_above=True,
    ),
    Command(
        "previous_document",
        "View",
        N_("Pre&vious Document"),
        lambda app: app.controller.step(-1),
        keys=("Ctrl+Shift+Tab", "Ctrl+PgUp"),
        tip=N_("Show the open document before"),
        enabled_when=_has_several,
    ),
    _theme("system", N_("&System"), "Ctrl+Alt+S"),
    _theme("light", N_("&Light"), "Ctrl+Alt+L"),
    _theme("dark", N_("&Dark"), "Ctrl+Alt+D"),
)
