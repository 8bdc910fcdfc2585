"""A whole story: a map is made of layers, saved, lost by a kill, recovered, exported, opened and edited on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from qmap_studio.core.resources import sample_photo_path
from qmap_studio.ui import keeping
from qmap_studio.ui.dialogs.questions import Recover
from tests.e2e.story import Person

PATIENCE_S = 240


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_from_photo_to_a_map_that_outlives_a_kill(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(sample_photo_path().read_bytes())
    command = [sys.executable, "-m", "tests.e2e.story", str(photo), str(tmp_path)]
    ended = subprocess.run(command, timeout=PATIENCE_S, env=dict(os.environ), capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    shown = np.load(tmp_path / "shown.npy")

    asked: list[list[str]] = []
    monkeypatch.setattr(keeping, "ask_recover", lambda _parent, names: asked.append(names) or Recover.RECOVER)
    person = Person(tmp_path)
    window = person.window
    qtbot.addWidget(window, before_close_func=lambda _window: person.document.mark_saved())
    person.wait_until(lambda: window.controller.document is not None)
    document = person.document
    assert len(asked) == 1
    assert asked[0][0].startswith("story.qmapproj")
    np.testing.assert_array_equal(document.quality_map.values, shown)
    kinds = [layer.kind for layer in document.layers]
    assert kinds == ["uniform", "brush", "shapes", "brush", "linear"]
    assert len(document.layers[2].shapes) == 3
    assert document.is_modified
    assert document.project_path == tmp_path / "story.qmapproj"

    window.settings.export_layers = True
    exported = tmp_path / "story.sfc"
    person.wait_until(lambda: not window.controller.jobs.is_busy)
    window.files.export(exported, None)
    person.wait_until(lambda: exported.exists() and not window.controller.jobs.is_busy)
    person.open(exported)
    assert [layer.kind for layer in person.document.layers] == kinds
    np.testing.assert_array_equal(person.document.quality_map.values, shown)
    person.choose_tool(Qt.Key.Key_V)
    before = [placed.shape.frame.x for placed in person.document.layers[2].shapes]
    person.drag((0.7, 0.62), (0.6, 0.62), (0.55, 0.62))
    assert person.document.edits == ("Move shapes",)
    assert [placed.shape.frame.x for placed in person.document.layers[2].shapes] != before

    decoded = person.document.picture
    window.files._ask_open = lambda _title, _filters: photo  # type: ignore[method-assign]
    window.files.ask_attach_photo()
    person.wait_until(lambda: person.document.picture is not decoded)
    assert not window.controller.is_decoded
    assert [layer.kind for layer in person.document.layers] == kinds
