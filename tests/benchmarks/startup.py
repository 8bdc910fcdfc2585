"""From the start of the process to the first paint of the window: `python -m tests.benchmarks.startup`."""

import os
import statistics
import subprocess
import sys
import time

RUNS = 5
BAR_S = 1.5
# The program itself, ended where it would begin to load the canvas and the engine.
CHILD = """
import sys, time
sys.argv = ["qmap-studio"]
from qmap_studio.__main__ import main
import qmap_studio.app as app
from PySide6.QtWidgets import QApplication
def painted(window):
    print(time.time(), *sorted({"torch", "cv2", "pyqtgraph", "matplotlib", "numpy"} & set(sys.modules)))
    QApplication.exit(0)
app.load_the_rest = painted
sys.exit(main())
"""


def main() -> int:
    environment = dict(os.environ)
    if not environment.get("DISPLAY") and sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    times = []
    for run in range(RUNS):
        start = time.time()
        output = subprocess.run(
            [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=True
        ).stdout.split()
        times.append(float(output[0]) - start)
        print(f"run {run + 1}: {times[-1]:.2f} s   slow modules loaded before: {' '.join(output[1:]) or 'none'}")
    median = statistics.median(times)
    print(f"median: {median:.2f} s (bar: {BAR_S} s) on {environment.get('QT_QPA_PLATFORM', 'the screen')}")
    return 0 if median <= BAR_S else 1


if __name__ == "__main__":
    sys.exit(main())
