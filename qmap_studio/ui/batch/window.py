"""The window of a batch: what is asked for at the left, how it goes at the right."""

from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.batch import summary
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.settings import Settings
from qmap_studio.ui.batch.choices import last_rules
from qmap_studio.ui.batch.form import BatchForm
from qmap_studio.ui.batch.model import BatchModel
from qmap_studio.ui.batch.progress import BatchProgress
from qmap_studio.ui.batch.rows import Change, Row, State
from qmap_studio.ui.batch.run import BatchRun, MakeWorkers
from qmap_studio.ui.batch.table import BatchTable
from qmap_studio.ui.batch.thumbnails import Thumbnails
from qmap_studio.ui.dialogs.questions import LeaveBatch, ask_leave_batch
from qmap_studio.ui.file_drop import FileDrop
from qmap_studio.ui.panels.banner import Banner
from qmap_studio.ui.theme import refresh_icons
from qmap_studio.ui.widgets.drop_hint import DropHint
from qmap_studio.ui.widgets.scrolling import Scrolling

FORM_PX = 320
SIZE = QSize(1180, 740)
SEARCH_AFTER_MS = 150
"""So long after the last letter."""


class BatchWindow(QDialog):
    """Stands beside the main window. Closed while a batch runs, it asks what becomes of it.

    Args:
        make_workers: gives what codes the photos; processes of this machine without one.

    Attributes:
        run: the batch that runs or that ran last; None before the first.
    """

    photo_chosen = Signal(object, object)  # its Path; that of its .sfc file, None if there is none
    ended = Signal(str)  # what came of it, if the window is not seen

    def __init__(self, settings: Settings, make_workers: MakeWorkers | None = None) -> None:
        super().__init__(None)
        kinds = Qt.WindowType.WindowMinMaxButtonsHint | Qt.WindowType.WindowCloseButtonHint
        self.setWindowFlags(Qt.WindowType.Window | kinds)
        self.setObjectName("batchWindow")
        self.setWindowTitle(tr("Batch"))
        self._settings, self._make_workers = settings, make_workers
        self.run: BatchRun | None = None
        self._is_going = False
        self.form, self.progress, self.banner = BatchForm(settings), BatchProgress(), Banner()
        self.thumbnails = Thumbnails(self)
        self.model = BatchModel(self.thumbnails)
        self.table = BatchTable(self.model)
        self.table.hint = tr("Photos appear here once you start. A double click opens one with its map.")
        self.search = QLineEdit(placeholderText=tr("Search"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search"))
        self.search.setMaximumWidth(220)
        self.only_failed = QCheckBox(tr("Only failed"))
        self.start_button, self.cancel_button = QPushButton(tr("Start")), QPushButton(tr("Cancel"))
        self.page_button, self.folder_button = QPushButton(tr("Summary Page")), QPushButton(tr("Folder of Results"))
        self._build()
        self._connect()
        self._show_state()
        self.resize(SIZE.boundedTo(self.screen().availableSize() * 0.95))

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.is_running

    def start(self) -> None:
        """Begins, or goes on from where the last run came to; what is done is not done once more."""
        choices = self.form.choices
        if self.is_running or choices.missing:
            return
        choices.keep(self._settings)
        self.banner.forget()
        self.model.set_rows(())
        self.table.follow()
        settings = self._settings
        self.run = BatchRun(choices, settings.model, settings.device, last_rules(settings), self._make_workers, self)
        self.run.listed.connect(self.model.set_rows)
        self.run.changed.connect(self._on_changed)
        self.run.said.connect(self.form.show_needs)
        self.run.told.connect(self._show_progress)
        self.run.ended.connect(self._on_ended)
        self._show_state()

    def cancel(self) -> None:
        """Ends the run soon."""
        if self.run is not None:
            self.run.stop()
            self._show_state()

    def end(self, seconds: float) -> None:
        """The program ends: a batch is cancelled, and its end waited for, but no longer than that."""
        self._is_going = True
        if self.run is not None:
            self.run.stop()
            self.run.wait(seconds)
        self.thumbnails.end()
        self.close()

    # Putting together

    def _build(self) -> None:
        form = Scrolling(self.form)
        form.setObjectName("batchForm")
        form.setFrameShape(QFrame.Shape.StyledPanel)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        form.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        form.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustIgnored)
        footer = QFrame()
        footer.setObjectName("batchFooter")
        buttons = QHBoxLayout(footer)
        buttons.setContentsMargins(16, 10, 16, 10)
        buttons.addStretch(1)
        self.start_button.setProperty("primary", True)
        for button in (self.cancel_button, self.start_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        left = QWidget()
        left.setFixedWidth(FORM_PX)
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 0, 0)
        left_column.setSpacing(0)
        left_column.addWidget(form, 1)
        left_column.addWidget(footer)
        filters = QHBoxLayout()
        filters.setSpacing(12)
        filters.addWidget(self.only_failed)
        filters.addStretch(1)
        filters.addWidget(self.search)
        links = QHBoxLayout()
        links.setSpacing(8)
        links.addStretch(1)
        for button in (self.folder_button, self.page_button):
            button.setAutoDefault(False)
            links.addWidget(button)
        right = QVBoxLayout()
        right.setContentsMargins(18, 16, 18, 10)
        right.setSpacing(10)
        right.addWidget(self.banner)
        right.addWidget(self.progress)
        right.addLayout(filters)
        right.addWidget(self.table, 1)
        right.addLayout(links)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(left)
        whole.addLayout(right, 1)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.form.changed.connect(self._show_state)
        self.only_failed.toggled.connect(self._filter)
        self._soon = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._soon.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.table.activated.connect(self._on_activated)
        self.page_button.clicked.connect(lambda: self._open(summary.NAME))
        self.folder_button.clicked.connect(lambda: self._open(""))
        drop, hint = FileDrop(self, self._meaning), DropHint(self)
        drop.hovered.connect(hint.show_meaning)
        drop.dropped.connect(self._on_dropped)

    # What happens

    def _on_changed(self, changes: list[Change]) -> None:
        self.model.change(changes)
        coded = [number for number, state, _ in changes if state is State.CODING]
        if coded:
            self.table.show_coded(coded[-1])

    def _on_ended(self) -> None:
        assert self.run is not None, "it has told of its end"
        totals = self.run.totals
        if self.run.error:
            self.banner.show_error(self.run.error)
        elif totals is not None and totals.stopped and not self.run.is_stopping:
            self.banner.show_error(totals.stopped)
        self._show_state()
        if not self.isVisible() and not self._is_going:
            self.ended.emit(tr("Batch: {text}.").format(text=self.progress.headline.text()))

    def _show_state(self) -> None:
        """What can be done now."""
        missing, is_running = self.form.choices.missing, self.is_running
        has_more = self.run is not None and not is_running and self._has_more(self.run)
        self.form.setEnabled(not is_running)
        self.start_button.setText(tr("Go On") if has_more else tr("Start"))
        self.start_button.setEnabled(not is_running and not missing)
        self.cancel_button.setEnabled(is_running and not self.run.is_stopping)
        self.page_button.setEnabled(self._is_there(summary.NAME))
        self.folder_button.setEnabled(self._is_there(""))
        if self.run is None:
            self.progress.show_idle(missing)
        else:
            self._show_progress()

    def _has_more(self, run: BatchRun) -> bool:
        """Whether the same once more would go on."""
        totals = run.totals
        return totals is not None and bool(totals.stopped or totals.failed)

    def _show_progress(self) -> None:
        assert self.run is not None, "it tells of itself"
        self.progress.show_run(self.run)
        failed = self.run.totals.failed if self.run.totals is not None else 0
        text = tr("Only failed ({count})").format(count=f"{failed:,}")
        self.only_failed.setText(text if failed else tr("Only failed"))

    def _filter(self) -> None:
        self.model.show_only(self.only_failed.isChecked(), self.search.text().strip())

    def _on_activated(self, index: QModelIndex) -> None:
        row: Row = self.model.row(index.row())
        outcome = row.outcome
        coded = (
            self.run.results / outcome.file if self.run is not None and outcome is not None and outcome.file else None
        )
        has_file = coded is not None and row.state in (State.DONE, State.DONE_BEFORE)
        if row.photo.is_file():
            self.photo_chosen.emit(row.photo, coded if has_file else None)

    def _is_there(self, name: str) -> bool:
        return self.run is not None and not self.run.is_running and (self.run.results / name).exists()

    def _open(self, name: str) -> None:
        if self.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.run.results / name)))

    def _meaning(self, paths: list[Path]) -> str:
        """What a drop would do, in a few words."""
        folders = [path for path in paths if path.is_dir()]
        if self.is_running:
            return tr("A batch is running")
        if not folders:
            return tr("Drop folders of photos")
        return ngettext("Add {count} folder", "Add {count} folders", len(folders)).format(count=len(folders))

    def _on_dropped(self, paths: list[Path]) -> None:
        if not self.is_running:
            self.form.add_folders(path for path in paths if path.is_dir())

    # Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            refresh_icons(self)

    def reject(self) -> None:
        """Escape closes as the frame's button does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_running and not self.run.is_stopping and not self._is_going:
            answer = ask_leave_batch(self, self.run.results.name)
            if answer is LeaveBatch.STAY:
                event.ignore()
                return
            if answer is LeaveBatch.CANCEL:
                self.cancel()
        if not self.is_running:
            self.form.choices.keep(self._settings)
        event.accept()
