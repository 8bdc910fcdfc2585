"""Short questions: which file, and what becomes of work that is in none."""

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from qmap_studio.core.language import ngettext, tr

MOST_NAMES = 12


class Keep(Enum):
    """What becomes of work that is in no file."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


class PictureAnswer(Enum):
    """Which picture a project is opened with, if its own is gone or another by now."""

    TAKE = auto()
    CHOOSE = auto()
    CANCEL = auto()


class Recover(Enum):
    """What becomes of copies of unsaved work."""

    RECOVER = auto()
    DELETE = auto()
    LATER = auto()


class LeaveBatch(Enum):
    """What becomes of a batch that runs when its window is closed."""

    GO_ON = auto()
    CANCEL = auto()
    STAY = auto()


def ask_open(parent: QWidget, title: str, folder: str, filters: str) -> Path | None:
    """A file to read, or None."""
    name, _ = QFileDialog.getOpenFileName(parent, title, folder, filters)
    return Path(name) if name else None


def ask_folder(parent: QWidget, title: str, folder: str) -> Path | None:
    """A folder, or None."""
    name = QFileDialog.getExistingDirectory(parent, title, folder)
    return Path(name) if name else None


def ask_save(parent: QWidget, title: str, suggestion: Path, filters: str) -> Path | None:
    """A file to write, or None. The chosen filter's suffix is added before Qt asks whether a file may be replaced."""
    chosen = ask_save_as(parent, title, suggestion, filters.split(";;"))
    return chosen[0] if chosen is not None else None


def ask_save_as(
    parent: QWidget, title: str, suggestion: Path, filters: Sequence[str], first: int = 0
) -> tuple[Path, int] | None:
    """As `ask_save`, and which of the filters was chosen; `first` is to begin with."""
    dialog = QFileDialog(parent, title, str(suggestion.parent))
    dialog.setNameFilters(list(filters))
    dialog.selectNameFilter(filters[first])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)

    def use_suffix_of(chosen: str) -> None:
        dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))

    dialog.filterSelected.connect(use_suffix_of)
    use_suffix_of(dialog.selectedNameFilter())
    dialog.selectFile(suggestion.name)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0]), max(0, dialog.nameFilters().index(dialog.selectedNameFilter()))


def ask_page(parent: QWidget, page: int, page_count: int) -> int | None:
    """Which page or frame of a file, from 0, or None."""
    text = tr("Page or frame, 1 to {count}:").format(count=page_count)
    number, is_chosen = QInputDialog.getInt(parent, tr("Open Page"), text, page + 1, 1, page_count)
    return number - 1 if is_chosen else None


def ask_keep(parent: QWidget, names: Sequence[str]) -> Keep:
    """What a person wants with documents that have unsaved changes."""
    if len(names) == 1:
        text = tr("{name} has unsaved changes.").format(name=names[0])
        details = tr("A project keeps the map with its layers, to be worked on later.")
    else:
        text = ngettext(
            "{count} document has unsaved changes:", "{count} documents have unsaved changes:", len(names)
        ).format(count=len(names))
        shown = [f"•  {name}" for name in names[:MOST_NAMES]]
        if len(names) > MOST_NAMES:
            more = len(names) - MOST_NAMES
            shown.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
        details = "\n".join(shown)
    box = _question(parent, text, details)
    save = box.addButton(tr("&Save…") if len(names) == 1 else tr("&Save All…"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(save)
    box.exec()
    return {save: Keep.SAVE, discard: Keep.DISCARD}.get(box.clickedButton(), Keep.CANCEL)


def ask_picture(parent: QWidget, project: str, expected: Path, changed: Path | None, reason: str = "") -> PictureAnswer:
    """Which picture to open a project with.

    Args:
        expected: where its own was.
        changed: a file that lies there, or near, and is another by now; None: there is none.
        reason: why one that was there will not do; "" if none was.
    """
    if reason:
        text, details = reason, tr("{project} is of a picture of the size of its map.").format(project=project)
    elif changed is None:
        text = tr("The picture of {project} is not where it was.").format(project=project)
        details = tr("It was {path}.").format(path=expected)
    else:
        text = tr("The picture of {project} has changed since it was saved.").format(project=project)
        details = tr("{path} is another file by now. The layers fit it if it has the same size.").format(path=changed)
    box = _question(parent, text, details)
    take = box.addButton(tr("&Use It"), QMessageBox.ButtonRole.AcceptRole) if changed is not None else None
    choose = box.addButton(tr("&Choose Another…"), QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(take or choose)
    box.exec()
    clicked = box.clickedButton()
    if take is not None and clicked is take:
        return PictureAnswer.TAKE
    return PictureAnswer.CHOOSE if clicked is choose else PictureAnswer.CANCEL


def ask_recover(parent: QWidget, names: Sequence[str]) -> Recover:
    """What a person wants with work that was not saved when the program ended.

    Args:
        names: of what can be recovered, each with its time.
    """
    text = ngettext(
        "The program ended without saving {count} document.",
        "The program ended without saving {count} documents.",
        len(names),
    ).format(count=len(names))
    box = _question(parent, text, "\n".join(f"•  {name}" for name in names[:MOST_NAMES]))
    recover = box.addButton(tr("&Recover"), QMessageBox.ButtonRole.AcceptRole)
    delete = box.addButton(tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
    later = box.addButton(tr("Ask &Later"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(recover)
    box.setEscapeButton(later)
    box.exec()
    return {recover: Recover.RECOVER, delete: Recover.DELETE}.get(box.clickedButton(), Recover.LATER)


def ask_stop(parent: QWidget, writing: str, consequence: str = "") -> bool:
    """Whether a person closes the window although something is not finished.

    Args:
        consequence: a sentence; without one it is said that there will be no new file.
    """
    # For translators: {doing} is such as "Exporting photo.sfc".
    unfinished = tr("{doing} is not finished.").format(doing=writing)
    box = _question(parent, unfinished, consequence or tr("Closing now leaves no new file."))
    stay = box.addButton(tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    close = box.addButton(tr("&Close Anyway"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is close


def ask_leave_batch(parent: QWidget, folder: str) -> LeaveBatch:
    """What becomes of a batch whose window is closed."""
    box = _question(
        parent,
        tr("The batch to {folder} is not finished.").format(folder=folder),
        tr("File > Batch shows one in the background again. What is done stays, also if you cancel it."),
    )
    go_on = box.addButton(tr("&Go On in the Background"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(tr("&Cancel the Batch"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(go_on)
    box.setEscapeButton(stay)
    box.exec()
    answers = {go_on: LeaveBatch.GO_ON, cancel: LeaveBatch.CANCEL}
    return answers.get(box.clickedButton(), LeaveBatch.STAY)


def _question(parent: QWidget, text: str, consequence: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("QMap Studio")  # no text: a name
    box.setText(text)
    box.setInformativeText(consequence)
    box.layout().setContentsMargins(20, 18, 20, 16)
    return box
