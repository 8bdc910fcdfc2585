"""Undo, the qualities that the tools paint, the selection, and what is running."""

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.commands.command import App, Command, has_document


def _undo_name(app: App) -> str | None:
    return app.controller.document.undo_name if app.controller.document is not None else None


def _redo_name(app: App) -> str | None:
    return app.controller.document.redo_name if app.controller.document is not None else None


def _undo_text(app: App) -> str:
    name = _undo_name(app)
    return tr("&Undo {edit}").format(edit=tr(name)) if name else tr("&Undo")


def _redo_text(app: App) -> str:
    name = _redo_name(app)
    return tr("&Redo {edit}").format(edit=tr(name)) if name else tr("&Redo")


COMMANDS = (
    Command(
        "undo",
        "Edit",
        N_("&Undo"),
        lambda app: app.controller.undo(),
        keys=("Ctrl+Z",),
        icon="undo",
        tip=N_("Undo"),
        enabled_when=lambda app: _undo_name(app) is not None,
        text_now=_undo_text,
    ),
    Command(
        "redo",
        "Edit",
        N_("&Redo"),
        lambda app: app.controller.redo(),
        keys=("Ctrl+Shift+Z", "Ctrl+Y"),
        icon="redo",
        tip=N_("Redo"),
        enabled_when=lambda app: _redo_name(app) is not None,
        text_now=_redo_text,
    ),
    Command(
        "cut",
        "Edit",
        N_("Cu&t"),
        lambda app: app.clipboard.cut(),
        keys=("Ctrl+X",),
        tip=N_("The selected shapes, or the layer, to the clipboard"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "copy",
        "Edit",
        N_("&Copy"),
        lambda app: app.clipboard.copy(),
        keys=("Ctrl+C",),
        tip=N_("Copy the selected shapes, or the layer"),
        enabled_when=has_document,
    ),
    Command(
        "paste",
        "Edit",
        N_("&Paste"),
        lambda app: app.clipboard.paste(),
        keys=("Ctrl+V",),
        tip=N_("Paste shapes or layers into the map, or a picture as a new document"),
        enabled_when=lambda app: app.workspace is not None,
    ),
    Command(
        "copy_map",
        "Edit",
        N_("Copy &Map"),
        lambda app: app.clipboard.copy_map(),
        keys=("Ctrl+Shift+C",),
        tip=N_("Copy the map as a grey picture"),
        enabled_when=has_document,
    ),
    Command(
        "paste_map",
        "Edit",
        N_("Paste as M&ap"),
        lambda app: app.clipboard.paste_map(),
        keys=("Ctrl+Alt+V",),
        tip=N_("A grey picture of the photo's size becomes a layer of the map"),
        enabled_when=has_document,
    ),
    Command(
        "copy_reconstruction",
        "Edit",
        N_("Copy &Reconstruction"),
        lambda app: app.clipboard.copy_reconstruction(),
        keys=("Ctrl+Alt+C",),
        tip=N_("Copy what the codec makes of the photo as a picture"),
        enabled_when=has_document,
    ),
    Command(
        "eraser_takes_layer",
        "Edit",
        N_("&Eraser Takes the Layer Away"),
        lambda app: app.canvas.switch_eraser(),
        keys=("Shift+E",),
        icon="eraser",
        tip=N_("Erasing shows what lies below the layer, in place of painting the other quality"),
        enabled_when=has_document,
        checked_when=lambda app: app.workspace is not None and app.workspace.erases_layer,
        line_above=True,
    ),
    Command(
        "swap_qualities",
        "Edit",
        N_("Swap &Qualities"),
        lambda app: app.canvas.swap_qualities(),
        keys=("X",),
        icon="swap",
        tip=N_("Exchange the brush's quality and the eraser's"),
        enabled_when=has_document,
    ),
    Command(
        "lowest_quality",
        "Edit",
        N_("Paint Quality &0"),
        lambda app: app.canvas.set_quality(0.0),
        keys=(",",),
        tip=N_("The tools paint the lowest quality"),
        enabled_when=has_document,
    ),
    Command(
        "highest_quality",
        "Edit",
        N_("Paint Quality &1"),
        lambda app: app.canvas.set_quality(1.0),
        keys=(".",),
        tip=N_("The tools paint the highest quality"),
        enabled_when=has_document,
    ),
    Command(
        "clear_selection",
        "Edit",
        N_("&Clear Selection"),
        lambda app: app.canvas.set_selection(None),
        keys=("Ctrl+D",),
        tip=N_("Figures tell inside from outside by the map again"),
        enabled_when=has_document,
    ),
    Command(
        "cancel_job",
        "Edit",
        N_("Cancel &Job"),
        lambda app: app.controller.jobs.cancel(),
        keys=("Ctrl+.",),
        icon="close",
        tip=N_("Stop what is running"),
        enabled_when=lambda app: app.controller.jobs.is_busy,
        line_above=True,
    ),
)
