"""A picture kept coded while its map changes: of the stages over its blocks of 64 px only what changed is done again.

Every block counts how many stages are done for it. A stage sees what the stages before it made of the blocks within its
reach; what it changes makes later stages out of date there. Rounding ends most changes soon after the edit.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from qmap_studio.codec.common.interface import ProgressCallback
from qmap_studio.codec.common.tiling import Blocks, Tile, tiles_over
from qmap_studio.core.threads import spread


@dataclass(frozen=True)
class CodingStage:
    """One step of a coding.

    Attributes:
        run: does it for a tile and writes what it found for the blocks of the tile's inner part that are given, all of
            them without; returns which of the inner blocks are other than before.
        reach: how many blocks far it sees what the stages before made.
        tile_blocks: blocks that a side of its tiles has at most, if not as many as other stages'.
    """

    run: Callable[[Tile, Blocks | None], Blocks]
    reach: int
    tile_blocks: int | None = None


class Staged:
    """Which stages are done where.

    Attributes:
        done: uint8, how many of the stages are done for each block and still true.
    """

    def __init__(self, rows: int, columns: int, stages: tuple[CodingStage, ...], tile_blocks: int) -> None:
        self.done = np.zeros((rows, columns), np.uint8)
        self._stages, self._tile_blocks = stages, tile_blocks
        self._lock = threading.Lock()
        self._redone = np.zeros((rows, columns), bool)

    @property
    def stale(self) -> Blocks:
        """Where a stage is missing."""
        return self.done < len(self._stages)

    def take_redone(self) -> Blocks:
        """Where the last stage was done since this was asked last."""
        redone, self._redone = self._redone, np.zeros_like(self._redone)
        return redone

    def outdate(self, blocks: Blocks) -> None:
        """What the first stage sees has changed there."""
        self.done[dilated(blocks, self._stages[0].reach)] = 0

    def bring_up_to_date(self, wanted: Blocks | None, checkpoint: ProgressCallback | None) -> None:
        """Does what is missing for the wanted blocks, all of them without.

        Args:
            checkpoint: called after each tile with the fraction done; what it raises leaves all that is done in place.
        """
        while (todo := self._missing(wanted)) is not None:
            tiles = [
                list(tiles_over(blocks, stage.tile_blocks or self._tile_blocks, stage.reach))
                for blocks, stage in zip(todo, self._stages, strict=False)
            ]
            done, total = 0, sum(map(len, tiles))
            for number, its_tiles in enumerate(tiles):
                for _ in spread(partial(self._run, number), its_tiles):
                    done += 1
                    if checkpoint is not None:
                        checkpoint(done / total)

    def _missing(self, wanted: Blocks | None) -> list[Blocks] | None:
        """Which blocks each stage has to be done for, so that all are for the wanted ones."""
        needed = np.ones(self.done.shape, bool) if wanted is None else wanted
        todo: list[Blocks] = []
        for number in reversed(range(len(self._stages))):
            todo.append(needed & (self.done <= number))
            needed = needed | dilated(todo[-1], self._stages[number].reach)
        return todo[::-1] if any(blocks.any() for blocks in todo) else None

    def _run(self, number: int, part: tuple[Tile, Blocks | None]) -> None:
        tile, blocks = part
        changed = self._stages[number].run(tile, blocks)
        area = tile.blocks
        with self._lock:
            around = np.zeros(self.done.shape, bool)
            around[area] = changed if blocks is None else changed & blocks
            for later in range(number + 1, len(self._stages)):
                seen = dilated(around, self._stages[later].reach)
                np.minimum(self.done, later, out=self.done, where=seen)
            if number == len(self._stages) - 1:
                self._redone[area] |= True if blocks is None else blocks
            # What changed beside a block since this was begun may have left a stage before this one to be done again.
            inner = self.done[area]
            inner[(inner >= number) & (True if blocks is None else blocks)] = number + 1


def dilated(blocks: Blocks, reach: int) -> Blocks:
    """The blocks and those at most so far from one, diagonally too."""
    for axis in (0, 1):
        near = blocks.copy()
        for step in range(1, reach + 1):
            ahead = [slice(None), slice(None)]
            behind = [slice(None), slice(None)]
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            near[tuple(ahead)] |= blocks[tuple(behind)]
            near[tuple(behind)] |= blocks[tuple(ahead)]
        blocks = near
    return blocks
