"""The photos of a batch as a table, of any number: what is not shown costs nothing."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QImage

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.batch.rows import Change, Row, State
from qmap_studio.ui.batch.thumbnails import Thumbnails
from qmap_studio.ui.theme import current
from qmap_studio.ui.widgets.parts import readable_bytes

PHOTO, STATE, SIZE, RATE, PSNR, NOTE = range(6)
THUMBNAIL = Qt.ItemDataRole.UserRole
"""Of the photo's column; None as long as it is not made."""
TITLES = N_("Photo"), N_("State"), N_("Size"), N_("bpp"), N_("PSNR"), N_("Notes")
NAMES = {
    State.WAITING: N_("Waiting"),
    State.CODING: N_("Coding…"),
    State.DONE: N_("Done"),
    State.DONE_BEFORE: N_("Done before"),
    State.FAILED: N_("Failed"),
}
MOST_SINGLE = 64
"""So many changed rows are told of one by one; of more it is said from where to where."""
_Index = QModelIndex | QPersistentModelIndex


class BatchModel(QAbstractTableModel):
    """All rows, or those that are asked for, in the order that is asked for.

    Args:
        thumbnails: of the photos, as they are made.
    """

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        thumbnails.made.connect(self._on_thumbnail)
        self._rows: Sequence[Row] = ()
        self._shown: Sequence[int] = range(0)
        """The numbers of the rows that are shown."""
        self._places: dict[int, int] | None = None
        """By those numbers where they are shown; None: all are, in their order."""
        self._only_failed, self._text = False, ""
        self._order: tuple[int, bool] | None = None
        self._asked: dict[str, int] = {}
        """By a photo whose thumbnail is on its way, its row."""

    # What it is of

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows other photos."""
        self._rows = rows
        self._asked.clear()
        self._show()

    def change(self, changes: Sequence[Change]) -> None:
        """Takes what has become of some rows. Those that are wanted from now on come last."""
        changed: set[int] = set()
        fresh: list[int] = []
        for number, state, outcome in changes:
            row = self._rows[number]
            row.state, row.outcome = state, outcome
            if (place := self.place_of(number)) is not None:
                changed.add(place)
            elif self._is_wanted(row):
                fresh.append(number)
        if fresh:
            self._append(list(dict.fromkeys(fresh)))
        self._tell_changed(sorted(changed))

    def show_only(self, failed: bool, text: str) -> None:
        """Shows the rows that failed alone, or those alone whose photo or notes have a text; all if it is empty."""
        if (failed, text.casefold()) != (self._only_failed, self._text):
            self._only_failed, self._text = failed, text.casefold()
            self._show()

    def row(self, place: int) -> Row:
        """The row that is shown there."""
        return self._rows[self._shown[place]]

    def place_of(self, number: int) -> int | None:
        """Where the row of this number is shown, if it is."""
        return number if self._places is None else self._places.get(number)

    # Qt

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """As they are now; what changes later does not make rows wander. Column -1: as they were found."""
        self._order = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._show()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, PHOTO, NOTE)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt's own
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrows = {(section, False): " ↑", (section, True): " ↓"}
            return tr(TITLES[section]) + arrows.get(self._order, "")
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.row(index.row()), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _TEXTS[column](row)
            case role if role == THUMBNAIL and column == PHOTO:
                return self._thumbnail(self._shown[index.row()])
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(_colour(row, column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return str(row.photo) if column == PHOTO else _TEXTS[NOTE](row)
            case Qt.ItemDataRole.AccessibleTextRole if column == PHOTO:
                return f"{row.place}: {tr(NAMES[row.state])}"
        return None

    # Inside

    def _show(self) -> None:
        self.beginResetModel()
        self._shown, self._places = range(len(self._rows)), None
        if self._only_failed or self._text:
            self._shown = [number for number, row in enumerate(self._rows) if self._is_wanted(row)]
        if self._order is not None:
            self._shown = self._sorted(*self._order)
        if not isinstance(self._shown, range):
            self._places = {number: place for place, number in enumerate(self._shown)}
        self.endResetModel()

    def _sorted(self, column: int, is_falling: bool) -> list[int]:
        """The rows that are shown; those without what is sorted by come last."""
        keys = {number: key for number in self._shown if (key := _KEYS[column](self._rows[number])) is not None}
        known = sorted(keys, key=keys.__getitem__, reverse=is_falling)
        return known + [number for number in self._shown if number not in keys]

    def _append(self, numbers: list[int]) -> None:
        assert self._places is not None, "some rows are not shown"
        first = len(self._shown)
        self.beginInsertRows(QModelIndex(), first, first + len(numbers) - 1)
        self._shown = [*self._shown, *numbers]
        self._places.update({number: first + place for place, number in enumerate(numbers)})
        self.endInsertRows()

    def _tell_changed(self, places: list[int]) -> None:
        if len(places) > MOST_SINGLE:
            self.dataChanged.emit(self.index(places[0], 0), self.index(places[-1], NOTE))
            return
        for place in places:
            self.dataChanged.emit(self.index(place, 0), self.index(place, NOTE))

    def _is_wanted(self, row: Row) -> bool:
        if self._only_failed and row.state is not State.FAILED:
            return False
        return not self._text or self._text in row.place.casefold() or self._text in _said(row).casefold()

    def _thumbnail(self, number: int) -> QImage | None:
        photo = str(self._rows[number].photo)
        image = self._thumbnails.of(photo)
        if image is None:
            self._asked[photo] = number
        return image

    def _on_thumbnail(self, photo: str) -> None:
        number = self._asked.pop(photo, None)
        place = self.place_of(number) if number is not None else None
        if place is not None:
            index = self.index(place, PHOTO)
            self.dataChanged.emit(index, index, [THUMBNAIL])


def _said(row: Row) -> str:
    return "" if row.outcome is None else row.outcome.error or " ".join(row.outcome.notices)


def _note(row: Row) -> str:
    """What went wrong or was decided, without the photo's folder, which is seen beside it."""
    said = _said(row)
    return said and said.replace(str(row.photo), row.photo.name)


