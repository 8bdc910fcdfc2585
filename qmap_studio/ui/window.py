"""The main window: puts the parts together and carries their signals to each other."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QByteArray, QSettings, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QMenu,
    QStackedWidget,
    QWidget,
)

from qmap_studio.core.language import tr
from qmap_studio.core.settings import Settings
from qmap_studio.ui.annotating import Annotating
from qmap_studio.ui.batching import Batching
from qmap_studio.ui.clipboard import Clipboard
from qmap_studio.ui.codec_menu import CodecMenu
from qmap_studio.ui.commands import all_commands
from qmap_studio.ui.commands.actions import Actions, build_menus
from qmap_studio.ui.commands.command import App
from qmap_studio.ui.commands.tools import GROUP
from qmap_studio.ui.comparing import Comparing
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.document_tabs import DocumentTabs
from qmap_studio.ui.file_drop import FileDrop
from qmap_studio.ui.files import Files
from qmap_studio.ui.importance import Importance
from qmap_studio.ui.importance_study import ImportanceStudy
from qmap_studio.ui.keeping import Keeping
from qmap_studio.ui.layer_edits import LayerEdits
from qmap_studio.ui.page import Page
from qmap_studio.ui.panels import PANELS
from qmap_studio.ui.panels.banner import Banner
from qmap_studio.ui.panels.figures import FiguresPanel
from qmap_studio.ui.panels.layers import LayersPanel
from qmap_studio.ui.panels.map_panel import MapPanel
from qmap_studio.ui.panels.panel import Panel
from qmap_studio.ui.panels.side import Side
from qmap_studio.ui.panels.status_strip import StatusStrip
from qmap_studio.ui.panels.tool_options import ToolOptions
from qmap_studio.ui.panels.tool_strip import ToolStrip
from qmap_studio.ui.panels.welcome import Welcome
from qmap_studio.ui.regions import Regions
from qmap_studio.ui.results import Results
from qmap_studio.ui.saving import Saving
from qmap_studio.ui.settings_file import SettingsFile
from qmap_studio.ui.theme import apply_theme, refresh_icons
from qmap_studio.ui.toolbar import Toolbar
from qmap_studio.ui.tools import TOOLS
from qmap_studio.ui.tools.tool import Tool
from qmap_studio.ui.widgets.drop_hint import DropHint
from qmap_studio.ui.widgets.parts import as_label
from qmap_studio.ui.widgets.scrolling import Scrolling

if TYPE_CHECKING:
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.canvas.buffers import PictureBuffers
    from qmap_studio.ui.canvas_controller import CanvasController
    from qmap_studio.ui.open_documents import OpenDocument

P = TypeVar("P", bound=QWidget)


class MainWindow(QMainWindow):
    """Shows the empty state at once; `attach` brings what takes longer to load.

    Args:
        settings: changed as the person works; `settings_path` is where each change is saved.
        recovery_folder: of copies of unsaved work; the user's own without one.
        tools, panels: those there are.
    """

    first_painted = Signal()

    def __init__(
        self,
        settings: Settings,
        settings_path: Path | None = None,
        recovery_folder: Path | None = None,
        tools: Sequence[Tool] = TOOLS,
        panels: Sequence[Panel] = PANELS,
    ) -> None:
        super().__init__()
        self.settings, self._settings_file = settings, SettingsFile(settings, settings_path, self)
        self.controller = Controller(self)
        self._results = Results(self.controller)
        self.files = Files(self, self.controller, settings)
        self.saving = Saving(self, self.controller, settings)
        self.keeping = Keeping(self, self.controller, recovery_folder)
        self.canvas: CanvasController | None = None
        self._bridge: EngineBridge | None = None
        self._is_painted = False
        commands = all_commands(tools)
        self.regions = Regions(self._parts)
        self.layers = LayerEdits(self.controller)
        self.importance = Importance(self.controller, self)
        self.importance_study = ImportanceStudy(self, self.controller, self.files)
        self.batching = Batching(self, self.controller, self.files, settings)
        self.app = App(
            self,
            self.controller,
            self.files,
            self.saving,
            self.layers,
            Clipboard(self.controller, self.layers, self._buffers, self),
            settings,
            commands,
            self.close_document,
            lambda: self.map_panel.uniform_quality,
            self.regions,
            self.importance,
            self.importance_study,
            self.batching.show,
        )
        self._actions = Actions(self.app)
        self.actions_by_name = self._actions.by_name
        self.banner, self.welcome, self.status = Banner(), Welcome(), StatusStrip()
        self.panels = [panel.make(self.app, self.actions_by_name) for panel in panels]
        self._titles = [tr(panel.title) for panel in panels[1:]]
        for panel, widget in zip(panels, self.panels, strict=True):
            widget.setAccessibleName(tr(panel.title))
        self.figures, self.map_panel = self.panel(FiguresPanel), self.panel(MapPanel)
        self.options = ToolOptions(tools[0], self.actions_by_name["eraser_takes_layer"])
        self.tool_strip = ToolStrip([self.actions_by_name[c.name] for c in commands if c.group == GROUP])
        self._build()
        self.annotating = Annotating(self, self.controller, self.files, settings)
        self._connect()
        self.comparing = Comparing(self, self.controller)
        self.comparing.save_requested.connect(lambda: self.files.ask_save_picture("comparison"))
        self._show_document_state()
        self.setWindowTitle("QMap Studio")  # no text: a name
        self.resize(QSize(1360, 860).boundedTo(self.screen().availableSize()))
        geometry = QSettings().value("geometry")
        if isinstance(geometry, QByteArray):  # else the file was damaged
            self.restoreGeometry(geometry)

    def panel(self, kind: type[P]) -> P:
        """The panel at the side that is of this class."""
        return next(panel for panel in self.panels if isinstance(panel, kind))

    def _parts(self) -> list[QWidget]:
        """The parts of the window in the order in which F6 goes through them."""
        beside = [self.comparing.view] if self.comparing.view is not None else []
        stage = [self.tabs, self.banner, self.stage]
        return [self.toolbar, self.options, self.tool_strip, *stage, *beside, self._side, self.status]

    def _buffers(self) -> "PictureBuffers | None":
        front = self.controller.documents.front
        return front.buffers if front is not None else None

    # Putting together

    def _build(self) -> None:
        build_menus(self, self.app.commands, self.actions_by_name)
        self._recent_menu = QMenu(tr("Open &Recent"), self)
        self.menuBar().actions()[0].menu().insertMenu(self.actions_by_name["export"], self._recent_menu)
        self._show_recent()
        self.codec_menu = CodecMenu(self)
        self.codec_menu.setEnabled(False)
        self.menuBar().insertMenu(self.menuBar().actions()[-1], self.codec_menu)
        self.toolbar = Toolbar(self.actions_by_name)
        self.addToolBar(self.toolbar)
        self.stage = QStackedWidget()
        self.stage.setObjectName("stage")
        self.stage.addWidget(Scrolling(self.welcome))
        self._side = Side(self.panels, self._titles)
        self.tabs = DocumentTabs(self.controller.documents)
        self.page = Page(self.options, self.tool_strip, self.tabs, self.stage, self.banner, self._side, self.status)
        self.setCentralWidget(self.page)
        self.app.page = self.page
        self.page.side_changed.connect(self._actions.refresh)
        self.page.side_changed.connect(lambda: self.status.stand_in_for_figures(not self.page.shows_side))
        self.figures.headline_changed.connect(self.status.show_rate)

    def _connect(self) -> None:
        controller, files, jobs = self.controller, self.files, self.controller.jobs
        self.welcome.open_requested.connect(files.ask_open)
        self.welcome.sample_requested.connect(self.actions_by_name["sample"].trigger)
        self.welcome.file_chosen.connect(lambda path: files.take([path]))
        self._drop = FileDrop(self, files.meaning)
        self._drop.hovered.connect(self.welcome.show_meaning)
        self._drop.dropped.connect(files.take)
        self.status.cancel_requested.connect(self.actions_by_name["cancel_job"].trigger)
        controller.document_opened.connect(lambda _opened: self._show_recent())
        controller.document_shown.connect(self._on_document_shown)
        controller.all_closed.connect(self._on_all_closed)
        controller.documents_changed.connect(self.tabs.follow)
        self.tabs.chosen.connect(controller.show)
        self.tabs.close_requested.connect(self.close_document)
        self.keeping.failed.connect(self.banner.show_error)
        controller.document_state_changed.connect(self._show_document_state)
        controller.choice_changed.connect(self._actions.refresh)
        self.layers.adjustment_added.connect(lambda: self._side.show_panel(self.panel(LayersPanel)))
        controller.engine_state_changed.connect(self._on_engine_state_changed)
        controller.codec_changed.connect(self._on_codec_changed)
        controller.model_chosen.connect(self._on_model_chosen)
        self.codec_menu.model_chosen.connect(controller.use_model)
        self.codec_menu.import_requested.connect(files.ask_import_checkpoint)
        jobs.progressed.connect(self.status.show_progress)
        jobs.ended.connect(self.status.end_progress)
        controller.failed.connect(self.banner.show_error)
        self.annotating.failed.connect(self.banner.show_error)
        self.annotating.task_changed.connect(self._on_task_changed)
        controller.notice_given.connect(self.banner.show_note)
        controller.done.connect(self.status.show_message)
        self.banner.put_away.connect(self.status.keep_sentences)
        self.status.sentences_requested.connect(self.banner.show)
        for sign_of_going_on in (jobs.begun, controller.done):
            sign_of_going_on.connect(self._drop_banner)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_colour_scheme_changed)

    def attach(self, canvas: "CanvasController", bridge: "EngineBridge") -> None:
        """Brings in the canvas and the engine, which load after the window is on the screen."""
        self.canvas, self._bridge = canvas, bridge
        canvas.setParent(self)
        canvas.connect_to(
            self.controller, self.options, self.tool_strip.swatches, self.map_panel, self.status, self.banner
        )
        workspace = self.app.workspace = canvas.workspace
        self._drop.hovered.connect(DropHint(workspace).show_meaning)
        for change in (workspace.tool_changed, workspace.bound_changed, workspace.selection_changed):
            change.connect(self._actions.refresh)
        workspace.panes.panes_changed.connect(self._actions.refresh)
        self.annotating.outlined.connect(workspace.panes.show_annotations)
        self.stage.addWidget(workspace)
        bridge.result_delivered.connect(self._results.take)
        self.controller.attach(bridge)
        for part in (self.importance, self.importance_study):
            part.attach(bridge, workspace.panes)
        self.importance.changed.connect(self._actions.refresh)
        self.status.show_engine(tr("Loading the codec…"))
        self._show_document_state()

    def open(self, path: Path | str) -> None:
        """Opens a photo, an `.sfc` file or a project."""
        self.files.open(path)

    # What the controller tells

    def _on_document_shown(self, _shown: "OpenDocument") -> None:
        self._drop_banner()
        self.status.show_message("")  # which was of the document before
        self.stage.setCurrentIndex(1)

    def _on_all_closed(self) -> None:
        self._drop_banner()
        self.stage.setCurrentIndex(0)
        self._show_recent()

    def close_document(self, item: "OpenDocument | None" = None) -> None:
        """Closes a document, the one in front without one, unless the person wants to keep its work."""
        item = item or self.controller.documents.front
        if item is not None and self.saving.may_close([item], lambda: self.close_document(item)):
            self.controller.close(item)

    def _on_task_changed(self, task: QWidget | None) -> None:
        self._side.show_task(task)
        if task is not None:
            self.page.show_side(True)
        elif self.canvas is not None:
            self.canvas.workspace.setFocus()

    def _on_engine_state_changed(self, text: str) -> None:
        self.status.show_engine(text)
        self.codec_menu.setEnabled(True)

    def _on_codec_changed(self, model_id: str) -> None:
        self.codec_menu.model_id = model_id

    def _on_model_chosen(self, model_id: str) -> None:
        self.settings.model = model_id

    def _drop_banner(self) -> None:
        """The person has gone on; what stays is why nothing will follow, if there is no codec."""
        if self.controller.has_codec:
            self.banner.forget()
            self.status.keep_sentences("", False)

    def _show_document_state(self) -> None:
        self._actions.refresh()
        document = self.controller.document
        self.page.show_working_parts(document is not None and self.canvas is not None)
        name = f"{self.files.name}[*] – " if document is not None else ""
        self.setWindowTitle(f"{name}QMap Studio")  # no text: names
        self.setWindowModified(document is not None and document.is_modified)

    def _show_recent(self) -> None:
        files = [file for file in self.settings.recent_files if os.path.exists(file)]  # also of a name that cannot be
        self._recent_menu.clear()
        self._recent_menu.setEnabled(bool(files))
        for file in files:
            self._recent_menu.addAction(as_label(Path(file).name)).triggered.connect(partial(self.open, file))
        self.welcome.show_recent(files)

    # Looks

    def _on_colour_scheme_changed(self) -> None:
        apply_theme(self.settings.theme)
        refresh_icons(self)

    # Qt

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.regions.go_inside(1 if forward else -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        documents = self.controller.documents.all
        may_go = self.saving.may_close(documents, self.close) and self.files.may_stop_writing()
        if not (may_go and self.batching.may_stop()):
            event.ignore()
            return
        QSettings().setValue("geometry", self.saveGeometry())
        self._settings_file.finish()
        self.keeping.end()
        self.annotating.end()
        self.batching.end()
        if self._bridge is not None:
            self._bridge.stop()
        event.accept()
