"""Which boxes of a file are painted, and how."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import ngettext, tr
from qmap_studio.ui.widgets.keep_choice import KeepChoice
from qmap_studio.ui.widgets.parts import heading, muted
from qmap_studio.ui.widgets.scrolling import scrolling_form
from qmap_studio.ui.widgets.slider import ValueSlider

if TYPE_CHECKING:
    from qmap_studio.document import Annotation


class BoxesDialog(QDialog):
    """Classes to choose from, the quality and feather of their boxes, and what becomes of the rest.

    Args:
        boxes: of the picture.
        source: the file's name.
        height, width: of the picture.
        notices: sentences on how the file was read.
    """

    def __init__(
        self,
        boxes: "Sequence[Annotation]",
        source: str,
        height: int,
        width: int,
        parent: QWidget,
        notices: "Sequence[str]" = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import Boxes"))
        self.setMinimumWidth(420)
        self._boxes, self._shape = boxes, (height, width)
        self._classes = QListWidget()
        self._classes.setAccessibleName(tr("Classes"))
        self._classes.setMaximumHeight(190)
        self._classes.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._classes.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        for label, count in sorted(Counter(box.label for box in boxes).items()):
            item = QListWidgetItem(f"{label}   {count}")
            item.setData(Qt.ItemDataRole.UserRole, label)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self._classes.addItem(item)
        every, none = QPushButton(tr("All")), QPushButton(tr("None"))
        for button, state in ((every, Qt.CheckState.Checked), (none, Qt.CheckState.Unchecked)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, state=state: self._check_all(state))
        self._keep = KeepChoice(tr("Keep"))
        self._keep.bound_changed.connect(self._on_bound_changed)
        self._quality = ValueSlider(tr("Quality inside"), 0, 1, decimals=2, stacked=True)
        self._quality.value = 0.9
        self._feather = ValueSlider(tr("Feather"), 0, 500, suffix=" px", stacked=True)
        self._feather.value = 16
        self._set_outside = QCheckBox(tr("Set the quality outside (otherwise the map stays)"))
        self._outside = ValueSlider(tr("Quality outside"), 0, 1, decimals=2, stacked=True)
        self._outside.value = 0.1
        self._outside.setEnabled(False)
        self._set_outside.toggled.connect(self._outside.setEnabled)
        self._preview = muted()
        self._button_box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = self._button_box.addButton(tr("Paint"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setDefault(True)
        self._button_box.accepted.connect(self.accept)
        self._button_box.rejected.connect(self.reject)
        self._classes.itemChanged.connect(self._show_preview)

        top = QHBoxLayout()
        top.addWidget(heading(tr("CLASSES")))
        top.addWidget(muted(tr("in {file}").format(file=source)), 1)
        top.addWidget(every)
        top.addWidget(none)
        layout = QVBoxLayout()
        layout.addLayout(top)
        layout.addWidget(self._classes)
        layout.addWidget(self._preview)
        for notice in notices:
            layout.addWidget(note := QLabel(notice))
            note.setTextFormat(Qt.TextFormat.PlainText)
            note.setWordWrap(True)
        layout.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._quality, self._feather, self._set_outside, self._outside):
            layout.addWidget(part)
        scrolling_form(self, layout, self._button_box)
        self._classes.setFocus()
        self._show_preview()

    @property
    def chosen(self) -> "list[Annotation]":
        """The boxes of the checked classes."""
        items = (self._classes.item(row) for row in range(self._classes.count()))
        checked = {i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked}
        return [box for box in self._boxes if box.label in checked]

    @property
    def bound(self) -> int | None:
        """The error bound inside of them, or None for a quality."""
        return self._keep.bound

    @bound.setter
    def bound(self, bound: int | None) -> None:
        self._keep.bound = bound
        self._on_bound_changed(bound)

    @property
    def quality(self) -> float:
        return self._quality.value

    @property
    def feather_px(self) -> float:
        return self._feather.value if self.bound is None else 0.0

    @property
    def outside(self) -> float | None:
        """Quality everywhere else, or None to keep it."""
        return self._outside.value if self._set_outside.isChecked() else None

    @property
    def preview_text(self) -> str:
        return self._preview.text()

    def _on_bound_changed(self, bound: int | None) -> None:
        for slider in (self._quality, self._feather):
            slider.setVisible(bound is None)  # a bound holds or not

    def _check_all(self, state: Qt.CheckState) -> None:
        for row in range(self._classes.count()):
            self._classes.item(row).setCheckState(state)

    def _show_preview(self) -> None:
        chosen = self.chosen
        covered = np.zeros(self._shape, bool)
        for box in chosen:
            covered[box.shape.bounds.clipped(self._shape[1], self._shape[0]).slices] = True
        text = ngettext(
            "{chosen} of {n} box, {percent:.0f} % of the picture. Where boxes overlap, the larger coverage counts.",
            "{chosen} of {n} boxes, {percent:.0f} % of the picture. Where boxes overlap, the larger coverage counts.",
            len(self._boxes),
        )
        self._preview.setText(text.format(chosen=len(chosen), n=len(self._boxes), percent=covered.mean() * 100))
        self._accept.setEnabled(bool(chosen))
