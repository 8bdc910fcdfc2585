"""How the process ends after its window was closed."""

import subprocess
import sys
from pathlib import Path

BEGINNING = """
import threading
from pathlib import Path
from qmap_studio import app
from qmap_studio.core import files
from qmap_studio.core.threads import spread

begun = threading.Event()

def close(window):
    begun.wait()
    window.close()

app.load_the_rest = close
"""
COMPUTING = """
def compute(_piece):
    begun.set()
    threading.Event().wait()

threading.Thread(target=lambda: list(spread(compute, range(4))), daemon=True).start()
app.main()
"""
WRITING = """
ending = threading.Event()
end_writing = app.end_writing

def slow_disk(_file):
    begun.set()
    ending.wait()

def end():
    ending.set()
    end_writing()

files.os.fsync, app.end_writing = slow_disk, end
threading.Thread(target=files.atomic_write, args=(Path("file.sfc"), b"whole"), daemon=True).start()
app.main()
"""


def run(code: str, folder: Path) -> int:
    return subprocess.run([sys.executable, "-c", BEGINNING + code], cwd=folder, timeout=60, check=False).returncode


def test_the_program_does_not_wait_for_what_nobody_wants_any_more(tmp_path: Path) -> None:
    assert run(COMPUTING, tmp_path) == 0


def test_a_file_that_is_being_written_is_whole(tmp_path: Path) -> None:
    assert run(WRITING, tmp_path) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file.sfc": b"whole"}
