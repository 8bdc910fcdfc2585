"""What a machine that trains must have, and what travels to it and back."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_training_needs_no_package_but_torch_numpy_pillow_and_opencv(data, tmp_path):
    """A step, a validation and a save where every other package that the project names is missing."""
    program = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {_others()!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
sys.argv = ["train", "train", "--data", {str(data)!r}, "--run", {str(tmp_path / "run")!r}, "--cache",
    {str(tmp_path / "cache")!r}, "--processes", "1", "--steps", "1", "--batch", "1", "--crop", "64", "--luma", "8",
    "--chroma", "4", "--width8", "8", "--width16", "8", "--blocks8", "1", "--blocks16", "1", "--context", "8"]
from qmap_studio.training.__main__ import main
main()
"""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "checkpoint.pt").exists()


def _others() -> list[str]:
    named = ("PySide6", "pyqtgraph", "constriction", "safetensors", "matplotlib", "defusedxml", "compressai", "pytest")
    return list(named)
