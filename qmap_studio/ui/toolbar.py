"""The bar below the menus: the actions that are wanted most."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.theme import ICON_SIZE

RULE, GAP = "", " "
BUTTONS = ("open", "export", RULE, "undo", "redo", RULE, "pane_original", "pane_reconstruction", "pane_heat_map",
           "pane_difference", RULE, "fit", "actual", "grid", GAP, "compare", "help")  # fmt: skip
WITH_TEXT = {"open", "export", "pane_original", "pane_reconstruction", "pane_heat_map", "pane_difference", "compare"}
SHORT = {"export": N_("Export"), "compare": N_("Compare")}
"""Where the menu's text is too long for a button."""


class Toolbar(QToolBar):
    """Shows all of its buttons, however narrow the window."""

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
                self._add(actions[name], name in WITH_TEXT)
        self.setMinimumWidth(self.sizeHint().width())

    def _add(self, action: QAction, with_text: bool) -> None:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setAccessibleName(action.iconText())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if with_text:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
