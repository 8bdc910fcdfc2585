"""What acts on the whole map, and how it lies over the photo."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from qmap_studio.ui.panels.parts import heading, rule
from qmap_studio.ui.panels.slider import ValueSlider


class MapPanel(QWidget):
    """Uniform quality, strength, imports, and the overlay's opacity."""

    opacity_changed = Signal(float)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Quality map")
        self._uniform = ValueSlider("Uniform quality", 0, 1, decimals=2, stacked=True)
        self._uniform.value = 0.5
        self._opacity = ValueSlider("Overlay", 0, 1, shown_factor=100, suffix=" %", stacked=True)
        self._opacity.value_changed.connect(self.opacity_changed)
        uniform_row = QHBoxLayout()
        uniform_row.setSpacing(6)
        uniform_row.addWidget(self._uniform, 1)
        uniform_row.addWidget(_button(actions["uniform"], "Set"), 0, Qt.AlignmentFlag.AlignBottom)
        grid = QGridLayout()
        grid.setSpacing(4)
        places = ("strengthen", "weaken", "raise", "lower", "invert", "import_boxes", "import_map", "save_map")
        for place, name in enumerate(places):
            grid.addWidget(_button(actions[name]), *divmod(place, 2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(heading("QUALITY MAP"))
        layout.addLayout(uniform_row)
        layout.addLayout(grid)
        layout.addWidget(rule())
        layout.addWidget(self._opacity)

    @property
    def uniform_quality(self) -> float:
        return self._uniform.value

    @uniform_quality.setter
    def uniform_quality(self, quality: float) -> None:
        self._uniform.value = quality

    def show_opacity(self, opacity: float) -> None:
        self._opacity.value = opacity


def _button(action: QAction, text: str | None = None) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    button.setText(text if text is not None else action.text().replace("&", ""))
    button.setAccessibleName(action.text().replace("&", ""))
    button.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextOnly if text is not None else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    )
    policy = button.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Expanding if text is None else policy.Policy.Minimum)
    button.setSizePolicy(policy)
    return button
