"""The small pieces that panels and dialogs are made of."""

import re

from PySide6.QtWidgets import QFrame, QLabel, QTabBar, QToolButton, QWidget

from qmap_studio.core.language import ngettext, tr

LONGEST_LABEL = 60


def heading(text: str) -> QLabel:
    """A quiet title of a section."""
    return _named(QLabel(text), "heading")


def muted(text: str = "") -> QLabel:
    """Text of less weight, which may wrap."""
    label = _named(QLabel(text), "muted")
    label.setWordWrap(True)
    return label


def rule() -> QFrame:
    """A thin line between sections."""
    line = QFrame()
    line.setObjectName("rule")
    return line


class Reading(QLabel):
    """A value that is shown without its name, and read aloud with it, such as "PSNR Inside: 35.50 dB".

    Args:
        unit: is read, too, where it is shown elsewhere.
    """

    def __init__(self, name: str, text: str = "", unit: str = "", kind: str = "") -> None:
        super().__init__()
        self.setObjectName(kind)
        self._name, self._unit = name, unit
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(f"{self._name}: {text} {self._unit}".rstrip() if text else self._name)


def set_tone(widget: QWidget, tone: str) -> None:
    """Switches a widget's colours to another tone of the style sheet."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def name_arrows(tabs: QTabBar) -> None:
    """Qt's own buttons, for tabs that have no room, speak English."""
    for button, name in zip(tabs.findChildren(QToolButton), (tr("Tabs before"), tr("Tabs after")), strict=False):
        button.setAccessibleName(name)


def readable_bytes(size_bytes: float) -> str:
    """A size with its unit: bytes, KB (1000 bytes) or MB."""
    if size_bytes < 1000:
        whole = round(size_bytes)
        return ngettext("{n} byte", "{n} bytes", whole).format(n=whole)
    return f"{size_bytes / 1000:.1f} KB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.2f} MB"


def _named(label: QLabel, name: str) -> QLabel:
    label.setObjectName(name)
    return label


def breakable(text: str) -> str:
    """The same to look at, but long words, such as names of files, may go on in the next line."""
    return re.sub(r"(\S{24})(?=\S)", "\\1\u200b", text)


def as_label(name: str) -> str:
    """A file's name as menus and buttons show it: its middle left out if it is long, and an & as itself."""
    short = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL // 2]}…{name[-LONGEST_LABEL // 2 :]}"
    return short.replace("&", "&&")
