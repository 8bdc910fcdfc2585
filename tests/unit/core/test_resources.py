"""Resources are found in a clone, an installed wheel and a bundle."""

import sys
from pathlib import Path

import pytest

from qmap_studio.core import resources


def test_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "_MEIPASS", raising=False)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "qmap_studio" / "core" / "resources.py"))
    assert resources.resource_path("models") == tmp_path / "resources" / "models"


def test_installed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "_MEIPASS", raising=False)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "qmap_studio" / "core" / "resources.py"))
    (tmp_path / "qmap_studio" / "_resources").mkdir(parents=True)
    assert resources.resource_path("models") == tmp_path / "qmap_studio" / "_resources" / "models"


def test_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.resource_path("models/live.json") == tmp_path / "resources" / "models" / "live.json"
