"""The wheel that a user installs holds what the program needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_weights_icons_and_anchors_but_no_training_state(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for needed in ("models/live.safetensors", "models/live.md", "anchors/kodak_rd.json", "icons/brush.svg"):
        assert f"qmap_studio/_resources/{needed}" in names
    assert not [name for name in names if name.startswith(("tests/", "qmap_studio/_resources/training"))]
