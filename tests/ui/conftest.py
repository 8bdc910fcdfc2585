"""The window with an engine that only remembers what it is told, and answers when a test says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.core.settings import Settings
from qmap_studio.engine import EngineReady, JobDone, LiveResult, PictureOpened, Result
from qmap_studio.evaluation.region import Figures, RegionFigures
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.canvas.raster import Mipmap
from qmap_studio.ui.canvas.workspace import Workspace
from qmap_studio.ui.canvas_controller import CanvasController
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow

HEIGHT, WIDTH = 96, 160


class FakeEngine:
    """Stands where Engine stands."""

    def __init__(self, deliver: Callable[[Result], None]) -> None:
        self.deliver = deliver
        self.is_running = False
        self.shown: list[tuple[Picture, np.ndarray, int]] = []
        self.patches: list[tuple[Rect, np.ndarray, int]] = []
        self.bounds: list[np.ndarray | None] = []
        """Those that came with what is shown, and with each patch."""
        self.views: list[tuple[Rect, float]] = []
        self.selections: list[Rect | None] = []
        self.thresholds: list[float | None] = []
        self.jobs: list[object] = []
        self.cancelled: list[int] = []

    def start(self) -> None:
        self.is_running = True

    def stop(self, wait_s: float = 5.0) -> None:
        self.is_running = False

    def show(self, picture: Picture, values: np.ndarray, revision: int, bounds: np.ndarray | None = None) -> None:
        self.shown.append((picture, values, revision))
        self.bounds.append(bounds)

    def update_map(self, rect: Rect, values: np.ndarray, revision: int, bounds: np.ndarray | None = None) -> None:
        assert values.shape == (rect.height, rect.width)
        self.patches.append((rect, values, revision))
        self.bounds.append(bounds)

    def set_view(self, visible: Rect, zoom: float) -> None:
        self.views.append((visible, zoom))

    def set_selection(self, rect: Rect | None) -> None:
        self.selections.append(rect)

    def set_threshold(self, threshold: float | None) -> None:
        self.thresholds.append(threshold)

    def submit(self, job: object) -> int:
        self.jobs.append(job)
        return len(self.jobs)

    def cancel(self, job_id: int) -> None:
        self.cancelled.append(job_id)

    @property
    def revision(self) -> int:
        """Of the map it was told last."""
        return (self.patches or self.shown)[-1][-1]


@pytest.fixture
def settings() -> Settings:
    return Settings(theme="light")


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, tmp_path: Path) -> MainWindow:
    """The window with everything loaded and nothing open."""
    window = MainWindow(settings, tmp_path / "settings.json")
    apply_theme(settings.theme, window)
    qtbot.addWidget(window, before_close_func=keep_no_work)
    bridge = EngineBridge(FakeEngine, window)  # type: ignore[arg-type]
    window.attach(CanvasController(settings), bridge)
    bridge.start()
    window.resize(1360, 860)
    window.show()
    return window


def keep_no_work(window: MainWindow) -> None:
    window.files.may_stop_writing = lambda: True  # type: ignore[method-assign]
    window.batching.may_stop = lambda: True  # type: ignore[method-assign]
    for item in window.controller.documents.all:
        item.document.mark_saved()


@pytest.fixture
def engine(window: MainWindow) -> FakeEngine:
    assert window._bridge is not None
    return window._bridge.engine  # type: ignore[return-value]


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> MainWindow:
    """The window with a photo."""
    path = Path("photo.png")
    window.open(path)
    with qtbot.waitSignals([window.controller.document_shown, window.controller.jobs.ended]):
        engine.deliver(PictureOpened(1, path, photo()))
        engine.deliver(JobDone(1, path, "photo.png: 160 x 96 pixels."))
    return window


@pytest.fixture
def deliver(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> Callable[[Result], None]:
    """Lets the engine say something, and waits until it has arrived."""

    def deliver(result: Result) -> None:
        assert opened._bridge is not None
        with qtbot.waitSignal(opened._bridge.result_delivered):
            engine.deliver(result)

    return deliver


@pytest.fixture
def learning(opened: MainWindow, deliver: Callable[[Result], None]) -> MainWindow:
    """The window with a photo and a model that learns what is important."""
    deliver(EngineReady("cpu", "sigvic2023", (), learns_importance=True))
    return opened


@pytest.fixture
def canvas(qtbot: QtBot, opened: MainWindow) -> Workspace:
    """Of the open photo, in a window that takes keys."""
    assert opened.canvas is not None
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    return opened.canvas.workspace


def photo() -> Picture:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Picture(np.stack([rows, columns, rows + columns], axis=2).astype(np.uint8))


def figures(size_bytes: int = 1234, estimated: bool = False) -> Figures:
    inside = RegionFigures(5120, 8000.0, 1.5625, 35.5, 0.991, 0.8)
    outside = RegionFigures(10240, 2000.0, 0.1953, 28.25, 0.93, 0.2)
    overall = RegionFigures(15360, 10000.0, 0.651, 30.125, 0.95, 1.0)
    return Figures(inside, outside, overall, size_bytes, estimated)


def open_photo(qtbot: QtBot, window: MainWindow, engine: FakeEngine, name: str) -> Picture:
    """Opens one more photo."""
    path, picture = Path(name), photo()
    window.open(path)
    with qtbot.waitSignals([window.controller.document_shown, window.controller.jobs.ended]):
        engine.deliver(PictureOpened(len(engine.jobs), path, picture))
        engine.deliver(JobDone(len(engine.jobs), path, f"{name}: 160 x 96 pixels."))
    return picture


def live_result(engine: FakeEngine, of: Figures | None, approximate: bool = False) -> LiveResult:
    """For the photo and the map that the engine was told last."""
    return LiveResult(
        engine.shown[-1][0],
        engine.revision,
        np.full((-(-HEIGHT // 64), -(-WIDTH // 64)), approximate),
        Rect.whole(HEIGHT, WIDTH),
        np.full((HEIGHT, WIDTH, 3), 90, np.uint8),
        np.full((6, 10), 64.0, np.float32),
        Rect.whole(6, 10),
        of,
    )


def paint_line(window: MainWindow) -> None:
    """Draws a stroke across the middle of the photo with the mouse."""
    assert window.canvas is not None
    pane = window.canvas.workspace.panes.pane("original").viewport()
    middle = QPoint(pane.width() // 2, pane.height() // 2)
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(pane, middle + QPoint(12, 4))
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=middle + QPoint(24, 8))


def show_comparison(window: MainWindow) -> ComparisonPanel:
    """The comparison, as it is beside the canvas."""
    window.comparing.view = window.comparing._build()
    grey = Mipmap.of(np.full((96, 160, 3), 90, np.uint8))
    window.comparing.view.view.set_pictures(grey, grey, "One", "Other")
    return window.comparing.view
