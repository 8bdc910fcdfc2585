"""Every command of the window: one row each, in the file of its menu, with the function that does it."""

from collections.abc import Sequence

from qmap_studio.ui.commands import compare, edit, file, help, map, tools, view
from qmap_studio.ui.commands.command import Command
from qmap_studio.ui.tools.tool import Tool


def all_commands(available_tools: Sequence[Tool]) -> tuple[Command, ...]:
    """The commands in the order of the menus."""
    return (
        *file.COMMANDS,
        *edit.COMMANDS,
        *map.COMMANDS,
        *tools.commands_of(available_tools),
        *view.COMMANDS,
        *compare.COMMANDS,
        *help.COMMANDS,
    )
