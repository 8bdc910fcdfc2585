"""Light and dark: the palette, the style sheet, and icons in the text's colour."""

from dataclasses import asdict, dataclass
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from qmap_studio.core.resources import resource_path

ICON_SIZE = 20
_ICON_PROPERTY = "icon_name"


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme. Greys have no tint, so that they do not change how a photo looks."""

    window: str
    panel: str
    raised: str
    stage: str
    field: str
    hover: str
    pressed: str
    line: str
    groove: str
    knob: str
    knob_line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_soft: str
    accent_text: str
    on_accent: str
    warm_soft: str
    warm_text: str
    banner: str
    banner_line: str


LIGHT = Tokens(
    window="#f5f5f5", panel="#ffffff", raised="#ffffff", stage="#e2e2e2", field="#ffffff", hover="#e8e8e8",
    pressed="#dcdcdc", line="#d6d6d6", groove="#cdcdcd", knob="#ffffff", knob_line="#9a9a9a", text="#1d1d1d",
    muted="#636363", faint="#a3a3a3", accent="#0f766e", accent_hover="#0d6a63", accent_soft="#d3ebe8",
    accent_text="#0b5f58", on_accent="#ffffff", warm_soft="#fbe9cf", warm_text="#8a4b00", banner="#fdeceb",
    banner_line="#eebbb7",
)  # fmt: skip
DARK = Tokens(
    window="#252525", panel="#2c2c2c", raised="#343434", stage="#191919", field="#1d1d1d", hover="#383838",
    pressed="#424242", line="#3b3b3b", groove="#4c4c4c", knob="#d9d9d9", knob_line="#d9d9d9", text="#e6e6e6",
    muted="#a6a6a6", faint="#6f6f6f", accent="#2ca79b", accent_hover="#35b8ab", accent_soft="#1c423e",
    accent_text="#6fd8cd", on_accent="#07211e", warm_soft="#453419", warm_text="#f0c078", banner="#452826",
    banner_line="#754440",
)  # fmt: skip

_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
_shown = LIGHT


def current() -> Tokens:
    """The colours shown now."""
    return _shown


def apply_theme(theme: str, window: QWidget | None = None) -> None:
    """Shows a theme.

    Args:
        theme: one of THEMES.
        window: its icons are drawn anew.
    """
    global _shown
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(_SCHEMES.get(theme, Qt.ColorScheme.Unknown))
    # A platform without themes does not take the scheme over: what was asked for counts.
    _shown = DARK if _SCHEMES.get(theme, hints.colorScheme()) == Qt.ColorScheme.Dark else LIGHT
    application = QApplication.instance()
    assert isinstance(application, QApplication), "a theme needs a QApplication"
    application.setPalette(_palette(_shown))
    application.setStyleSheet(_style_sheet(_shown))
    if window is not None:
        refresh_icons(window)


def set_icon(target: QAction | QAbstractButton | QLabel, name: str, size: int = ICON_SIZE) -> None:
    """Gives an action, a button or a label an icon that follows the theme.

    Args:
        size: of a label's.
    """
    target.setProperty(_ICON_PROPERTY, name)
    if isinstance(target, QLabel):
        target.setProperty("icon_size", size)
        pixmap = _drawn(name, current().text, 2 * size)
        pixmap.setDevicePixelRatio(2)
        target.setPixmap(pixmap)
        return
    target.setIcon(_icon(name, current()))
    if isinstance(target, QAbstractButton):
        target.setIconSize(QSize(ICON_SIZE, ICON_SIZE))


def icon(name: str) -> QIcon:
    """An icon in the colours that are shown now."""
    return _icon(name, current())


def refresh_icons(root: QObject) -> None:
    """Draws the icons below a widget in the colours of the theme."""
    for kind in (QAction, QAbstractButton, QLabel):
        for target in root.findChildren(kind):
            name = target.property(_ICON_PROPERTY)
            if name:
                set_icon(target, name, target.property("icon_size") or ICON_SIZE)


@cache
def _icon(name: str, tokens: Tokens) -> QIcon:
    result = QIcon()
    variants = (
        (tokens.text, QIcon.Mode.Normal, QIcon.State.Off),
        (tokens.accent_text, QIcon.Mode.Normal, QIcon.State.On),
        (tokens.faint, QIcon.Mode.Disabled, QIcon.State.Off),
    )
    for colour, mode, state in variants:
        for size in (ICON_SIZE, 2 * ICON_SIZE):
            result.addPixmap(_drawn(name, colour, size), mode, state)
    return result


def _drawn(name: str, colour: str, size: int) -> QPixmap:
    """An icon of resources/icons in one colour."""
    drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    return pixmap


def _style_sheet(tokens: Tokens) -> str:
    check, down = (resource_path(f"icons/{name}.svg").as_posix() for name in ("check", "down"))
    template = Template(resource_path("style.qss").read_text(encoding="utf-8"))
    return template.substitute(asdict(tokens), check=check, down=down)


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.field,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.faint,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent_text,
        role.Light: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.groove,
    }
    palette = QPalette()
    for key, colour in colours.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.faint))
    return palette
