"""Small networks on whole numbers that say what value a pixel has, and how surely.

features -- 2 x (weights, limited to 0..255) -- weights --> mean, spread's correction
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.kept.photographic.neighbours import LARGEST, Floats

UNIT = 64
"""One, as features, hidden numbers and answers hold it."""
WEIGHT_UNIT = 256
LARGEST_WEIGHT = 1023
"""So that sums of products stay whole numbers that float32 holds."""
LARGEST_ANSWER = 2047
_CHUNK = 8192  # pixels at a time: what is hidden stays in a processor's cache


@dataclass(frozen=True)
class Network:
    """Layers of weights, float32 (outputs, inputs), and biases, float32 (outputs, 1): whole numbers."""

    layers: tuple[tuple[Floats, Floats], ...]

    def __call__(self, features: Floats) -> Floats:
        """The answers for float32 (features, n): whole 64ths, (2, n)."""
        count = features.shape[1]
        answers = np.empty((2, count), np.float32)
        for first in range(0, count, _CHUNK):
            part = np.s_[:, first : first + _CHUNK]
            answers[part] = self._answer(features[part])
        return answers

    def _answer(self, hidden: Floats) -> Floats:
        for i, (weights, biases) in enumerate(self.layers):
            hidden = weights @ hidden
            hidden += biases
            hidden *= 1 / WEIGHT_UNIT
            np.floor(hidden, out=hidden)
            is_last = i == len(self.layers) - 1
            np.clip(hidden, -LARGEST_ANSWER if is_last else 0, LARGEST_ANSWER if is_last else LARGEST, out=hidden)
        return hidden


def to_network(layers: list[tuple[NDArray[np.int16], NDArray[np.int32]]]) -> Network:
    """Of weights (outputs, inputs) and biases (outputs,)."""
    return Network(tuple((w.astype(np.float32), b.astype(np.float32)[:, None]) for w, b in layers))
