"""What changes, reads or writes the whole map."""

from functools import partial

from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import App, Command, has_document
from qmap_studio.ui.commands.importance import START_FROM_IMPORTANCE

STRENGTHEN, WEAKEN, SHIFT = 1.25, 0.8, 0.05


def _set_uniform(app: App) -> None:
    app.controller.edit(lambda document: document.fill_uniform(app.uniform_quality()))


def _invert(app: App) -> None:
    app.controller.edit(lambda document: document.invert())


def _strengthen(factor: float, app: App) -> None:
    app.controller.edit(lambda document: document.strengthen(factor))


def _shift(quality: float, app: App) -> None:
    app.controller.edit(lambda document: document.shift(quality))


def _optimise(app: App) -> None:
    from qmap_studio.ui.dialogs.task import TaskDialog

    assert app.controller.document is not None, "the command is there with a document"
    dialog = TaskDialog(app.controller.document.selection, app.settings.folder, app.window)
    if dialog.exec():
        app.controller.find_map(dialog.job)


def _has_alpha(app: App) -> bool:
    document = app.controller.document
    return document is not None and document.picture.alpha is not None


def _map_from_alpha(app: App) -> None:
    import numpy as np

    document = app.controller.document
    if document is not None and (alpha := document.picture.alpha) is not None:
        values = alpha.astype(np.uint16) * np.uint16(257)
        app.controller.edit(lambda document: document.replace(values, N_("Map from transparency")))


COMMANDS = (
    Command(
        "uniform",
        "Map",
        N_("Set &Uniform Quality"),
        _set_uniform,
        keys=("Ctrl+U",),
        icon="uniform",
        tip=N_("One quality everywhere, from the slider"),
        enabled_when=has_document,
    ),
    Command(
        "invert",
        "Map",
        N_("&Invert"),
        _invert,
        keys=("Ctrl+I",),
        icon="invert",
        tip=N_("Quality q becomes 1 − q"),
        enabled_when=has_document,
    ),
    Command(
        "strengthen",
        "Map",
        N_("&Strengthen"),
        partial(_strengthen, STRENGTHEN),
        keys=("Ctrl+]",),
        icon="strengthen",
        tip=N_("More difference between what matters and the rest"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "weaken",
        "Map",
        N_("&Weaken"),
        partial(_strengthen, WEAKEN),
        keys=("Ctrl+[",),
        icon="weaken",
        tip=N_("Less difference between what matters and the rest"),
        enabled_when=has_document,
    ),
    Command(
        "raise",
        "Map",
        N_("&Raise"),
        partial(_shift, SHIFT),
        keys=("Ctrl+Up",),
        icon="raise",
        tip=N_("A little more quality everywhere"),
        enabled_when=has_document,
    ),
    Command(
        "lower",
        "Map",
        N_("&Lower"),
        partial(_shift, -SHIFT),
        keys=("Ctrl+Down",),
        icon="lower",
        tip=N_("A little less quality everywhere"),
        enabled_when=has_document,
    ),
    Command(
        "optimise",
        "Map",
        N_("&Optimise for a Task…"),
        _optimise,
        keys=("Ctrl+T",),
        tip=N_("The map that keeps edges, the selection or what a model sees best"),
        enabled_when=has_document,
        line_above=True,
    ),
    START_FROM_IMPORTANCE,
    Command(
        "import_annotations",
        "Map",
        N_("Import A&nnotations…"),
        lambda app: app.files.ask_import_annotations(),
        keys=("Ctrl+B",),
        icon="boxes",
        tip=N_("Detections and labels from a file become shapes of the map, with a quality for each class"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "import_map",
        "Map",
        N_("Import &Map…"),
        lambda app: app.files.ask_import_map(),
        keys=("Ctrl+M",),
        icon="map",
        tip=N_("A grey PNG, TIFF or NPY array becomes the map"),
        enabled_when=has_document,
    ),
    Command(
        "map_from_alpha",
        "Map",
        N_("Map from &Transparency"),
        _map_from_alpha,
        keys=("Ctrl+Alt+M",),
        tip=N_("The photo's own transparency becomes the map: opaque is 1"),
        enabled_when=_has_alpha,
    ),
    Command(
        "save_map",
        "Map",
        N_("Save M&ap…"),
        lambda app: app.files.ask_save_map(),
        keys=("Ctrl+Shift+M",),
        icon="save",
        tip=N_("Save the map as a grey picture or array"),
        enabled_when=has_document,
    ),
)
