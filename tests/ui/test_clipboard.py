"""Copying and pasting by the system's clipboard."""

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage

from qmap_studio.core.rect import Rect
from qmap_studio.document import Document
from qmap_studio.document.choice import Choice
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, open_photo, paint_line


@pytest.fixture
def document(opened: MainWindow) -> Document:
    document = opened.controller.document
    assert document is not None
    paint_line(opened)
    document.fill_rectangle(Rect(20, 20, 30, 20), 0.9)
    document.fill_rectangle(Rect(80, 20, 30, 20), 0.2)
    return document


def do(window: MainWindow, name: str) -> None:
    window.actions_by_name[name].trigger()


def test_shapes_are_pasted_beside_where_they_were_and_into_other_documents(
    qtbot, opened: MainWindow, engine: FakeEngine, document: Document
) -> None:
    do(opened, "copy")
    do(opened, "paste")
    assert [placed.shape.x for placed in document.layers[-1].shapes] == [20, 80, 96]
    assert document.undo_name == "Paste"
    open_photo(qtbot, opened, engine, "other.png")
    do(opened, "paste")
    other = opened.controller.document
    assert other is not None
    assert [placed.shape.x for placed in other.layers[-1].shapes] == [80]


def test_a_layer_is_pasted_and_cut(opened: MainWindow, document: Document) -> None:
    document.choose(Choice(document.layers[1].key))
    do(opened, "cut")
    assert [layer.kind for layer in document.layers] == ["uniform", "shapes"]
    before = document.quality_map.values.copy()
    do(opened, "paste")
    assert [layer.name for layer in document.layers] == ["Base quality", "Shapes 1", "Brush 1"]
    assert (document.quality_map.values != before).any()


def test_the_map_goes_out_and_comes_in_as_a_grey_picture(opened: MainWindow, document: Document) -> None:
    values = document.quality_map.values.copy()
    do(opened, "copy_map")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (160, 96)
    document.fill_uniform(0.3)
    do(opened, "paste_map")
    # A clipboard may carry 8 bits of the 16.
    np.testing.assert_allclose(document.quality_map.values.astype(int), values, atol=257)
    small = QImage(20, 20, QImage.Format.Format_Grayscale8)
    small.fill(0)
    QGuiApplication.clipboard().setImage(small)
    do(opened, "paste_map")
    assert "20 x 20 pixels, the picture is 160 x 96" in opened.banner.text


def test_a_picture_from_the_clipboard_is_a_document_of_its_own(opened: MainWindow, document: Document) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGBA8888)
    image.fill(0x80FF0000)
    QGuiApplication.clipboard().setImage(image)
    do(opened, "paste")
    pasted = opened.controller.document
    assert pasted is not document
    assert pasted is not None
    assert (pasted.picture.width, pasted.picture.height) == (40, 30)
    assert pasted.picture.alpha is not None
    assert pasted.is_modified
    do(opened, "map_from_alpha")
    assert pasted.quality_map.values[0, 0] == pytest.approx(0x80 * 257, abs=257)


def test_what_cannot_be_pasted_is_said(opened: MainWindow, document: Document) -> None:
    QGuiApplication.clipboard().setText("hello")
    do(opened, "paste")
    assert "no layers, shapes or pictures" in opened.banner.text
    do(opened, "copy_reconstruction")
    assert "not complete yet" in opened.banner.text
