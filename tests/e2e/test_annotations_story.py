"""A story: detections become shapes, faces low and signs high, are moved, exported, and taken for the next photo."""

import json
import shutil
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from qmap_studio.core.pictures import read_picture
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.ui.annotations.classes import KEEP
from tests.e2e.story import LEFT, NONE, Person

FACE, SIGN = (0.15, 0.3, 0.3, 0.35), (0.4, 0.45, 0.4, 0.35)  # shares of the photo: x, y, width, height
ONLY_FACE, ONLY_SIGN = (0.2, 0.35, 0.15, 0.25), (0.5, 0.6, 0.25, 0.15)
"""Well inside of one of them."""


def test_faces_low_and_signs_high(qtbot: QtBot, tmp_path: Path) -> None:
    photo, following = tmp_path / "photo.jpg", tmp_path / "following.jpg"
    for path in (photo, following):
        shutil.copy(sample_photo_path(), path)
    height, width = read_picture(photo).pixels.shape[:2]
    detections = tmp_path / "detections.json"
    detections.write_text(json.dumps(coco(width, height, [photo.name, following.name])))
    person = Person(tmp_path)
    window = person.window
    qtbot.addWidget(window, before_close_func=lambda _window: person.document.mark_saved())
    person.open(photo)

    window.files._ask_open = lambda _title, _filters: detections  # type: ignore[method-assign]
    person.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    person.wait_until(lambda: window.annotating.panel is not None)
    panel = window.annotating.panel
    assert panel is not None
    for row, quality in enumerate(("0.1", "0.95")):  # face, sign
        give(panel.table, row, quality)
        person.wait_until(lambda: QApplication.focusWidget() is panel.table)
    person.wait_until(lambda: levels_at(person, width, height) == [0.1, 0.95, 0.95, 0.5])
    QTest.mouseClick(next(b for b in panel.footer.findChildren(QPushButton) if b.text() == "Import"), LEFT)
    assert person.document.edits == ("Annotations",)

    exported = tmp_path / "photo.sfc"
    window.files.export(exported, None)
    person.wait_until(lambda: exported.exists() and not window.controller.jobs.is_busy)
    uniform = tmp_path / "uniform.sfc"
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.files.export(uniform, None)
    person.wait_until(lambda: uniform.exists() and not window.controller.jobs.is_busy)
    person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)

    person.choose_tool(Qt.Key.Key_V)
    person.drag((0.2, 0.35), (0.15, 0.3), (0.1, 0.25))
    assert person.document.edits == ("Annotations", "Move shapes")
    person.document.mark_saved()

    person.open(following)
    person.wait_until(lambda: levels_at(person, width, height) == [0.1, 0.95, 0.95, 0.5])
    assert not person.document.is_modified

    original = person.document.picture.pixels
    errors = []
    for path in (exported, uniform):
        person.open(path)
        decoded = person.document.picture.pixels
        errors.append([error(original, decoded, part, width, height) for part in (ONLY_FACE, ONLY_SIGN)])
    (face, sign), (uniform_face, uniform_sign) = errors
    assert face > 1.5 * uniform_face
    assert sign < uniform_sign / 1.5


def coco(width: int, height: int, names: list[str]) -> dict[str, object]:
    def box(shares: tuple[float, float, float, float]) -> list[float]:
        x, y, w, h = shares
        return [x * width, y * height, w * width, h * height]

    return {
        "images": [{"id": n, "file_name": name, "width": width, "height": height} for n, name in enumerate(names)],
        "categories": [{"id": 1, "name": "face"}, {"id": 2, "name": "sign"}],
        "annotations": [
            {"image_id": n, "category_id": category, "bbox": box(shares)}
            for n in range(len(names))
            for category, shares in ((1, FACE), (2, SIGN))
        ],
    }


def give(table, row: int, text: str) -> None:
    """Types what a class gets, as one does into a table."""
    cell = table.visualRect(table.model().index(row, KEEP)).center()
    QTest.mouseClick(table.viewport(), LEFT, NONE, cell)
    QTest.mouseDClick(table.viewport(), LEFT, NONE, cell)
    field = QApplication.focusWidget()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def levels_at(person: Person, width: int, height: int) -> list[float]:
    """The qualities in the face, in the sign, where both are, and elsewhere."""
    places = ((0.2, 0.35), (0.7, 0.75), (0.42, 0.6), (0.9, 0.1))
    values = person.document.quality_map.values
    return [round(float(values[int(y * height), int(x * width)]) / 65535, 2) for x, y in places]


def error(original: np.ndarray, decoded: np.ndarray, part: tuple[float, ...], width: int, height: int) -> float:
    """The mean squared error in a part of the photo."""
    x, y, w, h = part
    place = np.s_[int(y * height) : int((y + h) * height), int(x * width) : int((x + w) * width)]
    return float(((original[place].astype(float) - decoded[place]) ** 2).mean())
