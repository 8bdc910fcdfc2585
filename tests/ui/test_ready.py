"""What is made ready before it crosses into the window's thread."""

import threading
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace
from pytestqt.qtbot import QtBot

from qmap_studio.core.errors import ImageError
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.engine import Compared, LiveResult, Notice, PictureOpened, SfcOpened, Side
from qmap_studio.ui import opening
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.opening import Opened, ReadyComparison, made_ready
from qmap_studio.ui.screen_colours import on_screen
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, figures, photo

PATH = Path("photo.png")


def side(reconstruction: np.ndarray) -> Side:
    return Side(reconstruction, np.ones((6, 10), np.float32), 9, figures(), "quality 0.5")


def test_a_photo_is_made_ready_in_the_thread_that_brings_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    buffers = opening.PictureBuffers

    def make(pixels: np.ndarray) -> opening.PictureBuffers:
        threads.append(threading.current_thread())
        return buffers(pixels)

    monkeypatch.setattr(opening, "PictureBuffers", make)
    bridge = EngineBridge(FakeEngine)  # type: ignore[arg-type]
    with qtbot.waitSignal(bridge.result_delivered) as arrived:
        worker = threading.Thread(target=bridge.engine.deliver, args=(PictureOpened(1, PATH, photo()),))
        worker.start()
    worker.join()
    assert threads == [worker]
    (opened,) = arrived.args
    assert isinstance(opened, Opened)
    assert opened.document.picture is not None
    assert opened.buffers.shape == (HEIGHT, WIDTH)
    assert opened.threshold is None
    assert not opened.is_decoded


@pytest.mark.usefixtures("qapp")
def test_a_file_brings_its_map_and_what_parts_it() -> None:
    values = np.full((HEIGHT, WIDTH), 6554, np.uint16)
    values[:, 80:] = 58982
    opened = made_ready(SfcOpened(1, PATH, photo(), values, np.ones((6, 10), np.float32), 9))
    assert isinstance(opened, Opened)
    assert opened.is_decoded
    assert opened.threshold == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(opened.document.quality_map.values, values)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("is_grey", [False, True])
def test_what_is_shown_has_the_colours_that_the_profile_means(is_grey: bool) -> None:
    white = QPointF(0.3127, 0.3290)
    linear = QColorSpace.TransferFunction.Linear
    space = QColorSpace(white, linear) if is_grey else QColorSpace(QColorSpace.Primaries.DciP3D65, linear)
    profile = bytes(space.iccProfile())
    picture = Picture(np.full((HEIGHT, WIDTH, 3), 55, np.uint8), None, profile, is_grey=is_grey)
    opened = made_ready(PictureOpened(1, PATH, picture))
    assert isinstance(opened, Opened)
    assert opened.document.picture is picture
    np.testing.assert_allclose(opened.buffers.original.read(Rect(0, 0, 8, 8)), 128, atol=1)
    sides = (side(100 * np.ones((HEIGHT, WIDTH, 3), np.uint8)), side(picture.pixels))
    compared = made_ready(Compared(2, picture, *sides))
    assert isinstance(compared, ReadyComparison)
    np.testing.assert_allclose(compared.uniform.read(Rect(0, 0, 8, 8)), 128, atol=1)


@pytest.mark.usefixtures("qapp")
def test_live_answers_have_the_colours_that_the_profile_means() -> None:
    display_p3 = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile())
    red = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    red[...] = (200, 50, 50)
    expected = ImageCms.profileToProfile(Image.fromarray(red), BytesIO(display_p3), ImageCms.createProfile("sRGB"))
    picture = Picture(red, icc_profile=display_p3)
    rect = Rect(0, 0, WIDTH, HEIGHT)
    cells = np.ones((6, 10), np.float32)
    answer = LiveResult(picture, 1, np.zeros((2, 3), bool), rect, red, cells, Rect(0, 0, 10, 6), None)
    shown = made_ready(answer)
    assert isinstance(shown, LiveResult)
    np.testing.assert_allclose(shown.reconstruction, np.asarray(expected), atol=1)
    assert not np.array_equal(shown.reconstruction, red)


def test_a_profile_that_means_nothing_changes_nothing() -> None:
    for profile in (b"no profile", bytes(QColorSpace(QColorSpace.NamedColorSpace.SRgb).iccProfile())):
        pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
        assert on_screen(pixels, profile) is pixels


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_pixels: np.ndarray) -> None:
        raise MemoryError

    monkeypatch.setattr(opening, "PictureBuffers", fail)
    with pytest.raises(ImageError, match="not enough memory to show"):
        made_ready(PictureOpened(7, PATH, photo()))


def test_other_results_pass_as_they_are() -> None:
    notice = Notice("Hello.")
    assert made_ready(notice) is notice
