"""Layers, shapes, maps and pictures by way of the system's clipboard."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QImage

from qmap_studio.core.errors import ProjectError
from qmap_studio.core.language import N_, tr
from qmap_studio.core.rect import Rect
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.layer_edits import LayerEdits

if TYPE_CHECKING:
    import numpy as np

    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.ui.canvas.buffers import PictureBuffers

LAYERS = "application/x-qmap-studio-layers"
"""A project of the layers alone."""
PASTE, PASTE_MAP, CUT = N_("Paste"), N_("Paste map"), N_("Cut")
OFFSET_PX = 16.0


class Clipboard(QObject):
    """What the Edit menu copies and pastes.

    Args:
        buffers: those of the canvas, which hold the reconstruction.
    """

    def __init__(
        self, controller: Controller, edits: LayerEdits, buffers: "Callable[[], PictureBuffers | None]", parent: QObject
    ) -> None:
        super().__init__(parent)
        self._controller, self._edits, self._buffers = controller, edits, buffers

    # Copying

    def copy(self) -> bool:
        """Copies the selected shapes, or else the active layer; whether there is anything to copy."""
        from qmap_studio.document.layers.uniform import UniformLayer
        from qmap_studio.document.project import Project, Source, project_bytes

        layer, document = self._chosen(), self._controller.document
        if layer is None or document is None:
            return False
        height, width = document.quality_map.values.shape
        data = QMimeData()
        project = Project(Source("", ""), height, width, (UniformLayer(0.5), layer))
        data.setData(LAYERS, QByteArray(project_bytes(project)))
        QGuiApplication.clipboard().setMimeData(data)
        return True

    def cut(self) -> None:
        if self.copy():
            self._edits.delete()

    def copy_map(self) -> None:
        """The whole map as a grey picture of 16 bits, which other programs may take as one of 8."""
        import numpy as np

        document = self._controller.document
        if document is not None:
            document.catch_up()
            values = np.ascontiguousarray(document.quality_map.values)
            height, width = values.shape
            image = QImage(values.data, width, height, 2 * width, QImage.Format.Format_Grayscale16)
            QGuiApplication.clipboard().setImage(image.copy())

    def copy_reconstruction(self) -> None:
        """What the codec makes of the photo, as far as it is shown."""
        import numpy as np

        buffers = self._buffers()
        if buffers is None or buffers.reconstruction is None or not buffers.complete:
            self._controller.notice_given.emit(tr("The reconstruction is not complete yet."))
            return
        height, width = buffers.shape
        pixels = np.ascontiguousarray(buffers.reconstruction.read(Rect.whole(height, width)))
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        QGuiApplication.clipboard().setImage(image.copy())

    # Pasting

    def paste(self) -> None:
        """Pastes layers or shapes into the map, or opens a picture."""
        data = QGuiApplication.clipboard().mimeData()
        if data.hasFormat(LAYERS):
            self._paste_layers(bytes(data.data(LAYERS).data()))
        elif data.hasImage():
            self._open_picture(QGuiApplication.clipboard().image())
        else:
            self._controller.notice_given.emit(tr("There are no layers, shapes or pictures to paste."))

    def paste_map(self) -> None:
        """Makes of a grey picture of the photo's size a layer of the map."""
        import numpy as np

        document, image = self._controller.document, QGuiApplication.clipboard().image()
        if document is None:
            return
        if image.isNull():
            self._controller.notice_given.emit(tr("There is no picture to paste as a map."))
            return
        values = _array(image.convertToFormat(QImage.Format.Format_Grayscale16), np.uint16, 1)[..., 0]
        self._controller.edit(lambda document: document.replace(values, PASTE_MAP, tr("Pasted map")))

    def _paste_layers(self, content: bytes) -> None:
        from qmap_studio.document.project import read_project_bytes

        document = self._controller.document
        if document is None:
            return
        try:
            _, *layers = read_project_bytes(content, tr("The clipboard")).project.layers
        except ProjectError as error:
            self._controller.failed.emit(str(error))
            return
        for layer in layers:
            self._paste_layer(layer)

    def _paste_layer(self, layer: "Layer") -> None:
        """Shapes go into the active layer, if that holds such, a little to the side of where they were copied."""
        from qmap_studio.document.layers.shape import ShapeLayer

        document = self._controller.document
        assert document is not None, "there is something to paste into"
        self._edits.finish()
        active = document.active_layer
        if isinstance(layer, ShapeLayer) and not layer.name:
            known = {placed.shape.frame for placed in getattr(active, "shapes", ())}
            is_there = any(placed.shape.frame in known for placed in layer.shapes)
            by = OFFSET_PX if is_there else 0.0
            shapes = [replace(placed, shape=placed.shape.moved(by, by)) for placed in layer.shapes]
            self._controller.edit(lambda document: document.add_shapes(shapes, PASTE))
        else:
            layer = replace(layer, name=document.fresh_name(layer.name or tr(layer.title)))
            self._controller.edit(lambda document: document.add_layer(layer, PASTE))

    def _open_picture(self, image: QImage) -> None:
        """A picture that comes from no file: a document of its own."""
        import numpy as np

        from qmap_studio.core.pictures import Picture
        from qmap_studio.document import Document
        from qmap_studio.ui.canvas.buffers import PictureBuffers
        from qmap_studio.ui.opening import Opened

        rgba = _array(image.convertToFormat(QImage.Format.Format_RGBA8888), np.uint8, 4)
        pixels, alpha = np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3])
        picture = Picture(pixels, alpha if (alpha < 255).any() else None)
        document = Document(picture)
        document.mark_unsaved()
        self._controller.take(Opened(document, PictureBuffers(pixels)))

    def _chosen(self) -> "Layer | None":
        """The active layer, or one without a name of the shapes selected in it."""
        document = self._controller.document
        layer = document.active_layer if document is not None else None
        if document is None or layer is None:
            return None
        shapes = [placed for placed in getattr(layer, "shapes", ()) if placed.key in document.choice.shapes]
        if shapes:
            return replace(layer, shapes=tuple(shapes), name="")  # type: ignore[call-arg]
        return layer if layer is not document.layers[0] else None


def _array(image: QImage, kind: type, channels: int) -> "np.ndarray":
    """The numbers of an image, (H, W, channels)."""
    import numpy as np

    height, width, size = image.height(), image.width(), np.dtype(kind).itemsize
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * channels * size].copy().view(kind).reshape(height, width, channels)
