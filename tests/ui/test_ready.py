"""What is made ready before it crosses into the window's thread."""

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from qmap_studio.core.errors import ImageError
from qmap_studio.engine import Notice, PictureOpened, SfcOpened
from qmap_studio.ui import opening
from qmap_studio.ui.bridge import EngineBridge
from qmap_studio.ui.opening import Opened, made_ready
from tests.ui.conftest import HEIGHT, WIDTH, FakeEngine, photo

PATH = Path("photo.png")


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
    assert opened.values is not opened.document.quality_map.values


@pytest.mark.usefixtures("qapp")
def test_a_file_brings_its_map_and_what_parts_it() -> None:
    values = np.full((HEIGHT, WIDTH), 6554, np.uint16)
    values[:, 80:] = 58982
    opened = made_ready(SfcOpened(1, PATH, photo(), values, np.ones((6, 10), np.float32), 9))
    assert isinstance(opened, Opened)
    assert opened.is_decoded
    assert opened.threshold == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(opened.document.quality_map.values, values)


def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_pixels: np.ndarray) -> None:
        raise MemoryError

    monkeypatch.setattr(opening, "PictureBuffers", fail)
    with pytest.raises(ImageError, match="not enough memory to show"):
        made_ready(PictureOpened(7, PATH, photo()))


def test_other_results_pass_as_they_are() -> None:
    notice = Notice("Hello.")
    assert made_ready(notice) is notice
