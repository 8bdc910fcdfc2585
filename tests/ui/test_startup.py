import re
import subprocess
import sys

import pytest

# The program itself, ended where it would begin to load the canvas and the engine.
PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
import qmap_studio.app
from qmap_studio.__main__ import main
def painted(window):
    print(*sys.modules)
    QApplication.exit(0)
qmap_studio.app.load_the_rest = painted
sys.argv = ["qmap-studio", *sys.argv[1:]]
sys.exit(main())
"""


def test_a_batch_loads_no_network_in_the_window_s_process() -> None:
    code = "import sys, qmap_studio.ui.batch.window, qmap_studio.batch.processes; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "qmap_studio.ui.batch.window" in run.stdout.split()
    assert not {"torch", "qmap_studio.batch.coder"} & set(run.stdout.split())


@pytest.mark.skipif(sys.platform == "win32", reason="torch has to be imported before Qt there")
@pytest.mark.parametrize("arguments", [[], ["photo.png"]])
def test_the_window_shows_before_anything_slow_is_imported(arguments: list[str]) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    slow = (
        r"(?:torch|cv2|pyqtgraph|matplotlib|scipy|numpy|PIL|qmap_studio\.(?:cli|engine|batch|document|codec|recipes))"
    )
    assert re.findall(rf"(?<!\S){slow}(?!\S)", run.stdout) == []
