"""Regions with error bounds from and to files: asks for the file, then has the engine read or write it."""

from pathlib import Path

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.controller import Controller
from qmap_studio.ui.files import Files
from qmap_studio.ui.jobs import PendingJob

REGIONS = N_("Regions (*.png *.tif *.tiff *.bmp *.npy);;All files (*)")
SAVED_REGIONS = N_("PNG (*.png);;TIFF (*.tif);;NumPy array (*.npy)")


class RegionFiles:
    """What the Map menu does with masks."""

    def __init__(self, files: Files, controller: Controller) -> None:
        self._files, self._controller = files, controller

    def ask_import(self, bound: int | None) -> None:
        """Asks for a mask, whose inside gets a bound; without one the file says which, or it is without loss."""
        path = self._files.ask_file(tr("Import Region"), tr(REGIONS))
        if path is not None:
            self.import_from(path, bound)

    def import_from(self, path: Path, bound: int | None = None) -> None:
        """Takes the region of a file in the place of all bounds, as one edit."""
        from qmap_studio.engine import ImportBounds

        reading = PendingJob(tr("Reading {name}").format(name=path.name), path.name)
        self._controller.jobs.submit(ImportBounds(path, bound), reading)

    def ask_save(self) -> None:
        path = self._files.ask_new_file(tr("Save Region"), "-region.png", tr(SAVED_REGIONS))  # no text: a name's end
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Writes the bounds to a file."""
        from qmap_studio.engine import SaveBounds

        if self._controller.document is not None:
            self._controller.document.finish()
            writing = PendingJob(tr("Writing {name}").format(name=path.name), writes=True)
            self._controller.jobs.submit(SaveBounds(path), writing)
