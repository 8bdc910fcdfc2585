"""What a model itself finds important in a picture, for those that learn it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.interface import Codec, ProgressCallback
from qmap_studio.core.errors import ComputeError
from qmap_studio.core.language import tr

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class StageImportance:
    """What one stage of an encoder does where.

    Attributes:
        side_px: of the square of the picture that one value stands for, 2, 4, 8 or 16.
        mask: float32 (ceil(H / side_px), ceil(W / side_px)) in [0, 1], 1 where the stage lets most through.
        scale: likewise, above 0: what the stage multiplies its features with; the larger, the finer they are coded.
    """

    side_px: int
    mask: Plane
    scale: Plane


@runtime_checkable
class OffersImportance(Protocol):
    """A codec whose model learns what is important."""

    def importance(
        self,
        pixels: NDArray[np.uint8],
        quality_map: NDArray[np.float32],
        checkpoint: ProgressCallback | None = None,
    ) -> tuple[StageImportance, ...]:
        """The stages of the encoder, finest first, for pixels (H, W, 3) under a map (H, W) in [0, 1]."""
        ...

    def lmbda_of(self, quality: float) -> float:
        """The lambda that the model takes a quality in [0, 1] for: the weight of the distortion it was trained with."""
        ...


def offering_importance(codec: Codec) -> OffersImportance:
    """The same codec, as one whose model learns what is important.

    Raises:
        ComputeError: it does not.
    """
    if not isinstance(codec, OffersImportance):
        raise ComputeError(
            tr("The model {model_id} does not learn what is important; sigvic2023 does.").format(
                model_id=codec.model_id
            )
        )
    return codec


def importance(
    codec: Codec,
    pixels: NDArray[np.uint8],
    quality_map: NDArray[np.float32],
    checkpoint: ProgressCallback | None = None,
) -> tuple[StageImportance, ...]:
    """What a codec's model finds important; see `OffersImportance`.

    Raises:
        ComputeError: the model does not learn it.
    """
    return offering_importance(codec).importance(pixels, quality_map, checkpoint)
