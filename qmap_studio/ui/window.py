"""The main window: puts the parts together and carries their signals to each other."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.core.settings import THEMES, Settings
from qmap_studio.ui.actions import ACTIONS, build_actions, build_menus, enable_actions
from qmap_studio.ui.codec_menu import CodecMenu
from qmap_studio.ui.comparing import Comparing
from qmap_studio.ui.files import Files
from qmap_studio.ui.panels.banner import Banner
from qmap_studio.ui.panels.figures import FiguresPanel
from qmap_studio.ui.panels.map_panel import MapPanel
from qmap_studio.ui.panels.parts import rule
from qmap_studio.ui.panels.status_strip import StatusStrip
from qmap_studio.ui.panels.tool_options import ToolOptions
from qmap_studio.ui.panels.tool_strip import ToolStrip
from qmap_studio.ui.panels.welcome import Welcome
from qmap_studio.ui.session import Session
from qmap_studio.ui.theme import apply_theme, refresh_icons
from qmap_studio.ui.toolbar import Toolbar

if TYPE_CHECKING:
    from qmap_studio.engine import LiveResult
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.desk import Desk
    from qmap_studio.ui.opening import Opened

STRENGTHEN, WEAKEN, SHIFT = 1.25, 0.8, 0.05
SIDE_WIDTH = 312


class MainWindow(QMainWindow):
    """Shows the empty state at once; `furnish` brings what takes longer to load.

    Args:
        settings: changed as the person works; `settings_path` is where they are saved at the end.
    """

    first_painted = Signal()

    def __init__(self, settings: Settings, settings_path: Path | None = None) -> None:
        super().__init__()
        self.settings, self._settings_path = settings, settings_path
        self.session = Session(self)
        self.files = Files(self, self.session, settings)
        self.desk: Desk | None = None
        self._bridge: EngineBridge | None = None
        self._is_painted = False
        self.actions_by_name = build_actions(self)
        self.banner, self.welcome, self.status = Banner(), Welcome(), StatusStrip()
        self.figures, self.map_panel = FiguresPanel(), MapPanel(self.actions_by_name)
        self.options = ToolOptions()
        tools = [self.actions_by_name[spec.name] for spec in ACTIONS if spec.group == "tool"]
        self.tool_strip = ToolStrip(tools)
        self._build()
        self._connect()
        self.comparing = Comparing(self, self.session)
        self.comparing.save_requested.connect(lambda: self.files.ask_save_picture("comparison"))
        self._show_document_state()
        self.setWindowTitle("QMap Studio")
        self.resize(1360, 860)
        geometry = QSettings().value("geometry")
        if isinstance(geometry, QByteArray):  # else the file was damaged
            self.restoreGeometry(geometry)

    # Putting together

    def _build(self) -> None:
        build_menus(self, self.actions_by_name)
        self._recent_menu = QMenu("Open &Recent", self)
        self.menuBar().actions()[0].menu().insertMenu(self.actions_by_name["export"], self._recent_menu)
        self._show_recent()
        self.codec_menu = CodecMenu(self)
        self.codec_menu.setEnabled(False)
        self.menuBar().insertMenu(self.menuBar().actions()[-1], self.codec_menu)
        self.addToolBar(Toolbar(self.actions_by_name))
        self.stage = QStackedWidget()
        self.stage.setObjectName("stage")
        self.stage.addWidget(self.welcome)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.options)
        middle.addWidget(self.banner)
        middle.addWidget(self.stage, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.tool_strip)
        upper.addLayout(middle, 1)
        self._side = self._build_side()
        upper.addWidget(self._side)
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(page)

    def _build_side(self) -> QScrollArea:
        panel = QFrame()
        panel.setObjectName("sidePanel")
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(16)
        for part in (self.figures, rule(), self.map_panel):
            layout.addWidget(part)
        layout.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setObjectName("sideScroll")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click on its buttons leaves the keys with the canvas
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(SIDE_WIDTH)
        scroll.setWidget(panel)
        return scroll

    def _connect(self) -> None:
        session, files = self.session, self.files
        handlers: dict[str, Callable[[], object]] = {
            "open": files.ask_open,
            "sample": lambda: self.open(sample_photo_path()),
            "export": files.ask_export,
            "save_reconstruction": lambda: files.ask_save_picture("reconstruction"),
            "save_heat_map": lambda: files.ask_save_picture("heat_map"),
            "save_comparison": lambda: files.ask_save_picture("comparison"),
            "quit": self.close,
            "undo": session.undo,
            "redo": session.redo,
            "cancel_job": session.cancel_job,
            "uniform": lambda: session.fill_uniform(self.map_panel.uniform_quality),
            "invert": session.invert,
            "strengthen": lambda: session.strengthen(STRENGTHEN),
            "weaken": lambda: session.strengthen(WEAKEN),
            "raise": lambda: session.shift(SHIFT),
            "lower": lambda: session.shift(-SHIFT),
            "optimise": self._on_optimise,
            "import_boxes": files.ask_import_boxes,
            "import_map": files.ask_import_map,
            "save_map": files.ask_save_map,
            "compare": session.compare,
            "help": self._on_help,
        }
        handlers |= {f"theme_{theme}": partial(self.show_theme, theme) for theme in THEMES}
        for name, handler in handlers.items():
            self.actions_by_name[name].triggered.connect(lambda _checked=False, handler=handler: handler())
        self.welcome.open_requested.connect(files.ask_open)
        self.welcome.sample_requested.connect(self.actions_by_name["sample"].trigger)
        self.welcome.file_chosen.connect(files.open)
        self.status.cancel_requested.connect(session.cancel_job)
        session.document_opened.connect(self._on_document_opened)
        session.threshold_changed.connect(lambda _threshold: self.show_inside())
        self.figures.threshold_changed.connect(session.set_threshold)
        session.document_state_changed.connect(self._show_document_state)
        session.live_result_arrived.connect(self._on_live_result)
        session.engine_state_changed.connect(self._on_engine_state_changed)
        session.codec_changed.connect(self._on_codec_changed)
        self.codec_menu.model_chosen.connect(session.use_model)
        session.job_progressed.connect(self.status.show_progress)
        session.job_ended.connect(self.status.end_progress)
        session.failed.connect(self.banner.show_error)
        files.failed.connect(self.banner.show_error)
        session.noted.connect(self.banner.show_note)
        session.told.connect(self.status.show_message)
        for sign_of_going_on in (session.job_begun, session.told):
            sign_of_going_on.connect(self._drop_banner)
        self.codec_menu.import_requested.connect(files.ask_import_checkpoint)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_colour_scheme_changed)
        self.actions_by_name[f"theme_{self.settings.theme}"].setChecked(True)

    def furnish(self, desk: "Desk", bridge: "EngineBridge") -> None:
        """Brings in the canvas and the engine, which load after the window is on the screen."""
        self.desk, self._bridge = desk, bridge
        desk.connect_to(self)
        self.stage.addWidget(desk.workspace)
        self.session.attach(bridge)
        self.status.show_engine("Loading the codec…")

    def open(self, path: Path | str) -> None:
        """Opens a photo or an `.sfc` file, unless the person wants to keep the open work."""
        self.files.open(path)

    # What the session tells

    def _on_document_opened(self, opened: "Opened") -> None:
        self.files.size_bytes = None
        self._drop_banner()
        self.figures.clear()
        self.figures.show_decoded(self.session.is_decoded)
        self.show_updating()
        self.stage.setCurrentIndex(1)
        self.files.remember(opened.path)
        self._show_recent()

    def _on_engine_state_changed(self, text: str) -> None:
        self.status.show_engine(text)
        self.codec_menu.setEnabled(True)

    def _on_codec_changed(self, model_id: str) -> None:
        self.settings.model = self.codec_menu.model_id = model_id
        self._write_settings()
        self.files.size_bytes = None
        self.figures.clear()
        self.show_updating()

    def _drop_banner(self) -> None:
        """The person has gone on; what stays is why nothing will follow, if there is no codec."""
        if self.session.has_codec:
            self.banner.hide()

    def _on_live_result(self, result: "LiveResult") -> None:
        if result.figures is not None:
            self.files.size_bytes = result.figures.size_bytes
            self.figures.show_figures(result.figures, result.exact_share)
        if not self.session.is_current(result.revision):
            self.show_updating()
        elif result.figures is not None and not result.approximate:
            self.comparing.follow()

    def show_updating(self) -> None:
        """Says that figures of the map as it is now are on their way, if there is a codec to make them."""
        if self.session.document is not None and self.session.has_codec:
            self.figures.show_updating()
            self.comparing.expect()

    def show_inside(self) -> None:
        """Says what tells inside from outside; figures that follow it are on their way."""
        document = self.session.document
        selected = document is not None and document.selection is not None
        self.figures.show_inside(selected, self.session.threshold)
        self.show_updating()

    def _show_document_state(self) -> None:
        document = self.session.document
        present = {"document"} if document is not None and self.desk is not None else set()
        if document is not None:
            present |= {"undo"} if document.undo_name else set()
            present |= {"redo"} if document.redo_name else set()
        present |= {"job"} if self.session.is_busy else set()
        enable_actions(self.actions_by_name, present)
        for part in (self.options, self._side, self.tool_strip):
            part.setVisible("document" in present)
        if document is not None:
            self.actions_by_name["undo"].setText(f"&Undo {document.undo_name or ''}".rstrip())
            self.actions_by_name["redo"].setText(f"&Redo {document.redo_name or ''}".rstrip())
            self.setWindowTitle(f"{self.files.name}[*] – QMap Studio")
            self.setWindowModified(document.is_modified)

    def _show_recent(self) -> None:
        files = [file for file in self.settings.recent_files if os.path.exists(file)]  # also of a name that cannot be
        self._recent_menu.clear()
        self._recent_menu.setEnabled(bool(files))
        for file in files:
            self._recent_menu.addAction(Path(file).name).triggered.connect(partial(self.open, file))
        self.welcome.show_recent(files)

    def _on_optimise(self) -> None:
        from qmap_studio.ui.dialogs.task import TaskDialog

        assert self.session.document is not None, "the action is there with a document"
        dialog = TaskDialog(self.session.document.selection, self.settings.folder, self)
        if dialog.exec():
            self.session.find_map(dialog.job)

    # Looks

    def show_theme(self, theme: str) -> None:
        """Shows and remembers one of THEMES."""
        self.settings.theme = theme
        apply_theme(theme, self)

    def _on_colour_scheme_changed(self) -> None:
        apply_theme(self.settings.theme)
        refresh_icons(self)

    def _on_help(self) -> None:
        from qmap_studio.ui.dialogs.keys import KeysDialog

        dialog = KeysDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _write_settings(self) -> None:
        if self._settings_path is not None:
            with suppress(QMapStudioError, OSError):  # nothing of the work is lost
                self.settings.write(self._settings_path)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self.files.may_leave(self.close) and self.files.may_stop_writing()):
            event.ignore()
            return
        if self.desk is not None:
            self.desk.remember(self.settings)
        QSettings().setValue("geometry", self.saveGeometry())
        self._write_settings()
        if self._bridge is not None:
            self._bridge.stop()
        event.accept()
