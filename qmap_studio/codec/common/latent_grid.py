"""The grids of the latents that all models share: cells of 16 px for y, hyper cells of 64 px for z."""

from qmap_studio.core.cells import CELL_PX

HYPER_CELL_PX = 64
CELLS_PER_HYPER = HYPER_CELL_PX // CELL_PX
