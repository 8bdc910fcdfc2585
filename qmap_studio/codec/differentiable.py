"""A codec as a differentiable function of its quality map: what it takes to find the map that serves a task best."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from qmap_studio.codec.interface import Codec
from qmap_studio.core.errors import ComputeError


@dataclass(frozen=True)
class Trace:
    """What becomes of a picture, with gradients back to its map.

    Attributes:
        reconstruction: float32 (1, 3, H, W) in [0, 1].
        bits: a scalar, -log2 P(y_hat | m) of the rounded latents, with all side information.
    """

    reconstruction: Tensor
    bits: Tensor


class Differentiable(Protocol):
    """A codec's differentiable form.

    The values are those of the codec; where it rounds, gradients pass straight through, or as through uniform noise.
    Two calls with the same arguments give the same.

    Attributes:
        cell: pixels of a side of the finest detail that it obeys in a map.
        device: where its arguments must be.
    """

    cell: int
    device: torch.device

    def __call__(self, pixels: Tensor, quality_map: Tensor) -> Trace:
        """Codes pixels, float32 (1, 3, H, W) in [0, 1], under a map, float32 (1, 1, H, W) in [0, 1]."""
        ...


@runtime_checkable
class OffersGradients(Protocol):
    """A codec that has a differentiable form."""

    def differentiable(self) -> Differentiable:
        """A copy of the codec's network with gradients; the codec itself stays as it is."""
        ...


def differentiable(codec: Codec) -> Differentiable:
    """The differentiable form of a codec.

    Raises:
        ComputeError: its model has none.
    """
    if not isinstance(codec, OffersGradients):
        raise ComputeError(f"The model {codec.model_id} has no differentiable form; a map can be optimised with live.")
    return codec.differentiable()
