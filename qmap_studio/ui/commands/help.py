"""What tells how the program is used."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from qmap_studio.ui.commands.command import App, Command


def keys_by_menu(commands: Sequence[Command]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """By the name of a menu the keys and the title of each of its commands."""
    menus: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for command in commands:
        menus.setdefault(command.menu, []).append((command.keys, command.title))
    return menus


def _show_keys(app: App) -> None:
    from qmap_studio.ui.dialogs.keys import KeysDialog

    dialog = KeysDialog(keys_by_menu(app.commands), app.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


COMMANDS = (
    Command(
        "help",
        "Help",
        "&Keys and Mouse",
        _show_keys,
        keys=("?", "F1"),
        icon="help",
        tip="Every key on one page",
    ),
)
