"""How far a batch is: in words, as a bar, and in numbers."""

from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from qmap_studio.batch import Totals
from qmap_studio.core.language import ngettext, tr
from qmap_studio.ui.batch.run import BatchRun
from qmap_studio.ui.widgets.elided import ElidedLabel
from qmap_studio.ui.widgets.parts import readable_bytes

STEPS = 10_000


class BatchProgress(QWidget):
    """Two lines with a bar between them."""

    def __init__(self) -> None:
        super().__init__()
        self.headline, self.details = QLabel(), ElidedLabel()
        self.headline.setObjectName("subtitle")
        self.details.setObjectName("muted")
        self._bar = QProgressBar(maximum=STEPS, textVisible=False)
        self._bar.setAccessibleName(tr("Progress"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        for part in (self.headline, self._bar, self.details):
            column.addWidget(part)

    def show_idle(self, missing: str) -> None:
        """Nothing was started yet.

        Args:
            missing: what is to be chosen first, in a sentence; empty if it can start.
        """
        self.headline.setText(tr("Ready to start") if not missing else tr("Not started"))
        self.details.setText(missing or tr("What is done already is not done once more."))
        self._bar.setMaximum(STEPS)
        self._bar.setValue(0)

    def show_run(self, run: BatchRun) -> None:
        totals = run.totals
        self._bar.setMaximum(0 if totals is None and run.is_running else STEPS)
        self._bar.setValue(round(totals.share * STEPS) if totals is not None and totals.photos else 0)
        self.headline.setText(_headline(run))
        self.details.setText(_details(totals) if totals is not None else "")


def _headline(run: BatchRun) -> str:
    totals = run.totals
    if not run.is_running:
        return _end(run)
    if run.is_stopping:
        return tr("Ending…")
    if totals is None:
        text = ngettext("Looking for photos: {count} so far", "Looking for photos: {count} so far", run.found)
        return text.format(count=f"{run.found:,}")
    ended = totals.before + totals.done + totals.failed
    text = tr("{ended} of {photos} photos").format(ended=f"{ended:,}", photos=f"{totals.photos:,}")
    left = totals.seconds_left
    return text if left is None else f"{text} · {time_left(left)}"


def _end(run: BatchRun) -> str:
    totals = run.totals
    if run.error or totals is None:
        return tr("Not carried out")
    if totals.stopped:
        left = totals.photos - totals.before - totals.done - totals.failed
        text = ngettext("Stopped with {count} photo left", "Stopped with {count} photos left", left)
        return text.format(count=f"{left:,}")
    if not totals.photos:
        return tr("There are no photos in these folders")
    if totals.failed:
        text = ngettext("Finished; {count} photo failed", "Finished; {count} photos failed", totals.failed)
        return text.format(count=f"{totals.failed:,}")
    return tr("All photos are done")


def _details(totals: Totals) -> str:
    parts = [tr("{count} done now").format(count=f"{totals.done:,}")]
    if totals.bytes:
        parts.append(readable_bytes(totals.bytes))
    if totals.before:
        parts.append(tr("{count} done before").format(count=f"{totals.before:,}"))
    if totals.failed:
        parts.append(tr("{count} failed").format(count=f"{totals.failed:,}"))
    return " · ".join(parts)


def time_left(seconds: float) -> str:
    """About how long it takes, in words."""
    if seconds < 60:
        return tr("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return ngettext("about {n} minute left", "about {n} minutes left", minutes).format(n=minutes)
    hours, minutes = divmod(minutes, 60)
    return tr("about {hours} h {minutes:02} min left").format(hours=hours, minutes=minutes)
