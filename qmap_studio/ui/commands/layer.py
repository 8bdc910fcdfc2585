"""What is done to layers."""

from functools import partial

from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import App, Command, has_document


def _is_not_base(app: App) -> bool:
    document = app.controller.document
    return document is not None and app.workspace is not None and document.active_layer is not document.layers[0]


def _can_delete(app: App) -> bool:
    document = app.controller.document
    return _is_not_base(app) or (document is not None and bool(document.choice.shapes))


def _is(field: str, app: App) -> bool:
    document = app.controller.document
    layer = document.active_layer if document is not None else None
    return layer is not None and bool(getattr(layer, field))


def _add_adjustment(app: App) -> None:
    from qmap_studio.document.layers.adjustments import Levels

    app.layers.add_adjustment(Levels)


COMMANDS = (
    Command(
        "new_brush_layer",
        "Layer",
        N_("New &Brush Layer"),
        lambda app: app.layers.add_brush(),
        keys=("Ctrl+Shift+N",),
        icon="plus",
        tip=N_("Strokes go into a layer of their own from now on"),
        enabled_when=has_document,
    ),
    Command(
        "new_adjustment",
        "Layer",
        N_("New Ad&justment Layer"),
        _add_adjustment,
        keys=("Ctrl+Shift+J",),
        icon="adjust",
        tip=N_("Levels, blur and the like of all that lies below, to be changed or taken away later"),
        enabled_when=has_document,
    ),
    Command(
        "duplicate_layer",
        "Layer",
        N_("D&uplicate"),
        lambda app: app.layers.duplicate(),
        keys=("Ctrl+J",),
        icon="duplicate",
        tip=N_("A copy of the layer above it"),
        enabled_when=_is_not_base,
    ),
    Command(
        "delete_layer",
        "Layer",
        N_("&Delete"),
        lambda app: app.layers.delete(),
        keys=("Ctrl+Shift+Backspace",),
        icon="delete",
        tip=N_("Delete the selected shapes, or the layer"),
        enabled_when=_can_delete,
    ),
    Command(
        "raise_layer",
        "Layer",
        N_("Move &Up"),
        lambda app: app.layers.step(1),
        keys=("Ctrl+Shift+Up",),
        icon="layer_up",
        tip=N_("Take the layer over the next one"),
        enabled_when=_is_not_base,
        line_above=True,
    ),
    Command(
        "lower_layer",
        "Layer",
        N_("Move Do&wn"),
        lambda app: app.layers.step(-1),
        keys=("Ctrl+Shift+Down",),
        icon="layer_down",
        tip=N_("Take the layer below the next one"),
        enabled_when=_is_not_base,
    ),
    Command(
        "layer_visible",
        "Layer",
        N_("&Visible"),
        lambda app: app.layers.toggle("visible", N_("Show or hide layer")),
        keys=("Ctrl+Shift+V",),
        tip=N_("Whether the layer counts"),
        enabled_when=_is_not_base,
        checked_when=partial(_is, "visible"),
        line_above=True,
    ),
    Command(
        "layer_locked",
        "Layer",
        N_("&Locked"),
        lambda app: app.layers.toggle("locked", N_("Lock layer")),
        keys=("Ctrl+/",),
        tip=N_("Tools leave the layer alone"),
        enabled_when=_is_not_base,
        checked_when=partial(_is, "locked"),
    ),
    Command(
        "layer_inside",
        "Layer",
        N_("&Inside, for the Figures"),
        lambda app: app.layers.toggle("is_inside", N_("Inside")),
        keys=("Ctrl+Alt+I",),
        tip=N_("What the layer covers is what figures call inside"),
        enabled_when=_is_not_base,
        checked_when=partial(_is, "is_inside"),
    ),
)
