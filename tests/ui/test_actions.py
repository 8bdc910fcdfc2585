from collections import Counter

from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QSlider, QToolBar
from pytestqt.qtbot import QtBot

from qmap_studio.core.resources import resource_path
from qmap_studio.ui.commands import all_commands
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.window import MainWindow

COMMANDS = all_commands(TOOLS)


def test_every_action_has_keys_of_its_own() -> None:
    counts = Counter(key for command in COMMANDS for key in command.keys)
    assert all(command.keys for command in COMMANDS)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_icon_is_there() -> None:
    assert all(resource_path(f"icons/{command.icon}.svg").is_file() for command in COMMANDS if command.icon)


def test_every_action_does_something(window: MainWindow) -> None:
    receivers = {
        name: action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)")
        for name, action in window.actions_by_name.items()
    }
    assert [name for name, count in receivers.items() if count == 0] == []


def test_the_narrowest_window_has_room_for_the_toolbar(qtbot: QtBot, opened: MainWindow) -> None:
    bar = opened.findChild(QToolBar)
    assert bar is not None
    opened.resize(100, 100)
    buttons = [bar.widgetForAction(opened.actions_by_name[name]) for name in ("open", "compare", "help")]
    qtbot.waitUntil(lambda: opened.width() <= 683 and all(button.isVisible() for button in buttons))
    assert bar.sizeHint().width() <= opened.width()


def test_every_action_is_in_a_menu(window: MainWindow) -> None:
    def below(menu) -> set[str]:
        found = set()
        for action in menu.actions():
            found |= below(action.menu()) if action.menu() is not None else {action.objectName()}
        return found

    assert {command.name for command in COMMANDS} <= below(window.menuBar())


def test_controls_have_names_for_screen_readers(opened: MainWindow) -> None:
    controls = [*opened.findChildren(QAbstractButton), *opened.findChildren(QSlider)]
    controls += opened.findChildren(QAbstractSpinBox)
    nameless = [
        control
        for control in controls
        if control.isVisible()
        and not (control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()))
    ]
    assert nameless == []
