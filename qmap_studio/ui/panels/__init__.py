"""The parts of the window, one a file; those at its side each end in a row."""

from qmap_studio.ui.panels.figures import FIGURES
from qmap_studio.ui.panels.history import HISTORY
from qmap_studio.ui.panels.layers import LAYERS
from qmap_studio.ui.panels.map_panel import QUALITY_MAP
from qmap_studio.ui.panels.panel import Panel

PANELS: tuple[Panel, ...] = (FIGURES, QUALITY_MAP, LAYERS, HISTORY)
"""The first is always seen, the others by turns below it."""
