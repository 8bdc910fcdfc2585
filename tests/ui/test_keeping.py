"""Copies of unsaved work in the window: when they are made, and when they go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qmap_studio.document import Document
from qmap_studio.document.project import Source, names_in
from qmap_studio.engine import Recovery
from qmap_studio.ui.canvas.buffers import PictureBuffers
from qmap_studio.ui.keeping import Keeping
from qmap_studio.ui.open_documents import OpenDocument
from qmap_studio.ui.opening import Attached, Opened
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import paint_line, photo

PATIENCE_S = 60


@pytest.fixture
def keeping(opened: MainWindow, tmp_path: Path) -> Iterator[Keeping]:
    """Keeps copies when a test says so."""
    keeping = Keeping(opened, opened.controller, tmp_path)
    keeping._recovery = Recovery(tmp_path)
    yield keeping
    keeping.end()


def wait(keeping: Keeping) -> None:
    assert keeping._recovery is not None
    assert keeping._recovery.wait(PATIENCE_S)


def test_unsaved_work_is_kept_while_the_photo_takes_the_place_of_its_picture(
    opened: MainWindow, keeping: Keeping, tmp_path: Path
) -> None:
    paint_line(opened)
    keeping.keep_all()
    wait(keeping)
    document = opened.controller.document
    assert document is not None
    found = Attached(document.picture, Path("b.png"), Source("b.png", ""), photo(), PictureBuffers(photo().pixels))
    opened.controller.attach_photo(found)
    wait(keeping)
    (copy,) = tmp_path.glob("*/*.qmapproj")
    keeping.keep_all()
    wait(keeping)
    assert names_in(copy) == ("b.png", "")


def save(window: MainWindow, item: OpenDocument) -> None:
    window.controller.marks_saved(item)()


@pytest.mark.parametrize("end", [save, lambda window, item: window.controller.close(item)], ids=["saved", "given up"])
def test_the_copy_of_recovered_work_goes_as_soon_as_that_is_saved_or_given_up(
    opened: MainWindow, keeping: Keeping, tmp_path: Path, end: Callable[[MainWindow, OpenDocument], None]
) -> None:
    older = tmp_path / "earlier" / "1-1.qmapproj"
    older.parent.mkdir()
    older.touch()
    document = Document(photo())
    document.mark_unsaved()
    opened.controller.take(Opened(document, PictureBuffers(photo().pixels), copy=older))
    item = opened.controller.documents.front
    assert item is not None
    end(opened, item)
    wait(keeping)
    assert not list(tmp_path.glob("*/*.qmapproj"))
