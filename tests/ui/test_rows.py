"""A tool, a command or a panel is there by its row alone."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.core.settings import Settings
from qmap_studio.engine import JobDone, PictureOpened
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.commands import all_commands
from qmap_studio.ui.commands.command import Command
from qmap_studio.ui.commands.help import keys_by_menu
from qmap_studio.ui.dialogs.keys import KeysDialog
from qmap_studio.ui.panels import PANELS
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.pointer import Pointer
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.tools.tool import Gesture, Option, Tool
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, keep_no_work, photo


class StampGesture(Gesture):
    """A click sets one quality everywhere."""

    def release(self, pointer: Pointer) -> None:
        self._document.fill_uniform(self._qualities(pointer)[0])


STAMP = Tool(
    name="stamp",
    text="S&tamp",
    key="T",
    tip="One quality everywhere",
    icon="uniform",
    options=(Option.QUALITY, Option.FEATHER),
    hint="Click anywhere.",
    gesture=StampGesture,
)
NOTES = Panel("Notes", lambda _app, _actions: QLabel("Notes"))


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> MainWindow:
    """With a photo, and one tool and one panel more than there are."""
    tools = (*TOOLS, STAMP)
    window = MainWindow(settings, tools=tools, panels=(*PANELS, NOTES))
    qtbot.addWidget(window, before_close_func=keep_no_work)
    bridge = EngineBridge(FakeEngine, window)  # type: ignore[arg-type]
    window.attach(CanvasController(settings, tools), bridge)
    window.show()
    window.open("photo.png")
    with qtbot.waitSignal(window.controller.jobs.ended):
        bridge.engine.deliver(PictureOpened(1, Path("photo.png"), photo()))  # type: ignore[attr-defined]
        bridge.engine.deliver(JobDone(1, Path("photo.png"), ""))  # type: ignore[attr-defined]
    return window


def test_a_tool_is_in_strip_menu_keys_and_options(window: MainWindow) -> None:
    action = window.actions_by_name["tool_stamp"]
    buttons = window.tool_strip.findChildren(QToolButton)
    assert any(button.defaultAction() is action for button in buttons)
    menus = [menu.menu() for menu in window.menuBar().actions() if menu.text() == "&Tools"]
    assert action in menus[0].actions()
    page = KeysDialog(keys_by_menu(window.app.commands), window)
    assert "Stamp" in {label.text() for label in page.findChildren(QLabel)}
    assert window.canvas is not None
    workspace = window.canvas.workspace
    workspace.setFocus()
    QTest.keyClick(workspace, Qt.Key.Key_T)
    assert workspace.tool is STAMP
    assert action.isChecked()
    assert "Click anywhere." in {label.text() for label in window.options.findChildren(QLabel) if label.isVisible()}
    shown = {w.accessibleName() for w in window.options.findChildren(QWidget) if w.isVisible() and w.accessibleName()}
    assert {"Quality", "Feather"} <= shown
    assert "Size" not in shown


def test_a_tool_edits_the_map(window: MainWindow) -> None:
    assert window.canvas is not None
    window.actions_by_name["tool_stamp"].trigger()
    pane = window.canvas.workspace.panes.pane("original").viewport()
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.rect().center())
    document = window.controller.document
    assert document is not None
    assert document.undo_name == "Uniform quality"


def test_a_panel_is_at_the_side(window: MainWindow) -> None:
    notes = window.panels[-1]
    window._side.show_panel(notes)
    assert not notes.isHidden()
    assert window._side.tabs.tabText(window._side.tabs.currentIndex()) == "Notes"
    assert notes.accessibleName() == "Notes"


def test_a_command_cannot_be_made_without_what_it_does() -> None:
    with pytest.raises(TypeError):
        Command("nothing", "File", "Nothing")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("tool", "told"),
    [
        (replace(STAMP, name="brush"), "'Brush' and 'Stamp' have one name: 'tool_brush'"),
        (replace(STAMP, key="B"), "'tool_brush' and 'tool_stamp' have one key: B"),
        (replace(STAMP, key="ctrl+i"), "'invert' and 'tool_stamp' have one key: ctrl+i"),
    ],
)
def test_two_rows_of_one_name_or_key_are_refused(tool: Tool, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        all_commands((*TOOLS, tool))
