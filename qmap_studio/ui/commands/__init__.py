"""Every command of the window: one row each, in the file of its menu, with the function that does it."""

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence

from qmap_studio.ui.commands import bounds, compare, edit, file, help, importance, layer, map, tools, view
from qmap_studio.ui.commands.command import Command
from qmap_studio.ui.tools.tool import Tool


def all_commands(available_tools: Sequence[Tool]) -> tuple[Command, ...]:
    """The commands in the order of the menus.

    Raises:
        ValueError: two of them, which may be tools, have one name or one key.
    """
    commands = (
        *file.COMMANDS,
        *edit.COMMANDS,
        *map.COMMANDS,
        *bounds.COMMANDS,
        *layer.COMMANDS,
        *tools.commands_of(available_tools),
        *view.COMMANDS,
        *importance.COMMANDS,
        *compare.COMMANDS,
        *help.COMMANDS,
    )
    _check_all_differ(commands)
    return commands


def _check_all_differ(commands: Sequence[Command]) -> None:
    """Qt would run neither of two commands with one key, and would not say so."""
    by_name: dict[str, Command] = {}
    by_key: dict[str, Command] = {}
    for command in commands:
        other = by_name.setdefault(command.name, command)
        if other is not command:
            raise ValueError(f"{other.title!r} and {command.title!r} have one name: {command.name!r}")
        for key in command.keys:
            other = by_key.setdefault(QKeySequence(key).toString(), command)
            if other is not command:
                raise ValueError(f"{other.name!r} and {command.name!r} have one key: {key}")
