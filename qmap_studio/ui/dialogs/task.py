"""What the map is to serve, and how it is found."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.engine import GradCam, OptimiseMap
from qmap_studio.ui.widgets.parts import heading, muted, rule
from qmap_studio.ui.widgets.path_field import PathField
from qmap_studio.ui.widgets.scrolling import scrolling_form
from qmap_studio.ui.widgets.slider import ValueSlider

MODELS = N_("Models (*.pt2 *.pt *.pth *.ts);;All files (*)")
OWN_CLASS = -1
WEIGHT, CLASS_WEIGHT = 0.1, 10.0  # nats of cross-entropy weigh less than the per cent of the other losses
INDENT = 20  # to the text of a radio button


class TaskDialog(QDialog):
    """Edges, the selection or a model of the person's own; a search, or Grad-CAM.

    Args:
        selection: the selected part of the picture, if there is one.
        folder: where models are looked for first.
    """

    def __init__(self, selection: Rect | None, folder: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Optimise for a Task"))
        self.setMinimumWidth(460)
        self._selection, self._folder = selection, folder
        self.edges = QRadioButton(tr("Edges"))
        self.region = QRadioButton(tr("The selection"))
        self.model = QRadioButton(tr("What a model sees"))
        self._tasks = QButtonGroup(self)
        for button in (self.edges, self.region, self.model):
            self._tasks.addButton(button)
        (self.edges if selection is None else self.region).setChecked(True)
        self.region.setEnabled(selection is not None)
        self.path = PathField(placeholderText=tr("A file of torch.export or TorchScript"))
        self.path.setAccessibleName(tr("Model"))
        self._browse = QPushButton(tr("Browse…"))
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._on_browse)
        self.label = QSpinBox(
            minimum=OWN_CLASS, maximum=999_999, value=OWN_CLASS, specialValueText=tr("its own top class")
        )
        self.label.setAccessibleName(tr("Class"))
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.label.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.label.setMinimumWidth(150)
        self._label_name = QLabel(tr("Class"))
        self.whole_answer = QCheckBox(tr("Its whole answer, not a class: features, a regression"))
        self.grad_cam = QCheckBox(tr("Only where it looks: Grad-CAM, without a search"))
        self.grad_cam.setToolTip(tr("For a classifier saved with torch.export; takes a moment"))
        self._search, self._cam = QWidget(), QWidget()
        self.weight = ValueSlider(tr("Weight of the task"), 0.001, 1000, decimals=3, logarithmic=True, stacked=True)
        self.weight.value = WEIGHT
        self.keep_size = QCheckBox(tr("Keep the size: move bits to where the task needs them"))
        self.keep_size.setChecked(True)
        self._more = muted(tr("More keeps the task better and costs more bits."))
        self._keeps_class, self._other_weight = False, CLASS_WEIGHT
        self.iterations = ValueSlider(tr("Iterations"), 1, 20, stacked=True)
        self.iterations.value = OptimiseMap.iterations
        self.from_current = QCheckBox(tr("Begin with the current map (otherwise a random one)"))
        self.from_current.setChecked(True)
        self.alpha = ValueSlider(tr("Highest quality"), 0, 1, decimals=2, stacked=True)
        self.alpha.value = GradCam.alpha
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = self._buttons.addButton(tr("Make Map"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._build()
        self._tasks.buttonToggled.connect(self._show_state)
        self.whole_answer.toggled.connect(self._show_state)
        self.grad_cam.toggled.connect(self._show_state)
        self.keep_size.toggled.connect(self._show_state)
        self.path.textChanged.connect(self._show_state)
        self._show_state()

    def _build(self) -> None:
        layout = QVBoxLayout()
        layout.addWidget(heading(tr("KEEP")))
        where = tr("What lies inside the rectangle.") if self._selection else tr("Select a rectangle first (M).")
        for button, text in (
            (self.edges, tr("Strong contours; texture and flat ground give way.")),
            (self.region, where),
            (self.model, tr("A classifier's class, or what another model answers.")),
        ):
            layout.addLayout(_explained(button, text))
        file_row = _row(self.path, self._browse)
        label_row = _row(self._label_name, self.label)
        label_row.addStretch(1)
        for row in (file_row, label_row, _row(self.whole_answer), _row(self.grad_cam)):
            row.setContentsMargins(INDENT, 0, 0, 0)
            layout.addLayout(row)
        layout.addWidget(rule())
        _stack(self._search, self.keep_size, self.weight, self._more, self.iterations, self.from_current)
        _stack(self._cam, self.alpha)
        layout.addWidget(self._search)
        layout.addWidget(self._cam)
        layout.addStretch(1)
        scrolling_form(self, layout, self._buttons)

    @property
    def job(self) -> OptimiseMap | GradCam:
        """What was chosen."""
        label = self.label.value() if self.label.isEnabled() and self.label.value() != OWN_CLASS else None
        path = Path(self.path.text().strip()).expanduser()
        if self._is_grad_cam:
            return GradCam(path, label, self.alpha.value)
        task = path if self.model.isChecked() else self._selection if self.region.isChecked() else "edges"
        assert task is not None
        return OptimiseMap(
            task,
            label,
            self.model.isChecked() and self.whole_answer.isChecked(),
            None if self.keep_size.isChecked() else self.weight.value,
            round(self.iterations.value),
            self.from_current.isChecked(),
        )

    @property
    def _is_grad_cam(self) -> bool:
        return self.grad_cam.isEnabled() and self.grad_cam.isChecked()

    def _show_state(self) -> None:
        for part in (self.path, self._browse, self.whole_answer):
            part.setEnabled(self.model.isChecked())
        for part in (self._label_name, self.label, self.grad_cam):
            part.setEnabled(self.model.isChecked() and not self.whole_answer.isChecked())
        keeps_class = self.label.isEnabled()
        if keeps_class != self._keeps_class:  # each kind of loss keeps the weight that was chosen for it
            self.weight.value, self._other_weight = self._other_weight, self.weight.value
            self._keeps_class = keeps_class
        for part in (self.weight, self._more):
            part.setEnabled(not self.keep_size.isChecked())
        self._search.setVisible(not self._is_grad_cam)
        self._cam.setVisible(self._is_grad_cam)
        self._accept.setEnabled(bool(self.path.text().strip()) or not self.model.isChecked())

    def _on_browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Model"), self._folder, tr(MODELS))
        if name:
            self.path.setText(name)


def _explained(button: QRadioButton, text: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(button)
    explanation = muted(text)
    explanation.setContentsMargins(INDENT, 0, 0, 0)
    column.addWidget(explanation)
    return column


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    return row


def _stack(page: QWidget, *parts: QWidget) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for part in parts:
        column.addWidget(part)
