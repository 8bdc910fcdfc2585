"""What a quality is worth to SigVIC: the boundaries of lambda in its section 3."""

import math
from typing import Any, Literal, TypeVar, cast

Loss = Literal["mse", "ms-ssim"]
Values = TypeVar("Values")

BOUNDARIES: dict[Loss, tuple[float, float]] = {"mse": (0.0016, 0.045), "ms-ssim": (5.0, 120.0)}
"""Lambda at quality 0 and 1: it weighs mean squared errors of levels from 0 to 255, or 1 - MS-SSIM."""
LAMBDA_GROWTH = math.log(BOUNDARIES["mse"][1] / BOUNDARIES["mse"][0])


def quality_to_lambda(quality: Values, loss: Loss = "mse") -> Values:
    """Lambda from one boundary to the other on a logarithmic scale.

    Args:
        quality: in [0, 1], a float, or an array or a tensor of floats.
    Returns:
        Of the same kind and shape.

    >>> [round(quality_to_lambda(quality), 4) for quality in (0.0, 0.5, 1.0)]
    [0.0016, 0.0085, 0.045]
    """
    low, high = BOUNDARIES[loss]
    lmbda: Values = low * (high / low) ** cast("Any", quality)
    return lmbda
