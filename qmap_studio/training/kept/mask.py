"""Fits where the probabilities of a mask's contexts begin."""

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.binary_coder import ONE
from qmap_studio.codec.common.kept.photographic.mask import BLOCK_PX, CONTEXTS, MARGIN, context_at
from qmap_studio.codec.common.kept.tile import TILE_PX
from qmap_studio.training.kept.samples import random_mask

MASKS = 1500
DOUBT = 0.4  # as many of each bit that were not seen


def fitted() -> NDArray[np.uint16]:
    """The share of ones, of 65536, in each context in blocks that are not uniform, (CONTEXTS,)."""
    random, seen = np.random.default_rng(0), np.full((2, CONTEXTS), DOUBT)
    for _ in range(MASKS):
        mask = random_mask(random, TILE_PX, TILE_PX)
        rows, columns = (slice(at.min(), at.max() + 1) for at in np.nonzero(mask))
        mask = mask[rows, columns]
        padded = np.pad(mask.astype(np.int64), ((2, 0), (MARGIN, MARGIN)))
        at = np.arange(MARGIN, padded.shape[1] - MARGIN)
        here, above, higher = (padded[2 - i : len(padded) - i].T for i in range(3))
        contexts = context_at(here, above, higher, at).T
        is_mixed = _spread(mask, np.logical_or) & ~_spread(mask, np.logical_and)
        np.add.at(seen, (mask[is_mixed].astype(int), contexts[is_mixed]), 1)
    return np.clip(np.rint(ONE * seen[1] / seen.sum(axis=0)), 1, ONE - 1).astype(np.uint16)


def _spread(mask: NDArray[np.bool_], rule: np.ufunc) -> NDArray[np.bool_]:
    """The rule over each block, for its pixels."""
    height, width = mask.shape
    for axis in (0, 1):
        mask = rule.reduceat(mask, np.arange(0, mask.shape[axis], BLOCK_PX), axis=axis).repeat(BLOCK_PX, axis=axis)
    return mask[:height, :width]
