"""What a batch is to do: folders, maps, sizes."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.core.settings import MOST_PROCESSES, Settings
from qmap_studio.core.strip import STRIPS
from qmap_studio.core.threads import cores
from qmap_studio.ui.batch.choices import Choices
from qmap_studio.ui.batch.folders import FolderList
from qmap_studio.ui.dialogs.export import KEPT, THOROUGH, THOROUGH_TIP
from qmap_studio.ui.dialogs.questions import ask_folder, ask_open
from qmap_studio.ui.file_filters import RULES, annotation_filters
from qmap_studio.ui.widgets.parts import as_label, heading, muted
from qmap_studio.ui.widgets.path_field import PathField
from qmap_studio.ui.widgets.scrolling import wheel_scrolls
from qmap_studio.ui.widgets.slider import ValueSlider

MAPS = {
    "quality": N_("One quality everywhere"),
    "annotations": N_("Annotations, by rules"),
    "pattern": N_("A file for each photo"),
}
LIMITS = {
    "none": N_("As the map gives it"),
    "bytes": N_("At most so many KB"),
    "bpp": N_("At most so many bits per pixel"),
}
RESULTS_END, MAPS_END = "-sfc", "{stem}.png"
LABEL_PX = 76
MARGIN = 16


class BatchForm(QWidget):
    """Begins with what was chosen last."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        known = Choices.of(settings)
        self._settings = settings
        self.folders = FolderList(known.folders, settings.folder)
        self.results = _path_field(tr("Folder of the results"), known.results, tr("A folder of their own"))
        self.map = _list(tr("Map of each photo"), MAPS, known.map)
        self.quality = ValueSlider(tr("Quality"), 0, 1, decimals=2, label_px=LABEL_PX)
        self.quality.value = known.quality
        self.pattern = _path_field(tr("Files of the maps"), known.pattern, tr("Such as maps/{{stem}}.png").format())
        self.annotations = _path_field(tr("Annotations"), known.annotations, tr("A file, or a folder of files"))
        self.rules = QComboBox()
        self.rules.setAccessibleName(tr("Rules"))
        self.limit = _list(tr("Size of each file"), LIMITS, known.limit)
        self.kilobytes = _number(tr("Size of a file"), known.kilobytes, 0.2, 1_000_000, 1, " KB")
        self.bpp = _number(tr("Bits per pixel"), known.bpp, 0.01, 24, 3, " bpp")
        self.metadata = _list(tr("Metadata"), {strip: KEPT[strip] for strip in STRIPS}, known.strip)
        self.thorough = QCheckBox(tr(THOROUGH))
        self.thorough.setToolTip(tr(THOROUGH_TIP))
        self.thorough.setChecked(known.thorough)
        self.processes = QSpinBox(minimum=1, maximum=MOST_PROCESSES, value=known.processes)
        self.processes.setAccessibleName(tr("Processes"))
        self.processes.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.processes.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.processes.setFixedWidth(66)
        self._needs = muted()
        self._needs.hide()
        wheel_scrolls(self.map, self.rules, self.limit, self.metadata, self.processes, self.kilobytes, self.bpp)
        self._list_rules(known.rules)
        self._build()
        self._connect()
        self._show_parts()

    @property
    def choices(self) -> Choices:
        return Choices(
            self.folders.paths,
            self.results.text().strip(),
            self.map.currentData(),
            self.quality.value,
            self.pattern.text().strip(),
            self.annotations.text().strip(),
            self.rules.currentData(),
            self.limit.currentData(),
            self.kilobytes.value(),
            self.bpp.value(),
            self.metadata.currentData(),
            self.processes.value(),
            self.thorough.isChecked(),
        )

    def add_folders(self, folders: Iterable[Path]) -> None:
        """Adds folders of photos, and has the results beside the first one if there is no place for them yet."""
        self.folders.add(folders)
        if not self.results.text().strip() and self.folders.paths:
            first = Path(self.folders.paths[0])
            self.results.setText(str(first.with_name(first.name + RESULTS_END)) if first.name else "")

    def show_needs(self, sentences: Iterable[str]) -> None:
        """What a run takes, once that is known."""
        self._needs.setText(" ".join(sentences))
        self._needs.setVisible(bool(self._needs.text()))

    # Inside

    def _build(self) -> None:
        self._quality_part = _column(self.quality)
        tip = tr("{{stem}} is the photo's name, {{name}} that with its suffix, {{folder}} its folder.").format()
        self._pattern_part = _column(
            _row(self.pattern, _browse(tr("Choose the folder of the maps"), self._ask_maps)), muted(tip)
        )
        annotations = _menu_button(
            tr("Choose the annotations"),
            [
                (tr("A &Folder with a File for Each Photo…"), self._ask_folder),
                (tr("A F&ile for All Photos…"), self._ask_file),
            ],
        )
        rules = QLabel(tr("Rules"))
        rules.setObjectName("muted")
        rules.setMinimumWidth(LABEL_PX)
        rules.setBuddy(self.rules)
        self._annotations_part = _column(_row(self.annotations, annotations), _row(rules, self.rules))
        cores_text = ngettext(
            "of {count} core; each does one photo at a time", "of {count} cores; each does one photo at a time", cores()
        )
        processes = _row(self.processes, muted(cores_text.format(count=cores())))
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 14, MARGIN, 14)
        column.setSpacing(7)
        for title, parts in (
            (tr("PHOTOS"), [self.folders]),
            (tr("RESULTS"), [_row(self.results, _browse(tr("Choose the folder of the results"), self._ask_results))]),
            (tr("MAP OF EACH PHOTO"), [self.map, self._quality_part, self._pattern_part, self._annotations_part]),
            (tr("SIZE OF EACH FILE"), [self.limit, self.kilobytes, self.bpp, self.thorough]),
            (tr("METADATA"), [self.metadata]),
            (tr("PROCESSES"), [processes, self._needs]),
        ):
            column.addWidget(heading(title))
            for part in parts:
                column.addWidget(part)
            column.addSpacing(9)
        column.addStretch(1)

    def _connect(self) -> None:
        for choice in (self.map, self.limit):
            choice.currentIndexChanged.connect(self._show_parts)
        for field in (self.results, self.pattern, self.annotations):
            field.textChanged.connect(self.changed)
        self.folders.changed.connect(lambda: self.add_folders(()))
        self.folders.changed.connect(self.changed)
        self.map.currentIndexChanged.connect(self.changed)
        self.rules.activated.connect(self._on_rules_chosen)

    def _show_parts(self) -> None:
        """What there is to say of the choices made."""
        self._quality_part.setVisible(self.map.currentData() == "quality")
        self._pattern_part.setVisible(self.map.currentData() == "pattern")
        self._annotations_part.setVisible(self.map.currentData() == "annotations")
        self.kilobytes.setVisible(self.limit.currentData() == "bytes")
        self.bpp.setVisible(self.limit.currentData() == "bpp")

    def _list_rules(self, chosen: str) -> None:
        self.rules.clear()
        self.rules.addItem(tr("Those used last") if self._settings.annotated else tr("The usual ones"), "")
        for path in dict.fromkeys([*([chosen] if chosen else []), *self._settings.recent_rules]):
            self.rules.addItem(as_label(Path(path).name).replace("&&", "&"), path)
            self.rules.setItemData(self.rules.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self.rules.addItem(tr("Choose a file…"), None)
        self.rules.setCurrentIndex(max(self.rules.findData(chosen), 0))
        self._chosen_rules = chosen

    def _on_rules_chosen(self, _place: int) -> None:
        if self.rules.currentData() is not None:
            self._chosen_rules = self.rules.currentData()
            return
        path = ask_open(self, tr("Open Rules"), self._settings.folder, tr(RULES))
        self._list_rules(self._chosen_rules if path is None else str(path))

    def _ask_results(self) -> None:
        _set(self.results, ask_folder(self, tr("Folder of the Results"), self.results.text() or self._settings.folder))

    def _ask_maps(self) -> None:
        folder = ask_folder(self, tr("Folder of the Maps"), self._settings.folder)
        _set(self.pattern, folder and folder / MAPS_END)

    def _ask_folder(self) -> None:
        _set(self.annotations, ask_folder(self, tr("Folder of Annotations"), self._settings.folder))

    def _ask_file(self) -> None:
        _set(self.annotations, ask_open(self, tr("Annotations"), self._settings.folder, annotation_filters()))


def _set(field: PathField, path: Path | None) -> None:
    if path is not None:
        field.setText(str(path))


def _path_field(name: str, text: str, placeholder: str) -> PathField:
    field = PathField(text, placeholderText=placeholder)
    field.setAccessibleName(name)
    field.setMinimumWidth(80)
    return field


def _list(name: str, texts: dict[str, str], chosen: str) -> QComboBox:
    choice = QComboBox()
    choice.setAccessibleName(name)
    for key, text in texts.items():
        choice.addItem(tr(text), key)
    choice.setCurrentIndex(choice.findData(chosen))
    return choice


def _number(name: str, value: float, low: float, high: float, decimals: int, suffix: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox(minimum=low, maximum=high, decimals=decimals, suffix=suffix)
    field.setAccessibleName(name)
    field.setValue(value)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    return field


def _browse(name: str, ask: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setObjectName("bordered")
    button.setText("…")
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.clicked.connect(ask)
    return button


def _menu_button(name: str, entries: Sequence[tuple[str, Callable[[], object]]]) -> QToolButton:
    button = _browse(name, lambda: None)
    menu = QMenu(button)
    for text, ask in entries:
        menu.addAction(text, ask)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


def _row(*parts: QWidget) -> QWidget:
    """Fields, lists and texts share the room."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for part in parts:
        is_wide = isinstance(part, PathField | QComboBox | QLabel) and part.minimumWidth() != LABEL_PX
        layout.addWidget(part, int(is_wide))
    return row


def _column(*parts: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for part in parts:
        layout.addWidget(part)
    return column
