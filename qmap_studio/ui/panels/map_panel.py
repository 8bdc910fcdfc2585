"""What acts on the whole map, and how it lies over the photo."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.theme import ICON_SIZE
from qmap_studio.ui.widgets.parts import rule
from qmap_studio.ui.widgets.slider import ValueSlider


class MapPanel(QWidget):
    """Uniform quality, strength, imports, and the overlay's opacity."""

    opacity_changed = Signal(float)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._uniform = ValueSlider(tr("Uniform quality"), 0, 1, decimals=2, stacked=True)
        self._uniform.value = 0.5
        self._opacity = ValueSlider(tr("Overlay"), 0, 1, shown_factor=100, suffix=" %", stacked=True)
        self._opacity.value_changed.connect(self.opacity_changed)
        set_button = _button(actions["uniform"], with_icon=False)
        actions["uniform"].setIconText(tr("Set"))
        actions["import_annotations"].setIconText(tr("Annotations"))  # there is no room for more
        uniform_row = QHBoxLayout()
        uniform_row.setSpacing(6)
        uniform_row.addWidget(self._uniform, 1)
        uniform_row.addWidget(set_button, 0, Qt.AlignmentFlag.AlignBottom)
        grid = QGridLayout()
        grid.setSpacing(6)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        places = ("strengthen", "weaken", "raise", "lower", "invert", "import_annotations", "import_map", "save_map")
        for place, name in enumerate(places):
            grid.addWidget(_button(actions[name]), *divmod(place, 2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(uniform_row)
        layout.addLayout(grid)
        layout.addWidget(rule())
        layout.addWidget(self._opacity)
        layout.addStretch(1)

    @property
    def uniform_quality(self) -> float:
        return self._uniform.value

    @uniform_quality.setter
    def uniform_quality(self, quality: float) -> None:
        self._uniform.value = quality

    def show_opacity(self, opacity: float) -> None:
        self._opacity.value = opacity


def _button(action: QAction, with_icon: bool = True) -> QToolButton:
    button = QToolButton()
    button.setObjectName("bordered")
    button.setDefaultAction(action)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setAccessibleName(action.iconText())
    style = Qt.ToolButtonStyle
    button.setToolButtonStyle(style.ToolButtonTextBesideIcon if with_icon else style.ToolButtonTextOnly)
    if with_icon:
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button


QUALITY_MAP = Panel(N_("Map"), lambda _app, actions: MapPanel(actions))
