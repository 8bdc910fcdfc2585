"""What a quality is worth to SigVIC: its section 3, the boundaries of lambda."""

import math
from typing import Any, TypeVar, cast

Values = TypeVar("Values")

LAMBDA_MIN, LAMBDA_MAX = 0.0016, 0.045
"""For mean squared errors of levels from 0 to 255."""
LAMBDA_GROWTH = math.log(LAMBDA_MAX / LAMBDA_MIN)
MS_SSIM_LAMBDA_MIN, MS_SSIM_LAMBDA_MAX = 5.0, 120.0
"""For 1 - MS-SSIM."""


def quality_to_lambda(quality: Values) -> Values:
    """Lambda from one boundary to the other on a logarithmic scale.

    Args:
        quality: in [0, 1], a float, or an array or a tensor of floats.
    Returns:
        Of the same kind and shape; weighs squared errors of levels from 0 to 255.

    >>> [round(quality_to_lambda(quality), 4) for quality in (0.0, 0.5, 1.0)]
    [0.0016, 0.0085, 0.045]
    """
    lmbda: Values = LAMBDA_MIN * (LAMBDA_MAX / LAMBDA_MIN) ** cast("Any", quality)
    return lmbda
