"""Small pictures of photos, made in a thread for those that are looked at."""

import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from qmap_studio.core.errors import QMapStudioError

WIDTH, HEIGHT = 112, 84
"""At most, in pixels of a screen of twice the usual fineness."""
MOST_KEPT = 1000
MOST_WAITING = 60
"""More than are seen at once; what was scrolled past is not made."""
LARGEST_BYTES = 32 * 2**20
"""Of a file of a format that is read whole for its thumbnail."""


class Thumbnails(QObject):
    """Those that are asked for last are made first."""

    made = Signal(str)  # of this photo

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._made: OrderedDict[str, QImage] = OrderedDict()
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._change = threading.Condition()
        self._is_over = False
        self._thread: threading.Thread | None = None

    def of(self, photo: str) -> QImage | None:
        """The thumbnail, a null image where there can be none; None as long as it is not made: `made` tells."""
        with self._change:
            if photo in self._made:
                self._made.move_to_end(photo)
                return self._made[photo]
            self._waiting[photo] = None
            self._waiting.move_to_end(photo)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._change.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="qmap-studio-thumbnails", daemon=True)
            self._thread.start()
        return None

    def end(self) -> None:
        """No more are made."""
        with self._change:
            self._is_over = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._is_over)
                if self._is_over:
                    return
                photo, _ = self._waiting.popitem()
            image = thumbnail(photo)
            with self._change:
                self._made[photo] = image
                while len(self._made) > MOST_KEPT:
                    self._made.popitem(last=False)
                if self._is_over:
                    return
            self.made.emit(photo)


def thumbnail(photo: str) -> QImage:
    """A photo within WIDTH x HEIGHT pixels, upright; a null image if it cannot be read."""
    reader = QImageReader(photo)
    reader.setAutoTransform(True)
    if not reader.canRead():
        return _read_whole(Path(photo))
    size = reader.size()
    if size.isValid():
        is_turned = bool(reader.transformation() & reader.transformation().TransformationRotate90)
        room = QSize(HEIGHT, WIDTH) if is_turned else QSize(WIDTH, HEIGHT)
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return _small(reader.read())


def _read_whole(photo: Path) -> QImage:
    """Of a format that the program reads and Qt does not."""
    from qmap_studio.core.pictures import read_picture

    try:
        if not 0 < photo.stat().st_size <= LARGEST_BYTES:
            return QImage()
        pixels = read_picture(photo).pixels
    except (OSError, QMapStudioError):
        return QImage()
    step = max(1, min(pixels.shape[0] // HEIGHT, pixels.shape[1] // WIDTH))
    few = pixels[::step, ::step].copy()
    return _small(QImage(few.data, few.shape[1], few.shape[0], few.strides[0], QImage.Format.Format_RGB888))


def _small(image: QImage) -> QImage:
    if image.isNull():
        return QImage()
    mode = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(WIDTH, HEIGHT, Qt.AspectRatioMode.KeepAspectRatio, mode)
    return small.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
