"""The menu of the models that are installed."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from qmap_studio.core.language import tr


class CodecMenu(QMenu):
    """Looks for weights each time it opens, so a model is there as soon as it is installed."""

    model_chosen = Signal(str)
    import_requested = Signal(str)  # the model whose authors' checkpoint is to be imported

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Co&dec"), parent)
        self.model_id: str | None = None
        """Of the one in use, None while none is loaded."""
        self._group = QActionGroup(self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        from qmap_studio.engine import importable_models, installed_models

        self.clear()
        for model_id in installed_models():
            action = self.addAction(
                model_id if model_id == "live" else tr("{model} (slow without a GPU)").format(model=model_id)
            )
            action.setCheckable(True)
            action.setChecked(model_id == self.model_id)
            action.triggered.connect(lambda _checked, model_id=model_id: self.model_chosen.emit(model_id))
            self._group.addAction(action)
        self.addSeparator()
        for model_id in importable_models():
            action = self.addAction(tr("&Import {model} Checkpoint…").format(model=model_id))
            action.triggered.connect(lambda _checked, model_id=model_id: self.import_requested.emit(model_id))
