"""What tells how the program is used."""

from PySide6.QtCore import Qt

from qmap_studio.ui.commands.command import App, Command


def _show_keys(app: App) -> None:
    from qmap_studio.ui.dialogs.keys import KeysDialog

    dialog = KeysDialog(app.commands, app.window)
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
