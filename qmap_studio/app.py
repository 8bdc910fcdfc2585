"""Puts the program together: settings, theme, window; then, behind the window, canvas and engine."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

if sys.platform == "win32":
    import torch  # noqa: F401 - after Qt its libraries fail to load on Windows

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from qmap_studio import __version__
from qmap_studio.core.files import end_writing
from qmap_studio.core.resources import resource_path
from qmap_studio.core.settings import Settings
from qmap_studio.ui.theme import apply_theme
from qmap_studio.ui.window import MainWindow


def main(images: Sequence[str] = ()) -> NoReturn:
    """Opens the window, with a photo and what is for it, and ends the process once it is closed."""
    application = make_application()
    path = Settings.default_path()
    settings = Settings.read(path)
    apply_theme(settings.theme)
    window = MainWindow(settings, path)
    open_files(window, [Path(image).absolute() for image in images])
    window.first_painted.connect(lambda: load_the_rest(window))
    window.show()
    code = application.exec()
    # Python would wait for whatever is still being computed, which nobody wants any more, and then for torch.
    end_writing()
    os._exit(code)


def open_files(window: MainWindow, paths: Sequence[Path]) -> None:
    """Does with files what dropping them on the window does; a single one is opened."""
    if len(paths) == 1:
        window.open(paths[0])
    elif paths:
        window.files.take(paths)


def make_application() -> QApplication:
    """The QApplication with its names and style."""
    # The engine's threads run Python, too: the window is not to wait 5 ms for each of its turns.
    sys.setswitchinterval(0.001)
    # A whole collection stops all threads, for half a second beside very many annotations: the young ones are enough,
    # and a document that is closed has one of its own.
    gc.set_threshold(2_000, 20, 100)
    application = QApplication(sys.argv[:1])
    application.setOrganizationName("QMap Studio")  # no text: a name
    application.setApplicationName("qmap-studio")
    application.setApplicationDisplayName("QMap Studio")  # no text: a name
    application.setApplicationVersion(__version__)
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(resource_path("icons/app.svg"))))
    return application


def load_the_rest(window: MainWindow) -> None:
    """Loads the canvas, then the engine in its thread. Imported here, because the window shows without them."""
    from qmap_studio.engine import Engine
    from qmap_studio.ui.bridge import EngineBridge
    from qmap_studio.ui.canvas_controller import CanvasController

    model, device = window.settings.model, window.settings.device
    bridge = EngineBridge(lambda deliver: Engine(deliver, model_id=model, device=device), window)
    window.attach(CanvasController(window.settings), bridge)
    bridge.start()
    QTimer.singleShot(0, window.keeping.begin)
