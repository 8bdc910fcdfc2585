"""What a window shows, and which of it is in no language: in one of «quotation marks» nothing else is without them."""

import gettext
import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QGraphicsScene,
    QPushButton,
    QTabBar,
    QWidget,
)

PROPERTIES = (
    "text", "title", "toolTip", "statusTip", "whatsThis", "windowTitle", "placeholderText", "prefix", "suffix",
    "specialValueText", "accessibleName", "accessibleDescription",
)  # fmt: skip
"""Of Qt's, in which texts are shown or read aloud."""

NAMES = {"QMap Studio", "photo.png", "photo.sfc", "live", "song2021", "sigvic2023", "GPU (CUDA)", "cat", "dog"}
UNITS = {"bpp", "KB", "MB", "dB", "px"}
"""Both have no translation."""
BY_THE_TEST = {"photo.png: 160 x 96 pixels."}
"""What the engine, which the tests only play, says in English."""

Text = tuple[str, str]  # where it is shown; what it is


class Quoted(gettext.NullTranslations):
    """A language that says everything in quotation marks."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


def texts_of(widget: QWidget) -> Iterator[Text]:
    """All texts of a widget and of what is in it, its actions and the items of its lists included."""
    for part in [widget, *widget.findChildren(QWidget)]:
        if _is_of_qt(part):
            continue
        kind = type(part).__name__
        yield from _properties(part)
        if isinstance(part, QComboBox):
            yield from ((f"{kind} item", part.itemText(row)) for row in range(part.count()))
        if isinstance(part, QTabBar):
            yield from ((f"{kind} tab", part.tabText(row)) for row in range(part.count()))
        if isinstance(part, QAbstractItemView) and part.model() is not None:
            yield from ((f"{kind} item", text) for text in _items(part, QModelIndex()))
    for action in widget.findChildren(QAction):
        if not isinstance(action.parent(), QGraphicsScene):  # pyqtgraph's own menu, which is never shown
            yield from _properties(action)


def _is_of_qt(part: QWidget) -> bool:
    """Whether it is a button such as Cancel, which Qt translates itself."""
    box = part.parent()
    if isinstance(part, QPushButton) and isinstance(box, QDialogButtonBox):
        return box.standardButton(part) != QDialogButtonBox.StandardButton.NoButton
    return part.objectName().startswith("qt_dockwidget")


def _properties(part: QObject) -> Iterator[Text]:
    for name in PROPERTIES:
        yield f"{type(part).__name__}.{name}", str(part.property(name) or "")


def _items(view: QAbstractItemView, parent: QModelIndex) -> Iterator[str]:
    model = view.model()
    for row in range(model.rowCount(parent)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.data(index, role) or "")
        yield from _items(view, model.index(row, 0, parent))


def untranslated(texts: Iterator[Text]) -> list[Text]:
    """Those with words outside the quotation marks."""
    return sorted({(where, text) for where, text in texts if _words_outside(text)})


def _words_outside(text: str) -> bool:
    quoted = re.compile("«[^«»]*»")
    while quoted.search(text):  # what is filled in may be quoted, too
        text = quoted.sub(" ", text)
    names = sorted(map(re.escape, NAMES | BY_THE_TEST), key=len, reverse=True)
    for spared in (r"<[^>]*>", r"\b(Ctrl|Shift|Alt|Meta)\+\S+", *names, rf"\b({'|'.join(UNITS)})\b"):
        text = re.sub(spared, " ", text)
    return re.search(r"[^\W\d_]{2}", text) is not None
