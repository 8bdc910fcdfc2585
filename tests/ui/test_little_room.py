"""A screen of 1366 x 768 pixels at 200 %: everything is there, nothing is cut, and sentences move nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.ui.commands.help import keys_by_menu
from qmap_studio.ui.dialogs.choose_picture import ChoosePictureDialog
from qmap_studio.ui.dialogs.export import ExportDialog
from qmap_studio.ui.dialogs.keys import KeysDialog
from qmap_studio.ui.dialogs.task import TaskDialog
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.regions import stops
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import figures, paint_line, show_comparison

SCREEN = QSize(683, 384)
TITLE_BAR = 30  # of the desktop's


@pytest.fixture
def small(qtbot: QtBot, opened: MainWindow) -> MainWindow:
    opened.resize(SCREEN.width(), SCREEN.height() - TITLE_BAR)
    QApplication.processEvents()
    return opened


ARRANGEMENTS: dict[str, Callable[[MainWindow], object]] = {
    "as it opens": lambda window: None,
    "with all panes": lambda window: window.canvas.workspace.panes.show_only(
        ["original", "reconstruction", "heat_map", "difference"]
    ),
    "with its side": lambda window: window.actions_by_name["side_panel"].trigger(),
    "comparing": show_comparison,
    "comparing, with its side": lambda window: (show_comparison(window), window.page.show_side(True)),
}


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_the_window_fits(small: MainWindow, arrangement: str) -> None:
    ARRANGEMENTS[arrangement](small)
    for tool in ("brush", "linear", "rectangle", "select"):
        small.actions_by_name[f"tool_{tool}"].trigger()
        QApplication.processEvents()
        assert (small.width(), small.height()) == (SCREEN.width(), SCREEN.height() - TITLE_BAR)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_whatever_the_keyboard_comes_to_is_seen_whole(small: MainWindow, arrangement: str) -> None:
    ARRANGEMENTS[arrangement](small)
    QApplication.processEvents()
    seen = 0
    for part in small._parts():
        for widget in stops(part):
            widget.setFocus()
            small.regions.go_inside(1)
            small.regions.go_inside(-1)
            if QApplication.focusWidget() is widget and widget is not small.comparing.view:
                shown = widget.visibleRegion().boundingRect().size()
                if widget.height() < 100:  # a picture is as large as there is room
                    assert shown == widget.size(), (type(widget).__name__, widget.accessibleName())
                seen += 1
    assert seen > 15


def test_the_side_gives_way_and_comes_back(qtbot: QtBot, small: MainWindow) -> None:
    action = small.actions_by_name["side_panel"]
    assert not small.figures.isVisible()
    assert not action.isChecked()
    action.trigger()
    assert small.figures.isVisible()
    assert action.isChecked()
    small.resize(1200, 700)
    QApplication.processEvents()
    assert small.figures.isVisible()
    action.trigger()
    assert not small.figures.isVisible()
    small.resize(1100, 700)
    QApplication.processEvents()
    assert not small.figures.isVisible(), "it was not asked for"


def test_rate_and_size_stay_in_sight_without_the_side(small: MainWindow) -> None:
    small.figures.show_figures(figures(estimated=True), 0.5)
    assert small.status.rate == "0.651 bpp · ≈ 1.2 KB"
    small.actions_by_name["side_panel"].trigger()
    assert small.status.rate == "", "the panel has them"


def test_several_sentences_are_told_apart(opened: MainWindow) -> None:
    opened.banner.show_error("One is cut short.")
    assert opened.banner._text.text() == "One is cut short."
    opened.banner.show_error("Two is no picture.")
    assert opened.banner._text.text().splitlines() == ["• One is cut short.", "• Two is no picture."]
    for number in range(5):
        opened.banner.show_error(f"Photo {number} is damaged.")
    assert len(opened.banner._text.text().splitlines()) == 3, "the photo below stays in sight"


def test_the_toolbar_gives_up_texts_and_no_button(small: MainWindow) -> None:
    buttons = [b for b in small.toolbar.findChildren(QToolButton) if b.defaultAction() is not None]
    assert len(buttons) == 14
    assert all(button.isVisible() and button.accessibleName() for button in buttons)
    assert not any(small.toolbar.rect().intersected(b.geometry()) != b.geometry() for b in buttons)
    styles = [{b.toolButtonStyle() for b in buttons}]
    small.resize(1300, 700)
    QApplication.processEvents()
    styles.append({b.toolButtonStyle() for b in buttons})
    assert Qt.ToolButtonStyle.ToolButtonTextBesideIcon not in styles[0]
    assert Qt.ToolButtonStyle.ToolButtonTextBesideIcon in styles[1]


@pytest.mark.parametrize("width", [260, 320, 400, 700])
def test_no_button_of_the_comparison_is_cut(qtbot: QtBot, width: int) -> None:
    panel = ComparisonPanel()
    qtbot.addWidget(panel)
    panel.resize(width, 500)
    panel.show()
    QApplication.processEvents()
    buttons = [b for b in panel.widget().findChildren(QToolButton) if b.accessibleName()]
    assert len(buttons) == 5
    for button in buttons:
        assert button.width() >= button.sizeHint().width(), button.accessibleName()
    assert {b.toolButtonStyle() for b in buttons} <= {
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        Qt.ToolButtonStyle.ToolButtonIconOnly,
    }


def test_the_page_of_keys_scrolls(qtbot: QtBot, opened: MainWindow) -> None:
    dialog = KeysDialog(keys_by_menu(opened.app.commands), opened)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.resize(SCREEN.width() - 40, SCREEN.height() - 60)
    assert dialog.height() == SCREEN.height() - 60
    assert "F6" in {label.text() for label in dialog.findChildren(QLabel)}


@pytest.mark.parametrize(
    "make",
    [
        lambda window: ExportDialog(Path("here/photo.sfc"), 512, 768, 20_000, window),
        lambda window: TaskDialog(None, "", window),
        lambda window: ChoosePictureDialog(["b/photo.png", "a/photo.png"], "boxes.json", "photo.png", window),
    ],
    ids=["export", "task", "choose"],
)
def test_dialogs_fit_and_their_buttons_are_seen(opened: MainWindow, make: Callable[[MainWindow], QDialog]) -> None:
    dialog = make(opened)
    dialog.resize(SCREEN.width(), SCREEN.height() - TITLE_BAR)
    dialog.show()
    QApplication.processEvents()
    assert dialog.height() == SCREEN.height() - TITLE_BAR
    buttons = dialog.findChild(QDialogButtonBox).buttons()
    assert QApplication.focusWidget() not in buttons, "the content comes first"
    for button in buttons:
        assert button.visibleRegion().boundingRect().size() == button.size()
    dialog.close()


# Sentences


def canvas_now(window: MainWindow) -> object:
    pane = window.canvas.workspace.panes.pane("original")
    return pane.viewport().mapToGlobal(QPoint()), pane.viewport().size(), pane.view


@pytest.mark.parametrize("sentence", ["Short.", "A long sentence, which goes on in several lines. " * 8])
def test_a_sentence_moves_nothing_that_one_paints_on(opened: MainWindow, sentence: str) -> None:
    QApplication.processEvents()
    before = canvas_now(opened)
    opened.controller.failed.emit(sentence)
    QApplication.processEvents()
    assert opened.banner.isVisible()
    assert canvas_now(opened) == before
    stage, banner = rect_of(opened.stage), rect_of(opened.banner)
    assert stage.contains(banner)
    assert banner.top() == stage.top()
    text = opened.banner._text
    assert text.height() >= text.heightForWidth(text.width()), "it is read whole"


def rect_of(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())


def test_painting_puts_a_sentence_by_and_the_status_line_has_it_back(opened: MainWindow) -> None:
    again = next(b for b in opened.status.findChildren(QToolButton) if b.accessibleName() == "Show the message again")
    assert not again.isVisible()
    opened.controller.failed.emit("broken.png is cut short.")
    opened.banner.hide()
    opened.controller.failed.emit("broken.png is cut short.")
    paint_line(opened)
    assert not opened.banner.isVisible()
    assert again.isVisible()
    assert again.toolTip() == "broken.png is cut short."
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert opened.banner.isVisible()
    assert opened.banner.text == "broken.png is cut short."
    assert not again.isVisible()
    opened.controller.done.emit("Saved.")
    assert not opened.banner.isVisible()
    assert not again.isVisible()
