"""What a quality is worth to SigVIC: its section 3, the boundaries of lambda."""

import math

LAMBDA_MIN, LAMBDA_MAX = 0.0016, 0.045
"""For mean squared errors of levels from 0 to 255."""
LAMBDA_GROWTH = math.log(LAMBDA_MAX / LAMBDA_MIN)
MS_SSIM_LAMBDA_MIN, MS_SSIM_LAMBDA_MAX = 5.0, 120.0
"""For 1 - MS-SSIM."""


def quality_to_lambda(quality: float) -> float:
    """The lambda that a quality in [0, 1] stands for, from one boundary to the other on a logarithmic scale.

    >>> [round(quality_to_lambda(quality), 4) for quality in (0.0, 0.5, 1.0)]
    [0.0016, 0.0085, 0.045]
    """
    return LAMBDA_MIN * math.exp(LAMBDA_GROWTH * quality)
