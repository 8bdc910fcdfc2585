"""The bar below the menus: the actions that are wanted most."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.theme import ICON_SIZE
from qmap_studio.ui.widgets.roomy_buttons import fit_texts, narrowest

RULE, GAP = "", " "
BUTTONS = ("open", "export", RULE, "undo", "redo", RULE, "pane_original", "pane_reconstruction", "pane_heat_map",
           "pane_difference", RULE, "fit", "actual", "grid", GAP, "compare", "side_panel", "help")  # fmt: skip
WITH_TEXT = (("open", "export", "compare"),
             ("pane_original", "pane_reconstruction", "pane_heat_map", "pane_difference"))  # fmt: skip
"""In the order in which they give up their texts where the window is narrow."""
SHORT = {"export": N_("Export"), "compare": N_("Compare")}
"""Where the menu's text is too long for a button."""


class Toolbar(QToolBar):
    """Shows all of its buttons; where the window is narrow, without their texts."""

    def __init__(self, actions: dict[str, QAction]) -> None:
        super().__init__(tr("Main"))
        self.setMovable(False)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.toggleViewAction().setVisible(False)
        for name, text in SHORT.items():
            actions[name].setIconText(tr(text))
        for name in BUTTONS:
            if name == RULE:
                self.addSeparator()
            elif name == GAP:
                gap = QWidget()
                gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
                self.addWidget(gap)
            else:
                self._add(actions[name])
        self._texts = [[self._button(actions[name]) for name in group] for group in WITH_TEXT]

    def _add(self, action: QAction) -> None:
        self.addAction(action)
        button = self._button(action)
        button.setAccessibleName(action.iconText())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _button(self, action: QAction) -> QToolButton:
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """With its style it has its size."""
        super().showEvent(event)
        self.setMinimumWidth(narrowest(self, self._texts))
        fit_texts(self, self._texts)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_texts(self, self._texts)
