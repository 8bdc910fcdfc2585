"""The map's file beside a uniform one."""

from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import Command, has_document

COMMANDS = (
    Command(
        "compare",
        "Compare",
        N_("&Compare with Uniform…"),
        lambda app: app.controller.compare(),
        keys=("Ctrl+K",),
        icon="compare",
        tip=N_("The same bytes, spread evenly: side by side, as a wipe, flickering"),
        enabled_when=has_document,
    ),
)
