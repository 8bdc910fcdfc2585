"""The grids of the latents that all models share: cells of 16 px for y, hyper cells of 64 px for z."""

from qmap_studio.core.cells import BLOCK_PX, CELLS_PER_BLOCK

HYPER_CELL_PX = BLOCK_PX
CELLS_PER_HYPER = CELLS_PER_BLOCK
