"""Opening, exporting and saving."""

from qmap_studio.core.resources import sample_photo_path
from qmap_studio.ui.commands.command import Command, has_document

COMMANDS = (
    Command(
        "open",
        "File",
        "&Open…",
        lambda app: app.files.ask_open(),
        keys=("Ctrl+O",),
        icon="open",
        tip="Open a photo or an .sfc file",
    ),
    Command(
        "sample",
        "File",
        "Open &Sample Photo",
        lambda app: app.files.open(sample_photo_path()),
        keys=("Ctrl+Shift+O",),
        icon="sample",
        tip="Begin with a portrait",
    ),
    Command(
        "export",
        "File",
        "&Export .sfc…",
        lambda app: app.files.ask_export(),
        keys=("Ctrl+E", "Ctrl+S"),
        icon="export",
        tip="Encode to a file",
        enabled_when=has_document,
        line_above=True,
    ),
    Command(
        "save_reconstruction",
        "File",
        "Save &Reconstruction…",
        lambda app: app.files.ask_save_picture("reconstruction"),
        keys=("Ctrl+Shift+R",),
        icon="reconstruction",
        tip="Save what the codec makes of the photo",
        enabled_when=has_document,
    ),
    Command(
        "save_heat_map",
        "File",
        "Save &Heat Map…",
        lambda app: app.files.ask_save_picture("heat_map"),
        keys=("Ctrl+Shift+H",),
        icon="heat_map",
        tip="Save a picture of where the bits go",
        enabled_when=has_document,
    ),
    Command(
        "save_comparison",
        "File",
        "Save &Comparison…",
        lambda app: app.files.ask_save_picture("comparison"),
        keys=("Ctrl+Shift+K",),
        icon="compare",
        tip="Save the map against uniform quality, with figures",
        enabled_when=has_document,
    ),
    Command("quit", "File", "&Quit", lambda app: app.window.close(), keys=("Ctrl+Q",), line_above=True),
)
