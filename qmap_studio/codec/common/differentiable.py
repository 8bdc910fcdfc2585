"""A codec as a differentiable function of its quality map: what it takes to find the map that serves a task best."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Tensor

from qmap_studio.codec.common.gradients import straight_through
from qmap_studio.codec.common.interface import Codec
from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.core.cells import CELL_PX, MAX_LEVEL
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr

NOISE_SEED = 0


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
        raise ComputeError(
            tr("The model {model_id} has no differentiable form; a map can be optimised with live.").format(
                model_id=codec.model_id
            )
        )
    return codec.differentiable()


def signalled(quality_map: Tensor) -> tuple[Tensor, float]:
    """A map (1, 1, H, W) as a file signals it: 16-bit qualities of the cells, and the bits that they take.

    The qualities (1, 1, rows, columns) have the gradient of the cells' means.
    """
    cells = MapCells.of(quality_map.detach()[0, 0].cpu().numpy())
    means = MAX_LEVEL * F.avg_pool2d(quality_map, CELL_PX, ceil_mode=True, count_include_pad=False)
    return straight_through(means, torch.from_numpy(cells.values).to(means)[None, None]), 8.0 * len(cells.stream)


def padded(x: Tensor, multiple: int, least: int = 1) -> Tensor:
    """Sides made multiples of a number, and as long as another, by repeating the last row and column."""
    rows, columns = (max(-(-side // multiple) * multiple, least) - side for side in x.shape[-2:])
    return F.pad(x, (0, columns, 0, rows), mode="replicate")


@contextmanager
def same_noise(device: torch.device) -> Iterator[None]:
    """The same random numbers at every call: an optimiser must see one function. Those outside stay as they were."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(NOISE_SEED)
        yield
