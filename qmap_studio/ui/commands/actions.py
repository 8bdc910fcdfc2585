"""Qt's actions and menus, made from the commands."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from qmap_studio.core.language import tr
from qmap_studio.ui.commands.command import MENUS, SUBMENUS, App, Command
from qmap_studio.ui.theme import set_icon


class Actions:
    """An action for each command, owned by the window and reachable by its keys.

    Attributes:
        by_name: the actions by their commands' names.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.by_name: dict[str, QAction] = {}
        self._is_fresh = False
        groups: dict[str, QActionGroup] = {}
        for command in app.commands:
            action = _action(command, app.window)
            action.triggered.connect(self._runner(command))
            if command.group:
                groups.setdefault(command.group, QActionGroup(app.window)).addAction(action)
            app.window.addAction(action)
            self.by_name[command.name] = action
        self.refresh()

    def refresh(self) -> None:
        """Enables what is of use now, and shows texts and check marks as they are now."""
        self._is_fresh = True
        for command in self._app.commands:
            action = self.by_name[command.name]
            action.setEnabled(command.enabled_when(self._app))
            if command.checked_when is not None:
                action.setChecked(command.checked_when(self._app))
            if command.text_now is not None:
                action.setText(command.text_now(self._app))
            if command.tip_now is not None:
                _show_tip(action, command, command.tip_now(self._app))

    def _runner(self, command: Command) -> Callable[[], None]:
        def run() -> None:
            self._is_fresh = False
            command.run(self._app)
            if not self._is_fresh:
                self.refresh()  # a click has moved the check mark, whatever came of it

        return run


def build_menus(window: QMainWindow, commands: Sequence[Command], actions: Mapping[str, QAction]) -> None:
    """Menus with every command."""
    menus = {name: window.menuBar().addMenu(tr(text)) for name, text in MENUS.items() if name not in SUBMENUS}
    for name, parent in SUBMENUS.items():
        menus[name] = menus[parent].addMenu(tr(MENUS[name]))
        menus[parent].removeAction(menus[name].menuAction())
    for command in commands:
        if command.line_above:
            menus[command.menu].addSeparator()
        menus[command.menu].addAction(actions[command.name])
        if command.tip_now is not None:
            menus[command.menu].setToolTipsVisible(True)
        actions[command.name].setIconVisibleInMenu(False)
    for name, parent in SUBMENUS.items():
        menus[parent].addSeparator()
        menus[parent].addMenu(menus[name])


def _action(command: Command, window: QMainWindow) -> QAction:
    action = QAction(tr(command.text), window)
    action.setObjectName(command.name)
    action.setShortcuts([QKeySequence(key) for key in command.keys])
    action.setCheckable(command.checked_when is not None)
    action.setIconText(command.title)
    _show_tip(action, command, tr(command.tip))
    if command.icon:
        set_icon(action, command.icon)
    return action


def _show_tip(action: QAction, command: Command, tip: str) -> None:
    keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in command.keys)
    action.setToolTip(f"<b>{command.title}</b> {f'({keys})' if keys else ''}<br>{tip}")  # no text: only its form
    action.setStatusTip(tip)
