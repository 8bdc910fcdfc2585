"""What a file costs and keeps, inside and outside of a region."""

from dataclasses import dataclass

import numpy as np

from qmap_studio.codec import Encoding
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.threads import spread
from qmap_studio.evaluation.block_figures import BlockFigures
from qmap_studio.evaluation.metrics import Region
from qmap_studio.evaluation.region import Figures


@dataclass(frozen=True)
class MeasuredFile:
    """A file and its figures."""

    encoding: Encoding
    figures: Figures

    @property
    def quality_text(self) -> str:
        """Its map's qualities, for a person."""
        cells = self.encoding.quality_cells
        low, high = float(cells.min()), float(cells.max())
        if low < high:
            return tr("quality {low:.2f} to {high:.2f}").format(low=low, high=high)
        return tr("quality {quality:.2f} everywhere").format(quality=low)


def measure_file(picture: Picture, encoding: Encoding, region: Region | None = None) -> MeasuredFile:
    """A file with its figures against the picture that it was made of.

    Args:
        region: bool (H, W), what is inside; None sets nothing apart.
    """
    blocks = BlockFigures(picture.pixels)
    blocks.set_region(region)
    blocks.measure(encoding.reconstruction, np.ones_like(blocks.measured), spread)
    return MeasuredFile(encoding, blocks.figures(encoding.cell_bits, size_bytes=encoding.size_bytes))