def _bytes(row: Row) -> int | None:
    return row.outcome.bytes if row.outcome is not None else None


def _bpp(row: Row) -> float | None:
    return row.outcome.bpp if row.outcome is not None else None


def _psnr(row: Row) -> float | None:
    return row.outcome.psnr if row.outcome is not None else None


def _psnr_text(row: Row) -> str:
    psnr = _psnr(row)
    if psnr is None:
        return ""
    return tr("no loss") if math.isinf(psnr) else f"{psnr:.2f} dB"


_TEXTS: tuple[Callable[[Row], str], ...] = (
    lambda row: row.place,
    lambda row: tr(NAMES[row.state]),
    lambda row: "" if (size := _bytes(row)) is None else readable_bytes(size),
    lambda row: "" if (bpp := _bpp(row)) is None else f"{bpp:.3f}",
    _psnr_text,
    _note,
)
_KEYS: tuple[Callable[[Row], Any], ...] = (
    lambda row: row.place.casefold(),
    lambda row: row.state.value,
    _bytes,
    _bpp,
    _psnr,
    lambda row: _said(row) or None,
)
"""What rows are sorted by; those without come last."""


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (SIZE, RATE, PSNR) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _colour(row: Row, column: int) -> str:
    colours = current()
    if row.state is State.FAILED and column in (STATE, NOTE):
        return colours.warm_text
    if column == STATE:
        by_state = {State.WAITING: colours.faint, State.CODING: colours.accent_text, State.DONE: colours.text}
        return by_state.get(row.state, colours.muted)
    if column == PHOTO:
        return colours.muted if row.state is State.WAITING else colours.text
    return colours.muted if column == NOTE else colours.text
