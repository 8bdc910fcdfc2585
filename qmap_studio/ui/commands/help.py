"""What tells how the program is used."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from qmap_studio.core.language import N_
from qmap_studio.ui.commands.command import MENUS, App, Command, menu_title


def keys_by_menu(commands: Sequence[Command]) -> dict[str, tuple[str, list[tuple[tuple[str, ...], str]]]]:
    """By the name of a menu its title, and the keys and the title of each of its commands."""
    return {
        menu: (menu_title(menu), [(command.keys, command.title) for command in commands if command.menu == menu])
        for menu in MENUS
    }


def _show_keys(app: App) -> None:
    from qmap_studio.ui.dialogs.keys import KeysDialog

    dialog = KeysDialog(keys_by_menu(app.commands), app.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


COMMANDS = (
    Command(
        "help",
        "Help",
        N_("&Keys and Mouse"),
        _show_keys,
        keys=("?", "F1"),
        icon="help",
        tip=N_("Every key on one page"),
    ),
)
