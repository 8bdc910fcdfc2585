"""How the photos of a batch are drawn: a thumbnail with its name, figures, what went wrong."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from qmap_studio.core.language import tr
from qmap_studio.ui.batch.model import NOTE, PHOTO, PSNR, RATE, SIZE, STATE, THUMBNAIL, BatchModel
from qmap_studio.ui.theme import current

ROW_PX, THUMB_WIDTH, THUMB_HEIGHT, GAP = 52, 56, 42, 12
WIDTHS = {PHOTO: 250, STATE: 104, SIZE: 84, RATE: 64, PSNR: 84}
_Index = QModelIndex | QPersistentModelIndex


class PhotoDelegate(QStyledItemDelegate):
    """A thumbnail, the name, and the folder below it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        style = plain.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        frame = QRect(option.rect.left() + 8, 0, THUMB_WIDTH, THUMB_HEIGHT)
        frame.moveTop(option.rect.center().y() - THUMB_HEIGHT // 2 + 1)
        _draw_thumbnail(painter, frame, index.data(THUMBNAIL))
        left = frame.right() + GAP
        room = QRect(left, option.rect.top(), option.rect.right() - left - 6, option.rect.height())
        folder, _, name = str(index.data()).rpartition("/")
        _draw_lines(painter, room, name, folder, index.data(Qt.ItemDataRole.ForegroundRole))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(WIDTHS[PHOTO], ROW_PX)


class BatchTable(QTableView):
    """Keeps the photos that are coded in view until the person looks elsewhere.

    Attributes:
        hint: what stands in its place while it is empty.
    """

    def __init__(self, model: BatchModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = ""
        self._model, self._follows = model, True
        self.setObjectName("batchTable")
        self.setAccessibleName(tr("Photos"))
        self.setModel(model)
        self.setItemDelegateForColumn(PHOTO, PhotoDelegate(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        for column, width in WIDTHS.items():
            header.resizeSection(column, width)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(model.sort)
        self.verticalScrollBar().actionTriggered.connect(lambda _action: self._look_elsewhere())

    def follow(self) -> None:
        """From now on keeps what is coded in view."""
        self._follows = True

    def show_coded(self, number: int) -> None:
        """This row is coded now."""
        place = self._model.place_of(number) if self._follows else None
        if place is not None:
            self.scrollTo(self._model.index(place, PHOTO))

    def _look_elsewhere(self) -> None:
        self._follows = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._look_elsewhere()
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rowCount() == 0 and self.hint:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current().muted))
            room = self.viewport().rect().adjusted(40, 0, -40, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.hint)


def _draw_thumbnail(painter: QPainter, frame: QRect, image: QImage | None) -> None:
    """In the middle of its frame; a grey plate as long as there is none."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    is_there = image is not None and not image.isNull()
    size = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio) if is_there else frame.size()
    target = QRect(QPoint(), size)
    target.moveCenter(frame.center())
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(target), 3, 3)
    painter.setClipPath(outline)
    if is_there:
        painter.drawImage(target, image)
    else:
        painter.fillRect(target, QColor(current().hover))
    painter.restore()


def _draw_lines(painter: QPainter, room: QRect, name: str, folder: str, colour: QColor) -> None:
    painter.save()
    metrics, middle = painter.fontMetrics(), Qt.TextElideMode.ElideMiddle
    lines = [(name, colour)] + ([(folder, QColor(current().muted))] if folder else [])
    top = room.center().y() - len(lines) * metrics.height() // 2
    for line, (text, pen) in enumerate(lines):
        painter.setPen(pen)
        box = QRect(room.left(), top + line * metrics.height(), room.width(), metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(text, middle, room.width()))
    painter.restore()
