"""Annotations on their way into the map: seen over the photo while their rules are chosen, then taken or given up."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.settings import Settings
from qmap_studio.ui.background import Background
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.file_filters import RULES
from qmap_studio.ui.files import Files
from qmap_studio.ui.jobs import PendingJob
from qmap_studio.ui.outlines import ContourOutline

if TYPE_CHECKING:
    from collections.abc import Callable

    from qmap_studio.core.rect import Rect
    from qmap_studio.document import AnnotationsFile, Document
    from qmap_studio.document.annotations.rules import Rules
    from qmap_studio.engine import AnnotationsRead
    from qmap_studio.ui.annotations.panel import AnnotationsPanel
    from qmap_studio.ui.annotations.preview import Preview
    from qmap_studio.ui.open_documents import OpenDocument

LONGEST_RULES = 20_000
"""Characters; longer ones are not remembered for a folder."""


@dataclass(eq=False)
class _Task:
    """What is to be decided.

    Attributes:
        position: of the document's history, before anything was shown.
        replaces: an edit that was undone for it, the annotations by the rules of the folder.
        shown: the rules that the document shows, if it shows any yet.
        is_accepted: what is on its way is the last.
        remembered: once it is closed, the rules for the next photos of the folder; None if these are not treated alike.
    """

    document: "Document"
    path: Path
    found: "AnnotationsFile"
    panel: "AnnotationsPanel"
    position: int
    replaces: bool
    shown: "Rules | None" = None
    is_accepted: bool = False
    remembered: "Rules | None" = None

    def keep_rules(self) -> None:
        """What the panel, which is about to go, says of the next photos."""
        self.remembered = self.panel.rules if self.panel.is_remembered else None


class Annotating(QObject):
    """One file at a time. Whatever else is edited meanwhile takes the annotations as they are seen.

    Args:
        window: the dialogs' parent.
    """

    failed = Signal(str)
    task_changed = Signal(object)  # the widget that is to be answered, or None
    outlined = Signal(object)  # a ContourOutline, or None

    def __init__(self, window: QWidget, controller: Controller, files: Files, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._controller, self._files, self._settings = window, controller, files, settings
        self._task: _Task | None = None
        self._is_showing = False
        self._by_rules: WeakKeyDictionary[Document, int] = WeakKeyDictionary()
        """Documents that got annotations by the rules of their folder, and the state that they were in then."""
        self._applied = ""
        self.background = Background(self)
        self.background.failed.connect(self.failed)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._ask)
        controller.annotations_read.connect(self._on_read)
        controller.map_changed.connect(self._on_map_changed)
        controller.document_shown.connect(lambda _item: self._leave())
        controller.all_closed.connect(self._leave)
        files.opened_alone.connect(self._on_opened_alone)

    @property
    def panel(self) -> "AnnotationsPanel | None":
        """What is to be answered, if anything is."""
        return self._task.panel if self._task is not None else None

    def end(self) -> None:
        """Nothing is done any more; a file of rules that is being written is waited for."""
        self.background.end()

    # What was read

    def _on_read(self, result: "AnnotationsRead") -> None:
        if result.rules is not None:
            self._take_by_rules(result, result.rules)
        elif result.choices:
            self._files.ask_picture(result)
        elif not result.found.annotations and result.found.heat is None:
            text = tr("{file} has no annotations for {photo}.").format(file=result.path.name, photo=self._files.name)
            self.failed.emit(" ".join((text, *result.found.notices)))
        else:
            self._begin(result)

    def _begin(self, result: "AnnotationsRead") -> None:
        from qmap_studio.ui.annotations.panel import AnnotationsPanel

        self._put_away()  # that of another file
        document = self._controller.document
        assert document is not None, "it was shown before it was told of"
        replaces = self._by_rules.pop(document, None) == document.state
        if replaces:
            document.undo()  # these take the place of those
        panel = AnnotationsPanel(result.found, result.path.name, self._rules_for(document))
        panel.show_recent(self._settings.recent_rules)
        panel.rules_changed.connect(self._soon.start)
        panel.accepted.connect(self._accept)
        panel.rejected.connect(self._reject)
        panel.open_requested.connect(self._ask_open_rules)
        panel.recent_chosen.connect(lambda path: self._open_rules(Path(path)))
        panel.save_requested.connect(self._ask_save_rules)
        panel.told.connect(self._controller.done)
        self._task = _Task(document, result.path, result.found, panel, document.position, replaces)
        self.task_changed.emit(panel)
        (panel.table if result.found.annotations else panel).setFocus()
        self._ask()

    def _rules_for(self, document: "Document") -> "Rules":
        """To begin with: those of the photo's folder, or the last."""
        from qmap_studio.core.errors import RulesError
        from qmap_studio.document.annotations.rules import Rules
        from qmap_studio.document.annotations.rules_file import rules_of

        annotated = self._settings.annotated
        folder = str(document.path.parent) if document.path is not None else ""
        _, text = annotated.get(folder) or next(reversed(annotated.values()), ("", ""))
        try:
            return rules_of(text, tr("settings"))
        except RulesError:
            return Rules()

    # The preview

    def _ask(self) -> None:
        """Has the rules as they are now shown, unless others come before that."""
        task = self._task
        if task is not None:
            self.background.do(self._making(task), partial(self._show, task), subject=self)

    def _making(self, task: _Task) -> "Callable[[], Preview]":
        """What is done in the thread."""
        from qmap_studio.ui.annotations.preview import Preview

        picture = task.document.picture
        return partial(Preview.of, task.found, task.panel.rules, task.path.name, picture.height, picture.width)

    def _show(self, task: _Task, preview: "Preview") -> None:
        self._is_showing = True
        self._lay(task, preview)
        self._is_showing = False
        task.shown = preview.rules
        self._part_in_two(task)
        task.panel.show_summary(preview.count, preview.share)
        colours = {label: task.panel.colour(label).getRgb()[:3] for label in preview.contours}
        groups = tuple((colours[label], contours) for label, contours in preview.contours.items())
        self.outlined.emit(ContourOutline(groups) if groups else None)
        if task.is_accepted:
            self._finish(task)

    def _lay(self, task: _Task, preview: "Preview") -> None:
        self._controller.edit_of(task.document, lambda document: document.preview_annotations(preview.parts))

    def _on_map_changed(self, _rect: "Rect", ended: bool) -> None:
        """Somebody has gone on to another edit, or undone this one."""
        task = self._task
        if task is None or self._is_showing or task.shown is None:
            return
        if ended:
            self._close()
            QTimer.singleShot(0, lambda: self._remember_if_kept(task))
        else:
            self._part_in_two(task)

    def _part_in_two(self, task: _Task) -> None:
        """So that figures tell inside from outside, once all of the map is there."""
        if not task.document.is_behind:
            self._controller.choose_threshold()

    def _remember_if_kept(self, task: _Task) -> None:
        """Undone, the annotations are given up."""
        if task.document.position > task.position:
            self._remember(task)

    def _leave(self) -> None:
        """Another document is in front; what this one showed has become an edit."""
        if self._task is not None and self._task.document is not self._controller.document:
            self._put_away()

    def _put_away(self) -> None:
        """Takes what is seen; what was accepted and is not seen yet, too."""
        task = self._task
        if task is None:
            return
        making = self._making(task)
        self._close()
        if task.is_accepted:
            self.background.do(making, partial(self._take, task))
        elif task.shown is not None:
            task.document.finish()
        self._remember_if_kept(task)

    # How it ends

    def _accept(self) -> None:
        task = self._task
        if task is None:
            return
        task.is_accepted = True
        task.keep_rules()
        self._remember(task)  # also for a photo that opens before the last change is seen
        if task.shown == task.panel.rules:
            self._finish(task)
        else:  # the last change is not seen yet
            task.panel.wait()
            self._ask()

    def _finish(self, task: _Task) -> None:
        self._close()
        task.document.finish()

    def _take(self, task: _Task, preview: "Preview") -> None:
        """What was accepted before its document went behind."""
        self._lay(task, preview)
        task.document.finish()

    def _reject(self) -> None:
        task = self._task
        if task is not None:
            self._close()
            if task.shown is not None:
                task.document.cancel()
            if task.replaces:
                task.document.redo()
                self._by_rules[task.document] = task.document.state

    def _close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._soon.stop()
            self.background.forget(self)
            self.task_changed.emit(None)
            self.outlined.emit(None)
            task.keep_rules()
            task.panel.footer.deleteLater()
            task.panel.deleteLater()

    # What is remembered of a folder

    def _remember(self, task: _Task) -> None:
        from qmap_studio.document import PictureIdentity
        from qmap_studio.document.annotations.folders import belongs_to
        from qmap_studio.document.annotations.rules_file import rules_text

        photo = task.document.path
        if photo is None:
            return
        text = rules_text(task.remembered) if task.remembered is not None else ""
        if text and len(text) <= LONGEST_RULES:
            is_of_photo = belongs_to(task.path, PictureIdentity.of(task.document.picture, photo))
            self._settings.annotate(photo.parent, task.path.parent if is_of_photo else task.path, text)
        else:
            self._settings.forget_annotations(photo.parent)

    def _on_opened_alone(self, item: "OpenDocument") -> None:
        """A photo of a folder whose annotations are known gets them by the rules of the one before."""
        from qmap_studio.engine import ReadAnnotations

        photo = item.document.path
        is_fresh = not (item.is_decoded or item.copy or item.document.project_path or item.document.is_modified)
        known = self._settings.annotated.get(str(photo.parent)) if photo is not None and is_fresh else None
        if known is not None:
            source, rules = known
            pending = PendingJob(tr("Reading {name}").format(name=Path(source).name), Path(source).name, is_asked=False)
            pending = replace(pending, then=self._tell_applied)
            self._controller.jobs.submit(ReadAnnotations(Path(source), photo, rules=rules), pending)

    def _tell_applied(self) -> None:
        """After the job has ended, so that nothing is said over it."""
        if self._applied:
            self._controller.done.emit(self._applied)
            self._applied = ""

    def _take_by_rules(self, result: "AnnotationsRead", rules: "Rules") -> None:
        item = self._controller.documents.of_picture(result.picture)
        if result.choices or not (result.found.annotations or result.found.heat is not None):
            self._applied = tr("{file} has no annotations for this photo.").format(file=result.path.name)
        count = len(rules.counted(result.found.annotations))
        if item is None or item.document.revision or result.choices or not (count or result.found.heat is not None):
            return  # the person has begun, or there is nothing for this photo
        document = item.document
        self._controller.edit_of(
            document, lambda document: document.apply_annotations(result.found, rules, result.path.name)
        )
        self._controller.marks_saved(item)()  # the folder's rules give it again when the photo is opened
        self._by_rules[document] = document.state
        for notice in result.found.notices:
            self._controller.notice_given.emit(notice)
        text = ngettext(
            "{count} annotation of {file} taken by the rules of this folder; undo takes it back.",
            "{count} annotations of {file} taken by the rules of this folder; undo takes them back.",
            count,
        )
        self._applied = text.format(count=count, file=result.path.name)

    # Files of rules

    def _ask_open_rules(self) -> None:
        path = self._files.ask_file(tr("Open Rules"), tr(RULES))
        if path is not None:
            self._open_rules(path)

    def _open_rules(self, path: Path) -> None:
        from qmap_studio.document.annotations.rules_file import read_rules

        self.background.do(lambda: read_rules(path), partial(self._on_rules_read, self._task, path))

    def _on_rules_read(self, task: _Task | None, path: Path, rules: "Rules") -> None:
        self._use_recent(path)
        self._controller.done.emit(tr("Rules of {name}.").format(name=path.name))
        if task is not None and task is self._task:
            task.panel.rules = rules
            self._ask()

    def _ask_save_rules(self) -> None:
        from qmap_studio.document.annotations.rules_file import write_rules

        task = self._task
        path = self._files.ask_new_file(tr("Save Rules"), "-rules.toml", tr(RULES))  # no text: a name's end
        if task is not None and path is not None:
            rules = task.panel.rules
            self.background.do(lambda: write_rules(path, rules), lambda _: self._on_rules_written(path))

    def _on_rules_written(self, path: Path) -> None:
        self._use_recent(path)
        self._controller.done.emit(tr("The rules are saved as {name}.").format(name=path.name))

    def _use_recent(self, path: Path) -> None:
        self._settings.add_recent_rules(path)
        if self._task is not None:
            self._task.panel.show_recent(self._settings.recent_rules)
