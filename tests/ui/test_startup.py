import subprocess
import sys


def test_nothing_slow_is_imported_before_the_window_shows() -> None:
    slow = "{'torch', 'cv2', 'pyqtgraph', 'matplotlib', 'scipy'}"
    code = f"import sys, qmap_studio.__main__, qmap_studio.app; print(sorted({slow} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
