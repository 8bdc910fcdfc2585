"""Error bounds: where pixels are kept without loss, or almost."""

from typing import TYPE_CHECKING

from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import App, Command, has_document
from qmap_studio.ui.region_files import RegionFiles

if TYPE_CHECKING:
    from qmap_studio.document import Document


def _paints_without_loss(app: App) -> bool:
    return app.workspace is not None and app.workspace.brush.bound == WITHOUT_LOSS


def _bound_selection(app: App) -> None:
    def change(document: "Document") -> None:
        if document.selection is not None:
            quality = app.canvas.brush.quality
            document.fill_rectangle(document.selection, quality, bound=WITHOUT_LOSS)

    app.controller.edit(change)


def _has_selection(app: App) -> bool:
    return has_document(app) and app.canvas.document is not None and app.canvas.document.selection is not None


def _has_bounds(app: App) -> bool:
    return has_document(app) and app.canvas.document is not None and app.canvas.document.bounds is not None


COMMANDS = (
    Command(
        "paint_bound",
        "Map",
        N_("&Paint Without Loss"),
        lambda app: app.canvas.switch_bound(),
        keys=("L",),
        tip=N_("The tools paint where pixels stay exactly as they are, or a quality again"),
        enabled_when=has_document,
        checked_when=_paints_without_loss,
        line_above=True,
    ),
    Command(
        "bound_selection",
        "Map",
        N_("Without Loss Inside the Sele&ction"),
        _bound_selection,
        keys=("Ctrl+L",),
        tip=N_("The pixels of the selected rectangle stay exactly as they are"),
        enabled_when=_has_selection,
    ),
    Command(
        "bound_everywhere",
        "Map",
        N_("&Everything Without Loss"),
        lambda app: app.controller.edit(lambda document: document.bound_everywhere(WITHOUT_LOSS)),
        keys=("Ctrl+Shift+L",),
        tip=N_("Every pixel stays exactly as it is"),
        enabled_when=has_document,
    ),
    Command(
        "import_region",
        "Map",
        N_("Import Re&gion Without Loss…"),
        lambda app: RegionFiles(app.files, app.controller).ask_import(app.canvas.brush.bound),
        keys=("Ctrl+R",),
        tip=N_("What is above half in a grey picture or array stays exactly as it is"),
        enabled_when=has_document,
    ),
    Command(
        "save_region",
        "Map",
        N_("Sa&ve Region…"),
        lambda app: RegionFiles(app.files, app.controller).ask_save(),
        keys=("Ctrl+Alt+R",),
        tip=N_("Save what is without loss as a grey picture or array"),
        enabled_when=_has_bounds,
    ),
    Command(
        "clear_bounds",
        "Map",
        N_("Remove All Boun&ds"),
        lambda app: app.controller.edit(lambda document: document.clear_bounds()),
        keys=("Ctrl+Shift+D",),
        tip=N_("The quality alone decides everywhere"),
        enabled_when=_has_bounds,
    ),
)
