"""Opening, exporting and saving."""

from qmap_studio.core.language import N_
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.ui.commands.command import App, Command, has_document


def _has_pages(app: App) -> bool:
    front = app.controller.documents.front
    return front is not None and front.page_count > 1


COMMANDS = (
    Command(
        "open",
        "File",
        N_("&Open…"),
        lambda app: app.files.ask_open(),
        keys=("Ctrl+O",),
        icon="open",
        tip=N_("Open a photo, a project or an .sfc file"),
    ),
    Command(
        "open_page",
        "File",
        N_("Open &Page…"),
        lambda app: app.files.ask_open_page(),
        keys=("Ctrl+Shift+P",),
        tip=N_("Open another page or frame of the file"),
        enabled_when=_has_pages,
    ),
    Command(
        "sample",
        "File",
        N_("Open &Sample Photo"),
        lambda app: app.files.open(sample_photo_path()),
        keys=("Ctrl+Shift+O",),
        icon="sample",
        tip=N_("Begin with a portrait"),
    ),
    Command(
        "attach_photo",
        "File",
        N_("&Attach Original Photo…"),
        lambda app: app.files.ask_attach_photo(),
        keys=("Ctrl+Alt+O",),
        tip=N_("Put the photo in the place of what was decoded from a file, under the same layers"),
        enabled_when=lambda app: app.controller.is_decoded,
    ),
    Command(
        "save",
        "File",
        N_("&Save Project"),
        lambda app: app.saving.save(),
        keys=("Ctrl+S",),
        icon="save",
        tip=N_("Keep the map with its layers, to be worked on later"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "save_as",
        "File",
        N_("Save Project &As…"),
        lambda app: app.saving.save_as(),
        keys=("Ctrl+Shift+S",),
        tip=N_("Save the project under another name, with or without the photo"),
        enabled_when=has_document,
    ),
    Command(
        "export",
        "File",
        N_("&Export .sfc…"),
        lambda app: app.files.ask_export(),
        keys=("Ctrl+E",),
        icon="export",
        tip=N_("Encode to a file"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "save_reconstruction",
        "File",
        N_("Save &Reconstruction…"),
        lambda app: app.files.ask_save_picture("reconstruction"),
        keys=("Ctrl+Shift+R",),
        icon="reconstruction",
        tip=N_("Save what the codec makes of the photo"),
        enabled_when=has_document,
    ),
    Command(
        "save_heat_map",
        "File",
        N_("Save &Heat Map…"),
        lambda app: app.files.ask_save_picture("heat_map"),
        keys=("Ctrl+Shift+H",),
        icon="heat_map",
        tip=N_("Save a picture of where the bits go"),
        enabled_when=has_document,
    ),
    Command(
        "save_comparison",
        "File",
        N_("Save &Comparison…"),
        lambda app: app.files.ask_save_picture("comparison"),
        keys=("Ctrl+Shift+K",),
        icon="compare",
        tip=N_("Save the map against uniform quality, with figures"),
        enabled_when=has_document,
    ),
    Command(
        "batch",
        "File",
        N_("&Batch…"),
        lambda app: app.show_batch(),
        keys=("Ctrl+Shift+B",),
        icon="batch",
        tip=N_("Encode all photos of folders by one recipe"),
        line_above=True,
    ),
    Command(
        "close_document",
        "File",
        N_("&Close"),
        lambda app: app.close_document(),
        keys=("Ctrl+W",),
        tip=N_("Close the document in front"),
        enabled_when=has_document,
        line_above=True,
    ),
    Command("quit", "File", N_("&Quit"), lambda app: app.window.close(), keys=("Ctrl+Q",)),
)
